import { expect, it, vi } from "vitest";
import { SIGNED_OUT } from "../api/signals";

it("takes a toast and its way back away with the person", async () => {
  vi.stubGlobal("window", new EventTarget());
  const { shownToast, toast } = await import("./toasts");
  toast("Ada was removed.", async () => undefined);
  expect(shownToast()?.text).toBe("Ada was removed.");
  window.dispatchEvent(new Event(SIGNED_OUT));
  expect(shownToast()).toBeUndefined();
});
