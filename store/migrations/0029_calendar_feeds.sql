-- Calendars that other programs subscribe to by a secret address, until their maker ends it.

CREATE TABLE calendar_feeds (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id       uuid NOT NULL,                       -- who made it; it tells no more than they may see
    name          text NOT NULL,
    token_hash    bytea NOT NULL UNIQUE,               -- SHA-256 of 256 random bits
    calendar_ids  uuid[],                              -- null: the tenant's and the maker's, but for hidden ones
    with_people   boolean NOT NULL DEFAULT false,
    with_details  boolean NOT NULL DEFAULT true,       -- false: only that time is taken
    created_at    timestamptz NOT NULL,
    last_used_at  timestamptz                          -- noted once an hour
);
CREATE INDEX calendar_feeds_of_user ON calendar_feeds (tenant_id, user_id, created_at);
CALL protect_tenant_rows('calendar_feeds');
CALL keep_in_family('calendar_feeds', 'user_id', 'users', 'cascade');

-- Who asks has no tenant yet: the address says whose feed it is, as a link in a mail does.
GRANT SELECT ON calendar_feeds TO voiceloop_lookup;
CREATE POLICY lookup ON calendar_feeds FOR SELECT TO voiceloop_lookup USING (true);
CREATE FUNCTION calendar_feed_of(hash bytea) RETURNS TABLE (feed_id uuid, tenant_id uuid, user_id uuid, role text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.id, f.tenant_id, f.user_id, u.role FROM calendar_feeds f
    JOIN tenants t ON t.id = f.tenant_id JOIN users u ON u.id = f.user_id AND u.tenant_id = f.tenant_id
    WHERE f.token_hash = hash AND t.deleted_at IS NULL AND u.deleted_at IS NULL $$;
GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION calendar_feed_of OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;

CALL audit_changes('calendar_feeds', 'calendar_feed', '{token_hash}', '{created_at,last_used_at}');
