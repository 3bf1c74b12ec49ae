/** `/reset-password#TOKEN`: a new password; every session of the account ends. */

import { type FormEvent, useState } from "react";
import { auth } from "../api/auth";
import { account } from "../app/account";
import { PasswordField } from "../app/PasswordField";
import { Problem } from "../app/Problem";
import { useAct } from "../app/useAct";
import { Card } from "./Card";
import { leaveLink, useLinkToken } from "./fragment";

export default function ResetView() {
  const token = useLinkToken();
  const [done, setDone] = useState(false);
  const [password, setPassword] = useState("");
  const act = useAct();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await act.run(() => auth.reset(token, password))) setDone(true);
  };
  const leave = async () => {
    await account.load();
    leaveLink();
  };
  if (!token && !done) {
    return (
      <Card title="This link cannot be used">
        <p>Open the link in the e-mail once more, or ask for a new one with “Forgot password?”.</p>
        <a className="button wide" href="/">
          Go to signing in
        </a>
      </Card>
    );
  }
  if (done) {
    return (
      <Card title="Your password is set">
        <p data-testid="reset-done">All your sessions were ended. Sign in with the new password.</p>
        <button type="button" className="button primary wide" onClick={() => void leave()}>
          Sign in
        </button>
      </Card>
    );
  }
  return (
    <Card title="Choose a new password">
      <form className="form" onSubmit={(event) => void submit(event)}>
        <PasswordField fresh label="New password" value={password} onChange={setPassword} testid="reset-password" />
        <Problem text={act.problem} />
        <button type="submit" className="button primary wide" data-testid="reset-submit" disabled={act.busy}>
          Set the password
        </button>
      </form>
    </Card>
  );
}
