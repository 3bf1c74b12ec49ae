/** From page to page: back, on, or the one that is chosen. */

import type { PageKind } from "../../api/documents";
import { LeftIcon, RightIcon } from "../../app/icons";
import { capital, placeOf } from "../words";

interface Props {
  kind: PageKind | undefined;
  number: number;
  count: number;
  labelOf?: (number: number) => string | undefined;
  onTurn: (number: number) => void;
}

export function Turner({ kind, number, count, labelOf, onTurn }: Props) {
  const noun = kind === "slide" || kind === "sheet" ? kind : "page";
  return (
    <div className="turner">
      <button
        type="button"
        className="round small"
        aria-label={`Previous ${noun}`}
        disabled={number <= 1}
        onClick={() => onTurn(number - 1)}
      >
        <LeftIcon />
      </button>
      <select
        aria-label={`Which ${noun}`}
        data-testid="page-choice"
        value={number}
        onChange={(change) => onTurn(Number(change.target.value))}
      >
        {Array.from({ length: count }, (_, index) => index + 1).map((one) => (
          <option key={one} value={one}>
            {capital(placeOf(kind ?? "page", one, labelOf?.(one))) || `Part ${one}`} of {count}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="round small"
        aria-label={`Next ${noun}`}
        disabled={number >= count}
        onClick={() => onTurn(number + 1)}
      >
        <RightIcon />
      </button>
    </div>
  );
}
