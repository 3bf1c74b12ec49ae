/** One's own account: name, password, and where one is signed in. */

import { type FormEvent, useState } from "react";
import { auth } from "../../api/auth";
import { account, useMe } from "../../app/account";
import { Field } from "../../app/Field";
import { PasswordField } from "../../app/PasswordField";
import { Problem } from "../../app/Problem";
import { toast } from "../../app/toasts";
import { useAct } from "../../app/useAct";
import { SessionList } from "./SessionList";

export default function AccountView() {
  const me = useMe();
  return (
    <div className="sections">
      <section aria-labelledby="you-title">
        <div className="section-head">
          <h2 id="you-title">Your account</h2>
          <span className="muted">
            {me.user.email} · {me.user.role} in {me.tenant.name}
          </span>
        </div>
        <NameForm key={me.user.name} name={me.user.name} />
      </section>
      <section aria-labelledby="password-title">
        <div className="section-head">
          <h2 id="password-title">Password</h2>
          <span className="muted">Your other sessions end when it changes.</span>
        </div>
        <PasswordForm />
      </section>
      <SessionList />
    </div>
  );
}

function NameForm({ name: known }: { name: string }) {
  const [name, setName] = useState(known);
  const act = useAct();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const done = await act.run(async () => {
      await auth.rename(name.trim());
      await account.load();
    });
    if (done) toast("Your name was changed.");
  };
  return (
    <form className="form form-narrow" onSubmit={(event) => void submit(event)}>
      <Field label="Name" hint="As others see it, in the audit log too.">
        {(ties) => (
          <input
            {...ties}
            autoComplete="name"
            required
            maxLength={200}
            data-testid="account-name"
            value={name}
            onChange={(change) => setName(change.target.value)}
          />
        )}
      </Field>
      <Problem text={act.problem} />
      <div className="actions">
        <button type="submit" className="button" disabled={act.busy || name.trim() === known || !name.trim()}>
          Change name
        </button>
      </div>
    </form>
  );
}

function PasswordForm() {
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const act = useAct();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await act.run(() => auth.changePassword(current, fresh)))) return;
    setCurrent("");
    setFresh("");
    toast("Your password was changed; other sessions were ended.");
  };
  return (
    <form className="form form-narrow" onSubmit={(event) => void submit(event)}>
      <PasswordField label="Current password" value={current} onChange={setCurrent} testid="password-current" />
      <PasswordField
        fresh
        label="New password"
        hint="At least 10 characters; a sentence is good."
        value={fresh}
        onChange={setFresh}
        testid="password-new"
      />
      <Problem text={act.problem} />
      <div className="actions">
        <button type="submit" className="button" disabled={act.busy}>
          Change password
        </button>
      </div>
    </form>
  );
}
