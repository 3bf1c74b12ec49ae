-- People sign in: passwords, sessions, refresh tokens, invitation and reset links; limits of tenants; personas with versions.

-- Tenants. What a tenant may change of itself is its name and zone; limits, deletion and `operates` are the operator's.
ALTER TABLE tenants
    ADD COLUMN operates              boolean NOT NULL DEFAULT false,     -- its owners manage all tenants of the installation
    ADD COLUMN storage_limit_bytes   bigint DEFAULT 10737418240 CHECK (storage_limit_bytes >= 0),  -- null: no limit
    ADD COLUMN minutes_limit         integer DEFAULT 20000 CHECK (minutes_limit >= 0),             -- of calls in a calendar month
    ADD COLUMN calls_limit           integer DEFAULT 50 CHECK (calls_limit >= 0),                  -- at the same time
    ADD COLUMN requests_limit        integer DEFAULT 6000 CHECK (requests_limit >= 1),             -- HTTP requests in a minute
    ADD COLUMN updated_at            timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN deleted_at            timestamptz;
CREATE UNIQUE INDEX tenants_one_operator ON tenants (operates) WHERE operates;
REVOKE INSERT, UPDATE, DELETE ON tenants FROM voiceloop_app;
GRANT INSERT (id, slug, name, timezone, created_at) ON tenants TO voiceloop_app;
GRANT UPDATE (name, timezone, updated_at) ON tenants TO voiceloop_app;

-- People.
ALTER TABLE users
    ADD COLUMN last_sign_in_at  timestamptz,
    ADD COLUMN updated_at       timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN deleted_at       timestamptz,
    DROP CONSTRAINT users_tenant_id_email_key;
CREATE UNIQUE INDEX users_email ON users (tenant_id, lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX users_by_email ON users (lower(email)) WHERE deleted_at IS NULL;

CREATE TABLE passwords (                          -- apart from users, so that no list of people carries a hash
    user_id    uuid PRIMARY KEY,
    tenant_id  uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    hash       text NOT NULL,                     -- argon2id, encoded with its parameters
    set_at     timestamptz NOT NULL
);
CALL keep_in_family('passwords', 'user_id', 'users', 'cascade');
CALL protect_tenant_rows('passwords');

CREATE TABLE sessions (                           -- one sign-in; the refresh tokens of a session are one family
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id      uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('page', 'local', 'program')),
    cookie_hash  bytea UNIQUE,                    -- SHA-256 of the page's cookie (256 random bits); null for programs
    created_at   timestamptz NOT NULL,
    used_at      timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    end_reason   text NOT NULL DEFAULT '',        -- signed_out, signed_out_everywhere, token_reused, password_changed, ...
    address      text NOT NULL DEFAULT '',
    user_agent   text NOT NULL DEFAULT '',
    CONSTRAINT sessions_in_tenant UNIQUE (tenant_id, id)
);
CALL keep_in_family('sessions', 'user_id', 'users', 'cascade');
CREATE INDEX sessions_of_user ON sessions (tenant_id, user_id, created_at DESC);
CREATE INDEX sessions_expired ON sessions (expires_at);
CALL protect_tenant_rows('sessions');

CREATE TABLE refresh_tokens (
    token_hash  bytea PRIMARY KEY,                -- SHA-256 of 256 random bits
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    session_id  uuid NOT NULL,
    issued_at   timestamptz NOT NULL,
    used_at     timestamptz                       -- presented a second time: somebody else has it too
);
CALL keep_in_family('refresh_tokens', 'session_id', 'sessions', 'cascade');
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);
CALL protect_tenant_rows('refresh_tokens');

