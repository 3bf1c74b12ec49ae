/** The sources of a conversation as a numbered list in the chosen style, to copy or for other programs. */

import { useRef, useState } from "react";
import { type Export, type Reference, references, STYLES, type Style } from "../api/references";
import { useResource } from "../api/useResource";
import { Banner } from "../app/Banner";
import { CopyIcon, DownloadIcon } from "../app/icons";
import { Problem } from "../app/Problem";
import { useAct } from "../app/useAct";
import { useCopy } from "../app/useCopy";
import { piecesOf } from "./italics";
import { save } from "./save";

const NAMES: Record<Style, string> = { apa: "APA", mla: "MLA", chicago: "Chicago" };
const EXPORTS: [Export, string, string][] = [
  ["bibtex", "BibTeX", "bib"],
  ["ris", "RIS", "ris"],
];
const STYLE_KEY = "voiceloop.references";

interface Props {
  conversation: string;
  /** Changes when there is more to cite. */
  fresh: string;
}

export function References({ conversation, fresh }: Props) {
  const [style, setStyle] = useState<Style>(rememberedStyle);
  const found = useResource(() => references.of(conversation, style), `references-${conversation}-${style}-${fresh}`);
  const shown = useRef(found.data);
  shown.current = found.data ?? shown.current; // the list stays while another style is on its way
  const list = useRef<HTMLOListElement>(null);
  const choose = (wanted: Style) => {
    localStorage.setItem(STYLE_KEY, wanted);
    setStyle(wanted);
  };
  return (
    <section className="references" aria-labelledby="references-title" data-testid="references">
      <h2 id="references-title">References</h2>
      <StyleSwitch style={style} onChange={choose} />
      {found.error && <Banner tone="problem">{found.error}</Banner>}
      <ol ref={list} className="reference-list" aria-busy={found.loading}>
        {shown.current?.items.map((one) => (
          <Line key={one.source_id} reference={one} />
        ))}
      </ol>
      <Actions conversation={conversation} text={shown.current?.bibliography ?? ""} list={list} />
    </section>
  );
}

function StyleSwitch({ style, onChange }: { style: Style; onChange: (style: Style) => void }) {
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">Style of the references</legend>
      {STYLES.map((one) => (
        <label key={one} className="segment">
          <input
            type="radio"
            name="reference-style"
            className="visually-hidden"
            data-testid={`style-${one}`}
            checked={one === style}
            onChange={() => onChange(one)}
          />
          <span>{NAMES[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Line({ reference }: { reference: Reference }) {
  return (
    <li className="reference" data-testid="reference" value={reference.number}>
      {piecesOf(reference.html).map(({ text, italic }, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one line never change places
        italic ? <i key={index}>{text}</i> : text,
      )}
    </li>
  );
}

interface ActionProps {
  conversation: string;
  text: string;
  list: React.RefObject<HTMLOListElement | null>;
}

function Actions({ conversation, text, list }: ActionProps) {
  const act = useAct();
  const { copy, told } = useCopy(text, () => {
    if (list.current) window.getSelection()?.selectAllChildren(list.current);
  });
  const download = (kind: Export, ending: string) =>
    act.run(async () => save((await references.of(conversation, kind)).bibliography, `references.${ending}`));
  return (
    <>
      <div className="actions">
        <button type="button" className="button small-button" data-testid="references-copy" onClick={() => void copy()}>
          <CopyIcon />
          Copy
        </button>
        {EXPORTS.map(([kind, name, ending]) => (
          <button
            key={kind}
            type="button"
            className="button small-button"
            data-testid={`references-${kind}`}
            disabled={act.busy}
            onClick={() => void download(kind, ending)}
          >
            <DownloadIcon />
            {name}
          </button>
        ))}
        {told}
      </div>
      <Problem text={act.problem} />
    </>
  );
}

function rememberedStyle(): Style {
  const kept = localStorage.getItem(STYLE_KEY);
  return STYLES.find((one) => one === kept) ?? "apa";
}
