/** The mock's MCP servers: one that answers, and everything added later, which does not. */

import { randomUUID } from "node:crypto";

const server = (id, name, url, more = {}) => ({
  id,
  name,
  url,
  header_names: ["Authorization"],
  allowed_tools: [],
  confirmed_tools: null,
  time_limit_s: 8,
  ...more,
});
const servers = [
  server("m1", "tickets", "https://tickets.example.com/mcp", {
    allowed_tools: ["find_ticket", "create_ticket", "old_tool"],
  }),
];
const offered = [
  ["find_ticket", "Finds a ticket by its number or words in it.", true],
  ["create_ticket", "Opens a ticket for a customer.", false],
  ["purge_tickets", "Removes every ticket that is older than a year, for good.", false],
];

export const mcpRoutes = [
  ["GET", /^\/api\/mcp-servers$/, () => [200, { items: servers, next_cursor: null }]],
  [
    "POST",
    /^\/api\/mcp-servers$/,
    (_m, body) => {
      const { token, ...sent } = JSON.parse(body);
      servers.push(server(randomUUID(), sent.name, sent.url, { header_names: token ? ["Authorization"] : [] }));
      return [201, servers.at(-1)];
    },
  ],
  [
    "PATCH",
    /^\/api\/mcp-servers\/([^/]+)$/,
    ([, id], body) => {
      const { token: _token, ...sent } = JSON.parse(body);
      return [200, Object.assign(one(id), sent)];
    },
  ],
  [
    "DELETE",
    /^\/api\/mcp-servers\/([^/]+)$/,
    ([, id]) => {
      servers.splice(servers.indexOf(one(id)), 1);
      return [204, undefined];
    },
  ],
  ["POST", /^\/api\/mcp-servers\/([^/]+)\/check$/, ([, id]) => [200, stateOf(one(id))]],
];

const one = (id) => servers.find((row) => row.id === id);

function stateOf(row) {
  if (row.id !== "m1") return { ok: false, problem: `${row.name} does not answer.`, tools: [], missing: [] };
  const tools = offered.map(([name, description, reads_only]) => ({
    name,
    description,
    allowed: row.allowed_tools.includes(name),
    reads_only,
    needs_yes: row.confirmed_tools ? row.confirmed_tools.includes(name) : !reads_only,
    problem: "",
  }));
  return { ok: true, problem: "", tools, missing: ["old_tool"] };
}
