-- The audit log: who changed what, when, from where, before and after. Written by triggers, so that no code can forget it.

CREATE TABLE audit_entries (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id      uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    action         text NOT NULL,                 -- user.updated, key.revoked, session.ended, ...
    resource_type  text NOT NULL,
    resource_id    text NOT NULL,
    actor_user_id  uuid,                          -- no reference: an entry outlives the person
    actor_key_id   uuid,
    actor_role     text NOT NULL DEFAULT '',      -- of whom nobody signed in: agent, worker, operator, system
    actor_name     text NOT NULL DEFAULT '',
    channel        text NOT NULL DEFAULT '',      -- http, call, cli, job
    address        text NOT NULL DEFAULT '',
    request_id     text NOT NULL DEFAULT '',
    before         jsonb,                         -- the changed columns only; null when there was nothing before
    after          jsonb                          -- null when there is nothing any more
);
CREATE INDEX audit_entries_recent ON audit_entries (tenant_id, at DESC, id DESC);
CREATE INDEX audit_entries_of_resource ON audit_entries (tenant_id, resource_type, resource_id, at DESC, id DESC);
CREATE INDEX audit_entries_of_action ON audit_entries (tenant_id, action, at DESC, id DESC);
CREATE INDEX audit_entries_of_user ON audit_entries (tenant_id, actor_user_id, at DESC, id DESC);
CALL protect_tenant_rows('audit_entries');
REVOKE INSERT, UPDATE, DELETE ON audit_entries FROM voiceloop_app;   -- only the trigger writes, and it stays as written

-- The trigger may also write for a tenant that is not the asker's: the operator changes limits of others.
GRANT INSERT ON audit_entries TO voiceloop_lookup;
CREATE POLICY write_down ON audit_entries FOR INSERT TO voiceloop_lookup WITH CHECK (true);

-- Whether the parent that a column names is gone. Its children went or forgot it then; nobody can feign that, as no child
-- is without its parent otherwise. Null for a column that names no parent; a test knows of every one.
GRANT SELECT (id) ON calendars TO voiceloop_lookup;
GRANT SELECT (id, tenant_id, deleted_at) ON personas TO voiceloop_lookup;
CREATE POLICY lookup ON calendars FOR SELECT TO voiceloop_lookup USING (true);
CREATE POLICY lookup ON personas FOR SELECT TO voiceloop_lookup USING (true);
CREATE FUNCTION audit_parent_is_gone(column_name text, parent text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    CASE column_name
        WHEN 'tenant_id' THEN RETURN NOT EXISTS (SELECT FROM tenants WHERE id = parent::uuid);
        WHEN 'user_id', 'created_by', 'uploaded_by' THEN RETURN NOT EXISTS (SELECT FROM users WHERE id = parent::uuid);
        WHEN 'created_by_key' THEN RETURN NOT EXISTS (SELECT FROM api_keys WHERE id = parent::uuid);
        WHEN 'persona_id' THEN RETURN NOT EXISTS (SELECT FROM personas WHERE id = parent::uuid);
        WHEN 'calendar_id' THEN RETURN NOT EXISTS (SELECT FROM calendars WHERE id = parent::uuid);
        WHEN 'conversation_id' THEN RETURN NOT EXISTS (SELECT FROM conversations WHERE id = parent::uuid);
        ELSE RETURN NULL;
    END CASE;
END $$;

-- The values of these columns; of hidden ones and of long ones only that there is something.
CREATE FUNCTION audit_values(whole jsonb, columns text[], hidden text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN key = ANY (hidden) THEN to_jsonb('(changed)'::text)
        WHEN length(value::text) > 2000 THEN to_jsonb(format('(%s characters)', length(value::text)))
        ELSE value END), '{}')
    FROM jsonb_each(whole) WHERE key = ANY (columns) $$;

