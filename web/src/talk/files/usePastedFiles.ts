/** A pasted file or picture is attached, wherever the focus is; pasted words go where they always go. */

import { useEffect } from "react";
import { attach } from "./useTray";

export function usePastedFiles(open: boolean): void {
  useEffect(() => {
    if (!open) return;
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      attach(files.map((file) => ({ file, path: file.name })));
    };
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  }, [open]);
}
