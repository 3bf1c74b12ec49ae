/** What the analysis made of it: summary, key points, words to find it by, and figures. */

import { documents, type FileRow } from "../../api/documents";
import { CloseIcon } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { link } from "../../app/router";
import { plural } from "../../app/times";
import { useAct } from "../../app/useAct";
import { addressOf } from "../list/wanted";
import { languageName } from "../words";
import { AddTag } from "./AddTag";

interface Props {
  row: FileRow;
  writes: boolean;
  onChange: () => void;
}

export function Understood({ row, writes, onChange }: Props) {
  const { analysis } = row;
  if (!analysis) return null;
  return (
    <section className="analysis" aria-labelledby="understood-title" data-testid="file-analysis">
      <h2 id="understood-title">What was understood</h2>
      {analysis.summary && <p className="summary">{analysis.summary}</p>}
      {analysis.key_points && analysis.key_points.length > 0 && (
        <ul className="key-points">
          {analysis.key_points.slice(0, 8).map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      )}
      <Words row={row} writes={writes} onChange={onChange} />
      <p className="muted small">{figuresOf(row).join(" · ")}</p>
      {analysis.relevance_reason && <p className="muted small">{analysis.relevance_reason}</p>}
    </section>
  );
}

function Words({ row, writes, onChange }: Props) {
  const act = useAct();
  const tags = row.tags ?? row.analysis?.tags ?? [];
  const change = async (fresh: string[]) => {
    if (await act.run(() => documents.change(row.upload_id, { tags: fresh }))) onChange();
  };
  return (
    <div className="words">
      <ul className="tags" aria-label="Category and tags">
        {row.category && (
          <li>
            <a className="chip chip-strong" href={link(addressOf({ category: row.category }))}>
              {row.category}
            </a>
          </li>
        )}
        {tags.map((tag) => (
          <li key={tag} className="chip tag">
            <a href={link(addressOf({ tag }))}>{tag}</a>
            {writes && (
              <button
                type="button"
                aria-label={`Remove tag ${tag}`}
                disabled={act.busy}
                onClick={() => void change(tags.filter((one) => one !== tag))}
              >
                <CloseIcon />
              </button>
            )}
          </li>
        ))}
        {writes && (
          <li>
            <AddTag busy={act.busy} onAdd={(tag) => void change([...new Set([...tags, tag])])} />
          </li>
        )}
      </ul>
      <Problem text={act.problem} />
    </div>
  );
}

function figuresOf({ analysis, language }: FileRow): string[] {
  const count = (value: number | undefined, noun: string) =>
    value == null ? "" : plural(value, noun).replace(String(value), value.toLocaleString("en-US"));
  const minutes = Math.round((analysis?.reading_time_s ?? 0) / 60);
  const models = [...new Set(Object.values(analysis?.analysed_by ?? {}))].filter((name) => name !== "rules");
  return [
    languageName(language || analysis?.language),
    count(analysis?.word_count, "word"),
    count(analysis?.sentence_count, "sentence"),
    count(analysis?.paragraph_count, "paragraph"),
    minutes ? `${plural(minutes, "minute")} to read` : "",
    models.length ? `analysed with ${models.join(", ")}` : "",
  ].filter(Boolean);
}
