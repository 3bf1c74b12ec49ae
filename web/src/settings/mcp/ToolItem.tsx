/** One tool of a server: what it says it does, whether it may be used, whether it asks first. */

import type { OfferedTool } from "../../api/mcp";

interface Props {
  tool: OfferedTool;
  allowed: boolean;
  asks: boolean;
  onAllow: (on: boolean) => void;
  /** Missing: it asks as it says of itself. */
  onAsk?: (on: boolean) => void;
}

export function ToolItem({ tool, allowed, asks, onAllow, onAsk }: Props) {
  return (
    <li className="mcp-tool" data-testid="mcp-tool">
      <label className="check">
        <input
          type="checkbox"
          data-testid={`mcp-allow-${tool.name}`}
          checked={allowed}
          // What cannot be used can still be taken away.
          disabled={tool.problem !== "" && !allowed}
          onChange={(change) => onAllow(change.target.checked)}
        />
        <span className="row-name">
          <code>{tool.name}</code>
          {tool.reads_only && <span className="badge">Only reads</span>}
          {allowed && asks && !onAsk && <span className="badge badge-ask">Asks first</span>}
        </span>
        {tool.description && <span className="muted small">{tool.description}</span>}
      </label>
      {tool.problem && <p className="small told-once">{tool.problem}</p>}
      {onAsk && allowed && (
        <label className="check mcp-ask">
          <input
            type="checkbox"
            data-testid={`mcp-ask-${tool.name}`}
            aria-label={`Ask the caller before ${tool.name}`}
            checked={asks}
            onChange={(change) => onAsk(change.target.checked)}
          />
          <span>Ask the caller first</span>
        </label>
      )}
    </li>
  );
}
