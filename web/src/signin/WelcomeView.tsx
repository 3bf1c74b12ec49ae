/** `/welcome#TOKEN`: an invited person says who they are, chooses a password, and is signed in. */

import { type FormEvent, useState } from "react";
import { auth, type Invitation } from "../api/auth";
import { useResource } from "../api/useResource";
import { account } from "../app/account";
import { PasswordField } from "../app/PasswordField";
import { Problem } from "../app/Problem";
import { TextField } from "../app/TextField";
import { useAct } from "../app/useAct";
import { isLinkOver } from "./answers";
import { Card } from "./Card";
import { leaveLink, useLinkToken } from "./fragment";

export default function WelcomeView() {
  const token = useLinkToken();
  const invitation = useResource(() => auth.readInvitation(token), token);
  if (!token) {
    return (
      <UsedUp text="Open the link in the invitation e-mail once more; the address alone does not carry the invitation." />
    );
  }
  if (invitation.error) {
    if (isLinkOver(invitation.status)) return <UsedUp text={invitation.error} />;
    return <NotNow text={invitation.error} onAgain={invitation.reload} />;
  }
  if (!invitation.data) return <div className="view-loading" role="status" aria-label="Loading" />;
  return (
    <Card title={`Welcome to ${invitation.data.tenant.name}`}>
      <AcceptForm key={token} token={token} invitation={invitation.data} />
    </Card>
  );
}

function AcceptForm({ token, invitation }: { token: string; invitation: Invitation }) {
  const [name, setName] = useState(invitation.name ?? "");
  const [password, setPassword] = useState("");
  const act = useAct();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const accepted = await act.run(async () => {
      const { email, tenant } = await auth.acceptInvitation({ token, password, name: name.trim() });
      // The link is used up now: when signing in fails, the ordinary sign-in takes over.
      await auth.signIn({ email, password, tenant: tenant.slug }).catch(() => undefined);
    });
    if (!accepted) return;
    await account.load();
    leaveLink();
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)} data-testid="welcome-form">
      <p className="muted">
        You sign in as <strong className="ink">{invitation.email}</strong>. Choose a password to begin.
      </p>
      {/* For password managers, which keep the address beside the password. */}
      <input
        className="visually-hidden"
        type="email"
        autoComplete="username"
        readOnly
        tabIndex={-1}
        aria-hidden="true"
        value={invitation.email}
      />
      <TextField
        label="Your name"
        autoComplete="name"
        testid="welcome-name"
        required
        maxLength={200}
        value={name}
        onChange={setName}
      />
      <PasswordField fresh label="Password" value={password} onChange={setPassword} testid="welcome-password" />
      <Problem text={act.problem} />
      <button type="submit" className="button primary wide" data-testid="welcome-submit" disabled={act.busy}>
        Accept the invitation
      </button>
    </form>
  );
}

function NotNow({ text, onAgain }: { text: string; onAgain: () => void }) {
  return (
    <Card title="Your invitation could not be read just now">
      <p data-testid="welcome-not-now" role="alert">
        {text}
      </p>
      <button type="button" className="button primary wide" data-testid="welcome-again" onClick={onAgain}>
        Try again
      </button>
    </Card>
  );
}

function UsedUp({ text }: { text: string }) {
  return (
    <Card title="This invitation cannot be used">
      <p data-testid="welcome-problem">{text}</p>
      <p className="muted">Ask the person who invited you for a new one.</p>
      <a className="button wide" href="/">
        Go to signing in
      </a>
    </Card>
  );
}
