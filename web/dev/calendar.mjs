/**
 * The mock's calendar: events, calendars and accounts in memory. A series is a row an occurrence; "this and following"
 * and "all" change those rows. Enough to look at the page, not to try rules on.
 */

import { randomUUID } from "node:crypto";
import { calendars, later, parsed, problem, settings } from "./calendars.mjs";
import { noticeRoutes } from "./notices.mjs";
import { at, events as samples } from "./samples.mjs";

const DAY = 86_400_000;
const WORDS = { DAILY: "every day", WEEKLY: "every week", MONTHLY: "every month", YEARLY: "every year" };
const gone = () => problem(404, "event_not_found", "There is no such event in the calendar.");

const series = (id, summary, day, hour, weeks, more) =>
  Array.from({ length: weeks }, (_, week) => {
    const start = at(day + week * 7, hour);
    return {
      ...samples()[0],
      id: `${id}_${week}`,
      summary,
      start,
      end: new Date(Date.parse(start) + DAY / 24).toISOString(),
      series_id: id,
      original_start: start,
      rrule: "FREQ=WEEKLY",
      recurrence_text: "every week",
      ...more,
    };
  });
const monday = -((new Date().getDay() + 6) % 7);

let events = [
  ...samples().map((one) => ({ ...one, busy: true, delivery: null })),
  ...series("s1", "Yoga", monday + 1, 17, 6, { calendar_id: "c2", delivery: "queued" }),
  {
    ...samples()[0],
    id: "d1",
    summary: "Street market",
    all_day: true,
    start: at(monday + 5, 0),
    end: at(monday + 7, 0),
    calendar_id: "c3",
  },
];
const undo = new Map();

export function calendarRoutes(tell) {
  const changed = (type, before, after, answer) => {
    const change_id = randomUUID();
    const ids = new Set([...before, ...after].map((one) => one.id));
    events = [...events.filter((one) => !ids.has(one.id)), ...after];
    undo.set(change_id, { ids, before });
    tell(type, { id: [...ids][0] });
    return { ...answer, change_id };
  };
  const book = (_match, body) => {
    const { rrule = "", skip_clashes, duration_min = 30, ...sent } = parsed(body);
    const start = instant(sent.start);
    const end = sent.end ? instant(sent.end) : new Date(Date.parse(start) + duration_min * 60_000).toISOString();
    const row = {
      ...samples()[0],
      attendees: [],
      location: "",
      description: "",
      ...sent,
      id: randomUUID(),
      start,
      end,
    };
    if (!rrule) {
      const refusal = !sent.all_day && taken(row);
      return refusal || [201, changed("event.booked", [], [row], row)];
    }
    const all = dates(row, rrule);
    const clashes = all.flatMap((one) =>
      events.filter((other) => overlap(one, other)).map((clash) => ({ start: one.start, end: one.end, clash })),
    );
    if (clashes.length > 0 && !skip_clashes) {
      const detail = `${clashes.length} of ${all.length} dates are taken. Leave these out or choose another time.`;
      return problem(409, "series_clashes", detail, { total: all.length, clashes });
    }
    const rows = all.filter((one) => !clashes.some((clash) => clash.start === one.start));
    return [201, changed("event.booked", [], rows, rows[0])];
  };
  const change = ([, id], body, query) => {
    const row = events.find((one) => one.id === id);
    if (!row) return gone();
    const { skip_clashes: _skip, start, end, ...sent } = parsed(body);
    const from = start ? instant(start) : row.start;
    const to = end
      ? instant(end)
      : new Date(Date.parse(from) + Date.parse(row.end) - Date.parse(row.start)).toISOString();
    const by = [Date.parse(from) - Date.parse(row.start), Date.parse(to) - Date.parse(row.end)];
    const before = meant(row, query.get("scope"));
    const after = before.map((one) => ({
      ...one,
      ...sent,
      start: later(one.start, by[0]),
      end: later(one.end, by[1]),
    }));
    const refusal = start && before.length === 1 && taken(after[0]);
    return (
      refusal || [
        200,
        changed(
          start ? "event.moved" : "event.updated",
          before,
          after,
          after.find((one) => one.id === id),
        ),
      ]
    );
  };
  return [
    ["GET", /^\/api\/calendar\/events$/, (_m, _b, query) => [200, { items: within(query), next_cursor: null }]],
    ["POST", /^\/api\/calendar\/events$/, book],
    ["PATCH", /^\/api\/calendar\/events\/([^/]+)$/, change],
    [
      "DELETE",
      /^\/api\/calendar\/events\/([^/]+)$/,
      ([, id], _body, query) => {
        const row = events.find((one) => one.id === id);
        if (!row) return gone();
        const { change_id } = changed("event.cancelled", meant(row, query.get("scope")), [], {});
        return [204, undefined, { "VoiceLoop-Change": change_id }];
      },
    ],
    [
      "POST",
      /^\/api\/calendar\/events\/cancel$/,
      (_m, body) => {
        const { ids } = parsed(body);
        const before = events.filter((one) => ids.includes(one.id) || ids.includes(one.series_id));
        return [200, { items: [changed("event.cancelled", before, [], before[0])] }];
      },
    ],
    [
      "POST",
      /^\/api\/calendar\/undo$/,
      (_m, body) => {
        const id = parsed(body).change_id ?? [...undo.keys()].at(-1);
        const last = undo.get(id);
        if (!last) return problem(404, "nothing_to_undo", "There is nothing to undo.");
        undo.delete(id);
        events = [...events.filter((one) => !last.ids.has(one.id)), ...last.before];
        tell("event.updated", { id: "undo" });
        return [200, { operation: "move", events: last.before, left: [], message: "It is as before." }];
      },
    ],
    ["GET", /^\/api\/calendar\/conflicts$/, (_m, _b, query) => [200, { conflicts: conflicts(within(query)) }]],
    ...noticeRoutes(tell, () => events),
    ...settings(tell),
  ];
}

