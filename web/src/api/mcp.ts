/** MCP servers whose tools personas may use. No answer holds a token. */

import { id, request } from "./client";
import type { Page } from "./types";

export interface McpServer {
  id: string;
  name: string;
  url: string;
  header_names: string[];
  allowed_tools: string[];
  /** Null: every tool waits for a yes that does not say of itself that it only reads. */
  confirmed_tools: string[] | null;
  time_limit_s: number;
}

export interface OfferedTool {
  name: string;
  description: string;
  allowed: boolean;
  reads_only: boolean;
  needs_yes: boolean;
  /** Why it cannot be used at all. */
  problem: string;
}

/** `problem`: what is wrong, in a sentence; `missing`: allowed, but not offered. */
export interface McpState {
  ok: boolean;
  problem: string;
  tools: OfferedTool[];
  missing: string[];
}

export interface McpChange {
  url?: string;
  token?: string;
  allowed_tools?: string[];
  confirmed_tools?: string[] | null;
  time_limit_s?: number;
}

const SERVERS = "/api/mcp-servers";

export const mcp = {
  list: () => request<Page<McpServer>>("GET", SERVERS),
  add: (body: McpChange & { name: string; url: string }) => request<McpServer>("POST", SERVERS, body),
  change: (server: string, body: McpChange) => request<McpServer>("PATCH", `${SERVERS}/${id(server)}`, body),
  /** Also when the page is closed at this moment. */
  remove: (server: string) => request<unknown>("DELETE", `${SERVERS}/${id(server)}`, undefined, true),
  check: (server: string) => request<McpState>("POST", `${SERVERS}/${id(server)}/check`),
};
