/** How another assistant uses our calendar and documents: the address, a key of its own, what to put where. */

import { useRef, useState } from "react";
import { keys } from "../../api/people";
import { may } from "../../app/access";
import { useMe } from "../../app/account";
import { CopyOnce } from "../../app/CopyOnce";
import { Field } from "../../app/Field";
import { KeyIcon } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { toast } from "../../app/toasts";
import { useAct } from "../../app/useAct";
import { useCopy } from "../../app/useCopy";
import { addressAt, overHttp, overProgram, SCOPES } from "./connecting";

export function ConnectAssistant() {
  const me = useMe();
  const act = useAct();
  const [key, setKey] = useState<string>();
  const [way, setWay] = useState<"http" | "program">("http");
  const { origin } = window.location;
  const make = () =>
    act.run(async () => {
      const scopes = SCOPES.filter((scope) => may(me, scope));
      const made = await keys.create({ name: "Assistant (MCP)", scopes });
      setKey(made.key);
      toast("A key for the assistant was made. It can be revoked under API keys.");
    });
  return (
    <section aria-labelledby="connect-title">
      <div className="section-head">
        <h2 id="connect-title">Your assistant with our tools</h2>
        <span className="muted">Any assistant that speaks MCP can use this calendar and these documents.</span>
      </div>
      <div className="panel form">
        <div className="fieldset">
          <strong>Address</strong>
          <CopyOnce label="Address for assistants" value={addressAt(origin)} testid="mcp-address" />
        </div>
        <div className="fieldset">
          <strong>Key</strong>
          {key ? (
            <>
              <p>
                Copy it now: <strong>it is shown this once.</strong>
              </p>
              <CopyOnce label="API key" value={key} testid="mcp-key" />
            </>
          ) : (
            <p className="muted">
              Give each assistant an API key of its own, with as few scopes as it needs: {SCOPES.join(", ")}.
            </p>
          )}
          {!key && may(me, "keys:write") && (
            <div className="actions">
              <button
                type="button"
                className="button"
                data-testid="mcp-make-key"
                disabled={act.busy}
                onClick={() => void make()}
              >
                <KeyIcon /> Make a key
              </button>
            </div>
          )}
          <Problem text={act.problem} />
        </div>
        <Field label="The assistant">
          {(ties) => (
            <select
              {...ties}
              data-testid="mcp-way"
              value={way}
              onChange={(change) => setWay(change.target.value as typeof way)}
            >
              <option value="http">Speaks HTTP itself</option>
              <option value="program">Starts a program on its machine</option>
            </select>
          )}
        </Field>
        <Snippet text={way === "http" ? overHttp(origin, key) : overProgram(origin, key)} />
      </div>
    </section>
  );
}

function Snippet({ text }: { text: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { copy, told } = useCopy(text, () => field.current?.select());
  return (
    <div className="fieldset">
      <strong>In its configuration</strong>
      <textarea
        ref={field}
        className="mcp-snippet"
        readOnly
        rows={text.split("\n").length}
        wrap="off"
        aria-label="Configuration for the assistant"
        data-testid="mcp-snippet"
        value={text}
      />
      <div className="actions mcp-copy">
        <button type="button" className="button" onClick={() => void copy()}>
          Copy
        </button>
        {told}
      </div>
    </div>
  );
}
