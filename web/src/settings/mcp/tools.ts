/** Which tools of a server are chosen, and which ask first: between what the server says and what is sent. Pure. */

import type { McpChange, McpServer, McpState, OfferedTool } from "../../api/mcp";

/** `asks` undefined: every tool asks that does not say of itself that it only reads. */
export interface Choice {
  allowed: readonly string[];
  asks?: readonly string[];
}

export function choiceOf(server: McpServer): Choice {
  return { allowed: server.allowed_tools, asks: server.confirmed_tools ?? undefined };
}

/** Whether the caller is asked before it is used. */
export function asksFirst(tool: OfferedTool, { asks }: Choice): boolean {
  return asks ? asks.includes(tool.name) : !tool.reads_only;
}

/** From "those that may change something" to "those I choose": begins with what asked before. */
export function chosenAsks(tools: readonly OfferedTool[]): string[] {
  return tools.filter((one) => !one.reads_only).map((one) => one.name);
}

export function toggled(names: readonly string[], name: string, on: boolean): string[] {
  return on ? [...new Set([...names, name])] : names.filter((one) => one !== name);
}

export function bodyOf({ allowed, asks }: Choice): McpChange {
  return { allowed_tools: [...allowed], confirmed_tools: asks ? [...asks] : null };
}

/** Tools that are allowed but not offered any more can only be taken away. */
export function goneOf(state: McpState, { allowed }: Choice): string[] {
  return state.ok ? allowed.filter((name) => state.tools.every((tool) => tool.name !== name)) : [];
}

/** What a row says of its tools. */
export function summaryOf({ allowed_tools: { length } }: Pick<McpServer, "allowed_tools">): string {
  if (length === 0) return "no tools chosen yet";
  return `${length} tool${length === 1 ? "" : "s"} chosen`;
}

/** The problem with a name in a sentence, undefined when it will do. */
export function nameProblem(name: string): string | undefined {
  if (name.length <= 24 && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return undefined;
  return "Use up to 24 small letters, digits and single hyphens, beginning with a letter.";
}
