/** One document with its versions, kept fresh, with the newest word of its job. */

import { useEffect, useState } from "react";
import { documents, type FileRow, type Job } from "../../api/documents";
import { useLive, useLiveData } from "../../api/live";
import { type Resource, useResource } from "../../api/useResource";
import { whenArrived } from "../upload/useUploads";

export interface Opened {
  row: FileRow | undefined;
  versions: FileRow[];
  file: Resource<FileRow>;
  reload: () => void;
}

export function useDocument(id: string): Opened {
  const file = useResource(() => documents.read(id), `document-${id}`);
  const versions = useResource(() => documents.versions(id), `versions-${id}`);
  const [job, setJob] = useState<Job>();
  const reload = () => {
    file.reload();
    versions.reload();
  };
  useLive(["document."], reload, 400);
  useLiveData("job.updated", (event) => {
    if (event.document_id === id) setJob(event as unknown as Job);
  });
  const { data } = file;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row that came brings its job along
  useEffect(() => setJob(undefined), [data]);
  const versionsReload = versions.reload;
  useEffect(() => whenArrived(versionsReload), [versionsReload]);
  const row = data && job ? { ...data, job } : data;
  return { row, versions: versions.data?.items ?? [], file, reload };
}
