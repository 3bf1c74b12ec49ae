-- Tenants, their people, keys and personas, and the row-level security that every later table uses.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'voiceloop_app') THEN
        CREATE ROLE voiceloop_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    -- owns the few functions that must look across tenants before a tenant is known
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'voiceloop_lookup') THEN
        CREATE ROLE voiceloop_lookup NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    EXECUTE format('GRANT voiceloop_app, voiceloop_lookup TO %I', current_user);
END $$;

CREATE EXTENSION IF NOT EXISTS vector;
GRANT USAGE ON SCHEMA public TO voiceloop_app;
GRANT USAGE, CREATE ON SCHEMA public TO voiceloop_lookup;

CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('voiceloop.tenant', true), '')::uuid $$;

-- Every table with a tenant_id is handed to this procedure once, in the migration that makes it.
CREATE PROCEDURE protect_tenant_rows(protected regclass, tenant_column name DEFAULT 'tenant_id') LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('CREATE POLICY tenant ON %s TO voiceloop_app USING (%I = current_tenant()) WITH CHECK (%I = current_tenant())',
                   protected, tenant_column, tenant_column);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO voiceloop_app', protected);
END $$;

CREATE TABLE tenants (
    id          uuid PRIMARY KEY,
    slug        text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name        text NOT NULL,
    timezone    text NOT NULL DEFAULT 'UTC',
    created_at  timestamptz NOT NULL DEFAULT now()
);
CALL protect_tenant_rows('tenants', 'id');

CREATE TABLE users (
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    email       text NOT NULL,
    name        text NOT NULL,
    role        text NOT NULL CHECK (role IN ('owner', 'admin', 'editor', 'viewer', 'agent')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, email)
);
CALL protect_tenant_rows('users');

CREATE TABLE api_keys (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name         text NOT NULL,
    key_hash     bytea NOT NULL UNIQUE,        -- SHA-256 of a 256-bit random key: nothing to guess, so no slow hash
    scopes       text[] NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    revoked_at   timestamptz
);
CALL protect_tenant_rows('api_keys');

CREATE TABLE personas (
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    slug        text NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name        text NOT NULL,
    kind        text NOT NULL DEFAULT 'custom',
    prompt      text NOT NULL,
    greeting    text NOT NULL,
    language    text NOT NULL DEFAULT 'en',
    voice       text NOT NULL DEFAULT '',
    toolsets    text[] NOT NULL DEFAULT '{}',
    is_default  boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, slug)
);
CREATE UNIQUE INDEX personas_one_default ON personas (tenant_id) WHERE is_default;
CALL protect_tenant_rows('personas');

-- The two questions asked before a tenant is known: whose key is this, and which tenant has this slug.
GRANT SELECT ON tenants, users, api_keys TO voiceloop_lookup;
CREATE POLICY lookup ON tenants FOR SELECT TO voiceloop_lookup USING (true);
CREATE POLICY lookup ON users FOR SELECT TO voiceloop_lookup USING (true);
CREATE POLICY lookup ON api_keys FOR SELECT TO voiceloop_lookup USING (true);

CREATE FUNCTION identity_of_key(hash bytea)
    RETURNS TABLE (tenant_id uuid, user_id uuid, role text, scopes text[], name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.tenant_id, k.user_id, u.role, k.scopes, u.name
    FROM api_keys k JOIN users u ON u.id = k.user_id
    WHERE k.key_hash = hash AND k.revoked_at IS NULL $$;
ALTER FUNCTION identity_of_key OWNER TO voiceloop_lookup;

CREATE FUNCTION tenant_of_slug(wanted text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM tenants WHERE slug = wanted $$;
ALTER FUNCTION tenant_of_slug OWNER TO voiceloop_lookup;

REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
REVOKE ALL ON FUNCTION identity_of_key, tenant_of_slug FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity_of_key, tenant_of_slug TO voiceloop_app;
