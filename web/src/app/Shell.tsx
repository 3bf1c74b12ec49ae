/** The frame: left rail on wide screens, bottom bar on phones, and the running talk in sight from every view. */

import { type ReactNode, useEffect, useRef } from "react";
import type { Me } from "../api/types";
import { describe } from "../talk/state";
import { talk, useTalk } from "../talk/useTalk";
import { AccountMenu } from "./AccountMenu";
import { may } from "./access";
import { HangUpIcon, LoopIcon, MoonIcon, SunIcon } from "./icons";
import { NoticeWatch } from "./Notices";
import { isHere, placesOf, titleOf } from "./places";
import { link } from "./router";
import { useTheme } from "./theme";

export function Shell({ path, me, children }: { path: string; me: Me; children: ReactNode }) {
  useEffect(() => {
    document.title = `${titleOf(path)} · VoiceLoop`;
  }, [path]);
  useBeginning(path.split("/")[1] ?? "");
  return (
    <div className="shell">
      {may(me, "calendar:read") && <NoticeWatch />}
      <button type="button" className="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to content
      </button>
      <nav className="rail" aria-label="Main">
        <a className="brand" href={link("/")}>
          <span className="brand-mark">
            <LoopIcon />
          </span>
          VoiceLoop
        </a>
        <div className="places">
          {placesOf(me).map(({ path: place, name, Icon, testid, behind }) => (
            <a
              key={place}
              href={link(place)}
              className={`place ${behind ? "wide-place" : ""}`}
              data-testid={testid}
              aria-current={isHere(path, place) ? "page" : undefined}
            >
              <Icon />
              <span>{name}</span>
            </a>
          ))}
        </div>
        <div className="rail-foot">
          {path !== "/" && <RunningTalk />}
          <ThemeToggle />
          <AccountMenu me={me} path={path} />
        </div>
      </nav>
      <main id="main" className="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

/** Another place is read from its start; tabs inside a place keep the focus where it is. */
function useBeginning(place: string) {
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    window.scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }, [place]);
}

function RunningTalk() {
  const state = useTalk();
  if (state.phase !== "live") return null;
  const { name, label } = describe(state);
  return (
    <div className="running" data-state={name}>
      <a href={link("/")}>
        <span className="dot" aria-hidden="true" />
        {label}
      </a>
      <button type="button" className="plain-icon" aria-label="Hang up" onClick={() => void talk.hangUp()}>
        <HangUpIcon />
      </button>
    </div>
  );
}

function ThemeToggle() {
  const [theme, toggle] = useTheme();
  const next = theme === "dark" ? "light" : "dark";
  return (
    <button type="button" className="place wide-place" aria-label={`Use ${next} colours`} onClick={toggle}>
      {theme === "dark" ? <SunIcon /> : <MoonIcon />}
      <span>{theme === "dark" ? "Light" : "Dark"}</span>
    </button>
  );
}
