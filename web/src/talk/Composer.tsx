/** Typed words and files for the same conversation; usable while talking and without a microphone. */

import { type FormEvent, useRef, useState } from "react";
import { ClipIcon, SendIcon } from "../app/icons";
import { ACCEPT, chosenBy } from "../documents/upload/files";
import { ATTACH_BUTTON } from "./files/FilesTray";
import { attach } from "./files/useTray";

interface Props {
  onSend: (text: string) => void;
  live: boolean;
  /** Whether files may be attached. */
  attaches: boolean;
}

export function Composer({ onSend, live, attaches }: Props) {
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const words = text.trim();
    if (!words) return;
    onSend(words);
    setText("");
  };
  return (
    <form className={`composer ${attaches ? "composer-attaches" : ""}`} onSubmit={submit}>
      {attaches && <AttachButton />}
      <label className="visually-hidden" htmlFor="chat-input">
        Message to the assistant
      </label>
      <input
        id="chat-input"
        data-testid="chat-input"
        autoComplete="off"
        maxLength={2000}
        placeholder={live ? "Type instead of speaking" : "Or type a message to begin"}
        value={text}
        onChange={(change) => setText(change.target.value)}
      />
      <button type="submit" data-testid="chat-send" aria-label="Send message" disabled={!text.trim()}>
        <SendIcon />
      </button>
    </form>
  );
}

function AttachButton() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        id={ATTACH_BUTTON}
        type="button"
        className="composer-attach"
        data-testid="attach-button"
        aria-label="Attach files"
        title="Attach files: the assistant answers from them in this conversation only"
        onClick={() => input.current?.click()}
      >
        <ClipIcon />
      </button>
      <input
        ref={input}
        data-testid="attach-input"
        className="visually-hidden"
        type="file"
        multiple
        accept={ACCEPT}
        tabIndex={-1}
        aria-label="Files for this conversation"
        onChange={(change) => {
          attach(chosenBy(change.target));
          change.target.value = "";
        }}
      />
    </>
  );
}
