/** One server: its tools, its address, who uses it; removed with a way back. */

import { useState } from "react";
import type { McpServer } from "../../api/mcp";
import { personas } from "../../api/personas";
import { Problem } from "../../app/Problem";
import { RemoveButton } from "../../app/RemoveButton";
import { useAct } from "../../app/useAct";
import { removeServer } from "./removing";
import { ServerDialog } from "./ServerDialog";
import { summaryOf } from "./tools";

interface Props {
  row: McpServer;
  onTools: () => void;
  onChange: () => void;
}

export function ServerRow({ row, onTools, onChange }: Props) {
  const act = useAct();
  const [changing, setChanging] = useState(false);
  const remove = () =>
    act.run(async () => {
      // Sent late, so what the server would refuse is looked up now.
      const { items } = await personas.list(false);
      const users = items.filter((one) => one.mcp_servers?.includes(row.name)).map((one) => one.name);
      if (users.length > 0) throw new Error(`${users.join(", ")} may use it. Take it out there first.`);
      removeServer(row);
    });
  return (
    <li className="row" data-testid="mcp-row">
      <div className="row-main">
        <strong>{row.name}</strong>
        <span className="muted small">
          {row.url} · {summaryOf(row)}
          {row.allowed_tools.length > 0 && row.confirmed_tools && " · asks before those you chose"}
        </span>
      </div>
      <div className="row-actions">
        <button
          type="button"
          className="button small-button"
          aria-label={`Test ${row.name} and see its tools`}
          data-testid="mcp-tools"
          onClick={onTools}
        >
          Test and tools
        </button>
        <button
          type="button"
          className="button small-button"
          aria-label={`Change ${row.name}`}
          onClick={() => setChanging(true)}
        >
          Change
        </button>
        <RemoveButton name={row.name} busy={act.busy} onClick={() => void remove()} />
      </div>
      <Problem text={act.problem} />
      {changing && <ServerDialog row={row} onClose={() => setChanging(false)} onSaved={onChange} />}
    </li>
  );
}
