/**
 * The mock's people, keys, personas, tenants and audit log: rows in memory, changed by the same routes as the sidecar's.
 * MOCK_SIGNED_OUT=1 starts with the sign-in. Any password of ten characters is right; "two@…" belongs to two tenants.
 */

import { randomUUID } from "node:crypto";
import {
  CHOICES,
  DESCRIPTIONS,
  key,
  keys,
  log,
  member,
  sessions,
  tenant,
  tenants,
  users,
  versions,
} from "./people.mjs";
import { me, personas } from "./samples.mjs";

let signed = !process.env.MOCK_SIGNED_OUT;
export const signedIn = () => signed;
const now = () => new Date().toISOString();
const problem = (status, code, detail, more = {}, headers = {}) => [status, { code, detail, ...more }, headers];
const missing = () => problem(404, "not_found", "That is not there any more.");

const self = () => ({ ...me });
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
  return [200, self()];
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

const done = () => [204, undefined];
const leave = () => {
  signed = false;
  return done();
};

export const accountRoutes = [
  ["GET", /^\/api\/me$/, () => [200, self()]],
  ["PATCH", /^\/api\/me$/, (_match, body) => [200, Object.assign(me.user, JSON.parse(body))]],
  ["GET", /^\/api\/auth\/methods$/, () => [200, { password: true, local: true }]],
  ["POST", /^\/api\/auth\/session$/, (_match, body) => signIn(body)],
  [
    "POST",
    /^\/api\/auth\/session\/local$/,
    () => {
      signed = true;
      return [200, self()];
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
  [
    "PATCH",
    /^\/api\/tenants\/t1$/,
    (_match, body) => [200, Object.assign(tenants[0], Object.assign(me.tenant, JSON.parse(body)))],
  ],
  ...resource("tenants", tenants, "deleted_at"),
  ["GET", /^\/api\/audit$/, auditPage],
];
