/** Both sides of the talk as they are heard: partial words lighter, whole lines firm, typed lines marked. */

import { useEffect, useRef } from "react";
import { KeyboardIcon } from "../app/icons";
import { type Caption, lastSpokenLine } from "./captions";

function isNearEnd(element: HTMLElement): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight < 160;
}

/** Cards and files that appear take height away; the newest words stay in sight. Returns what ends that. */
function staysAtEnd(element: HTMLElement | null) {
  if (!element) return undefined;
  let near = true;
  const look = () => {
    near = isNearEnd(element);
  };
  const watch = new ResizeObserver(() => {
    if (near) element.scrollTop = element.scrollHeight;
  });
  element.addEventListener("scroll", look);
  watch.observe(element);
  return () => {
    element.removeEventListener("scroll", look);
    watch.disconnect();
  };
}

export function Captions({ captions, agentName }: { captions: Caption[]; agentName: string }) {
  const list = useRef<HTMLDivElement>(null);
  const opened = useRef(false);
  const last = captions.at(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new words are the reason to scroll
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    // Someone who scrolled up to read is left alone.
    if (isNearEnd(element) || !opened.current || last?.typed) element.scrollTop = element.scrollHeight;
    opened.current = true;
  }, [captions.length, last?.text]);
  useEffect(() => staysAtEnd(list.current), []);

  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="captions" data-testid="captions" ref={list} tabIndex={0} aria-label="Conversation">
        {captions.map((caption) => (
          <Line key={caption.id} caption={caption} agentName={agentName} />
        ))}
      </section>
      <div className="visually-hidden" role="log" aria-live="polite">
        {lastSpokenLine(captions)}
      </div>
    </>
  );
}

function Line({ caption, agentName }: { caption: Caption; agentName: string }) {
  return (
    <p
      className={`caption caption-${caption.who} ${caption.final ? "" : "partial"}`}
      data-testid={`caption-${caption.who}`}
      data-final={caption.final}
    >
      <span className="speaker">
        {caption.who === "agent" ? agentName : "You"}
        {caption.typed && <KeyboardIcon />}
      </span>
      <span className="words">{caption.text}</span>
    </p>
  );
}
