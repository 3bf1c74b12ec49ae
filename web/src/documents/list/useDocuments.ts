/** The rows of the list: as many as were asked for, kept fresh by live events, with the newest word of their jobs. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { documents, type FileRow, type Filter, type Job } from "../../api/documents";
import { useLiveData } from "../../api/live";
import type { Page } from "../../api/types";
import { useResource } from "../../api/useResource";
import { whenArrived } from "../upload/useUploads";
import { late, useLate } from "./late";
import { useChanges } from "./useChanges";

const STEP = 50;
const MOST_AT_ONCE = 200;

async function atLeast(filter: Filter, wanted: number): Promise<Page<FileRow>> {
  const items: FileRow[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await documents.page(filter, Math.min(MOST_AT_ONCE, wanted - items.length), cursor);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && items.length < wanted);
  return { items, next_cursor: cursor };
}

export interface Listed {
  rows: FileRow[] | undefined;
  error: string | undefined;
  hasMore: boolean;
  more: () => void;
  reload: () => void;
}

export function useDocuments(filter: Filter): Listed {
  const wanted = useRef(STEP);
  const found = useResource(() => atLeast(filter, wanted.current), JSON.stringify(filter));
  const [jobs, setJobs] = useState<Record<string, Job>>({});
  const marks = useLate().marks;
  const { data, reload } = found;

  const changes = useChanges(data?.items, reload);
  useLiveData("job.updated", (event) => {
    const job = event as unknown as Job;
    if (job.document_id) setJobs((old) => ({ ...old, [job.document_id as string]: job }));
  });
  useEffect(() => whenArrived(reload), [reload]);
  useEffect(() => {
    if (!data) return;
    setJobs({});
    late.settle(data.items);
  }, [data]);

  const rows = useMemo(
    () =>
      data?.items
        .map((row) => ({ ...row, ...changes[row.upload_id] }))
        .filter((row) => marks[row.upload_id] !== "deleted" && (row.status !== "replaced" || filter.status))
        .map((row) => withNews(row, jobs[row.upload_id], marks[row.upload_id] === "rejected")),
    [data, changes, jobs, marks, filter.status],
  );
  const more = useCallback(() => {
    wanted.current += STEP;
    reload();
  }, [reload]);
  return { rows, error: found.error, hasMore: Boolean(data?.next_cursor), more, reload };
}

function withNews(row: FileRow, job: Job | undefined, rejected: boolean): FileRow {
  if (rejected && row.status === "awaiting_confirmation") return { ...row, status: "rejected" };
  return job ? { ...row, job } : row;
}
