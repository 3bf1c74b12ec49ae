/** Who is signed in, and the way out; on phones also the places that the bar has no room for. */

import { useEffect, useRef, useState } from "react";
import type { Me } from "../api/types";
import { account } from "./account";
import { LeaveIcon, MoonIcon, MoreIcon, PersonaIcon, SunIcon } from "./icons";
import { Problem } from "./Problem";
import { isHere, placesOf } from "./places";
import { link } from "./router";
import { useTheme } from "./theme";
import { useAct } from "./useAct";

export function AccountMenu({ me, path }: { me: Me; path: string }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const name = me.user.name || me.user.email;
  useEffect(() => {
    if (!open) return;
    const press = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", press);
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", press);
      document.removeEventListener("keydown", key);
    };
  }, [open]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that the focus has left the menu
    <div
      className="account"
      ref={box}
      onBlur={(blur) => blur.relatedTarget && !box.current?.contains(blur.relatedTarget) && setOpen(false)}
    >
      <button
        ref={button}
        type="button"
        className="who"
        data-testid="account-button"
        aria-expanded={open}
        aria-controls="account-panel"
        aria-label={`Your account: ${name}, ${me.tenant.name}`}
        onClick={() => setOpen(!open)}
      >
        <span className="avatar" aria-hidden="true">
          {initials(name)}
        </span>
        <span className="who-text">
          <strong>{name}</strong>
          <span className="muted small">{me.tenant.name}</span>
        </span>
        <span className="who-more">
          <MoreIcon />
          <span>More</span>
        </span>
      </button>
      {open && <Panel me={me} path={path} onLeave={() => setOpen(false)} />}
    </div>
  );
}

function Panel({ me, path, onLeave }: { me: Me; path: string; onLeave: () => void }) {
  const [theme, toggle] = useTheme();
  const act = useAct();
  const leave = (everywhere: boolean) => act.run(() => account.signOut(everywhere));
  return (
    <div className="account-panel" id="account-panel" data-testid="account-panel">
      <div className="account-facts">
        <strong>{me.user.name || me.user.email}</strong>
        {me.user.name && <span className="muted small">{me.user.email}</span>}
        <span className="muted small" data-testid="account-role">
          {me.user.role.charAt(0).toUpperCase() + me.user.role.slice(1)} in {me.tenant.name}
        </span>
      </div>
      {placesOf(me)
        .filter((place) => place.behind)
        .map(({ path: place, name, Icon }) => (
          <a
            key={place}
            href={link(place)}
            className="place narrow-place"
            aria-current={isHere(path, place) ? "page" : undefined}
            onClick={onLeave}
          >
            <Icon />
            {name}
          </a>
        ))}
      <a className="place" href={link("/settings/account")} data-testid="account-link" onClick={onLeave}>
        <PersonaIcon />
        Your account
      </a>
      <button type="button" className="place narrow-place" onClick={toggle}>
        {theme === "dark" ? <SunIcon /> : <MoonIcon />}
        {theme === "dark" ? "Light colours" : "Dark colours"}
      </button>
      <button
        type="button"
        className="place"
        data-testid="signout"
        disabled={act.busy}
        onClick={() => void leave(false)}
      >
        <LeaveIcon />
        Sign out
      </button>
      <button type="button" className="place" disabled={act.busy} onClick={() => void leave(true)}>
        <LeaveIcon />
        Sign out everywhere
      </button>
      <Problem text={act.problem} />
    </div>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s@.]+/).filter(Boolean);
  return (words[0]?.[0] ?? "?").toUpperCase() + (words[1]?.[0] ?? "").toUpperCase();
}
