/** What each role means, in a sentence for the person who chooses one. */

const ROLES: Record<string, string> = {
  owner: "Everything, owners included.",
  admin: "Everything except owners: people, keys, personas, the audit log.",
  editor: "Personas and documents, and all that viewers may.",
  viewer: "Talks to the assistant and reads documents, calendar and conversations.",
  agent: "A person at the desk: takes over calls, writes to the calendar.",
};

export function meaningOf(role: string): string {
  return ROLES[role] ?? "";
}

export function roleName(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}
