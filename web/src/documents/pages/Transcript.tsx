/** A recording: its player, and what is said as lines that jump there; the line being said is set off. */

import { useState } from "react";
import { contentUrl, type FileRow, type PageText } from "../../api/documents";
import { clockOf, nameOf } from "../words";
import { Recording } from "./Recording";
import { lineAt, linesOf } from "./text";

export function Transcript({ row, page, second }: { row: FileRow; page: PageText; second: number }) {
  const [jump, setJump] = useState({ to: second, turn: 0 });
  const [now, setNow] = useState(second);
  const lines = linesOf(page);
  const said = lineAt(lines, now);
  return (
    <div className="transcript">
      <Recording
        src={contentUrl(row.upload_id)}
        from={jump.to}
        turn={jump.turn}
        label={`Recording: ${nameOf(row)}`}
        onTime={setNow}
      />
      {lines.length === 0 && <p className="page-words">{page.text}</p>}
      <ol className="transcript-lines">
        {lines.map((line, index) => (
          <li key={line.from} aria-current={index === said ? "true" : undefined}>
            <button
              type="button"
              className="transcript-time"
              aria-label={`Play from ${clockOf(line.from)}`}
              onClick={() => setJump({ to: line.from, turn: jump.turn + 1 })}
            >
              {clockOf(line.from)}
            </button>
            <span>{line.text}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
