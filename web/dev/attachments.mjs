/** The mock's files of conversations: two of the first talk, and whatever is attached; read after a moment. */

import { randomUUID } from "node:crypto";
import { drawn, REFUSAL } from "./documents.mjs";

const STEP_MS = process.env.MOCK_SLOW ? 4000 : 800;
const LETTER = "Your booking\nYour room number is 214 on the second floor.\nThe key lies in the drawer.";

const row = (id, filename, more) => ({
  id,
  conversation_id: "k1",
  message_id: "m3a",
  filename,
  file_size: 184_320,
  content_type: "application/pdf",
  status: "ready",
  page_kind: "page",
  pages: 2,
  metadata: {},
  findings: [],
  error: null,
  created_at: new Date().toISOString(),
  ...more,
});
const rows = [
  row("a1", "Booking confirmation.pdf", {}),
  row("a2", "Floor plan of the second floor, final version.pdf", {
    status: "failed",
    page_kind: "none",
    pages: 0,
    error: { code: "encrypted", detail: "The file is locked with a password. Attach it again without one." },
  }),
];
const find = (id) => rows.find((one) => one.id === id);

/** `tell(type, data)`: to every open stream of live events. */
export function attachmentRoutes(tell) {
  function attach(conversation, body) {
    const filename = Buffer.from(body.match(/filename="([^"]+)"/)?.[1] ?? "file.txt", "latin1").toString("utf8");
    if (/\.(exe|zip)$/.test(filename)) return [415, { code: "unsupported_type", detail: REFUSAL }];
    const pages = filename.endsWith(".pdf") ? { page_kind: "page", pages: 3 } : { page_kind: "none", pages: 0 };
    const one = row(randomUUID(), filename, {
      conversation_id: conversation,
      message_id: null,
      file_size: body.length,
      status: "received",
    });
    rows.push(one);
    setTimeout(() => {
      Object.assign(one, { status: "ready", ...pages });
      tell("attachment.updated", { id: one.id, status: one.status });
    }, STEP_MS);
    return [201, one];
  }

  return [
    [
      "GET",
      /^\/api\/conversations\/([^/]+)\/attachments$/,
      ([, id]) => [200, { items: rows.filter((one) => one.conversation_id === id), next_cursor: null }],
    ],
    ["POST", /^\/api\/conversations\/([^/]+)\/attachments$/, ([, id], body) => attach(id, body)],
    [
      "GET",
      /^\/api\/attachments\/([^/]+)$/,
      ([, id]) => (find(id) ? [200, find(id)] : [404, { code: "attachment_not_found", detail: "It is gone." }]),
    ],
    [
      "DELETE",
      /^\/api\/attachments\/([^/]+)$/,
      ([, id]) => {
        rows.splice(rows.indexOf(find(id)), 1);
        return [204, undefined];
      },
    ],
    ["GET", /^\/api\/attachments\/[^/]+\/thumbnail$/, () => drawn(LETTER, 1)],
    ["GET", /^\/api\/attachments\/[^/]+\/pages\/(\d+)\/image$/, ([, number]) => drawn(LETTER, Number(number))],
    [
      "GET",
      /^\/api\/attachments\/[^/]+\/download$/,
      () => [200, Buffer.from(LETTER), { "Content-Type": "application/octet-stream" }],
    ],
    [
      "GET",
      /^\/api\/conversations\/([^/]+)\/citations$/,
      ([, id], _body, query) => [200, referencesOf(id, query.get("style") ?? "apa")],
    ],
  ];
}

const WRITTEN = {
  apa: ["Harbour House. (2026). <i>Harbour House handbook</i>.", "<i>Booking confirmation.pdf</i>. (n.d.)."],
  mla: ["Harbour House. <i>Harbour House Handbook</i>. 2026.", "<i>Booking confirmation.pdf</i>."],
  chicago: ["Harbour House. 2026. “Harbour House Handbook.”", "“Booking Confirmation.pdf.” n.d."],
};

function referencesOf(conversation, style) {
  const lines = WRITTEN[style] ?? WRITTEN.apa;
  const items = ["f1", "a1"].map((source_id, index) => ({
    number: index + 1,
    source_id,
    source_type: index ? "attachment" : "document",
    title: index ? "Booking confirmation.pdf" : "Harbour House handbook",
    html: lines[index],
    text: lines[index].replaceAll(/<\/?i>/g, ""),
    in_text: "",
    fields: {},
    citations: [],
  }));
  const bibliography =
    style === "bibtex"
      ? "@misc{house2026,\n  title = {{Harbour House handbook}},\n}\n"
      : items.map((one) => `[${one.number}] ${one.text}`).join("\n");
  return { conversation_id: conversation, style, items, bibliography };
}
