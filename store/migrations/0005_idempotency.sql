-- The answer given to a write that carried an Idempotency-Key, so that a repeated request gets it again.

CREATE TABLE idempotent_answers (
    tenant_id     uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    key           text NOT NULL,
    request_hash  bytea NOT NULL,                -- method, path and body: the same key with another request is refused
    status        integer,                       -- null while the first request is still running
    body          jsonb,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, key)
);
CALL protect_tenant_rows('idempotent_answers');
