/** MCP servers whose tools personas may use. */

import { useState } from "react";
import { type McpServer, mcp } from "../../api/mcp";
import { useResource } from "../../api/useResource";
import { PlusIcon } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { Rows } from "../../app/Rows";
import { useRemoved } from "./removing";
import { ServerDialog } from "./ServerDialog";
import { ServerRow } from "./ServerRow";
import { ToolsDialog } from "./ToolsDialog";

export function ServerList() {
  const list = useResource(mcp.list, "mcp-servers");
  const removed = useRemoved();
  const [adding, setAdding] = useState(false);
  const [looking, setLooking] = useState<McpServer>();
  const rows = list.data?.items.filter((one) => !removed.has(one.id));
  return (
    <section aria-labelledby="mcp-title">
      <div className="section-head">
        <h2 id="mcp-title">Tools for your personas</h2>
        <span className="muted">MCP servers whose tools the assistant may use in calls.</span>
        <button type="button" className="button primary" data-testid="mcp-new" onClick={() => setAdding(true)}>
          <PlusIcon /> Add a server
        </button>
      </div>
      <Problem text={list.error} />
      {rows?.length === 0 && (
        <p className="muted empty">
          None. Add a server, choose its tools, then give it to a persona in its editor. It takes a language model: the
          offline brain does not use these tools.
        </p>
      )}
      <Rows>
        {rows?.map((one) => (
          <ServerRow key={one.id} row={one} onTools={() => setLooking(one)} onChange={list.reload} />
        ))}
      </Rows>
      {adding && (
        <ServerDialog
          onClose={() => setAdding(false)}
          onSaved={(row) => {
            list.reload();
            setLooking(row);
          }}
        />
      )}
      {looking && <ToolsDialog row={looking} onClose={() => setLooking(undefined)} onSaved={list.reload} />}
    </section>
  );
}
