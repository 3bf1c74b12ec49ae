import { describe, expect, it } from "vitest";
import type { PersonaFields } from "../api/personas";
import { afterSaving, changedFields, changesOf, textOf } from "./fields";
import { diffLines, nearChanges } from "./lines";

const persona: PersonaFields = {
  name: "Front desk",
  kind: "receptionist",
  language: "en",
  greeting: "Hello.",
  voice: "",
  prompt: "Be kind.\nBe brief.",
  toolsets: ["calendar"],
  business_hours: { mon: [["09:00", "17:00"]], tue: [["09:00", "17:00"]] },
  escalation_contacts: [{ name: "Ada", phone: "+49301234" }],
  limits: { call_minutes: 30 },
};

describe("the changed fields of a persona", () => {
  it("are none between equal ones, in whatever order an object's fields come", () => {
    const { mon, tue } = persona.business_hours;
    expect(changedFields(persona, { ...persona, business_hours: { tue, mon } })).toEqual([]);
  });

  it("are those that differ, the order of a list included", () => {
    const contacts = [{ name: "Tom", email: "t@example.org" }, ...persona.escalation_contacts];
    expect(changedFields(persona, { ...persona, greeting: "Hi.", escalation_contacts: contacts })).toEqual([
      "greeting",
      "escalation_contacts",
    ]);
  });

  it("do not count what an old version never had", () => {
    const { limits: _none, ...old } = persona;
    expect(changedFields(old, persona)).toEqual([]);
  });

  it("are all that is sent, so that a colleague's fields stay", () => {
    expect(changesOf(persona, { ...persona, voice: "joe" })).toEqual({ voice: "joe" });
  });
});

describe("a save that comes back", () => {
  it("leaves what was typed since the request on top of what the server kept", () => {
    const sent = { ...persona, greeting: "Hi." };
    const typed = { ...sent, prompt: "Be kind.\nBe brief.\nBe there." };
    const saved = { ...sent, greeting: "Hi.", voice: "joe" };
    expect(afterSaving(sent, typed, saved)).toEqual({ ...saved, prompt: typed.prompt });
    expect(changedFields(saved, afterSaving(sent, typed, saved))).toEqual(["prompt"]);
  });

  it("leaves nothing unsaved when nothing was typed", () => {
    const sent = { ...persona, greeting: " Hi. " };
    const saved = { ...sent, greeting: "Hi." };
    expect(changedFields(saved, afterSaving(sent, sent, saved))).toEqual([]);
  });
});

describe("a field as text", () => {
  it("reads like a sentence's end", () => {
    expect(textOf("limits", persona)).toBe("30 minutes");
    expect(textOf("limits", { limits: {} })).toBe("as usual");
    expect(textOf("business_hours", persona)).toBe("Mon–Tue 09:00–17:00");
    expect(textOf("escalation_contacts", persona)).toBe("Ada, +49301234");
    expect(textOf("voice", persona)).toBe("empty");
    expect(textOf("patience_by_question", persona)).toBe("none");
    expect(textOf("patience_by_question", { patience_by_question: { digits: 1.5, yes_no: 0.7 } })).toBe(
      "Yes or no: 0.7 times as long\nA number, digit by digit: 1.5 times as long",
    );
  });
});

describe("a text's changed lines", () => {
  it("keep what is the same and show what went and came", () => {
    expect(diffLines("a\nb\nc", "a\nx\nc")).toEqual([
      { kind: "same", text: "a" },
      { kind: "gone", text: "b" },
      { kind: "new", text: "x" },
      { kind: "same", text: "c" },
    ]);
  });

  it("are nothing between equal texts", () => {
    expect(diffLines("a\nb", "a\nb").every((line) => line.kind === "same")).toBe(true);
  });

  it("are shown with a line of what surrounds them, the rest as a gap", () => {
    const before = ["1", "2", "3", "4", "5", "6", "7"].join("\n");
    const near = nearChanges(diffLines(before, before.replace("1", "one").replace("7", "seven")));
    expect(near.map((line) => line.text)).toEqual(["1", "one", "2", "…", "6", "7", "seven"]);
  });
});
