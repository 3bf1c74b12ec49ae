-- Servers of the Model Context Protocol that a tenant's personas may use tools of.

CREATE TABLE mcp_servers (
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    name             text NOT NULL,                -- what personas call it; begins the names of its tools
    url              text NOT NULL,
    header_names     text[] NOT NULL DEFAULT '{}', -- of what is sealed, so that people see that there is something
    sealed_headers   bytea,                        -- JSON: header -> value
    headers_set_at   timestamptz,
    allowed_tools    text[] NOT NULL DEFAULT '{}', -- its own names; none until somebody chose
    confirmed_tools  text[],                       -- that wait for a yes; null: all that do not say they only read
    time_limit_s     double precision NOT NULL DEFAULT 8 CHECK (time_limit_s > 0),
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    UNIQUE (tenant_id, name)
);
CALL protect_tenant_rows('mcp_servers');
-- sealed anew with another key it is the same; when its owner sets it, header_names or headers_set_at change
CALL audit_changes('mcp_servers', 'mcp_server', '{sealed_headers}', '{created_at,updated_at,sealed_headers}');

ALTER TABLE personas ADD COLUMN mcp_servers text[] NOT NULL DEFAULT '{}';  -- names; one that is not there is left out
