/** Everything inside takes files that are dropped on it, folders included. */

import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { type Chosen, filesOf } from "../documents/upload/files";
import { UploadIcon } from "./icons";

interface Props {
  open: boolean;
  /** What dropping does, shown while files are held over it. */
  label: string;
  onFiles: (chosen: Chosen[]) => void;
  tall?: boolean;
  children: ReactNode;
}

export function DropArea({ open, label, onFiles, tall, children }: Props) {
  const [over, setOver] = useState(false);
  // The pointer leaves one element for another all the time; only as many leaves as enters mean that it is gone.
  const depth = useRef(0);
  if (!open) return children;
  const carries = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  const leave = () => {
    depth.current = 0;
    setOver(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; buttons inside do the same by keyboard
    <div
      className={tall ? "drop-area drop-tall" : "drop-area"}
      data-testid="drop-area"
      onDragEnter={(event) => {
        if (!carries(event)) return;
        depth.current += 1;
        setOver(true);
      }}
      onDragOver={(event) => carries(event) && event.preventDefault()}
      onDragLeave={() => {
        depth.current -= 1;
        if (depth.current <= 0) leave();
      }}
      onDrop={(event) => {
        if (!carries(event)) return;
        event.preventDefault();
        leave();
        void filesOf(event.dataTransfer).then(onFiles);
      }}
    >
      {children}
      {over && (
        <div className="drop-here" aria-hidden="true">
          <UploadIcon />
          <strong>{label}</strong>
        </div>
      )}
    </div>
  );
}
