/** The mock's calendars, connected accounts, providers, scheduling preferences and suggestions: rows and routes. */

import { randomUUID } from "node:crypto";
import { at } from "./samples.mjs";

export const problem = (status, code, detail, more = {}) => [status, { code, detail, ...more }];
export const parsed = (body) => JSON.parse(body || "{}");
export const later = (iso, by) => new Date(Date.parse(iso) + by).toISOString();

const calendar = (id, name, more = {}) => ({
  id,
  account_id: null,
  name,
  timezone: "Europe/Berlin",
  color: "",
  writable: true,
  counts_busy: true,
  hidden: false,
  use: "busy",
  default: false,
  synced_at: null,
  sync_error: "",
  ...more,
});

export const calendars = [
  calendar("c1", "Harbour House", { default: true }),
  calendar("c2", "Ada’s own", { account_id: "a1", color: "#0b8043", synced_at: at(0, 8) }),
  calendar("c3", "Events in town", { account_id: "a1", writable: false, counts_busy: false, synced_at: at(0, 8) }),
];

const account = (id, provider, label, more = {}) => ({
  id,
  provider,
  label,
  address: label,
  server_url: "",
  status: "connected",
  error: "",
  owner: { id: "u1", name: "Ada Berg" },
  synced_at: at(0, 8, 55),
  created_at: at(-30, 9),
  ...more,
});

const accountRows = [
  account("a1", "google", "ada@harbour.example"),
  account("a2", "microsoft", "berg@pier.example", { status: "needs_reconnect", error: "invalid_grant" }),
];

const provider = (id, name, missing = []) => ({
  provider: id,
  name,
  configured: missing.length === 0,
  missing,
  hint: missing.length > 0 ? `Set ${missing.join(" and ")} to connect ${name} calendars.` : "",
  accounts: 1,
});

const providers = [
  provider("google", "Google"),
  provider("microsoft", "Microsoft", ["VOICELOOP_MICROSOFT_CLIENT_ID"]),
  provider("caldav", "CalDAV"),
];

const write = (id, summary, status, message, more = {}) => ({
  id,
  calendar_id: "c2",
  calendar_name: "Ada’s own",
  event_id: null,
  summary,
  operation: "update",
  status,
  message,
  ours: "",
  theirs: "",
  attempts: 2,
  next_try_at: at(0, 9),
  created_at: at(0, 8),
  ...more,
});
const writes = [
  write("w1", "Yoga", "waiting", "Google does not answer at the moment; it is tried again."),
  write("w2", "Rehearsal", "refused", "It was changed there in the meantime.", {
    ours: "Monday, 5 PM",
    theirs: "Monday, 6 PM",
  }),
];
const unwrite = ([, id]) => {
  writes.splice(
    writes.findIndex((one) => one.id === id),
    1,
  );
  return [204, undefined];
};

const feeds = [
  {
    id: "f1",
    name: "Phone",
    calendar_ids: null,
    with_people: false,
    with_details: true,
    owner: { id: "u1", name: "Ada Berg" },
    created_at: at(-9, 9),
    last_used_at: at(0, 7),
  },
];

