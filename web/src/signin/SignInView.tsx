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
  return (
    <Dialog title="Sign in again" testid="signin-again">
      <div className="signin-again">
        <p className="muted">Your session is over. What you typed is still here.</p>
        <SignInForm email={me.user.email} tenant={me.tenant.slug} />
      </div>
    </Dialog>
  );
}
