import { describe, expect, it } from "vitest";
import type { OfferedTool } from "../../api/mcp";
import { asksFirst, bodyOf, chosenAsks, goneOf, nameProblem, toggled } from "./tools";

function tool(name: string, reads_only = false): OfferedTool {
  return { name, description: "", allowed: false, reads_only, needs_yes: !reads_only, problem: "" };
}
const find = tool("find_ticket", true);
const create = tool("create_ticket");

describe("tools of a server", () => {
  it("ask first unless they only read, as long as nobody chose", () => {
    expect(asksFirst(create, { allowed: [] })).toBe(true);
    expect(asksFirst(find, { allowed: [] })).toBe(false);
    expect(bodyOf({ allowed: ["find_ticket"] })).toEqual({ allowed_tools: ["find_ticket"], confirmed_tools: null });
  });

  it("ask first when they are chosen to, whatever they say of themselves", () => {
    const choice = { allowed: [], asks: ["find_ticket"] };
    expect(asksFirst(find, choice)).toBe(true);
    expect(asksFirst(create, choice)).toBe(false);
    expect(chosenAsks([find, create])).toEqual(["create_ticket"]);
  });

  it("are added once and taken away", () => {
    expect(toggled(["a"], "a", true)).toEqual(["a"]);
    expect(toggled(["a", "b"], "a", false)).toEqual(["b"]);
  });

  it("are gone when they are allowed but not offered, which only a server that answers can tell", () => {
    const state = { ok: true, problem: "", tools: [find], missing: [] };
    expect(goneOf(state, { allowed: ["find_ticket", "old"] })).toEqual(["old"]);
    expect(goneOf({ ...state, ok: false, tools: [] }, { allowed: ["old"] })).toEqual([]);
  });
});

describe("a server's name", () => {
  it("is small letters, digits and single hyphens", () => {
    for (const name of ["tickets", "a1", "help-desk-2"]) expect(nameProblem(name)).toBeUndefined();
    for (const name of ["", "Tickets", "1a", "a--b", "a-", "a_b", "x".repeat(25)])
      expect(nameProblem(name)).toBeDefined();
  });
});
