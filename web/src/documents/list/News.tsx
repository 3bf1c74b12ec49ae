import { useEffect, useRef, useState } from "react";
import type { FileRow } from "../../api/documents";
import { newsOf, type Statuses, statusesOf } from "./endings";

export function News({ rows }: { rows: readonly FileRow[] | undefined }) {
  const before = useRef<Statuses>(new Map());
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!rows) return;
    const news = newsOf(before.current, rows);
    if (news) setSaid(news);
    before.current = statusesOf(rows);
  }, [rows]);
  return (
    <p className="visually-hidden" role="status">
      {said}
    </p>
  );
}
