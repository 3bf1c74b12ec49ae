-- Calendar accounts at Google, Microsoft and CalDAV servers, their mirrored calendars, and what waits to be written there.

CREATE TABLE calendar_accounts (
    id                  uuid PRIMARY KEY,
    tenant_id           uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id             uuid NOT NULL,            -- whose account it is
    provider            text NOT NULL CHECK (provider IN ('google', 'microsoft', 'caldav')),
    address             text NOT NULL,            -- the account's e-mail address or user name there
    label               text NOT NULL DEFAULT '', -- what its owner calls it; empty: the address
    server_url          text NOT NULL DEFAULT '', -- CalDAV only
    sealed_credentials  bytea NOT NULL,           -- JSON: tokens or a password
    scopes              text[] NOT NULL DEFAULT '{}',
    status              text NOT NULL DEFAULT 'connected' CHECK (status IN ('connected', 'failing', 'needs_reconnect')),
    last_error          text NOT NULL DEFAULT '', -- a sentence for its owner
    synced_at           timestamptz,
    created_at          timestamptz NOT NULL,
    UNIQUE (tenant_id, user_id, provider, server_url, address)
);
CALL protect_tenant_rows('calendar_accounts');
CALL keep_in_family('calendar_accounts', 'user_id', 'users', 'cascade');

-- Somebody is at the provider, to allow it: good for one use, for ten minutes, in the browser that began.
CREATE TABLE calendar_authorizations (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id       uuid NOT NULL,
    account_id    uuid,                           -- that is connected again; null: a new one
    provider      text NOT NULL CHECK (provider IN ('google', 'microsoft')),
    state_hash    bytea NOT NULL UNIQUE,          -- SHA-256 of 256 random bits, as the next one
    browser_hash  bytea NOT NULL,                 -- of what a cookie of that browser holds
    sealed_flow   bytea,                          -- JSON: PKCE verifier and the like; null once it was used
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    used_at       timestamptz
);
CREATE INDEX calendar_authorizations_over ON calendar_authorizations (tenant_id, expires_at);
CALL protect_tenant_rows('calendar_authorizations');
CALL keep_in_family('calendar_authorizations', 'user_id', 'users', 'cascade');
CALL keep_in_family('calendar_authorizations', 'account_id', 'calendar_accounts', 'cascade');

-- Who comes back from a provider has no tenant yet: what the URL holds says whose it is, as a link in a mail does.
GRANT SELECT ON calendar_authorizations TO voiceloop_lookup;
CREATE POLICY lookup ON calendar_authorizations FOR SELECT TO voiceloop_lookup USING (true);
CREATE FUNCTION calendar_authorization_of(hash bytea) RETURNS TABLE (tenant_id uuid, authorization_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.tenant_id, a.id FROM calendar_authorizations a JOIN tenants t ON t.id = a.tenant_id
    WHERE a.state_hash = hash AND t.deleted_at IS NULL $$;
GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION calendar_authorization_of OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;

ALTER TABLE calendars
    ADD COLUMN account_id  uuid,                          -- null: kept here only
    ADD COLUMN remote_id   text NOT NULL DEFAULT '',      -- the server's own id
    ADD COLUMN sync_token  text NOT NULL DEFAULT '',      -- what the next look at its changes begins with; empty: all
    ADD COLUMN synced_at   timestamptz,
    ADD COLUMN sync_error  text NOT NULL DEFAULT '';
CALL keep_in_family('calendars', 'account_id', 'calendar_accounts', 'cascade');
CREATE UNIQUE INDEX calendars_of_account ON calendars (tenant_id, account_id, remote_id) WHERE account_id IS NOT NULL;

-- Changes on their way to a server: written in the transaction that changes the mirror, delivered in the order of their ids.
CREATE TABLE calendar_writes (
    id            uuid PRIMARY KEY,                       -- also what makes a repeated delivery one
    tenant_id     uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    calendar_id   uuid NOT NULL,
    event_id      uuid NOT NULL,
    user_id       uuid,                                   -- who changed it; null: the assistant
    operation     text NOT NULL CHECK (operation IN ('create', 'update', 'delete')),
    change        jsonb NOT NULL DEFAULT '{}',            -- the draft or patch, scope, occurrence, etag, whether to notify
    before        jsonb,                                  -- the event's rows before it, to put back what is refused
    status        text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'refused')),
    attempts      integer NOT NULL DEFAULT 0,
    next_try_at   timestamptz NOT NULL,
    last_error    text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    finished_at   timestamptz
);
CREATE INDEX calendar_writes_waiting ON calendar_writes (tenant_id, calendar_id, id) WHERE status = 'waiting';
CREATE INDEX calendar_writes_of_event ON calendar_writes (tenant_id, event_id, id);
CALL protect_tenant_rows('calendar_writes');
CALL keep_in_family('calendar_writes', 'calendar_id', 'calendars', 'cascade');
CALL keep_in_family('calendar_writes', 'event_id', 'events', 'cascade');
CALL keep_in_family('calendar_writes', 'user_id', 'users', 'forget');