-- What happened to a resource, in a word of its own where one is clearer than created, updated, deleted.
CREATE FUNCTION audit_word(resource text, operation text, was jsonb, becomes jsonb, changed text[], is_own boolean)
    RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN resource = 'password' AND operation <> 'DELETE' THEN 'set'
        WHEN operation = 'INSERT' THEN CASE
            WHEN resource = 'session' THEN 'started'
            WHEN resource IN ('invitation', 'password_reset') THEN 'sent'
            ELSE 'created' END
        WHEN operation = 'DELETE' THEN CASE WHEN was ?| '{deleted_at,revoked_at}' THEN 'purged' ELSE 'deleted' END
        WHEN 'purging_at' = ANY (changed) THEN 'purged'       -- of a tenant: from here on there is no way back
        WHEN 'deleted_at' = ANY (changed) THEN CASE WHEN becomes->>'deleted_at' IS NULL THEN 'restored' ELSE 'deleted' END
        WHEN 'revoked_at' = ANY (changed) THEN CASE WHEN becomes->>'revoked_at' IS NULL THEN 'restored' ELSE 'revoked' END
        WHEN 'ended_at' = ANY (changed) THEN 'ended'
        WHEN 'used_at' = ANY (changed) THEN CASE
            WHEN NOT is_own THEN 'withdrawn' WHEN resource = 'invitation' THEN 'accepted' ELSE 'used' END
        WHEN 'status' = ANY (changed) AND resource = 'document' AND becomes->>'status' = 'indexing' THEN 'confirmed'
        WHEN 'status' = ANY (changed) AND resource IN ('document', 'event') THEN becomes->>'status'
        ELSE 'updated' END $$;

-- Arguments: the resource's name, columns whose values are never kept, columns that are not worth an entry.
CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was       jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    becomes   jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    whole     jsonb := coalesce(becomes, was);
    owner     uuid := CASE TG_TABLE_NAME WHEN 'tenants' THEN whole->>'id' ELSE whole->>'tenant_id' END;
    resource  text := CASE TG_TABLE_NAME WHEN 'account_links' THEN whole->>'purpose' ELSE TG_ARGV[0] END;
    hidden    text[] := TG_ARGV[1];
    silent    text[] := TG_ARGV[2]::text[] || '{tenant_id}'::text[];
    actor     jsonb := coalesce(nullif(current_setting('voiceloop.actor', true), ''), '{"role": "system"}');
    columns   text[];
    word      text;
    acting    uuid;                                -- the tenant of who acts: an operator's is not the row's
    log_of    uuid;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        columns := ARRAY(SELECT key FROM jsonb_each(becomes) WHERE value IS DISTINCT FROM was->key AND key <> ALL (silent));
        IF NOT EXISTS (SELECT FROM unnest(columns) AS name WHERE becomes->>name IS NOT NULL
                       OR audit_parent_is_gone(name, was->>name) IS NOT TRUE) THEN
            RETURN NULL;    -- nothing worth an entry, or a parent that is gone was forgotten
        END IF;
        IF TG_TABLE_NAME IN ('sessions', 'account_links', 'passwords') THEN
            columns := columns || '{user_id}'::text[];    -- whose it is: these rows have no name of their own
        END IF;
    ELSE
        columns := ARRAY(SELECT key FROM jsonb_each(whole)
                         WHERE value <> 'null' AND key <> ALL (silent || hidden || '{id}'::text[]));
    END IF;
    IF TG_OP = 'DELETE' AND (whole->>'purging_at' IS NOT NULL
            OR EXISTS (SELECT FROM jsonb_each_text(whole) WHERE value IS NOT NULL AND audit_parent_is_gone(key, value))) THEN
        RETURN NULL;    -- told when it began, or gone with its parent, whose own entry says so
    END IF;
    word := audit_word(resource, TG_OP, was, becomes, columns, whole->>'user_id' IS NOT DISTINCT FROM actor->>'user');
    acting := coalesce((SELECT u.tenant_id FROM users u WHERE u.id = (actor->>'user')::uuid), current_tenant());
    -- What an operator does to another tenant stands in both logs; the other tenant's does not tell who operates.
    FOR log_of IN SELECT DISTINCT unnest(ARRAY[CASE WHEN TG_TABLE_NAME = 'tenants' THEN acting END,
                                               CASE WHEN TG_TABLE_NAME <> 'tenants' OR TG_OP <> 'DELETE' THEN owner END]) LOOP
        CONTINUE WHEN log_of IS NULL;
        INSERT INTO audit_entries (tenant_id, action, resource_type, resource_id, before, after, actor_role,
                                   actor_user_id, actor_key_id, actor_name, channel, address, request_id)
        SELECT log_of, resource || '.' || word, resource, coalesce(whole->>'id', whole->>'user_id', ''),
               audit_values(was, columns, hidden), audit_values(becomes, columns, hidden), coalesce(who.role, ''),
               who."user", who.key, coalesce(who.name, ''), coalesce(who.channel, ''), coalesce(who.address, ''),
               coalesce(who.request, '')
        FROM jsonb_to_record(CASE WHEN log_of = coalesce(acting, log_of) THEN actor ELSE '{"role": "operator"}' END)
            AS who("user" uuid, key uuid, role text, name text, channel text, address text, request text);
    END LOOP;
    RETURN NULL;
