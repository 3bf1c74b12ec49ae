/**
 * The mock's people, keys, personas, tenants and audit log: rows in memory, changed by the same routes as the sidecar's.
 * MOCK_SIGNED_OUT=1 starts with the sign-in. Any password of ten characters is right; "two@…" belongs to two tenants.
 */

import { randomUUID } from "node:crypto";
import { at, me, personas } from "./samples.mjs";

let signed = !process.env.MOCK_SIGNED_OUT;
export const signedIn = () => signed;
const now = () => new Date().toISOString();
const problem = (status, code, detail, more = {}, headers = {}) => [status, { code, detail, ...more }, headers];
const missing = () => problem(404, "not_found", "That is not there any more.");

const member = (id, name, email, role, more = {}) => ({
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
const users = [
  member("u1", "Ada Berg", "ada@harbour.example", "owner"),
  member("u2", "Tom Lind", "tom@harbour.example", "editor", { last_sign_in_at: at(-1, 17, 12) }),
  member("u3", "Ines Moreau", "ines@harbour.example", "agent", { last_sign_in_at: at(-6, 11) }),
  member("u4", "Kim Okafor", "kim@harbour.example", "viewer", { status: "invited", last_sign_in_at: null }),
  member("u5", "Left Already", "left@harbour.example", "viewer", { deleted_at: at(-3, 9), status: "deleted" }),
];

const DESCRIPTIONS = {
  calls: "Start calls and chats with the assistant.",
  "documents:read": "Read and search documents.",
  "documents:write": "Upload, confirm and delete documents.",
  "calendar:read": "Read calendars and free times.",
  "calendar:write": "Book, move and cancel events.",
  "conversations:read": "Read conversations and transcripts.",
  "members:read": "See who is in the tenant.",
  "audit:read": "Read the audit log.",
};
const key = (id, name, scopes, more = {}) => ({
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
const keys = [
  key("k1", "Website widget", ["calls"]),
  key("k2", "Booking bridge", ["calendar:read", "calendar:write"], { expires_at: null, last_used_at: at(-2, 15) }),
  key("k3", "Old export", ["conversations:read"], { expires_at: at(-5, 10), last_used_at: null }),
];

const GIB = 1024 ** 3;
const tenant = (id, slug, name, usage, more = {}) => ({
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
const tenants = [
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
const log = [
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

const versions = new Map(personas.map((row) => [row.id, historyOf(row)]));

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

const me_ = () => ({ ...me });
const listOf = (rows, gone) => (_match, _body, query) => {
  const deleted = query.get("deleted") === "true";
  return [200, { items: rows.filter((row) => Boolean(row[gone]) === deleted), next_cursor: null }];
};

/** List, change, remove, restore and purge; `gone` is the column that says when a row was removed. */
const resource = (path, rows, gone) => {
  const find = (id) => rows.find((row) => row.id === id || row.slug === id);
  const set = (change) => (match, body) => {
    const row = find(match[1]);
    return row ? [200, Object.assign(row, change(body))] : missing();
  };
  const one = new RegExp(`^/api/${path}/([^/]+)$`);
  return [
    ["GET", new RegExp(`^/api/${path}$`), listOf(rows, gone)],
    ["GET", one, (match) => (find(match[1]) ? [200, find(match[1])] : missing())],
    ["PATCH", one, set((body) => JSON.parse(body))],
    ["POST", new RegExp(`^/api/${path}/([^/]+)/restore$`), set(() => ({ [gone]: null }))],
    [
      "DELETE",
      one,
      ([, id], _body, query) => {
        const row = find(id);
        if (query.get("purge")) rows.splice(rows.indexOf(row), 1);
        else row[gone] = now();
        return [204, undefined];
      },
    ],
  ];
};

function signIn(body) {
  const { email, password, tenant: slug } = JSON.parse(body);
  if (email.startsWith("busy")) return problem(429, "too_many", "Too many tries.", {}, { "Retry-After": "95" });
  if (password.length < 10) return problem(401, "wrong_credentials", "The e-mail or the password is wrong.");
  if (email.startsWith("two") && !slug) {
    return problem(409, "choose_tenant", "Choose a tenant.", { tenants: tenants.slice(0, 2) });
  }
  signed = true;
  return [200, me_()];
}

function invite(body) {
  const wanted = JSON.parse(body);
  const row = member(randomUUID(), wanted.name, wanted.email, wanted.role, {
    status: "invited",
    last_sign_in_at: null,
  });
  users.push(row);
  return [201, { ...row, invitation_url: `http://127.0.0.1/welcome#${randomUUID()}` }];
}

function changePersona([, id], body) {
  const { version, ...change } = JSON.parse(body);
  const row = personas.find((one) => one.id === id);
  if (version !== undefined && version !== row.version) {
    return problem(409, "changed_meanwhile", "Somebody else changed this persona meanwhile.");
  }
  Object.assign(row, change, { version: row.version + 1, updated_at: now() });
  keepVersion(row);
  return [200, row];
}

function keepVersion(row) {
  const by = { id: "u1", name: "Ada Berg" };
  versions.get(row.id).unshift({ version: row.version, created_at: now(), created_by: by, persona: { ...row } });
}

function goBack([, id, number]) {
  const row = personas.find((one) => one.id === id);
  const kept = versions.get(id).find((one) => one.version === Number(number));
  Object.assign(row, kept.persona, { version: row.version + 1, updated_at: now() });
  keepVersion(row);
  return [200, row];
}

function auditPage(_match, _body, query) {
  const from = Number(query.get("cursor") ?? 0);
  const fits = log.filter(
    (one) =>
      (!query.get("user_id") || one.actor.user_id === query.get("user_id")) &&
      (!query.get("resource_type") || one.resource.type === query.get("resource_type")) &&
      (!query.get("from") || one.at >= query.get("from")),
  );
  const items = fits.slice(from, from + 20);
  return [200, { items, next_cursor: from + 20 < fits.length ? String(from + 20) : null }];
}

const CHOICES = {
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
  used_at: now(),
  expires_at: at(28, 9),
  address: "203.0.113.5",
  user_agent,
  current,
});
const sessions = [
  session("s1", "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", true),
  session("s2", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", false),
];

const done = () => [204, undefined];
const leave = () => {
  signed = false;
  return done();
};

export const accountRoutes = [
  ["GET", /^\/api\/me$/, () => [200, me_()]],
  ["PATCH", /^\/api\/me$/, (_match, body) => [200, Object.assign(me.user, JSON.parse(body))]],
  ["GET", /^\/api\/auth\/methods$/, () => [200, { password: true, local: true }]],
  ["POST", /^\/api\/auth\/session$/, (_match, body) => signIn(body)],
  [
    "POST",
    /^\/api\/auth\/session\/local$/,
    () => {
      signed = true;
      return [200, me_()];
    },
  ],
  ["POST", /^\/api\/auth\/logout(-everywhere)?$/, leave],
  ["GET", /^\/api\/auth\/sessions$/, () => [200, { items: sessions }]],
  ["DELETE", /^\/api\/auth\/sessions\/.+$/, done],
  ["POST", /^\/api\/auth\/password\/forgot$/, () => [202, undefined]],
  ["POST", /^\/api\/auth\/password(\/reset)?$/, done],
  [
    "POST",
    /^\/api\/auth\/invitations\/read$/,
    (_match, body) =>
      body.includes("used")
        ? problem(404, "invitation_not_found", "This invitation was used already or is over.")
        : [200, { email: "kim@harbour.example", name: "Kim Okafor", tenant: tenants[0] }],
  ],
  ["POST", /^\/api\/auth\/invitations\/accept$/, () => [200, { email: "kim@harbour.example", tenant: tenants[0] }]],
  ["POST", /^\/api\/users$/, (_match, body) => invite(body)],
  ["POST", /^\/api\/users\/([^/]+)\/invite$/, () => [200, { invitation_url: "http://127.0.0.1/welcome#again" }]],
  ...resource("users", users, "deleted_at"),
  [
    "GET",
    /^\/api\/keys\/scopes$/,
    () => [200, { items: Object.entries(DESCRIPTIONS).map(([scope, description]) => ({ scope, description })) }],
  ],
  [
    "POST",
    /^\/api\/keys$/,
    (_match, body) => {
      const row = key(randomUUID().slice(0, 2), "", [], { last_used_at: null, expires_at: null, ...JSON.parse(body) });
      keys.unshift(row);
      return [201, { ...row, key: `${row.hint}${randomUUID().replaceAll("-", "")}` }];
    },
  ],
  ...resource("keys", keys, "revoked_at"),
  ["GET", /^\/api\/personas\/choices$/, () => [200, CHOICES]],
  ["PATCH", /^\/api\/personas\/([^/]+)$/, changePersona],
  ["GET", /^\/api\/personas\/([^/]+)\/versions$/, ([, id]) => [200, { items: versions.get(id), next_cursor: null }]],
  ["POST", /^\/api\/personas\/([^/]+)\/versions\/(\d+)\/restore$/, goBack],
  ...resource("personas", personas, "deleted_at"),
  [
    "POST",
    /^\/api\/tenants$/,
    (_match, body) => {
      const wanted = JSON.parse(body);
      tenants.unshift(tenant(randomUUID(), wanted.slug, wanted.name, [0, 0, 0]));
      return [201, { ...tenants[0], invitation_url: `http://127.0.0.1/welcome#${randomUUID()}` }];
    },
  ],
  ...resource("tenants", tenants, "deleted_at"),
  ["GET", /^\/api\/audit$/, auditPage],
];