const instant = (text) => new Date(text).toISOString();
const overlap = (one, other) =>
  one.id !== other.id &&
  !other.all_day &&
  one.start < other.end &&
  other.start < one.end &&
  counts(one) &&
  counts(other);
const counts = ({ calendar_id }) => calendars.find((one) => one.id === calendar_id)?.counts_busy ?? true;
const within = (query) => events.filter((one) => one.start < query.get("to") && one.end > query.get("from"));
const meant = (row, scope) => {
  if (!row.series_id || !scope || scope === "this") return [row];
  return events.filter((one) => one.series_id === row.series_id && (scope === "all" || one.start >= row.start));
};

function taken(row) {
  const clash = events.find((one) => overlap(row, one));
  if (!clash) return undefined;
  const length = Date.parse(row.end) - Date.parse(row.start);
  const alternatives = [0, 1, 2].map((hours) => {
    const start = later(clash.end, (hours * DAY) / 24);
    return { start, end: later(start, length) };
  });
  return problem(409, "time_taken", `The calendar is busy then: ${clash.summary}. Choose another time.`, {
    clash,
    alternatives,
  });
}

function dates(row, rule) {
  const parts = Object.fromEntries(rule.split(";").map((part) => part.split("=")));
  const step = { DAILY: 1, WEEKLY: 7, MONTHLY: 28, YEARLY: 364 }[parts.FREQ] * Number(parts.INTERVAL ?? 1) * DAY;
  const series_id = randomUUID();
  return Array.from({ length: Math.min(Number(parts.COUNT ?? 10), 20) }, (_, index) => ({
    ...row,
    id: `${series_id}_${index}`,
    start: later(row.start, index * step),
    end: later(row.end, index * step),
    original_start: later(row.start, index * step),
    series_id,
    rrule: rule,
    recurrence_text: WORDS[parts.FREQ],
  }));
}

function conflicts(rows) {
  const side = ({ id, summary, start, end }) => ({ event_id: id, summary, start, end });
  const timed = rows.filter((one) => !one.all_day);
  return timed.flatMap((one, index) =>
    timed
      .slice(index + 1)
      .filter((other) => overlap(one, other))
      .map((other) => ({ kind: "overlap", first: side(one), second: side(other), short_min: 0, text: "" })),
  );
}
