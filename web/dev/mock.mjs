/**
 * The developers' mock of the sidecar: serves the built page and the API shapes from memory, so that the page can be
 * worked on without Python. A talk needs a livekit-server; give it with LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET.
 *   npm run build && npm run mock            then open the address it prints
 *   VOICELOOP_API=<that address> npm run dev for hot reloading
 */

import { createHmac, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { accountRoutes, signedIn } from "./accounts.mjs";
import { conversations, events, files, messages, search } from "./samples.mjs";

const DIST = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const PORT = Number(process.env.PORT ?? 0);
const ROOM = process.env.MOCK_ROOM ?? "mock";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const POLICY = [
  "default-src 'self'",
  "media-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  `connect-src 'self' ${livekit().replace(/^ws/, "http")} ${livekit()}`,
].join("; ");

const listeners = new Set();

const routes = [
  ...accountRoutes,
  ["POST", /^\/api\/token$/, () => [201, { server_url: livekit(), participant_token: token() }]],
  ["GET", /^\/api\/files$/, () => [200, { items: files }]],
  ["POST", /^\/api\/files\/upload$/, (_match, body) => [201, upload(body)]],
  ["POST", /^\/api\/files\/([^/]+)\/analyze$/, ([, id]) => work(id)],
  ["POST", /^\/api\/files\/([^/]+)\/confirm-rag$/, ([, id], body) => decide(id, JSON.parse(body))],
  ["DELETE", /^\/api\/files\/([^/]+)$/, ([, id]) => remove(id)],
  ["POST", /^\/api\/knowledge\/search$/, (_match, body) => [200, search(JSON.parse(body).query)]],
  ["GET", /^\/api\/calendar\/events$/, () => [200, { items: events() }]],
  ["GET", /^\/api\/conversations$/, () => [200, { items: conversations, next_cursor: null }]],
  ["GET", /^\/api\/conversations\/([^/]+)$/, ([, id]) => found(conversations.find((one) => one.id === id))],
  ["GET", /^\/api\/conversations\/([^/]+)\/messages$/, () => [200, { items: messages, next_cursor: null }]],
];

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://mock");
  if (pathname === "/api/events") return stream(request, response);
  if (!pathname.startsWith("/api/")) return page(pathname, response);
  const body = await text(request);
  if (!signedIn() && !pathname.startsWith("/api/auth/")) {
    return json(response, 401, { title: "Unauthorized", code: "not_signed_in", detail: "Sign in first." });
  }
  for (const [method, pattern, answer] of routes) {
    const match = request.method === method && pathname.match(pattern);
    if (match) return json(response, ...answer(match, body, searchParams));
  }
  json(response, 404, { title: "Not Found", status: 404, code: "not_found", detail: "That is not there any more." });
});
server.listen(PORT, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));

async function page(pathname, response) {
  const path = join(DIST, normalize(pathname));
  const file = extname(path) ? path : join(DIST, "index.html");
  try {
    const bytes = await readFile(file);
    response.writeHead(200, {
      "Content-Type": TYPES[extname(file)] ?? "text/plain",
      "Content-Security-Policy": POLICY,
    });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

function stream(request, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write(": hello\n\n");
  listeners.add(response);
  request.on("close", () => listeners.delete(response));
}

function tell(type, row) {
  for (const listener of listeners) listener.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...row })}\n\n`);
}

function upload(body) {
  const filename = body.match(/filename="([^"]+)"/)?.[1] ?? "file.txt";
  const row = {
    upload_id: randomUUID(),
    filename,
    title: filename,
    file_size: body.length,
    content_type: "text/plain",
  };
  files.unshift({ ...row, status: "received", progress: 0, created_at: new Date().toISOString() });
  work(row.upload_id);
  return files[0];
}

function work(id) {
  const steps = ["inspecting", "extracting", "analysing", "awaiting_confirmation"];
  advance(id, steps, () => {
    files[indexOf(id)].analysis = files.find((row) => row.analysis)?.analysis;
  });
  return [202, { job_id: id }];
}

function decide(id, { save_to_rag }) {
  advance(id, save_to_rag ? ["indexing", "ready"] : ["rejected"], () => undefined);
  return [202, { job_id: id }];
}

function remove(id) {
  files.splice(indexOf(id), 1);
  return [204, undefined];
}

function advance(id, steps, done) {
  const [status, ...rest] = steps;
  const row = files[indexOf(id)];
  if (!row || !status) return done();
  row.status = status;
  row.progress = 100 - rest.length * 25;
  tell("document.updated", row);
  if (rest.length === 0) done();
  else setTimeout(() => advance(id, rest, done), 700);
}

function indexOf(id) {
  return files.findIndex((row) => row.upload_id === id);
}

function found(row) {
  return row ? [200, row] : [404, { title: "Not Found", code: "not_found", detail: "That is not there any more." }];
}

function livekit() {
  return process.env.LIVEKIT_URL ?? "ws://127.0.0.1:7880";
}

function token() {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const video = { room: ROOM, roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true };
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: process.env.LIVEKIT_API_KEY ?? "devkey",
    sub: `caller-${now}`,
    nbf: now - 5,
    exp: now + 3600,
    video,
  };
  const body = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  const secret = process.env.LIVEKIT_API_SECRET ?? "secret";
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

function json(response, status, value, headers = {}) {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "Content-Type": type, ...headers });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}

async function text(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("latin1");
}
