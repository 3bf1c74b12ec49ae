/** The mock's people, keys, tenants, versions and audit log as rows, dated around today. */

import { randomUUID } from "node:crypto";
import { at, personas } from "./samples.mjs";

export const member = (id, name, email, role, more = {}) => ({
  id,
  name,
  email,
  role,
  status: "active",
  last_sign_in_at: at(0, 8, 40),
  created_at: at(-40, 9),
  deleted_at: null,
  ...more,
});
export const users = [
  member("u1", "Ada Berg", "ada@harbour.example", "owner"),
  member("u2", "Tom Lind", "tom@harbour.example", "editor", { last_sign_in_at: at(-1, 17, 12) }),
  member("u3", "Ines Moreau", "ines@harbour.example", "agent", { last_sign_in_at: at(-6, 11) }),
  member("u4", "Kim Okafor", "kim@harbour.example", "viewer", { status: "invited", last_sign_in_at: null }),
  member("u5", "Left Already", "left@harbour.example", "viewer", { deleted_at: at(-3, 9), status: "deleted" }),
];

export const DESCRIPTIONS = {
  calls: "Start calls and chats with the assistant.",
  "documents:read": "Read and search documents.",
  "documents:write": "Upload, confirm and delete documents.",
  "calendar:read": "Read calendars and free times.",
  "calendar:write": "Book, move and cancel events.",
  "conversations:read": "Read conversations and transcripts.",
  "members:read": "See who is in the tenant.",
  "audit:read": "Read the audit log.",
};
export const key = (id, name, scopes, more = {}) => ({
  id,
  name,
  hint: `vl_${id}Qx7`,
  scopes,
  user: { id: "u1", name: "Ada Berg" },
  created_at: at(-20, 10),
  expires_at: at(60, 10),
  last_used_at: at(0, 9, 2),
  revoked_at: null,
  ...more,
});
export const keys = [
  key("k1", "Website widget", ["calls"]),
  key("k2", "Booking bridge", ["calendar:read", "calendar:write"], { expires_at: null, last_used_at: at(-2, 15) }),
  key("k3", "Old export", ["conversations:read"], { expires_at: at(-5, 10), last_used_at: null }),
];

const GIB = 1024 ** 3;
export const tenant = (id, slug, name, usage, more = {}) => ({
  id,
  slug,
  name,
  timezone: "Europe/Berlin",
  operates: false,
  storage_limit_bytes: 10 * GIB,
  minutes_limit: 20000,
  calls_limit: 50,
  requests_limit: 6000,
  created_at: at(-90, 9),
  deleted_at: null,
  purging_at: null,
  usage: {
    storage_bytes: usage[0],
    minutes: usage[1],
    calls: usage[2],
    users: 4,
    documents: 5,
    period_start: at(-20, 0),
  },
  ...more,
});
export const tenants = [
  tenant("t1", "demo", "Harbour House", [1.2 * GIB, 4310, 3], { operates: true }),
  tenant("t2", "meyer", "Dr. Meyer, dentist", [9.1 * GIB, 812, 0]),
  tenant("t3", "pier-homes", "Pier Homes", [0.2 * GIB, 20000, 1], { requests_limit: null }),
];

const entry = (action, day, hour, minute, actor, more = {}) => ({
  id: randomUUID(),
  at: at(day, hour, minute),
  action,
  resource: { type: action.split(".")[0], id: more.id ?? "x" },
  actor: { user_id: actor, key_id: null, name: users.find((one) => one.id === actor)?.name ?? "", role: "owner" },
  origin: { channel: "http", address: "203.0.113.5", request_id: "9f2c6a1b" },
  before: null,
  after: null,
  ...more,
});
export const log = [
  entry("persona.updated", 0, 10, 32, "u2", {
    id: "receptionist",
    before: { greeting: "Hello.", prompt: "Be brief." },
    after: { greeting: "Hello, this is Harbour House.", prompt: "(2310 characters)" },
  }),
  entry("user.updated", 0, 10, 5, "u1", { id: "u2", before: { role: "viewer" }, after: { role: "editor" } }),
  entry("session.started", 0, 8, 40, "u1", { after: { user_id: "u1", kind: "page" } }),
  entry("event.created", 0, 8, 12, null, {
    actor: { user_id: null, key_id: null, name: "assistant", role: "agent" },
    origin: { channel: "call", address: "", request_id: "" },
    after: { summary: "Meeting with Tom", starts_at: at(2, 15), ends_at: at(2, 16) },
  }),
  entry("invitation.sent", -1, 16, 20, "u1", { after: { user_id: "u4" } }),
  entry("user.created", -1, 16, 20, "u1", {
    id: "u4",
    after: { name: "Kim Okafor", email: "kim@harbour.example", role: "viewer" },
  }),
  entry("key.created", -1, 11, 2, "u1", { id: "k1", after: { name: "Website widget", scopes: ["calls"] } }),
  entry("document.confirmed", -2, 9, 44, "u2", { after: { filename: "Harbour-House-handbook.pdf" } }),
  ...Array.from({ length: 60 }, (_one, index) =>
    entry("session.started", -3 - index, 9, 0, "u2", { after: { user_id: "u2" } }),
  ),
];

export const versions = new Map(personas.map((row) => [row.id, historyOf(row)]));

function historyOf(row) {
  const made = (version, day, change) => ({
    version,
    created_at: at(day, 14, 5),
    created_by: { id: "u2", name: "Tom Lind" },
    persona: { ...row, version, ...change },
  });
  if (row.version === 1) return [made(1, -30, {})];
  const prompt = row.prompt.replace("warm and brief: one or two sentences", "polite");
  return [made(3, -1, {}), made(2, -4, { greeting: "Hello." }), made(1, -30, { greeting: "Hello.", prompt })];
}

export const CHOICES = {
  kinds: ["assistant", "receptionist", "real-estate", "clinical", "custom"],
  toolsets: [
    { name: "calendar", description: "Finds free times; books, moves and cancels appointments." },
    { name: "knowledge", description: "Answers from the confirmed documents and names document and page." },
  ],
  languages: ["en", "en-GB", "de", "fr", "es"],
  voices: ["joe"],
};
const session = (id, user_agent, current) => ({
  id,
  kind: "page",
  created_at: at(-2, 9),
  used_at: new Date().toISOString(),
  expires_at: at(28, 9),
  address: "203.0.113.5",
  user_agent,
  current,
});
export const sessions = [
  session("s1", "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", true),
  session("s2", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", false),
];
