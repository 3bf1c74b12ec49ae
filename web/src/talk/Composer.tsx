/** Typed words for the same conversation; usable while talking and without a microphone. */

import { type FormEvent, useState } from "react";
import { SendIcon } from "../app/icons";

export function Composer({ onSend, live }: { onSend: (text: string) => void; live: boolean }) {
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const words = text.trim();
    if (!words) return;
    onSend(words);
    setText("");
  };
  return (
    <form className="composer" onSubmit={submit}>
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
