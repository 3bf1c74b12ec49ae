/** Calendars in and out: as a file, or by an address for other programs. */

import { useState } from "react";
import type { Calendar } from "../../api/calendar";
import { files } from "../../api/calendarFiles";
import { DownloadIcon, KeyIcon, UploadIcon } from "../../app/icons";
import { FeedsDialog } from "./FeedsDialog";
import { ImportDialog } from "./ImportDialog";

interface Props {
  calendars: Calendar[];
  writes: boolean;
  onChange: () => void;
}

export function Files({ calendars, writes, onChange }: Props) {
  const [opened, setOpened] = useState<"import" | "feeds">();
  const close = () => setOpened(undefined);
  return (
    <section aria-labelledby="files-title">
      <h2 id="files-title">Other programs</h2>
      <div className="cal-panel-tools">
        {writes && (
          <button type="button" className="button" data-testid="calendar-import" onClick={() => setOpened("import")}>
            <UploadIcon /> Import a file
          </button>
        )}
        <a className="button" href={files.exported} download data-testid="calendar-export">
          <DownloadIcon /> Export as .ics
        </a>
        {writes && (
          <button type="button" className="button" data-testid="calendar-feeds" onClick={() => setOpened("feeds")}>
            <KeyIcon /> Addresses to follow
          </button>
        )}
      </div>
      {opened === "import" && <ImportDialog calendars={calendars} onClose={close} onImported={onChange} />}
      {opened === "feeds" && <FeedsDialog onClose={close} />}
    </section>
  );
}
