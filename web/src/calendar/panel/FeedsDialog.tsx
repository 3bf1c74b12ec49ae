/** Secret addresses that other calendar programs follow: who has one can read. Ended for good, so in two steps. */

import { type FormEvent, useState } from "react";
import { type Feed, files } from "../../api/calendarFiles";
import { useResource } from "../../api/useResource";
import { CopyOnce } from "../../app/CopyOnce";
import { Dialog } from "../../app/Dialog";
import { Field } from "../../app/Field";
import { Problem } from "../../app/Problem";
import { Rows } from "../../app/Rows";
import { TextField } from "../../app/TextField";
import { ago } from "../../app/times";
import { useAct } from "../../app/useAct";
import { useNow } from "../../app/useNow";

export function FeedsDialog({ onClose }: { onClose: () => void }) {
  const list = useResource(files.feeds, "feeds");
  const [url, setUrl] = useState("");
  return (
    <Dialog wide title="Addresses to follow" onClose={onClose} testid="feeds-dialog">
      <div className="form">
        <p className="muted">
          Another calendar program subscribes to such an address and keeps up by itself. Whoever has it can read.
        </p>
        {url ? (
          <>
            <p>
              Copy it into the other program. <strong>It is shown this once.</strong>
            </p>
            <CopyOnce label="Address" value={url} testid="feed-url" />
          </>
        ) : (
          <NewFeedForm
            onMade={(made) => {
              setUrl(made);
              list.reload();
            }}
          />
        )}
        <Problem text={list.error} />
        <Rows>
          {list.data?.items.map((one) => (
            <FeedRow key={one.id} row={one} onChange={list.reload} />
          ))}
        </Rows>
      </div>
    </Dialog>
  );
}

function NewFeedForm({ onMade }: { onMade: (url: string) => void }) {
  const [name, setName] = useState("");
  const [told, setTold] = useState<"busy" | "details" | "people">("details");
  const act = useAct();
  const make = (submit: FormEvent) => {
    submit.preventDefault();
    const wanted = { name: name.trim(), with_details: told !== "busy", with_people: told === "people" };
    void act.run(async () => onMade((await files.make(wanted)).url));
  };
  return (
    <form className="form" onSubmit={make}>
      <div className="field-pair">
        <TextField
          label="For what"
          autoComplete="off"
          maxLength={200}
          testid="feed-name"
          value={name}
          onChange={setName}
        />
        <Field label="It tells">
          {(ties) => (
            <select
              {...ties}
              data-testid="feed-told"
              value={told}
              onChange={(change) => setTold(change.target.value as typeof told)}
            >
              <option value="busy">Only when you are busy</option>
              <option value="details">Events without the people</option>
              <option value="people">Events and their people</option>
            </select>
          )}
        </Field>
      </div>
      <Problem text={act.problem} />
      <div className="actions">
        <button type="submit" className="button" data-testid="feed-make" disabled={act.busy}>
          Make an address
        </button>
      </div>
    </form>
  );
}

function FeedRow({ row, onChange }: { row: Feed; onChange: () => void }) {
  const act = useAct();
  const [ending, setEnding] = useState(false);
  const now = useNow();
  const name = row.name || "Without a name";
  const tells = row.with_people ? "events and people" : row.with_details ? "events" : "busy times";
  return (
    <li className="row" data-testid="feed-row">
      <div className="row-main">
        <strong>{name}</strong>
        <span className="muted small">
          {row.owner.name} · tells {tells} ·{" "}
          {row.last_used_at ? `last asked for ${ago(row.last_used_at, now)}` : "not asked for yet"}
        </span>
      </div>
      {ending ? (
        <fieldset className="for-good">
          <legend className="small">It stops working at once and cannot be brought back.</legend>
          <button
            type="button"
            className="button small-button bad"
            data-testid="feed-end"
            disabled={act.busy}
            onClick={() => void act.run(() => files.end(row.id)).then((done) => done && onChange())}
          >
            End it
          </button>
          <button type="button" className="button small-button" onClick={() => setEnding(false)}>
            Keep it
          </button>
        </fieldset>
      ) : (
        <button
          type="button"
          className="button small-button"
          aria-label={`End ${name}`}
          onClick={() => setEnding(true)}
        >
          End
        </button>
      )}
      <Problem text={act.problem} />
    </li>
  );
}
