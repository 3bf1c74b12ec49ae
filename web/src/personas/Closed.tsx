import type { Me } from "../api/types";

export function Closed({ me }: { me: Me }) {
  return (
    <div className="page">
      <h1>Personas</h1>
      <p className="empty" data-testid="closed-section">
        Personas are not open to your role, {me.user.role}. An owner of {me.tenant.name} can change that.
      </p>
    </div>
  );
}
