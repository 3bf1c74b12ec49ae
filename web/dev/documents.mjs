/**
 * The mock's documents: rows in memory with the statuses, versions, warnings, pages, questions and gaps that the view
 * shows. Pictures of pages are drawn as SVG, so that quotes can be marked on them. MOCK_SLOW=1 makes uploads take time.
 */

import { randomUUID } from "node:crypto";
import { answer, asked, files, gaps, lines, paper, RECORDING } from "./papers.mjs";

/** As long as the sidecar's own. */
export const REFUSAL =
  "This is a Windows program. What can be taken: PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), plain text, " +
  "Markdown, HTML, CSV, pictures (PNG, JPEG, GIF, WebP, TIFF) or sound (WAV, MP3, M4A, WebM, FLAC, OGG).";
const problem = (status, code, detail, more = {}) => [status, { code, detail, ...more }];
const missing = () => problem(404, "document_not_found", "There is no such document.");
const find = (id) => files.find((row) => row.upload_id === id);
const STEP_MS = process.env.MOCK_SLOW ? 2500 : 500;

/** `tell(type, data)`: to every open stream of live events. */
export function documentRoutes(tell) {
  const changed = (row) => tell("document.updated", { id: row.upload_id, status: row.status });

  function work(row, kind, steps, done = () => undefined) {
    row.job = {
      id: randomUUID(),
      kind,
      document_id: row.upload_id,
      status: "running",
      progress: 0,
      attempt: 0,
      reason: "",
    };
    const [job, all] = [row.job, steps.length];
    const step = (index) => {
      if (job.status === "cancelled" || !find(row.upload_id)) return;
      row.status = steps[index];
      Object.assign(job, { stage: steps[index], progress: Math.round((100 * (index + 1)) / all) });
      if (index === all - 1) {
        job.status = "succeeded";
        done();
      }
      tell("job.updated", job);
      changed(row);
      if (index < all - 1) setTimeout(() => step(index + 1), STEP_MS);
    };
    step(0);
    return [202, { job_id: job.id, document_id: row.upload_id }];
  }

  function upload(body) {
    const filename = Buffer.from(body.match(/filename="([^"]+)"/)?.[1] ?? "file.txt", "latin1").toString("utf8");
    const replaces = body.match(/name="replaces"\r\n\r\n([^\r]+)/)?.[1];
    const twin = files.find((row) => row.filename === filename && !replaces);
    if (twin) {
      const named = { document_id: twin.upload_id, document_title: twin.title };
      return problem(409, "duplicate_document", "This file is there already.", named);
    }
    if (/\.(exe|zip)$/.test(filename)) return problem(415, "unsupported_type", REFUSAL);
    const old = replaces && find(replaces);
    const row = paper(randomUUID(), old?.title ?? filename, filename, "received", {
      ...(old ? { series_id: old.series_id, version: old.version + 1, replaces } : {}),
      file_size: body.length,
      created_at: new Date().toISOString(),
    });
    files.unshift(row);
    analyse(row);
    return [201, row];
  }

  const analyse = (row) =>
    work(
      row,
      "analyse_document",
      ["inspecting", "extracting", "extracting", "analysing", "awaiting_confirmation"],
      () => {
        row.analysis ??= find("f1")?.analysis;
        row.error = null;
      },
    );

  function decide(row, save) {
    if (!["awaiting_confirmation", "replaced"].includes(row.status)) {
      return problem(409, "not_confirmable", `The document is ${row.status}; there is nothing to confirm.`);
    }
    if (!save) {
      row.status = "rejected";
      changed(row);
      return [200, { document_id: row.upload_id, job_id: null, status: "rejected" }];
    }
    return work(row, "index_document", ["indexing", "indexing", "ready"], () => {
      for (const other of files) {
        const older = other.series_id === row.series_id && other !== row && other.status === "ready";
        if (older) other.status = "replaced";
      }
    });
  }

  function remove(row) {
    files.splice(files.indexOf(row), 1);
    tell("document.deleted", { id: row.upload_id });
    return [204, undefined];
  }

  function listed(_match, _body, query) {
    const from = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit") ?? 50);
    const q = (query.get("q") ?? "").toLowerCase();
    const fits = files.filter(
      (row) =>
        (!query.get("status") || row.status === query.get("status")) &&
        (!query.get("category") || row.category === query.get("category")) &&
        (!query.get("tag") || row.tags.includes(query.get("tag"))) &&
        `${row.title} ${row.filename}`.toLowerCase().includes(q),
    );
    const next = from + limit < fits.length ? String(from + limit) : null;
    return [200, { items: fits.slice(from, from + limit), next_cursor: next }];
  }

  const one = (handle) => (match, body) => {
    const row = find(match[1]);
    return row ? handle(row, body, match) : missing();
  };
  const each = (handle) => (_match, body) => {
    const { ids, ...rest } = JSON.parse(body);
    const items = ids.map((id) => {
      const [status, said] = find(id) ? handle(find(id), rest) : missing();
      return { document_id: id, status: said?.status ?? "", deleted: status < 400, error: status < 400 ? null : said };
    });
    return [200, { items }];
  };

  return [
    ["GET", /^\/api\/files$/, listed],
    ["POST", /^\/api\/files\/upload$/, (_match, body) => upload(body)],
    ["POST", /^\/api\/files\/confirm$/, each((row, { save_to_rag }) => decide(row, save_to_rag))],
    ["POST", /^\/api\/files\/delete$/, each(remove)],
    ["GET", /^\/api\/files\/([^/]+)$/, one((row) => [200, row])],
    ["PATCH", /^\/api\/files\/([^/]+)$/, one((row, body) => [200, Object.assign(row, JSON.parse(body))])],
    ["POST", /^\/api\/files\/([^/]+)\/analyze$/, one(analyse)],
    ["POST", /^\/api\/files\/([^/]+)\/confirm-rag$/, one((row, body) => decide(row, JSON.parse(body).save_to_rag))],
    [
      "GET",
      /^\/api\/files\/([^/]+)\/versions$/,
      one((row) => [200, { items: files.filter((other) => other.series_id === row.series_id), next_cursor: null }]),
    ],
    [
      "GET",
      /^\/api\/files\/([^/]+)\/pages$/,
      one((row) => [
        200,
        { items: lines(row).map((text, index) => ({ number: index + 1, label: "", characters: text.length })) },
      ]),
    ],
    ["GET", /^\/api\/files\/([^/]+)\/pages\/(\d+)$/, one((row, _body, match) => [200, pageOf(row, Number(match[2]))])],
    ["GET", /^\/api\/files\/([^/]+)\/pages\/(\d+)\/image$/, one((row, _body, match) => picture(row, Number(match[2])))],
    ["GET", /^\/api\/files\/([^/]+)\/thumbnail$/, one((row) => picture(row, 1))],
    ["GET", /^\/api\/files\/([^/]+)\/content$/, one(() => [200, silence(), { "Content-Type": "audio/wav" }])],
    [
      "POST",
      /^\/api\/jobs\/([^/]+)\/cancel$/,
      (match) => {
        const row = files.find((other) => other.job?.id === match[1]);
        Object.assign(row.job, { status: "cancelled" });
        Object.assign(row, {
          status: "failed",
          error: { code: "cancelled", detail: "Somebody cancelled this. Analyse it again to go on." },
        });
        changed(row);
        return [200, row.job];
      },
    ],
    ["POST", /^\/api\/knowledge\/search$/, (_match, body) => [200, answer(JSON.parse(body).query)]],
    [
      "GET",
      /^\/api\/knowledge\/queries$/,
      (_match, _body, query) => {
        const wanted = query.get("answered");
        return [
          200,
          { items: asked.filter((row) => wanted === null || String(row.answered) === wanted), next_cursor: null },
        ];
      },
    ],
    ["GET", /^\/api\/knowledge\/gaps$/, () => [200, { items: gaps }]],
  ];
}

