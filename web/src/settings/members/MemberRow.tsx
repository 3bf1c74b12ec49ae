/** One person: role changed in place, invited again, removed with a way back. */

import { useState } from "react";
import { type Member, people } from "../../api/people";
import { Problem } from "../../app/Problem";
import { RemoveButton } from "../../app/RemoveButton";
import { ago } from "../../app/times";
import { toast } from "../../app/toasts";
import { useAct } from "../../app/useAct";
import { useNow } from "../../app/useNow";
import { roleName } from "./roles";

interface Props {
  member: Member;
  /** The roles that the person looking may give; a member with another role is only shown. */
  roles: string[];
  self: boolean;
  onChange: () => void;
  onLink: (url: string) => void;
}

export function MemberRow({ member, roles, self, onChange, onLink }: Props) {
  const act = useAct();
  const now = useNow();
  const name = member.name || member.email;
  const manageable = roles.includes(member.role);

  const remove = async () => {
    if (!(await act.run(() => people.remove(member.id)))) return;
    onChange();
    toast(`${name} was removed and signed out.`, async () => {
      await people.restore(member.id);
      onChange();
    });
  };
  const invite = () => act.run(async () => onLink((await people.inviteAgain(member.id)).invitation_url));

  return (
    <li className="row" data-testid="member-row" data-email={member.email}>
      <div className="row-main">
        <span className="row-name">
          <strong>{name}</strong>
          {self && <span className="badge badge-accent">You</span>}
          {member.status === "invited" && <span className="badge badge-ask">Invited</span>}
        </span>
        <span className="muted small">
          {member.name && `${member.email} · `}
          {member.status === "invited" ? "has not signed in yet" : `signed in ${ago(member.last_sign_in_at, now)}`}
        </span>
      </div>
      <div className="row-actions">
        {member.status === "invited" && manageable && (
          <button type="button" className="button small-button" disabled={act.busy} onClick={() => void invite()}>
            Invite again
          </button>
        )}
        {manageable ? (
          <RoleChoice member={member} roles={roles} onChange={onChange} />
        ) : (
          <span className="role-fixed">{roleName(member.role)}</span>
        )}
        {manageable && !self ? (
          <RemoveButton name={name} busy={act.busy} onClick={() => void remove()} />
        ) : (
          roles.length > 0 && <span className="icon-space" />
        )}
      </div>
      <Problem text={act.problem} />
    </li>
  );
}

function RoleChoice({ member, roles, onChange }: Pick<Props, "member" | "roles" | "onChange">) {
  const act = useAct();
  const [wanted, setWanted] = useState<string>();
  const change = async (role: string) => {
    const before = member.role;
    setWanted(role);
    const done = await act.run(() => people.change(member.id, { role }));
    setWanted(undefined);
    if (!done) return;
    onChange();
    toast(`${member.name || member.email} is now ${role}.`, async () => {
      await people.change(member.id, { role: before });
      onChange();
    });
  };
  return (
    <span className="role-choice">
      <select
        aria-label={`Role of ${member.name || member.email}`}
        data-testid="member-role"
        disabled={act.busy}
        value={wanted ?? member.role}
        onChange={(event) => void change(event.target.value)}
      >
        {roles.map((role) => (
          <option key={role} value={role}>
            {roleName(role)}
          </option>
        ))}
      </select>
      <Problem text={act.problem} />
    </span>
  );
}