/** A file that is imported brings nothing: only what is said about it can be looked at. */
const fileRoutes = [
  [
    "POST",
    /^\/api\/calendar\/import$/,
    () => {
      const problems = [{ line: 12, uid: "x", sentence: "An event without a start was left out." }];
      return [201, { calendar_id: "c1", added: 4, changed: 1, conflicts: 2, problems }];
    },
  ],
  [
    "GET",
    /^\/api\/calendar\/export\.ics$/,
    () => [200, Buffer.from("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), { "Content-Type": "text/calendar" }],
  ],
  ["GET", /^\/api\/calendar\/feeds$/, () => [200, { items: feeds, next_cursor: null }]],
  [
    "POST",
    /^\/api\/calendar\/feeds$/,
    (_m, body) => {
      feeds.unshift({ ...feeds[0], last_used_at: null, ...parsed(body), id: randomUUID() });
      return [201, { ...feeds[0], url: `https://voice.example/api/calendar/feed/${randomUUID()}.ics` }];
    },
  ],
  [
    "DELETE",
    /^\/api\/calendar\/feeds\/([^/]+)$/,
    ([, id]) => {
      feeds.splice(
        feeds.findIndex((one) => one.id === id),
        1,
      );
      return [204, undefined];
    },
  ],
];

const office = [["09:00", "17:00"]];
const preferences = {
  of: "me",
  said: ["working_hours"],
  working_hours: { monday: office, tuesday: office, wednesday: office, thursday: office, friday: office },
  lunch: ["12:00", "13:00"],
  buffer_before_min: 0,
  buffer_after_min: 10,
  travel_min: 30,
  prefers: ["mornings"],
  avoids: ["friday", "before 09:00"],
  minimum_notice_min: 0,
  horizon_days: 90,
  slot_grid_min: 15,
  holidays: "DE",
  timezone: "",
};

export function settings(tell) {
  return [
    ["GET", /^\/api\/calendar\/calendars$/, () => [200, { items: calendars, next_cursor: null }]],
    [
      "PATCH",
      /^\/api\/calendar\/calendars\/([^/]+)$/,
      ([, id], body) => {
        const row = calendars.find((one) => one.id === id);
        if (parsed(body).default) for (const one of calendars) one.default = false;
        Object.assign(row, parsed(body));
        tell("calendar.updated", { id });
        return [200, row];
      },
    ],
    ["GET", /^\/api\/calendar\/providers$/, () => [200, { items: providers, next_cursor: null }]],
    ["GET", /^\/api\/calendar\/accounts$/, () => [200, { items: accountRows, next_cursor: null }]],
    [
      "POST",
      /^\/api\/calendar\/accounts$/,
      (_m, body) => {
        const { provider, username, server_url, password } = parsed(body);
        if (provider !== "caldav") return [200, { authorize_url: "/#/calendar?connect_error=denied", account: null }];
        if (password === "wrong") return problem(422, "wrong_password", "The server does not take this password.");
        const row = { ...accountRows[0], id: randomUUID(), provider, label: username, address: username, server_url };
        accountRows.unshift({ ...row, status: "connected", error: "", synced_at: at(0, 8) });
        return [200, { authorize_url: null, account: accountRows[0] }];
      },
    ],
    [
      "POST",
      /^\/api\/calendar\/accounts\/([^/]+)\/reconnect$/,
      () => [200, { authorize_url: "/#/calendar?connected=a1", account: null }],
    ],
    [
      "DELETE",
      /^\/api\/calendar\/accounts\/([^/]+)$/,
      ([, id]) => {
        accountRows.splice(
          accountRows.findIndex((one) => one.id === id),
          1,
        );
        return [200, { message: "Disconnected. 1 calendars with 6 events are gone here; at the provider they stay." }];
      },
    ],
    [
      "GET",
      /^\/api\/calendar\/preferences$/,
      (_m, _b, query) => [200, { ...preferences, of: query.get("of") ?? "me" }],
    ],
    [
      "PUT",
      /^\/api\/calendar\/preferences$/,
      (_m, body) => [200, Object.assign(preferences, parsed(body), { said: Object.keys(parsed(body)) })],
    ],
    ...fileRoutes,
    ["GET", /^\/api\/calendar\/writes$/, () => [200, { items: writes, next_cursor: null }]],
    ["POST", /^\/api\/calendar\/writes\/([^/]+)\/retry$/, unwrite],
    ["DELETE", /^\/api\/calendar\/writes\/([^/]+)$/, unwrite],
    ["POST", /^\/api\/calendar\/suggest$/, (_m, body) => [200, suggested(parsed(body))]],
  ];
}

function suggested({ duration_min, attendees }) {
  const one = (day, hour, reason) => {
    const start = at(day, hour);
    return { start, end: later(start, duration_min * 60_000), reason, missing: [] };
  };
  return {
    suggestions: [
      one(1, 10, "Everybody is free, and nobody has to come before nine."),
      one(2, 11, "Right after the standup, so that the afternoon stays free."),
      one(3, 14, "The first afternoon on which both are free."),
    ],
    unseen: attendees.filter((name) => name.includes("@")),
    note: "",
    relaxations: [],
  };
}
