/** Connects to a server now and shows its tools: which personas may use, and which ask the caller first. */

import { useState } from "react";
import { type McpServer, type McpState, mcp } from "../../api/mcp";
import { useResource } from "../../api/useResource";
import { Dialog } from "../../app/Dialog";
import { FormFoot } from "../../app/FormFoot";
import { Problem } from "../../app/Problem";
import { toast } from "../../app/toasts";
import { useAct } from "../../app/useAct";
import { AskField } from "./AskField";
import { ToolItem } from "./ToolItem";
import { asksFirst, bodyOf, type Choice, choiceOf, goneOf, toggled } from "./tools";

interface Props {
  row: McpServer;
  onClose: () => void;
  onSaved: () => void;
}

export function ToolsDialog({ row, onClose, onSaved }: Props) {
  const looked = useResource(() => mcp.check(row.id), row.id);
  const state = looked.data;
  return (
    <Dialog wide title={`Tools of ${row.name}`} onClose={onClose} testid="mcp-tools-dialog">
      <div className="form">
        <div role="status">
          {looked.loading && <p className="muted">Connecting to {row.name}…</p>}
          {state?.ok && (
            <p className="mcp-well" data-testid="mcp-state">
              {row.name} answers and offers {state.tools.length === 1 ? "one tool" : `${state.tools.length} tools`}.
            </p>
          )}
        </div>
        <Problem text={looked.error ?? (state?.ok === false ? state.problem : undefined)} />
        {!looked.loading && !state?.ok && (
          <div className="actions">
            <button type="button" className="button" data-testid="mcp-again" onClick={looked.reload}>
              Try again
            </button>
          </div>
        )}
        {state?.ok && <ToolsForm row={row} state={state} onClose={onClose} onSaved={onSaved} />}
      </div>
    </Dialog>
  );
}

function ToolsForm({ row, state, onClose, onSaved }: Props & { state: McpState }) {
  const [choice, setChoice] = useState<Choice>(choiceOf(row));
  const act = useAct();
  const allow = (name: string, on: boolean) => setChoice({ ...choice, allowed: toggled(choice.allowed, name, on) });
  const ask = (name: string, on: boolean) => setChoice({ ...choice, asks: toggled(choice.asks ?? [], name, on) });
  const save = async () => {
    if (!(await act.run(() => mcp.change(row.id, bodyOf(choice))))) return;
    onClose();
    toast(`The tools of ${row.name} are kept. Give them to a persona in its editor.`);
    onSaved();
  };
  return (
    <form
      className="form"
      onSubmit={(submit) => {
        submit.preventDefault();
        void save();
      }}
    >
      <AskField tools={state.tools} choice={choice} onChange={setChoice} />
      <ul className="mcp-tools" aria-label="Tools">
        {state.tools.map((tool) => (
          <ToolItem
            key={tool.name}
            tool={tool}
            allowed={choice.allowed.includes(tool.name)}
            asks={asksFirst(tool, choice)}
            onAllow={(on) => allow(tool.name, on)}
            onAsk={choice.asks ? (on) => ask(tool.name, on) : undefined}
          />
        ))}
        {goneOf(state, choice).map((name) => (
          <li key={name} className="mcp-tool">
            <span className="row-name">
              <code>{name}</code> <span className="badge badge-bad">Not offered any more</span>
            </span>
            <button type="button" className="button small-button" onClick={() => allow(name, false)}>
              Take it away
            </button>
          </li>
        ))}
      </ul>
      <FormFoot label="Save" problem={act.problem} busy={act.busy} onCancel={onClose} testid="mcp-tools-submit" />
    </form>
  );
}
