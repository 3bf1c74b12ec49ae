/** The page for somebody who is not signed in: sign in, or ask for a new password. */

import "./signin.css";
import { useState } from "react";
import type { Me } from "../api/types";
import { Dialog } from "../app/Dialog";
import { Card } from "./Card";
import { ForgotForm } from "./ForgotForm";
import { SignInForm } from "./SignInForm";

export default function SignInView() {
  const [forgot, setForgot] = useState<string>();
  return forgot === undefined ? (
    <Card title="Sign in">
      <SignInForm onForgot={setForgot} />
    </Card>
  ) : (
    <Card title="A new password">
      <ForgotForm email={forgot} onBack={() => setForgot(undefined)} />
    </Card>
  );
}

/** Over the views that stay as they are, once the session is over. */
export function SignInAgain({ me }: { me: Me }) {
  const [forgot, setForgot] = useState<string>();
  const [elsewhere, setElsewhere] = useState(false);
  if (forgot !== undefined) {
    return (
      <Dialog key="forgot" title="A new password" testid="signin-again">
        <ForgotForm email={forgot} onBack={() => setForgot(undefined)} />
      </Dialog>
    );
  }
  return (
    <Dialog key="again" title="Sign in again" testid="signin-again">
      <div className="signin-again">
        <p className="muted">
          {elsewhere
            ? "Signing in to another tenant drops what you have not saved."
            : `Your session in ${me.tenant.name} is over. What you typed is still here.`}
        </p>
        <SignInForm email={me.user.email} tenant={elsewhere ? undefined : me.tenant.slug} onForgot={setForgot} />
        <button type="button" className="text-button" onClick={() => setElsewhere(!elsewhere)}>
          {elsewhere ? `Stay in ${me.tenant.name}` : "Sign in to another tenant"}
        </button>
      </div>
    </Dialog>
  );
}
