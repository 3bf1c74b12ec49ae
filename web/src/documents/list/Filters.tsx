import { useEffect, useRef, useState } from "react";
import type { FileRow, Filter } from "../../api/documents";
import { SearchIcon } from "../../app/icons";
import { choices, STATUSES } from "./wanted";

interface Props {
  filter: Filter;
  rows: readonly FileRow[];
  onChange: (filter: Filter) => void;
}

const TYPING_MS = 250;

export function Filters({ filter, rows, onChange }: Props) {
  const categories = useSeen(rows, filter.category, "category");
  const tags = useSeen(rows, filter.tag, "tags");
  const set = (change: Filter) => onChange({ ...filter, ...change });
  return (
    <search className="doc-filters" aria-label="Which documents are shown">
      <NameFilter value={filter.q ?? ""} onChange={(q) => set({ q })} />
      <select
        aria-label="Status"
        data-testid="filter-status"
        value={filter.status ?? ""}
        onChange={(change) => set({ status: change.target.value })}
      >
        {STATUSES.map(([status, name]) => (
          <option key={status} value={status}>
            {name}
          </option>
        ))}
      </select>
      <Words
        label="Category"
        any="Every category"
        words={categories}
        value={filter.category}
        onPick={(category) => set({ category })}
      />
      <Words label="Tag" any="Every tag" words={tags} value={filter.tag} onPick={(tag) => set({ tag })} />
    </search>
  );
}

function NameFilter({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const [typed, setTyped] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = window.setTimeout(() => latest.current(typed.trim()), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [typed, value]);
  return (
    <div className="name-filter">
      <SearchIcon />
      <input
        type="search"
        aria-label="Title or file name"
        data-testid="filter-name"
        placeholder="Title or file name"
        value={typed}
        maxLength={200}
        onChange={(change) => setTyped(change.target.value)}
      />
    </div>
  );
}

interface WordsProps {
  label: string;
  any: string;
  words: string[];
  value: string | undefined;
  onPick: (word: string) => void;
}

function Words({ label, any, words, value, onPick }: WordsProps) {
  if (words.length === 0) return null;
  return (
    <select aria-label={label} value={value ?? ""} onChange={(change) => onPick(change.target.value)}>
      <option value="">{any}</option>
      {words.map((word) => (
        <option key={word} value={word}>
          {word}
        </option>
      ))}
    </select>
  );
}

/** A filtered list holds fewer words; those seen before stay to be chosen. */
function useSeen(rows: readonly FileRow[], chosen: string | undefined, of: "category" | "tags"): string[] {
  const seen = useRef<string[]>([]);
  seen.current = choices(seen.current, rows, chosen, of);
  return seen.current;
}
