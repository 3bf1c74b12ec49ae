/** Scheduling preferences between what the server says and what the form sends. Pure. */

import { type DayName, type Preferences, type PreferencesBody, WEEK } from "../../api/calendar";
import type { BusinessHours, Range } from "../../api/personas";
import type { ChipOption } from "../editor/Chips";

export const LIKES = ["mornings", "afternoons", "evenings", "back_to_back", "spread_out"];
export const DISLIKES = ["mornings", "afternoons", "evenings", "lunch", ...WEEK.slice(0, 5), "weekends"];
export const HOLIDAYS = { DE: "Germany", US: "United States", UK: "United Kingdom", ES: "Spain", FR: "France" };

/** The words to choose from, and those that are said already. */
export function chipsOf(words: readonly string[], chosen: readonly string[]): ChipOption<string>[] {
  const named = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).replaceAll("_", " ");
  return [...new Set([...words, ...chosen])].map((value) => ({ value, name: named(value) }));
}

/** The hours as the form's rows have them: three letters a day; a day off is not there. */
export function hoursOf(preferences: Preferences): BusinessHours {
  const rows = WEEK.map((day) => [day.slice(0, 3), preferences.working_hours[day] ?? []] as const);
  return Object.fromEntries(rows.filter(([, ranges]) => ranges.length > 0));
}

export function weekOf(hours: BusinessHours): Partial<Record<DayName, [string, string][]>> {
  const ranges = (day: DayName) => (hours[day.slice(0, 3) as keyof BusinessHours] ?? []) as Range[];
  return Object.fromEntries(WEEK.map((day) => [day, ranges(day).map(([from, to]) => [from, to])]));
}

type Name = keyof PreferencesBody;

/**
 * What to send: all that this person has said already and all that changed. The rest is left out, so that it goes on
 * being as the organisation has it.
 */
export function bodyOf(before: Preferences, after: Preferences): PreferencesBody {
  const { of: _whose, said, ...fields } = after;
  const wanted = (Object.keys(fields) as Name[]).filter(
    (name) => said.includes(name) || JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  return Object.fromEntries(wanted.map((name) => [name, fields[name]]));
}
