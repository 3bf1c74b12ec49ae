import { describe, expect, it } from "vitest";
import type { AuditEntry } from "../../api/audit";
import { changedFields, sentenceOfEntry } from "./sentence";

const names = new Map([
  ["u1", "Ada"],
  ["u2", "Tom"],
]);

function entry(action: string, more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: "e1",
    at: "2026-11-21T10:32:00Z",
    action,
    resource: { type: action.split(".")[0] ?? "", id: "x" },
    actor: { user_id: "u1", key_id: null, name: "Ada Old-Name", role: "owner" },
    origin: { channel: "http", address: "203.0.113.5", request_id: "r1" },
    before: null,
    after: null,
    ...more,
  };
}

const of = (action: string, more?: Partial<AuditEntry>) => sentenceOfEntry(entry(action, more), names);
const tom = { resource: { type: "user", id: "u2" } };

describe("an audit entry as a sentence", () => {
  it("names the person, the field and both values of a single change", () => {
    const change = { ...tom, before: { role: "viewer" }, after: { role: "editor" } };
    expect(of("user.updated", change)).toBe("Ada changed the role of Tom from viewer to editor");
  });

  it("lists the fields when several changed", () => {
    const persona = {
      before: { prompt: "a", greeting: "Hi", version: 1, name: "Reception" },
      after: { prompt: "b", greeting: "Hello", version: 2, name: "Reception" },
    };
    expect(of("persona.updated", persona)).toBe("Ada changed the instructions and greeting of the persona “Reception”");
  });

  it("does not repeat long or hidden values", () => {
    const long = { before: { prompt: "(4000 characters)" }, after: { prompt: "(4100 characters)" } };
    expect(of("persona.updated", long)).toBe("Ada changed the instructions of the persona");
  });

  it("has words for signing in and out, passwords and invitations", () => {
    expect(of("session.started", { after: { user_id: "u2" } })).toBe("Tom signed in");
    expect(of("session.ended", { after: { end_reason: "signed_out" } })).toBe("Ada signed out");
    expect(of("session.ended", { after: { end_reason: "token_reused", user_id: "u2" } })).toBe(
      "A session of Tom ended: token reused",
    );
    expect(of("password.set", { resource: { type: "password", id: "u1" } })).toBe("Ada set a password");
    expect(of("invitation.sent", { after: { user_id: "u2" } })).toBe("Ada invited Tom");
  });

  it("says with which role somebody was added", () => {
    const after = { email: "kim@example.org", name: "Kim", role: "viewer" };
    expect(of("user.created", { after })).toBe("Ada added Kim as viewer");
  });

  it("names who acts when nobody is signed in", () => {
    const actor = { user_id: null, key_id: null, name: "", role: "agent" };
    expect(of("event.created", { actor, after: { summary: "Lunch" } })).toBe("The assistant added the event “Lunch”");
  });

  it("still reads for actions and things it does not know", () => {
    expect(of("webhook.created", { after: { name: "CRM" } })).toBe("Ada added the webhook “CRM”");
    expect(of("document.failed", { after: { filename: "a.pdf" } })).toBe("Ada: the document “a.pdf” is now failed");
    expect(of("persona.updated")).toBe("Ada changed the persona");
  });
});

describe("the changed fields of an entry", () => {
  it("are those that differ, without the database's own", () => {
    const both = entry("key.updated", {
      before: { name: "a", scopes: ["x"], updated_at: "1" },
      after: { name: "a", scopes: ["x", "y"], updated_at: "2" },
    });
    expect(changedFields(both)).toEqual([{ field: "scopes", before: ["x"], after: ["x", "y"] }]);
  });

  it("are all of them when something began or ended", () => {
    expect(changedFields(entry("key.created", { after: { name: "a", id: "k" } }))).toEqual([
      { field: "name", before: undefined, after: "a" },
    ]);
  });
});
