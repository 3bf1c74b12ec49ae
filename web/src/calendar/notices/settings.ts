/** What one wants to be told, between what the server says and what the form holds. Pure. */

import type { NoticeSettings } from "../../api/notices";

export const HEADS_UP = [5, 10, 15, 30, 60] as const;
export const USUAL = { briefing_at: "07:00", heads_up_min: 10, quiet_from: "20:00", quiet_to: "07:00" } as const;

/** The problem in a sentence, undefined when it can be sent. */
export function problemOf(wanted: NoticeSettings): string | undefined {
  const { briefing_at, briefing_days, briefing_by, quiet_from, quiet_to } = wanted;
  if (briefing_at !== null && !briefing_at) return "Say when the briefing comes.";
  if (briefing_at !== null && briefing_days.length === 0) return "Choose at least one day for the briefing.";
  if (briefing_at !== null && briefing_by.length === 0)
    return "Choose how the briefing comes: in the page, by mail or both.";
  if (tells(wanted) && wanted.notices_by.length === 0) return "Choose how notices come: in the page, by mail or both.";
  if ((quiet_from === null) !== (quiet_to === null) || quiet_from === "" || quiet_to === "") {
    return "Say when quiet hours begin and end.";
  }
  if (quiet_from !== null && quiet_from === quiet_to) return "Quiet hours must end at another time than they begin.";
  return undefined;
}

/** Whether anything but the briefing is told. */
export function tells({ heads_up_min, conflicts, travel }: NoticeSettings): boolean {
  return heads_up_min !== null || conflicts || travel;
}

/** The usual lengths, and one's own when it is none of them. */
export function headsUpChoices(own: number | null): number[] {
  return [...new Set([...HEADS_UP, ...(own === null ? [] : [own])])].sort((a, b) => a - b);
}
