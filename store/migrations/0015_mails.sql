-- Mails on their way: written in the transaction that causes them, sent by the job process, their text erased then.

CREATE TABLE mails (
    id           uuid PRIMARY KEY,                -- also in the Message-ID, so that a second copy can be told
    tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    to_address   text NOT NULL,
    subject      text NOT NULL,
    sealed_body  bytea,                           -- null once it was sent, logged or given up: it may hold a link
    status       text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'logged', 'failed')),
    attempts     integer NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    sent_at      timestamptz,
    last_error   text NOT NULL DEFAULT ''
);
CREATE INDEX mails_recent ON mails (tenant_id, created_at DESC, id DESC);
CALL protect_tenant_rows('mails');
