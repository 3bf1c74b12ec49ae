/** Where a document stands, and how much there is to look at. */

import type { FileRow } from "../api/documents";
import { WarningIcon } from "../app/icons";
import { plural } from "../app/times";
import { alarmsOf } from "./remarks";
import { lookOf, shareOf } from "./words";

export function Status({ row }: { row: FileRow }) {
  const look = lookOf(row);
  return (
    <span className={`status status-${look.tone}`} data-testid="file-status" data-status={row.status}>
      {look.label} {shareOf(look)}
    </span>
  );
}

export function Alarms({ row }: { row: FileRow }) {
  const { count, worst } = alarmsOf(row);
  if (!count) return null;
  return (
    <span className={`badge badge-${worst === "danger" ? "bad" : "ask"}`} data-testid="file-alarms">
      <WarningIcon />
      {plural(count, "warning")}
    </span>
  );
}