END $$;

-- Every table whose changes count is handed to this procedure once, in the migration that makes it. The others are
-- listed with a reason in store/audit.py; a table in neither place fails a test.
CREATE PROCEDURE audit_changes(
    audited regclass, resource text, hidden text[] DEFAULT '{}',
    silent text[] DEFAULT '{created_at,updated_at,used_at,last_used_at,last_sign_in_at,heard_at}',
    rows_made_or_gone text DEFAULT 'INSERT OR DELETE',
    rows_changed text DEFAULT 'OLD.* IS DISTINCT FROM NEW.*') LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER audit AFTER %s ON %s FOR EACH ROW EXECUTE FUNCTION audit_row(%L, %L, %L)',
                   rows_made_or_gone, audited, resource, hidden, silent);
    EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION audit_row(%L, %L, %L)',
                   audited, rows_changed, resource, hidden, silent);
END $$;

GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION audit_row OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
-- A trigger of somebody else's table would write what they like into any log; and nobody needs a table of their own.
REVOKE ALL ON FUNCTION audit_row FROM PUBLIC;
DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$;

CALL audit_changes('tenants', 'tenant');
CALL audit_changes('users', 'user');
CALL audit_changes('passwords', 'password', '{hash}');
CALL audit_changes('api_keys', 'key', '{key_hash}');
CALL audit_changes('personas', 'persona');
CALL audit_changes('calendars', 'calendar');
CALL audit_changes('events', 'event', '{}', '{created_at,updated_at,sequence,idempotency_key}');
-- old ones are swept out when they have long been over: no change of anything
CALL audit_changes('sessions', 'session', '{cookie_hash}', '{created_at,used_at}', 'INSERT');
CALL audit_changes('account_links', 'account_link', '{token_hash}', '{created_at}', 'INSERT');
-- what people decided and how it ended, not the stages between
CALL audit_changes('documents', 'document', '{}', '{created_at,updated_at,storage_key,analysis}', 'INSERT OR DELETE',
    $$ OLD.status IS DISTINCT FROM NEW.status AND (NEW.status IN ('awaiting_confirmation', 'ready', 'rejected', 'failed')
       OR (OLD.status = 'awaiting_confirmation' AND NEW.status = 'indexing')) $$);
-- calls begin and end by themselves: only that one was taken away or brought back
CALL audit_changes('conversations', 'conversation', '{}', '{heard_at,usage}', 'DELETE',
    'OLD.deleted_at IS DISTINCT FROM NEW.deleted_at');
