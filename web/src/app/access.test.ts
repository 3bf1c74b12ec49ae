import { describe, expect, it } from "vitest";
import { ROLES } from "../api/people";
import type { Me } from "../api/types";
import { hasPersonas, hasSettings, openSections, rolesToGive } from "./access";

function me(role: string, scopes: string[]): Me {
  return {
    user: { id: "u1", name: "Ada", email: "ada@example.org", role },
    tenant: { id: "t1", name: "Harbour House", slug: "demo" },
    scopes,
    agent: { name: "voiceloop" },
  };
}
const sections = (scopes: string[]) => openSections(me("x", scopes)).map((section) => section.name);

describe("what scopes open", () => {
  it("is only the own account for a viewer, so Settings is no place for them", () => {
    const viewer = me("viewer", ["calls", "conversations:read", "documents:read", "calendar:read"]);
    expect(openSections(viewer).map((one) => one.name)).toEqual(["Your account"]);
    expect(hasSettings(viewer)).toBe(false);
    expect(hasPersonas(viewer)).toBe(false);
  });

  it("is the members and the personas for an editor", () => {
    const editor = me("editor", ["personas:write", "members:read"]);
    expect(openSections(editor).map((one) => one.name)).toEqual(["Members", "Assistants", "Your account"]);
    expect(hasSettings(editor)).toBe(true);
    expect(hasPersonas(editor)).toBe(true);
  });

  it("shows tenants to operators only", () => {
    const owner = ["members:read", "keys:read", "personas:write", "audit:read", "tenant:write"];
    expect(sections(owner)).toEqual(["Members", "API keys", "Assistants", "Audit log", "Organisation", "Your account"]);
    expect(sections([...owner, "tenants"])).toContain("Tenants");
  });
});

describe("roles to give", () => {
  it("are all for an owner and all but owner for an admin", () => {
    expect(rolesToGive(me("owner", ["members:write"]), ROLES)).toEqual([...ROLES]);
    expect(rolesToGive(me("admin", ["members:write"]), ROLES)).not.toContain("owner");
  });

  it("are none for those who only see the members", () => {
    expect(rolesToGive(me("editor", ["members:read"]), ROLES)).toEqual([]);
  });
});
