/** MCP both ways: tools of others for our personas, and our tools for other assistants. */

import "./mcp.css";
import { hasPersonas } from "../../app/access";
import { useMe } from "../../app/account";
import { ConnectAssistant } from "./ConnectAssistant";
import { ServerList } from "./ServerList";

export default function McpView() {
  const me = useMe();
  return (
    <div className="sections">
      {hasPersonas(me) && <ServerList />}
      <ConnectAssistant />
    </div>
  );
}
