/** The list of documents with its filters and choice of rows; what is decided goes through `late`. */

import { type KeyboardEvent, useState } from "react";
import { documents, type FileRow, type Filter } from "../../api/documents";
import { sentenceOf } from "../../api/errors";
import { may } from "../../app/access";
import { useMe } from "../../app/account";
import { Banner } from "../../app/Banner";
import { Rows } from "../../app/Rows";
import { go, link } from "../../app/router";
import { plural } from "../../app/times";
import { toast } from "../../app/toasts";
import { useNow } from "../../app/useNow";
import { all, extend, NONE, toggle, within } from "../selection";
import { BulkBar } from "./BulkBar";
import { FileItem, type RowActs } from "./FileItem";
import { Filters } from "./Filters";
import { late, useLate } from "./late";
import { moveFocus } from "./moveFocus";
import { News } from "./News";
import { useDocuments } from "./useDocuments";
import { addressOf, isFiltered } from "./wanted";

export function FileList({ filter }: { filter: Filter }) {
  const { rows, error, hasMore, more, reload } = useDocuments(filter);
  const [selection, setSelection] = useState(NONE);
  const writes = may(useMe(), "documents:write");
  const { problems } = useLate();
  const now = useNow();
  const order = (rows ?? []).map((row) => row.upload_id);
  const chosenIds = within(selection, order);
  const chosen = (rows ?? []).filter((row) => chosenIds.includes(row.upload_id));
  const acts = writes ? actsWith(reload) : undefined;

  const finish = (work: void | Promise<void>) => {
    setSelection(NONE);
    void Promise.resolve(work).then(reload);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape" && chosen.length) setSelection(NONE);
    const moved = moveFocus(event);
    if (moved && event.shiftKey && writes) {
      setSelection((old) => extend({ ...old, anchor: old.anchor ?? moved.from }, moved.to, order));
    }
    if (event.key === "a" && (event.ctrlKey || event.metaKey) && writes && !isTyping(event.target)) {
      event.preventDefault();
      setSelection(all(order));
    }
  };

  return (
    <section className="doc-list" aria-label="Documents">
      <Filters filter={filter} rows={rows ?? []} onChange={(wanted) => go(addressOf(wanted))} />
      {error && <Banner tone="problem">{error}</Banner>}
      <News rows={rows} />
      {writes && rows && rows.length > 1 && (
        <label className="choose-all small">
          <input
            type="checkbox"
            checked={chosen.length === rows.length}
            onChange={() => setSelection(chosen.length === rows.length ? NONE : all(order))}
          />
          Choose all {plural(rows.length, "document")} shown
        </label>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows only add to what Tab does already */}
      <div onKeyDown={keys}>
        <Rows className="files">
          {rows?.map((row) => (
            <FileItem
              key={row.upload_id}
              row={row}
              rows={rows}
              now={now}
              acts={acts}
              problem={problems[row.upload_id]}
              chosen={chosenIds.includes(row.upload_id)}
              onChoose={(shift) =>
                setSelection((old) => (shift ? extend(old, row.upload_id, order) : toggle(old, row.upload_id)))
              }
            />
          ))}
        </Rows>
      </div>
      {!rows && !error && <div className="view-loading" role="status" aria-label="Loading" />}
      {rows?.length === 0 && <Empty filter={filter} writes={writes} />}
      {hasMore && (
        <button type="button" className="button" onClick={more}>
          Show more
        </button>
      )}
      {chosen.length > 0 && (
        <BulkBar
          chosen={chosen}
          onConfirm={(some) => finish(late.confirm(some))}
          onReject={(some) => finish(late.reject(some))}
          onRemove={(some) => finish(late.remove(some))}
          onClear={() => setSelection(NONE)}
        />
      )}
    </section>
  );
}

function actsWith(reload: () => void): RowActs {
  const run = (work: Promise<unknown>) =>
    void work.then(reload, (error: unknown) => {
      toast(sentenceOf(error));
      reload();
    });
  return {
    confirm: (row) => run(documents.decide(row.upload_id, true)),
    reject: (row) => late.reject([row]),
    remove: (row) => late.remove([row]),
    retry: (row) => run(documents.analyse(row.upload_id)),
    cancel: (row: FileRow) => run(documents.cancel(row.job?.id ?? "")),
  };
}

function Empty({ filter, writes }: { filter: Filter; writes: boolean }) {
  if (isFiltered(filter)) {
    return (
      <p className="muted empty">
        No document is like that. <a href={link("/documents")}>Show all</a>
      </p>
    );
  }
  return (
    <p className="muted empty">
      No documents yet. {writes && "Add a handbook, a price list, a scanned letter or a recorded briefing."}
    </p>
  );
}

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLInputElement && target.type !== "checkbox";
}
