/** One's own account: name, e-mail, password, and where one is signed in. */

import { may } from "../../app/access";
import { useMe } from "../../app/account";
import { EmailForm } from "./EmailForm";
import { NameForm } from "./NameForm";
import { PasswordForm } from "./PasswordForm";
import { SessionList } from "./SessionList";

export default function AccountView() {
  const me = useMe();
  const hasPassword = me.user.has_password !== false;
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
      {may(me, "members:write") && (
        <section aria-labelledby="email-title">
          <div className="section-head">
            <h2 id="email-title">E-mail</h2>
            <span className="muted">You sign in with it. Your other sessions end when it changes.</span>
          </div>
          <EmailForm key={me.user.email} me={me} hasPassword={hasPassword} />
        </section>
      )}
      <section aria-labelledby="password-title">
        <div className="section-head">
          <h2 id="password-title">Password</h2>
          <span className="muted">
            {hasPassword
              ? "Your other sessions end when it changes."
              : "You have none yet. With one you can sign in from other devices."}
          </span>
        </div>
        <PasswordForm hasPassword={hasPassword} />
      </section>
      <SessionList />
    </div>
  );
}
