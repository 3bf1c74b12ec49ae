/** The frame of every view without navigation: the name of the product and one card. */

import "./signin.css";
import { type ReactNode, useEffect, useRef } from "react";
import { LoopIcon } from "../app/icons";

export function Card({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · VoiceLoop`;
    if (!heading.current?.parentElement?.contains(document.activeElement)) heading.current?.focus();
  }, [title]);
  return (
    <main className="signin">
      <p className="brand">
        <span className="brand-mark">
          <LoopIcon />
        </span>
        VoiceLoop
      </p>
      <section className="signin-card">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </section>
    </main>
  );
}
