/**
 * The developers' mock of the sidecar: serves the built page and the API shapes from memory, so that the page can be
 * worked on without Python. A talk needs a livekit-server; give it with LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET.
 *   npm run build && npm run mock            then open the address it prints
 *   VOICELOOP_API=<that address> npm run dev for hot reloading
 */

import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { accountRoutes, signedIn } from "./accounts.mjs";
import { attachmentRoutes } from "./attachments.mjs";
import { calendarRoutes } from "./calendar.mjs";
import { documentRoutes } from "./documents.mjs";
import { mcpRoutes } from "./mcp.mjs";
import { conversations, latency, messages } from "./samples.mjs";

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
  ...documentRoutes(tell),
  ...attachmentRoutes(tell),
  ...calendarRoutes(tell),
  ...mcpRoutes,
  ["GET", /^\/api\/latency$/, () => [200, latency]],
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
  if (Buffer.isBuffer(value)) return response.writeHead(status, headers).end(value);
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "Content-Type": type, ...headers });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}

async function text(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("latin1");
}
