/** Documents: what the assistant may answer from, what callers asked of it, and one document in full. */

import "./documents.css";
import "./list/list.css";
import "./detail/document.css";
import "./pages/pages.css";
import "./documents-narrow.css";
import { lazy, Suspense } from "react";
import { may } from "../app/access";
import { useMe } from "../app/account";
import { DropArea } from "../app/DropArea";
import { link, splitPath } from "../app/router";
import { FileList } from "./list/FileList";
import { filterOf } from "./list/wanted";
import { SearchBox } from "./search/SearchBox";
import { ChooseFiles } from "./upload/ChooseFiles";
import { take } from "./upload/take";
import { UploadPanel } from "./upload/UploadPanel";

const DocumentView = lazy(() => import("./detail/DocumentView"));
const SearchView = lazy(() => import("./search/SearchView"));
const AskedView = lazy(() => import("./asked/AskedView"));
const GapsView = lazy(() => import("./asked/GapsView"));

const TABS = [
  ["/documents", "Documents", "tab-documents"],
  ["/documents/asked", "Callers asked", "tab-asked"],
  ["/documents/gaps", "Found nothing", "tab-gaps"],
] as const;

export default function DocumentsView({ path }: { path: string }) {
  const { place, query } = splitPath(path);
  const writes = may(useMe(), "documents:write");
  const detail = place.match(/^\/documents\/(?!search$|asked$|gaps$)([^/]+)(?:\/page\/(\d+))?(?:\/at\/([\d.]+))?$/);
  const loading = <div className="view-loading" role="status" aria-label="Loading" />;
  if (detail?.[1]) {
    const spot = { page: Number(detail[2] ?? 0), second: Number(detail[3] ?? 0) };
    return (
      <Suspense fallback={loading}>
        <DocumentView key={detail[1]} id={decodeURIComponent(detail[1])} spot={spot} />
      </Suspense>
    );
  }
  const question = place === "/documents/search" ? (query.get("q") ?? "") : "";
  return (
    <DropArea open={writes} label="Drop files or folders here" onFiles={(chosen) => take(chosen)} tall>
      <div className="page page-wide documents">
        <header className="page-head documents-head">
          <div>
            <h1>Documents</h1>
            <p className="muted">What the assistant knows and quotes. Nothing is used before you say so.</p>
          </div>
          <SearchBox asked={question} />
        </header>
        <nav className="tabs" aria-label="Documents">
          {TABS.map(([to, name, testid]) => (
            <a key={to} href={link(to)} data-testid={testid} aria-current={to === place ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <Suspense fallback={loading}>
          <Tab place={place} query={query} question={question} writes={writes} />
        </Suspense>
      </div>
    </DropArea>
  );
}

function Tab({
  place,
  query,
  question,
  writes,
}: {
  place: string;
  query: URLSearchParams;
  question: string;
  writes: boolean;
}) {
  if (place === "/documents/search") return <SearchView key={question} question={question} />;
  if (place === "/documents/asked") return <AskedView />;
  if (place === "/documents/gaps") return <GapsView />;
  return (
    <>
      {writes && <ChooseFiles question={query.get("for")} />}
      <UploadPanel />
      <FileList filter={filterOf(query)} />
    </>
  );
}
