/** Which MCP servers' tools a persona may use; the servers and their tools are chosen in the settings. */

import { mcp } from "../api/mcp";
import { useResource } from "../api/useResource";
import { Problem } from "../app/Problem";
import { link } from "../app/router";
import { summaryOf } from "../settings/mcp/tools";
import type { Editing } from "./useDraft";

const MOST = 5;

export function OutsideTools({ editing }: { editing: Editing }) {
  const list = useResource(mcp.list, "mcp-servers");
  const { fields, set } = editing;
  const chosen = fields.mcp_servers ?? [];
  const known = list.data?.items ?? [];
  // One that was removed elsewhere can still be taken away.
  const gone = list.data ? chosen.filter((name) => known.every((one) => one.name !== name)) : [];
  const rows = [
    ...known.map((one) => ({ name: one.name, told: summaryOf(one) })),
    ...gone.map((name) => ({ name, told: "not there any more" })),
  ];
  const toggle = (name: string, on: boolean) =>
    set("mcp_servers", on ? [...chosen, name] : chosen.filter((one) => one !== name));
  return (
    <fieldset className="fieldset" data-testid="persona-mcp">
      <legend>Tools of others</legend>
      <p className="muted small">
        {rows.length > 0 ? `Up to ${MOST} MCP servers.` : "No MCP server is known here."}{" "}
        <a href={link("/settings/mcp")}>{rows.length > 0 ? "Servers and their tools" : "Add one in the settings"}</a>
      </p>
      <Problem text={list.error} />
      {rows.map(({ name, told }) => (
        <label className="check" key={name}>
          <input
            type="checkbox"
            data-testid={`persona-mcp-${name}`}
            checked={chosen.includes(name)}
            disabled={!chosen.includes(name) && chosen.length >= MOST}
            onChange={(change) => toggle(name, change.target.checked)}
          />
          <span>{name}</span>
          <span className="muted small">{told}</span>
        </label>
      ))}
    </fieldset>
  );
}
