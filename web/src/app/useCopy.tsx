/** Copying a text, and telling that it was copied; `select` marks it where the browser lets only the person copy. */

import { type ReactNode, useState } from "react";
import { CheckIcon } from "./icons";

export interface Copying {
  copy: () => Promise<void>;
  told: ReactNode;
}

export function useCopy(text: string, select: () => void): Copying {
  const [words, setWords] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setWords("Copied");
    } catch {
      // Without permission, or on plain HTTP.
      select();
      setWords("Selected: press Ctrl+C or ⌘C");
    }
  };
  const told = (
    <span className="copied small" role="status">
      {words === "Copied" && <CheckIcon />}
      {words}
    </span>
  );
  return { copy, told };
}
