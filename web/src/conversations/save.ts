/** Gives the person a text as a file. */

export function save(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun reading it by then.
  window.setTimeout(() => URL.revokeObjectURL(address), 1000);
}
