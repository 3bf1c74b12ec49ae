-- The installation itself: a value sealed with its key, which tells a wrong key at the start; and the way to all tenants.

CREATE TABLE installation (                       -- one row, no tenant's
    only_one    boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    canary      bytea NOT NULL,                   -- opens only with the installation's key
    rotation    jsonb,                            -- the last change of keys: see ingest/rotation.py
    created_at  timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON installation TO voiceloop_app;
GRANT UPDATE (canary, rotation) ON installation TO voiceloop_app;

-- Work on all tenants goes tenant by tenant, each in a transaction of its own; deleted ones are kept, so they count.
-- Whoever acts for one tenant has no business with the others and is told of none.
CREATE FUNCTION ids_of_tenants() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM tenants WHERE current_tenant() IS NULL ORDER BY id $$;

GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION ids_of_tenants OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
REVOKE ALL ON FUNCTION ids_of_tenants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ids_of_tenants TO voiceloop_app;
