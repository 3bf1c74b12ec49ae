/** The places of the navigation and who finds them there. */

import type { Me } from "../api/types";
import { hasPersonas, hasSettings } from "./access";
import { CalendarIcon, ChatIcon, DocumentIcon, LoopIcon, PersonaIcon, SettingsIcon } from "./icons";

export interface Place {
  path: string;
  name: string;
  Icon: () => React.ReactNode;
  testid: string;
  /** Not in a phone's bar, which has room for five: behind "More" there. */
  behind?: boolean;
  shown?: (me: Me) => boolean;
}

const PLACES: Place[] = [
  { path: "/", name: "Talk", Icon: LoopIcon, testid: "nav-talk" },
  { path: "/documents", name: "Documents", Icon: DocumentIcon, testid: "nav-documents" },
  { path: "/calendar", name: "Calendar", Icon: CalendarIcon, testid: "nav-calendar" },
  { path: "/conversations", name: "Conversations", Icon: ChatIcon, testid: "nav-conversations" },
  { path: "/personas", name: "Personas", Icon: PersonaIcon, testid: "nav-personas", behind: true, shown: hasPersonas },
  { path: "/settings", name: "Settings", Icon: SettingsIcon, testid: "nav-settings", behind: true, shown: hasSettings },
];

export function placesOf(me: Me): Place[] {
  return PLACES.filter((place) => place.shown?.(me) ?? true);
}

export function isHere(path: string, place: string): boolean {
  if (place === "/") return path === "/" || path === "/index.html";
  return path === place || path.startsWith(`${place}/`);
}

export function titleOf(path: string): string {
  return PLACES.find((place) => isHere(path, place.path))?.name ?? "Talk";
}
