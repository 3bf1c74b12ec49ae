/** The people of the tenant: who is in, with which role, and the way in and out. */

import { useState } from "react";
import { type Member, people, ROLES } from "../../api/people";
import { useResource } from "../../api/useResource";
import { may, rolesToGive } from "../../app/access";
import { useMe } from "../../app/account";
import { Bin } from "../../app/Bin";
import { PlusIcon } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { Rows } from "../../app/Rows";
import { plural } from "../../app/times";
import { InviteDialog } from "./InviteDialog";
import { LinkDialog } from "./LinkDialog";
import { MemberRow } from "./MemberRow";

export default function MembersView() {
  const me = useMe();
  const members = useResource(() => people.list(false), "members");
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState<{ name: string; url: string }>();
  const [turn, setTurn] = useState(0);
  const roles = rolesToGive(me, ROLES);
  const changed = () => {
    setTurn((old) => old + 1);
    members.reload();
  };
  const rows = members.data?.items;

  return (
    <section aria-labelledby="members-title">
      <div className="section-head">
        <h2 id="members-title">Members</h2>
        {rows && <span className="muted">{plural(rows.length, "person").replace("persons", "people")}</span>}
        {may(me, "members:write") && (
          <button
            type="button"
            className="button primary"
            data-testid="invite-button"
            onClick={() => setInviting(true)}
          >
            <PlusIcon /> Invite
          </button>
        )}
      </div>
      <Problem text={members.error} />
      <Rows>
        {rows?.map((member) => (
          <MemberRow
            key={member.id}
            member={member}
            roles={roles}
            self={member.id === me.user.id}
            onChange={changed}
            onLink={(url) => setLink({ name: nameOf(member), url })}
          />
        ))}
      </Rows>
      {may(me, "members:write") && (
        <Bin
          noun="member"
          warning="Their name and sessions are deleted; what they made stays. This cannot be undone."
          turn={turn}
          load={async () => ({ items: (await people.list(true)).items.map(removedOf) })}
          restore={people.restore}
          purge={people.purge}
          onChange={members.reload}
        />
      )}
      {inviting && (
        <InviteDialog
          roles={roles}
          onClose={() => setInviting(false)}
          onInvited={(name, url) => {
            setInviting(false);
            setLink({ name, url });
            changed();
          }}
        />
      )}
      {link && <LinkDialog name={link.name} url={link.url} onClose={() => setLink(undefined)} />}
    </section>
  );
}

function nameOf(member: Member): string {
  return member.name || member.email;
}

function removedOf(member: Member) {
  return { id: member.id, name: nameOf(member), detail: member.email, at: member.deleted_at };
}