function pageOf(row, number) {
  if (row.page_kind === "recording") return { number, label: "", recognised: true, headings: [], ...RECORDING };
  const text = lines(row)[number - 1] ?? "";
  const heading = text.split("\n")[0];
  return {
    number,
    label: "",
    text,
    recognised: row.filename.startsWith("Scan"),
    headings: [{ offset: 0, level: 1, text: heading }],
    regions: [],
  };
}

const picture = (row, number) => drawn(lines(row)[number - 1] ?? "", number);

/** A page with these lines as an SVG answer. */
export function drawn(words, number) {
  const text = words.split("\n");
  const safe = (line) => line.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const drawn = text
    .map(
      (line, index) =>
        `<text x="60" y="${index === 0 ? 90 : 110 + index * 34}" font-size="${index === 0 ? 28 : 17}">${safe(line)}</text>`,
    )
    .join("");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 990" font-family="serif"><rect width="700" height="990" fill="#fff"/>${drawn}<text x="340" y="950" font-size="13">${number}</text></svg>`;
  return [200, Buffer.from(svg), { "Content-Type": "image/svg+xml" }];
}

/** Ten seconds of nothing, so that the player has something to jump in. */
function silence() {
  const [rate, seconds] = [8000, 10];
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + rate * seconds, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(rate * seconds, 40);
  return Buffer.concat([head, Buffer.alloc(rate * seconds, 128)]);
}
