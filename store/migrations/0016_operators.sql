-- The operator's side of tenants: all of them with their use, limits, deletion, removal for good; first versions of personas.

ALTER TABLE tenants ADD COLUMN purging_at timestamptz,   -- from here on there is no way back: files, rows, then this row
    ADD CONSTRAINT tenants_purged_are_deleted CHECK (purging_at IS NULL OR deleted_at IS NOT NULL),
    ADD CONSTRAINT tenants_operator_stays CHECK (NOT (operates AND deleted_at IS NOT NULL));
CREATE INDEX tenants_in_trash ON tenants (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX users_in_trash ON users (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX api_keys_in_trash ON api_keys (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX personas_in_trash ON personas (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX conversations_in_trash ON conversations (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE purged_tenants (                     -- an id and an instant, nothing else: files found later belong to nobody
    id         uuid PRIMARY KEY,
    purged_at  timestamptz NOT NULL
);
GRANT SELECT ON purged_tenants TO voiceloop_app;
GRANT SELECT, INSERT ON purged_tenants TO voiceloop_lookup;

GRANT UPDATE (name, timezone, storage_limit_bytes, minutes_limit, calls_limit, requests_limit, updated_at, deleted_at,
    purging_at), DELETE ON tenants TO voiceloop_lookup;
GRANT INSERT ON tenants TO voiceloop_lookup;
CREATE POLICY found ON tenants FOR INSERT TO voiceloop_lookup WITH CHECK (NOT operates);
CREATE POLICY remove ON tenants FOR DELETE TO voiceloop_lookup USING (purging_at IS NOT NULL AND NOT operates);
GRANT SELECT (tenant_id, size_bytes, storage_key) ON documents TO voiceloop_lookup;   -- to count, not to read
CREATE POLICY lookup ON documents FOR SELECT TO voiceloop_lookup USING (true);

CREATE FUNCTION operates_now() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM tenants WHERE id = current_tenant() AND operates AND deleted_at IS NULL) $$;

-- One's own tenant, and all of them for the operator who asks for `everywhere`; newest first.
CREATE FUNCTION visible_tenants(everywhere boolean, wanted uuid, deleted boolean, before_at timestamptz, before_id uuid,
                                most integer)
    RETURNS SETOF tenants LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM tenants
    WHERE (id = current_tenant() OR (everywhere AND operates_now()))
      AND (wanted IS NULL OR id = wanted)
      AND (deleted IS NULL OR deleted = (deleted_at IS NOT NULL))
      AND (before_at IS NULL OR (created_at, id) < (before_at, before_id))
    ORDER BY created_at DESC, id DESC LIMIT most $$;

-- Started by the asker's clock, heard by the database's: what passed is taken from one clock only. Null: an earlier version's.
ALTER TABLE conversations ADD COLUMN first_heard_at timestamptz;
ALTER TABLE conversations ALTER COLUMN first_heard_at SET DEFAULT clock_timestamp();
CREATE FUNCTION last_instant(started_at timestamptz, first_heard_at timestamptz, heard_at timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE AS $$
    SELECT started_at + greatest(interval '0', heard_at - coalesce(first_heard_at, started_at)) $$;

CREATE OR REPLACE FUNCTION close_lost_conversations(silent interval) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH closed AS (
        UPDATE conversations SET status = 'interrupted', ended_at = last_instant(started_at, first_heard_at, heard_at),
            end_reason = 'worker_lost'
        WHERE status = 'active' AND heard_at < now() - greatest(silent, interval '30 seconds') AND current_tenant() IS NULL
        RETURNING id, tenant_id, status, ended_at, end_reason),
    told AS MATERIALIZED (
        SELECT pg_notify('voiceloop_live', json_build_object('tenant', tenant_id, 'type', 'conversation.ended', 'data',
            json_build_object('type', 'conversation.ended', 'id', id, 'status', status, 'ended_at', ended_at,
                'end_reason', end_reason))::text) FROM closed)
    SELECT count(*) FROM told $$;

-- What the limits of calls count, for who is limited and for who looks on. Both see what the asker may see.
-- Of a call that began before `since` only what came after it, as long as it began within two days before.
CREATE FUNCTION minutes_of_calls(wanted uuid, since timestamptz) RETURNS double precision LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(greatest(date_part('epoch', upto - greatest(started_at, since)), 0)), 0) / 60
    FROM (SELECT started_at, ended_at AS upto FROM conversations
          WHERE tenant_id = wanted AND ended_at IS NOT NULL AND channel <> 'chat' AND started_at > since - interval '2 days'
          UNION ALL
          SELECT started_at, last_instant(started_at, first_heard_at, heard_at) FROM conversations
          WHERE tenant_id = wanted AND status = 'active' AND channel <> 'chat' AND started_at > since - interval '2 days'
         ) AS calls $$;

CREATE FUNCTION calls_under_way(wanted uuid, alive interval, besides_room text DEFAULT '') RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM conversations WHERE tenant_id = wanted AND status = 'active' AND channel <> 'chat'
        AND heard_at > now() - alive AND (room_name = '' OR room_name <> besides_room) $$;

-- Calls are counted and closed by the function's owner, not read by it.
REVOKE SELECT, UPDATE ON conversations FROM voiceloop_lookup;
GRANT SELECT (id, tenant_id, channel, room_name, status, started_at, first_heard_at, heard_at, ended_at, end_reason, deleted_at),
    UPDATE (status, ended_at, end_reason) ON conversations TO voiceloop_lookup;

-- What a tenant uses, counted as its limits are; bytes as in store/quotas.py.
CREATE FUNCTION usage_of_tenants(everywhere boolean, wanted uuid[], period_start timestamptz, alive interval)
    RETURNS TABLE (tenant_id uuid, storage_bytes bigint, minutes double precision, calls bigint, users bigint, documents bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.id,
        (SELECT coalesce(sum(d.size_bytes), 0)::bigint FROM documents d
            WHERE d.tenant_id = t.id AND d.storage_key <> ''),
        minutes_of_calls(t.id, period_start),
        calls_under_way(t.id, alive),
        (SELECT count(*) FROM users u WHERE u.tenant_id = t.id AND u.deleted_at IS NULL),
        (SELECT count(*) FROM documents d WHERE d.tenant_id = t.id)
    FROM tenants t
    WHERE t.id = ANY (wanted) AND (t.id = current_tenant() OR (everywhere AND operates_now())) $$;

-- Each of these changes nothing and returns false when the asker does not operate the installation or there is no such tenant.
-- `changes`: name, timezone and the columns of limits; a limit that is null is taken away.
CREATE FUNCTION change_tenant(wanted uuid, changes jsonb, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE tenants SET
            name = coalesce(changes->>'name', name),
            timezone = coalesce(changes->>'timezone', timezone),
            storage_limit_bytes = CASE WHEN changes ? 'storage_limit_bytes'
                THEN (changes->>'storage_limit_bytes')::bigint ELSE storage_limit_bytes END,
            minutes_limit = CASE WHEN changes ? 'minutes_limit' THEN (changes->>'minutes_limit')::integer ELSE minutes_limit END,
            calls_limit = CASE WHEN changes ? 'calls_limit' THEN (changes->>'calls_limit')::integer ELSE calls_limit END,
            requests_limit = CASE WHEN changes ? 'requests_limit' THEN (changes->>'requests_limit')::integer ELSE requests_limit END,
            updated_at = at
        WHERE id = wanted AND purging_at IS NULL AND operates_now();
        RETURN FOUND;
    END $$;

CREATE FUNCTION found_tenant(new_id uuid, new_slug text, new_name text, new_timezone text, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at)
            SELECT new_id, new_slug, new_name, new_timezone, at, at WHERE operates_now();
        RETURN FOUND;
    END $$;

CREATE FUNCTION delete_tenant(wanted uuid, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE tenants SET deleted_at = coalesce(deleted_at, at), updated_at = at
        WHERE id = wanted AND NOT operates AND operates_now();
        RETURN FOUND;
    END $$;

CREATE FUNCTION restore_tenant(wanted uuid, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE tenants SET deleted_at = NULL, updated_at = at
        WHERE id = wanted AND purging_at IS NULL AND operates_now();
        RETURN FOUND;
    END $$;

CREATE FUNCTION begin_purge_of_tenant(wanted uuid, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE tenants SET deleted_at = coalesce(deleted_at, at), purging_at = coalesce(purging_at, at), updated_at = at
        WHERE id = wanted AND NOT operates AND operates_now();
        RETURN FOUND;
    END $$;

-- For the sweep, which acts for nobody: it goes on only where an operator deleted, and removes only what is marked.
CREATE FUNCTION tenants_to_purge(deleted_before timestamptz, at timestamptz) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE tenants SET purging_at = at
        WHERE deleted_at < least(deleted_before, now() - interval '1 day')   -- whatever a program's clock says
          AND purging_at IS NULL AND current_tenant() IS NULL;
    SELECT id FROM tenants WHERE purging_at IS NOT NULL AND current_tenant() IS NULL ORDER BY purging_at, id $$;

CREATE FUNCTION finish_purge_of_tenant(wanted uuid, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        DELETE FROM tenants WHERE id = wanted AND purging_at IS NOT NULL AND NOT operates AND current_tenant() IS NULL;
        IF FOUND THEN
            INSERT INTO purged_tenants VALUES (wanted, at) ON CONFLICT DO NOTHING;
            RETURN true;
        END IF;
        RETURN false;
    END $$;

CREATE FUNCTION tenants_with_trash(before timestamptz) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT tenant_id FROM (
        SELECT tenant_id FROM users WHERE deleted_at < before
        UNION SELECT tenant_id FROM personas WHERE deleted_at < before
        UNION SELECT tenant_id FROM conversations WHERE deleted_at < before
        UNION SELECT tenant_id FROM api_keys WHERE revoked_at < before) trash
    WHERE current_tenant() IS NULL $$;

GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION operates_now OWNER TO voiceloop_lookup;
ALTER FUNCTION visible_tenants OWNER TO voiceloop_lookup;
ALTER FUNCTION usage_of_tenants OWNER TO voiceloop_lookup;
ALTER FUNCTION change_tenant OWNER TO voiceloop_lookup;
ALTER FUNCTION found_tenant OWNER TO voiceloop_lookup;
ALTER FUNCTION delete_tenant OWNER TO voiceloop_lookup;
ALTER FUNCTION restore_tenant OWNER TO voiceloop_lookup;
ALTER FUNCTION begin_purge_of_tenant OWNER TO voiceloop_lookup;
ALTER FUNCTION tenants_to_purge OWNER TO voiceloop_lookup;
ALTER FUNCTION finish_purge_of_tenant OWNER TO voiceloop_lookup;
ALTER FUNCTION tenants_with_trash OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
REVOKE ALL ON FUNCTION operates_now, visible_tenants, usage_of_tenants, change_tenant, found_tenant, delete_tenant, restore_tenant,
    begin_purge_of_tenant, tenants_to_purge, finish_purge_of_tenant, tenants_with_trash FROM PUBLIC;
GRANT EXECUTE ON FUNCTION operates_now, visible_tenants, usage_of_tenants, change_tenant, found_tenant, delete_tenant, restore_tenant,
    begin_purge_of_tenant, tenants_to_purge, finish_purge_of_tenant, tenants_with_trash TO voiceloop_app;

-- Every persona has its first version. Written without row-level security, which would hide the rows from a plain owner.
ALTER TABLE personas NO FORCE ROW LEVEL SECURITY;
ALTER TABLE persona_versions NO FORCE ROW LEVEL SECURITY;
INSERT INTO persona_versions (tenant_id, persona_id, version, persona, created_at)
    SELECT tenant_id, id, version, jsonb_build_object('slug', slug, 'name', name, 'kind', kind, 'prompt', prompt,
        'greeting', greeting, 'language', language, 'voice', voice, 'toolsets', to_jsonb(toolsets),
        'business_hours', business_hours, 'escalation_contacts', escalation_contacts, 'limits', limits), updated_at
    FROM personas ON CONFLICT DO NOTHING;
ALTER TABLE personas FORCE ROW LEVEL SECURITY;
ALTER TABLE persona_versions FORCE ROW LEVEL SECURITY;
