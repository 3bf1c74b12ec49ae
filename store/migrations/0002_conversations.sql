-- A conversation is one call or chat; its messages are what was said, in order, with tools, sources and latency.

CREATE TABLE conversations (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    persona_id   uuid REFERENCES personas ON DELETE SET NULL,
    user_id      uuid REFERENCES users ON DELETE SET NULL,
    channel      text NOT NULL CHECK (channel IN ('web', 'phone', 'console', 'chat')),
    language     text NOT NULL DEFAULT 'en',
    status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'ended', 'failed', 'interrupted')),
    room_name    text NOT NULL DEFAULT '',
    started_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    heard_at     timestamptz NOT NULL,          -- the worker's last sign of life; a crashed call is closed by it
    end_reason   text NOT NULL DEFAULT '',
    error_count  integer NOT NULL DEFAULT 0,
    usage        jsonb NOT NULL DEFAULT '{}',
    deleted_at   timestamptz
);
CREATE INDEX conversations_recent ON conversations (tenant_id, started_at DESC, id DESC);
CALL protect_tenant_rows('conversations');

CREATE TABLE messages (
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    conversation_id  uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    role             text NOT NULL CHECK (role IN ('user', 'assistant', 'tool')),
    text             text NOT NULL,
    intent           text,
    confidence       real,
    entities         jsonb NOT NULL DEFAULT '{}',
    tool_calls       jsonb NOT NULL DEFAULT '[]',
    citations        jsonb NOT NULL DEFAULT '[]',
    latency_ms       jsonb NOT NULL DEFAULT '{}',
    interrupted      boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL
);
CREATE INDEX messages_in_order ON messages (conversation_id, created_at, id);
CALL protect_tenant_rows('messages');

-- A worker that was killed leaves its calls active; any other worker closes them by the time of their last sign of life.
GRANT SELECT, UPDATE ON conversations TO voiceloop_lookup;
CREATE POLICY lookup ON conversations FOR SELECT TO voiceloop_lookup USING (true);
CREATE POLICY close_lost ON conversations FOR UPDATE TO voiceloop_lookup
    USING (status = 'active') WITH CHECK (status = 'interrupted');

CREATE FUNCTION close_lost_conversations(silent interval) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH closed AS (
        UPDATE conversations SET status = 'interrupted', ended_at = heard_at, end_reason = 'worker_lost'
        WHERE status = 'active' AND heard_at < now() - silent RETURNING id)
    SELECT count(*) FROM closed $$;
GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION close_lost_conversations OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
REVOKE ALL ON FUNCTION close_lost_conversations FROM PUBLIC;
GRANT EXECUTE ON FUNCTION close_lost_conversations TO voiceloop_app;
