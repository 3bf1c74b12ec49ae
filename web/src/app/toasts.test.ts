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

it("does late what nobody took back, once", async () => {
  vi.stubGlobal("window", new EventTarget());
  const { dismissToast, dropToast, toast } = await import("./toasts");
  const late = vi.fn();
  toast("Handbook was deleted.", async () => undefined, late);
  expect(late).not.toHaveBeenCalled();
  toast("Something newer.");
  expect(late).toHaveBeenCalledTimes(1);
  toast("Price list was deleted.", async () => undefined, late);
  dropToast();
  dismissToast();
  expect(late).toHaveBeenCalledTimes(1);
});
