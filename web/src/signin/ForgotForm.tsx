/** Asks for a reset link; the answer is the same whether the address is known or not. */

import { type FormEvent, useEffect, useRef, useState } from "react";
import { auth } from "../api/auth";
import { Problem } from "../app/Problem";
import { TextField } from "../app/TextField";
import { useAct } from "../app/useAct";

export function ForgotForm({ email: known, onBack }: { email: string; onBack: () => void }) {
  const [email, setEmail] = useState(known);
  const [sent, setSent] = useState(false);
  const act = useAct();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await act.run(() => auth.forgot(email.trim()))) setSent(true);
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <div role="status">
        {sent && (
          <p className="told" data-testid="forgot-sent">
            If {email.trim()} belongs to somebody here, a link to set a new password is on its way. Look in the spam
            folder too.
          </p>
        )}
      </div>
      {!sent && (
        <>
          <p className="muted">We send a link to set a new one.</p>
          <TextField
            label="E-mail"
            ref={first}
            type="email"
            autoComplete="username"
            testid="forgot-email"
            required
            value={email}
            onChange={setEmail}
          />
          <Problem text={act.problem} />
          <button type="submit" className="button primary wide" data-testid="forgot-submit" disabled={act.busy}>
            Send the link
          </button>
        </>
      )}
      <button type="button" className="text-button" onClick={onBack}>
        Back to signing in
      </button>
    </form>
  );
}
