/** The frame: left rail on wide screens, bottom bar on phones, and the running talk in sight from every view. */

import type { ReactNode } from "react";
import { api } from "../api/client";
import { useResource } from "../api/useResource";
import { describe } from "../talk/state";
import { talk, useTalk } from "../talk/useTalk";
import { CalendarIcon, ChatIcon, DocumentIcon, HangUpIcon, LoopIcon, MoonIcon, SunIcon } from "./icons";
import { link } from "./router";
import { useTheme } from "./theme";

const PLACES = [
  { path: "/", name: "Talk", Icon: LoopIcon, testid: "nav-talk" },
  { path: "/documents", name: "Documents", Icon: DocumentIcon, testid: "nav-documents" },
  { path: "/calendar", name: "Calendar", Icon: CalendarIcon, testid: "nav-calendar" },
  { path: "/conversations", name: "Conversations", Icon: ChatIcon, testid: "nav-conversations" },
];

export function Shell({ path, children }: { path: string; children: ReactNode }) {
  const me = useResource(api.me, "me");
  return (
    <div className="shell">
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
          {PLACES.map(({ path: place, name, Icon, testid }) => (
            <a
              key={place}
              href={link(place)}
              className="place"
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
          {me.data && (
            <div className="who">
              <span className="avatar" aria-hidden="true">
                {initials(me.data.user.name || me.data.user.email)}
              </span>
              <span className="who-text">
                <strong>{me.data.user.name || me.data.user.email}</strong>
                <span className="muted small">{me.data.tenant.name}</span>
              </span>
            </div>
          )}
        </div>
      </nav>
      <main id="main" className="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
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
    <button type="button" className="place theme-toggle" aria-label={`Use ${next} colours`} onClick={toggle}>
      {theme === "dark" ? <SunIcon /> : <MoonIcon />}
      <span>{theme === "dark" ? "Light" : "Dark"}</span>
    </button>
  );
}

function isHere(path: string, place: string): boolean {
  return place === "/" ? path === "/" : path === place || path.startsWith(`${place}/`);
}

function initials(name: string): string {
  const words = name.split(/[\s@.]+/).filter(Boolean);
  return (words[0]?.[0] ?? "?").toUpperCase() + (words[1]?.[0] ?? "").toUpperCase();
}
