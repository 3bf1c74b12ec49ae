/** E-mail, password, and the tenant when the same person belongs to several. */

import { type FormEvent, useEffect, useRef, useState } from "react";
import { auth, type TenantChoice } from "../api/auth";
import { ApiError, sentenceOf } from "../api/errors";
import { useResource } from "../api/useResource";
import { account } from "../app/account";
import { PasswordField } from "../app/PasswordField";
import { Problem } from "../app/Problem";
import { TextField } from "../app/TextField";
import { tenantsOf } from "./answers";
import { TenantList } from "./TenantList";
import { useWait, WaitNotice } from "./Wait";

interface Props {
  email?: string;
  /** Slug of the tenant to come back to. */
  tenant?: string;
  onForgot?: (email: string) => void;
}

export function SignInForm({ email: known, tenant: home, onForgot }: Props) {
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const [tenants, setTenants] = useState<TenantChoice[]>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const wait = useWait();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);

  const enter = async (how: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await how();
      await account.load();
    } catch (error) {
      const several = tenantsOf(error);
      setTenants(several);
      if (!several && error instanceof ApiError && error.status === 429) wait.start(error.retryAfterS ?? 60);
      else if (!several) setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };
  const signIn = (tenant = home) =>
    enter(() => auth.signIn({ email: email.trim(), password, ...(tenant ? { tenant } : {}) }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy && !wait.left) void signIn();
  };

  if (tenants) {
    return <TenantList tenants={tenants} busy={busy} onPick={signIn} onBack={() => setTenants(undefined)} />;
  }
  return (
    <form className="form" onSubmit={submit} data-testid="signin-form">
      <TextField
        label="E-mail"
        ref={first}
        type="email"
        autoComplete="username"
        testid="signin-email"
        required
        value={email}
        onChange={setEmail}
      />
      <PasswordField label="Password" value={password} onChange={setPassword} testid="signin-password" />
      <Problem text={problem} />
      <WaitNotice wait={wait} />
      <button type="submit" className="button primary wide" data-testid="signin-submit" disabled={busy || !!wait.left}>
        {busy ? "Signing in…" : "Sign in"}
      </button>
      {onForgot && (
        <button type="button" className="text-button" onClick={() => onForgot(email)}>
          Forgot password?
        </button>
      )}
      <LocalSignIn busy={busy} onPick={() => void enter(auth.signInLocal)} />
    </form>
  );
}

function LocalSignIn({ busy, onPick }: { busy: boolean; onPick: () => void }) {
  const methods = useResource(auth.methods, "methods");
  if (!methods.data?.local) return null;
  return (
    <div className="or">
      <span className="muted small">or</span>
      <button type="button" className="button wide" data-testid="signin-local" disabled={busy} onClick={onPick}>
        Continue as the owner on this machine
      </button>
    </div>
  );
}
