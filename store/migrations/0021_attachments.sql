-- Files that belong to one conversation: their text is used there and nowhere else.

CREATE TABLE attachments (
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    conversation_id  uuid NOT NULL,
    message_id       uuid,                        -- null: of the conversation, before or beside what was said
    filename         text NOT NULL,
    content_type     text NOT NULL,
    size_bytes       bigint NOT NULL,
    sha256           text NOT NULL,
    storage_key      text NOT NULL,
    status           text NOT NULL DEFAULT 'received' CHECK (status IN ('received', 'reading', 'ready', 'failed')),
    page_kind        text NOT NULL DEFAULT 'none' CHECK (page_kind IN ('page', 'slide', 'sheet', 'recording', 'none')),
    page_count       integer NOT NULL DEFAULT 0,
    metadata         jsonb NOT NULL DEFAULT '{}',
    findings         jsonb NOT NULL DEFAULT '[]',
    error            jsonb,                       -- {code, detail} when failed: it is kept, but cannot be read
    uploaded_by      uuid,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attachments_of_conversation ON attachments (tenant_id, conversation_id, created_at, id);
CREATE INDEX attachments_of_message ON attachments (tenant_id, message_id) WHERE message_id IS NOT NULL;
CALL protect_tenant_rows('attachments');
CALL keep_in_family('attachments', 'conversation_id', 'conversations', 'cascade');
CALL keep_in_family('attachments', 'message_id', 'messages', 'forget');
CALL keep_in_family('attachments', 'uploaded_by', 'users', 'forget');
-- the log knows a message that is gone as it knows other parents
GRANT SELECT (id) ON messages TO voiceloop_lookup;
CREATE POLICY lookup ON messages FOR SELECT TO voiceloop_lookup USING (true);
CREATE OR REPLACE FUNCTION audit_parent_is_gone(column_name text, parent text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    CASE column_name
        WHEN 'tenant_id' THEN RETURN NOT EXISTS (SELECT FROM tenants WHERE id = parent::uuid);
        WHEN 'user_id', 'created_by', 'uploaded_by' THEN RETURN NOT EXISTS (SELECT FROM users WHERE id = parent::uuid);
        WHEN 'created_by_key' THEN RETURN NOT EXISTS (SELECT FROM api_keys WHERE id = parent::uuid);
        WHEN 'persona_id' THEN RETURN NOT EXISTS (SELECT FROM personas WHERE id = parent::uuid);
        WHEN 'calendar_id' THEN RETURN NOT EXISTS (SELECT FROM calendars WHERE id = parent::uuid);
        WHEN 'conversation_id' THEN RETURN NOT EXISTS (SELECT FROM conversations WHERE id = parent::uuid);
        WHEN 'message_id' THEN RETURN NOT EXISTS (SELECT FROM messages WHERE id = parent::uuid);
        ELSE RETURN NULL;
    END CASE;
END $$;
CALL audit_changes('attachments', 'attachment', '{}',
    '{created_at,updated_at,storage_key,metadata,findings,status,error,page_count,page_kind,content_type,message_id}');

CREATE TABLE attachment_passages (
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    attachment_id    uuid NOT NULL,
    seq              integer NOT NULL,
    page             integer NOT NULL,
    label            text NOT NULL DEFAULT '',    -- of the page
    heading          text NOT NULL DEFAULT '',
    text             text NOT NULL,
    regions          jsonb NOT NULL DEFAULT '[]', -- as in pages, counted in this text
    embedding        bytea,                       -- float32 numbers of the model; null: found by words only
    embedding_model  text,
    sentences        bytea NOT NULL DEFAULT '',   -- as in chunk_vectors
    UNIQUE (attachment_id, seq)
);
CREATE INDEX attachment_passages_tenant ON attachment_passages (tenant_id, attachment_id, seq);
CALL protect_tenant_rows('attachment_passages');
CALL keep_in_family('attachment_passages', 'attachment_id', 'attachments', 'cascade');

-- what a tenant stores counts whole
GRANT SELECT (tenant_id, size_bytes, storage_key) ON attachments TO voiceloop_lookup;
CREATE POLICY lookup ON attachments FOR SELECT TO voiceloop_lookup USING (true);
CREATE OR REPLACE FUNCTION usage_of_tenants(everywhere boolean, wanted uuid[], period_start timestamptz, alive interval)
    RETURNS TABLE (tenant_id uuid, storage_bytes bigint, minutes double precision, calls bigint, users bigint, documents bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.id,
        (SELECT coalesce(sum(d.size_bytes), 0)::bigint FROM documents d
            WHERE d.tenant_id = t.id AND d.storage_key <> '')
        + (SELECT coalesce(sum(a.size_bytes), 0)::bigint FROM attachments a WHERE a.tenant_id = t.id),
        minutes_of_calls(t.id, period_start),
        calls_under_way(t.id, alive),
        (SELECT count(*) FROM users u WHERE u.tenant_id = t.id AND u.deleted_at IS NULL),
        (SELECT count(*) FROM documents d WHERE d.tenant_id = t.id)
    FROM tenants t
    WHERE t.id = ANY (wanted) AND (t.id = current_tenant() OR (everywhere AND operates_now())) $$;