-- Subscriptions to changes, where the server calls back.
CREATE TABLE calendar_channels (
    id           uuid PRIMARY KEY,                        -- the channel's name when we choose it
    tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    calendar_id  uuid NOT NULL,
    channel_id   text NOT NULL,                           -- as the server names it
    resource_id  text NOT NULL DEFAULT '',                -- what the server wants back to end it
    secret_hash  bytea NOT NULL,                          -- SHA-256 of what every call has to carry
    expires_at   timestamptz NOT NULL,
    created_at   timestamptz NOT NULL
);
CREATE INDEX calendar_channels_of_calendar ON calendar_channels (tenant_id, calendar_id);
CALL protect_tenant_rows('calendar_channels');
CALL keep_in_family('calendar_channels', 'calendar_id', 'calendars', 'cascade');

-- the log knows an account that is gone as it knows other parents; tokens change with every use
GRANT SELECT (id) ON calendar_accounts TO voiceloop_lookup;
CREATE POLICY lookup ON calendar_accounts FOR SELECT TO voiceloop_lookup USING (true);
CREATE OR REPLACE FUNCTION audit_parent_is_gone(column_name text, parent text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    CASE column_name
        WHEN 'tenant_id' THEN RETURN NOT EXISTS (SELECT FROM tenants WHERE id = parent::uuid);
        WHEN 'user_id', 'created_by', 'uploaded_by' THEN RETURN NOT EXISTS (SELECT FROM users WHERE id = parent::uuid);
        WHEN 'created_by_key' THEN RETURN NOT EXISTS (SELECT FROM api_keys WHERE id = parent::uuid);
        WHEN 'persona_id' THEN RETURN NOT EXISTS (SELECT FROM personas WHERE id = parent::uuid);
        WHEN 'calendar_id' THEN RETURN NOT EXISTS (SELECT FROM calendars WHERE id = parent::uuid);
        WHEN 'account_id' THEN RETURN NOT EXISTS (SELECT FROM calendar_accounts WHERE id = parent::uuid);
        WHEN 'master_id' THEN RETURN NOT EXISTS (SELECT FROM events WHERE id = parent::uuid);
        WHEN 'conversation_id' THEN RETURN NOT EXISTS (SELECT FROM conversations WHERE id = parent::uuid);
        WHEN 'message_id' THEN RETURN NOT EXISTS (SELECT FROM messages WHERE id = parent::uuid);
        ELSE RETURN NULL;
    END CASE;
END $$;
CALL audit_changes('calendar_accounts', 'calendar_account', '{sealed_credentials}',
    '{created_at,synced_at,last_error,sealed_credentials}');
DROP TRIGGER audit ON calendars;
DROP TRIGGER audit_update ON calendars;
CALL audit_changes('calendars', 'calendar', '{sync_token}', '{created_at,updated_at,changes,sync_token,synced_at,sync_error}');