CREATE TABLE account_links (                      -- sent by e-mail, good for one use
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id     uuid NOT NULL,
    purpose     text NOT NULL CHECK (purpose IN ('invitation', 'password_reset')),
    token_hash  bytea NOT NULL UNIQUE,            -- SHA-256 of 256 random bits
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
CALL keep_in_family('account_links', 'user_id', 'users', 'cascade');
CREATE INDEX account_links_of_user ON account_links (user_id, created_at DESC);
CALL protect_tenant_rows('account_links');

-- Keys.
ALTER TABLE api_keys
    ADD COLUMN hint          text NOT NULL DEFAULT '',   -- the key's first characters, to tell keys apart
    ADD COLUMN expires_at    timestamptz,
    ADD COLUMN last_used_at  timestamptz,
    ADD COLUMN created_by    uuid,
    ADD COLUMN created_by_key  uuid;                     -- when a key made it: it ends with that key
CALL keep_in_family('api_keys', 'created_by', 'users', 'forget');
CALL keep_in_family('api_keys', 'created_by_key', 'api_keys', 'forget');
CREATE INDEX api_keys_of_key ON api_keys (tenant_id, created_by_key) WHERE created_by_key IS NOT NULL;

-- `admin` was one scope; the data is rewritten without row-level security, which would hide it from a plain owner.
ALTER TABLE api_keys NO FORCE ROW LEVEL SECURITY;
UPDATE api_keys SET scopes = array_remove(scopes, 'admin') || '{conversations:write,personas:write,members:read,members:write,keys:read,keys:write,audit:read,tenant:write,tenants}'
    WHERE 'admin' = ANY (scopes);
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;

-- Personas.
ALTER TABLE personas
    ADD COLUMN business_hours       jsonb NOT NULL DEFAULT '{}',   -- {"mon": [["09:00", "17:00"]], ...}; empty: always open
    ADD COLUMN escalation_contacts  jsonb NOT NULL DEFAULT '[]',   -- [{"name", "phone", "email"}], first to try first
    ADD COLUMN limits               jsonb NOT NULL DEFAULT '{}',   -- {"call_minutes": 30}
    ADD COLUMN version              integer NOT NULL DEFAULT 1,
    ADD COLUMN deleted_at           timestamptz,
    DROP CONSTRAINT personas_tenant_id_slug_key,
    ADD CONSTRAINT personas_default_is_there CHECK (NOT (is_default AND deleted_at IS NOT NULL));
CREATE UNIQUE INDEX personas_slug ON personas (tenant_id, slug) WHERE deleted_at IS NULL;

CREATE TABLE persona_versions (                   -- every version as it was, the current one too
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    persona_id  uuid NOT NULL,
    version     integer NOT NULL,
    persona     jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    PRIMARY KEY (persona_id, version)
);
CALL keep_in_family('persona_versions', 'persona_id', 'personas', 'cascade');
CALL keep_in_family('persona_versions', 'created_by', 'users', 'forget');
CALL protect_tenant_rows('persona_versions');

-- Who is it? Asked before a tenant is known, so answered by functions that read across tenants and give only this one row.
GRANT SELECT ON passwords, sessions, refresh_tokens, account_links TO voiceloop_lookup;
CREATE POLICY lookup ON passwords FOR SELECT TO voiceloop_lookup USING (true);
CREATE POLICY lookup ON sessions FOR SELECT TO voiceloop_lookup USING (true);
CREATE POLICY lookup ON refresh_tokens FOR SELECT TO voiceloop_lookup USING (true);
CREATE POLICY lookup ON account_links FOR SELECT TO voiceloop_lookup USING (true);

DROP FUNCTION identity_of_key(bytea);
CREATE FUNCTION identity_of_key(hash bytea, at timestamptz)
    RETURNS TABLE (tenant_id uuid, user_id uuid, role text, operates boolean, name text, key_id uuid, scopes text[],
                   expires_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.tenant_id, k.user_id, u.role, t.operates, u.name, k.id, k.scopes, k.expires_at
    FROM api_keys k JOIN users u ON u.id = k.user_id JOIN tenants t ON t.id = k.tenant_id
    WHERE k.key_hash = hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at)
      AND u.deleted_at IS NULL AND t.deleted_at IS NULL $$;

CREATE FUNCTION identity_of_session(wanted uuid, cookie bytea, at timestamptz)   -- by its id (tokens) or its cookie's hash
    RETURNS TABLE (tenant_id uuid, user_id uuid, role text, operates boolean, name text, session_id uuid, kind text,
                   expires_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.tenant_id, s.user_id, u.role, t.operates, u.name, s.id, s.kind, s.expires_at
    FROM sessions s JOIN users u ON u.id = s.user_id JOIN tenants t ON t.id = s.tenant_id
    WHERE (s.id = wanted OR s.cookie_hash = cookie) AND s.ended_at IS NULL AND s.expires_at > at
      AND (s.kind = 'program' OR s.used_at > at - interval '7 days')   -- a browser that nobody used
      AND u.deleted_at IS NULL AND t.deleted_at IS NULL $$;

CREATE FUNCTION sign_in_candidates(wanted_email text, wanted_tenant text)
    RETURNS TABLE (tenant_id uuid, tenant_slug text, tenant_name text, user_id uuid, email text, role text,
                   name text, password_hash text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.tenant_id, t.slug, t.name, u.id, u.email, u.role, u.name, p.hash
    FROM users u JOIN tenants t ON t.id = u.tenant_id LEFT JOIN passwords p ON p.user_id = u.id
    WHERE lower(u.email) = lower(wanted_email) AND (wanted_tenant = '' OR t.slug = wanted_tenant)
      AND u.deleted_at IS NULL AND t.deleted_at IS NULL
    ORDER BY u.created_at, u.id LIMIT 20 $$;   -- in more tenants than that, people name theirs

-- In how many tenants one e-mail is at most: so many hashes every sign-in costs, whoever it is, or the time would tell.
CREATE FUNCTION sign_in_breadth() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT least(20, greatest(1, max(people.count))) FROM
        (SELECT count(*) FROM users u WHERE u.deleted_at IS NULL GROUP BY lower(u.email)) people $$;

CREATE FUNCTION session_of_refresh_token(hash bytea)
    RETURNS TABLE (tenant_id uuid, user_id uuid, role text, session_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.tenant_id, s.user_id, u.role, s.id
    FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id JOIN users u ON u.id = s.user_id
    WHERE r.token_hash = hash $$;

CREATE FUNCTION user_of_account_link(hash bytea)
    RETURNS TABLE (tenant_id uuid, user_id uuid, link_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.tenant_id, l.user_id, l.id FROM account_links l JOIN tenants t ON t.id = l.tenant_id
    WHERE l.token_hash = hash AND t.deleted_at IS NULL $$;

CREATE OR REPLACE FUNCTION tenant_of_slug(wanted text) RETURNS uuid   -- deleted ones too: their slug stays taken
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM tenants WHERE slug = wanted $$;

-- The first tenant of an installation is the one that operates it; once there is one, this changes nothing.
GRANT UPDATE (operates) ON tenants TO voiceloop_lookup;
CREATE POLICY appoint ON tenants FOR UPDATE TO voiceloop_lookup USING (true) WITH CHECK (true);
CREATE FUNCTION appoint_operator(wanted uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE tenants SET operates = true WHERE id = wanted AND NOT EXISTS (SELECT FROM tenants WHERE operates);
    EXCEPTION WHEN unique_violation THEN
        NULL;    -- another one was appointed at the same moment
    END $$;

-- Sessions and links that are over for good; used by nobody, kept a while for those who ask what happened.
GRANT DELETE ON sessions, account_links TO voiceloop_lookup;
CREATE POLICY clear ON sessions FOR DELETE TO voiceloop_lookup USING (true);
CREATE POLICY clear ON account_links FOR DELETE TO voiceloop_lookup USING (true);
CREATE FUNCTION clear_old_sessions(before timestamptz) RETURNS bigint   -- whatever a program's clock says, not today's
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH due AS (SELECT least($1, now() - interval '1 day') AS upto WHERE current_tenant() IS NULL),
         links AS (DELETE FROM account_links USING due WHERE account_links.expires_at < upto),
         gone AS (DELETE FROM sessions USING due WHERE least(ended_at, sessions.expires_at) < upto
                      OR (kind <> 'program' AND used_at < upto - interval '7 days') RETURNING 1)
    SELECT count(*) FROM gone $$;

-- Sidecars remember for moments who somebody is; whatever changes that tells them to forget the tenant's people.
CREATE FUNCTION tell_access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('voiceloop_access', CASE TG_TABLE_NAME WHEN 'tenants' THEN to_jsonb(OLD) ->> 'id'
                                                             ELSE to_jsonb(OLD) ->> 'tenant_id' END);
    RETURN NULL;
END $$;
CREATE TRIGGER access_changed AFTER DELETE OR UPDATE OF role, name, deleted_at ON users
    FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER access_changed AFTER DELETE OR UPDATE OF scopes, expires_at, revoked_at, user_id ON api_keys
    FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER access_changed AFTER DELETE OR UPDATE OF ended_at, expires_at ON sessions
    FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER access_changed AFTER DELETE OR UPDATE OF operates, deleted_at ON tenants
    FOR EACH ROW EXECUTE FUNCTION tell_access_changed();

GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION identity_of_key OWNER TO voiceloop_lookup;
ALTER FUNCTION identity_of_session OWNER TO voiceloop_lookup;
ALTER FUNCTION sign_in_candidates OWNER TO voiceloop_lookup;
ALTER FUNCTION sign_in_breadth OWNER TO voiceloop_lookup;
ALTER FUNCTION clear_old_sessions OWNER TO voiceloop_lookup;
ALTER FUNCTION session_of_refresh_token OWNER TO voiceloop_lookup;
ALTER FUNCTION user_of_account_link OWNER TO voiceloop_lookup;
ALTER FUNCTION appoint_operator OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
REVOKE ALL ON FUNCTION identity_of_key, identity_of_session, sign_in_candidates, sign_in_breadth, session_of_refresh_token,
    user_of_account_link, appoint_operator, clear_old_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity_of_key, identity_of_session, sign_in_candidates, sign_in_breadth, session_of_refresh_token,
    user_of_account_link, appoint_operator, clear_old_sessions TO voiceloop_app;
