import type { Analysis, FileRow } from "../api/types";

export function AnalysisView({ analysis, row }: { analysis: Analysis; row: FileRow }) {
  const advised = analysis.recommended_for_rag ?? row.recommended_for_rag;
  const counts = [
    count(analysis.word_count, "word"),
    count(analysis.sentence_count, "sentence"),
    count(analysis.paragraph_count, "paragraph"),
  ].filter(Boolean);
  return (
    <div className="analysis" data-testid="file-analysis">
      {analysis.summary && <p>{analysis.summary}</p>}
      {analysis.key_points && analysis.key_points.length > 0 && (
        <ul className="key-points">
          {analysis.key_points.slice(0, 6).map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      )}
      <div className="tags">
        {analysis.category && <span className="chip chip-strong">{analysis.category}</span>}
        {(analysis.tags ?? []).slice(0, 8).map((tag) => (
          <span className="chip" key={tag}>
            {tag}
          </span>
        ))}
      </div>
      <p className="muted small">{counts.join(" · ")}</p>
      {row.status === "awaiting_confirmation" && advised !== undefined && (
        <p className={`advice ${advised ? "advice-yes" : "advice-no"}`}>
          {advised
            ? "Recommended: the assistant can answer from this document."
            : "Not recommended: there is little here the assistant could answer from."}
        </p>
      )}
    </div>
  );
}

function count(value: number | undefined, noun: string): string | undefined {
  if (value == null) return undefined;
  return `${value.toLocaleString("en-US")} ${noun}${value === 1 ? "" : "s"}`;
}
