/** One question for everything that is confirmed; the answer has an address of its own. */

import { type FormEvent, useEffect, useState } from "react";
import { SearchIcon } from "../../app/icons";
import { go } from "../../app/router";

export function searchAddress(question: string): string {
  return `/documents/search?q=${encodeURIComponent(question)}`;
}

export function SearchBox({ asked }: { asked: string }) {
  const [typed, setTyped] = useState(asked);
  useEffect(() => setTyped(asked), [asked]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim()) go(searchAddress(typed.trim()));
  };
  return (
    <search className="ask-knowledge" aria-label="Try the knowledge">
      <form className="composer" onSubmit={submit}>
        <label className="visually-hidden" htmlFor="search-input">
          Ask what a caller would ask
        </label>
        <input
          id="search-input"
          data-testid="search-input"
          placeholder="Ask what a caller would ask"
          value={typed}
          maxLength={500}
          autoComplete="off"
          onChange={(change) => setTyped(change.target.value)}
        />
        <button type="submit" data-testid="search-button" aria-label="Search" disabled={!typed.trim()}>
          <SearchIcon />
        </button>
      </form>
    </search>
  );
}
