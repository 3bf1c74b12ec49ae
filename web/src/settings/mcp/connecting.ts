/** How an assistant is told where our tools are: the address, and what it puts into its configuration file. Pure. */

const KEY = "vl_…";

export const SCOPES = ["calendar:read", "calendar:write", "documents:read"];

export const addressAt = (origin: string) => `${origin}/mcp`;

/** For an assistant that speaks HTTP itself. */
export function overHttp(origin: string, key = KEY): string {
  const server = { type: "http", url: addressAt(origin), headers: { Authorization: `Bearer ${key}` } };
  return JSON.stringify({ mcpServers: { voiceloop: server } }, undefined, 2);
}

/** For one that starts programs instead. */
export function overProgram(origin: string, key = KEY): string {
  const server = { command: "voiceloop", args: ["mcp", "--url", origin], env: { VOICELOOP_API_KEY: key } };
  return JSON.stringify({ mcpServers: { voiceloop: server } }, undefined, 2);
}
