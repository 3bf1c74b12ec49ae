/** By an event's id, what one was told of it lately: marked in the calendar. */

import { useMemo } from "react";
import { useLive } from "../../api/live";
import { type Notice, notices } from "../../api/notices";
import { useResource } from "../../api/useResource";

export function useNoticed(): Map<string, string> {
  const list = useResource(notices.list, "noticed");
  useLive(["calendar.notice"], list.reload);
  const items = list.data?.items;
  return useMemo(() => newestOf(items ?? []), [items]);
}

/** Of several about one event the newest, which comes first. Double bookings are marked by themselves. */
export function newestOf(items: readonly Notice[]): Map<string, string> {
  const told = items.filter((one) => one.event_id !== null && one.kind !== "double_booked").reverse();
  return new Map(told.map((one) => [one.event_id as string, one.text]));
}
