/** Names for the ids of the log: members, keys and personas, those removed too, as far as the reader may see them. */

import { useMemo } from "react";
import { keys, type Member, people } from "../../api/people";
import { personas } from "../../api/personas";
import { useResource } from "../../api/useResource";
import { may } from "../../app/access";
import { useMe } from "../../app/account";
import type { Names } from "./sentence";

interface Known {
  names: Names;
  members: Member[];
}

export function useNames(): Known {
  const me = useMe();
  const people = useResource(() => (may(me, "members:read") ? everybody() : Promise.resolve([])), "names-people");
  const things = useResource(() => everything(may(me, "keys:read")), "names-things");
  return useMemo(() => {
    const names = new Map(things.data ?? []);
    for (const one of people.data ?? []) names.set(one.id, one.name || one.email);
    names.set(me.user.id, me.user.name || me.user.email);
    names.set(me.tenant.id, me.tenant.name);
    return { names, members: people.data ?? [] };
  }, [me, people.data, things.data]);
}

async function everybody(): Promise<Member[]> {
  const [there, gone] = await Promise.all([people.list(false), people.list(true).catch(() => ({ items: [] }))]);
  return [...there.items, ...gone.items];
}

async function everything(withKeys: boolean): Promise<[string, string][]> {
  const nothing = { items: [] as { id: string; name: string }[] };
  const [all, made] = await Promise.all([
    personas.list(false).catch(() => nothing),
    withKeys ? keys.list(false).catch(() => nothing) : nothing,
  ]);
  return [...all.items, ...made.items].map((one) => [one.id, one.name]);
}
