-- When a connected account is asked for changes next, and what its waiting writes need to be delivered once.

ALTER TABLE calendar_accounts
    ADD COLUMN sync_at   timestamptz NOT NULL DEFAULT 'epoch',   -- due from then on; a new account at once
    ADD COLUMN failures  integer NOT NULL DEFAULT 0;             -- in a row: how long the next try waits
DROP TRIGGER audit ON calendar_accounts;
DROP TRIGGER audit_update ON calendar_accounts;
CALL audit_changes('calendar_accounts', 'calendar_account', '{sealed_credentials}',
    '{created_at,synced_at,sync_at,failures,last_error,sealed_credentials}');

-- A refused write outlives an event that is gone at its server.
ALTER TABLE calendar_writes
    ADD COLUMN revision  integer NOT NULL DEFAULT 0,             -- counts changes while it waits
    DROP CONSTRAINT calendar_writes_event_id_family,
    ALTER COLUMN event_id DROP NOT NULL;
CALL keep_in_family('calendar_writes', 'event_id', 'events', 'forget');
CREATE INDEX calendar_channels_named ON calendar_channels (channel_id);

-- Whoever keeps calendars in step hears at once of an account that is due and of a change to be delivered.
CREATE FUNCTION tell_calendar_sync() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('voiceloop_calendar_sync', '');
    RETURN NULL;
END $$;
CREATE FUNCTION sync_reconnected_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sync_at := 'epoch';
    NEW.failures := 0;
    RETURN NEW;
END $$;
CREATE TRIGGER sync_when_reconnected BEFORE UPDATE OF status ON calendar_accounts FOR EACH ROW
    WHEN (OLD.status = 'needs_reconnect' AND NEW.status = 'connected') EXECUTE FUNCTION sync_reconnected_account();
CREATE TRIGGER sync_new_account AFTER INSERT ON calendar_accounts FOR EACH ROW EXECUTE FUNCTION tell_calendar_sync();
CREATE TRIGGER sync_due_account AFTER UPDATE ON calendar_accounts FOR EACH ROW
    WHEN (NEW.sync_at = 'epoch' AND OLD.sync_at <> 'epoch') EXECUTE FUNCTION tell_calendar_sync();
CREATE TRIGGER deliver_soon AFTER INSERT OR UPDATE OF revision ON calendar_writes FOR EACH ROW
    EXECUTE FUNCTION tell_calendar_sync();

-- Programs of no tenant find what is due: ids, no content; each tenant's first account before any second one.
GRANT SELECT (tenant_id, user_id, status, sync_at) ON calendar_accounts TO voiceloop_lookup;
GRANT SELECT (id, account_id) ON calendars TO voiceloop_lookup;
GRANT SELECT (calendar_id, status, next_try_at) ON calendar_writes TO voiceloop_lookup;
GRANT SELECT ON calendar_channels TO voiceloop_lookup;
CREATE POLICY lookup ON calendar_writes FOR SELECT TO voiceloop_lookup USING (true);
CREATE POLICY lookup ON calendar_channels FOR SELECT TO voiceloop_lookup USING (true);
CREATE FUNCTION calendar_accounts_due(at timestamptz, most integer) RETURNS TABLE (tenant_id uuid, account_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.tenant_id, d.id FROM (
        SELECT a.tenant_id, a.id, a.sync_at, row_number() OVER (PARTITION BY a.tenant_id ORDER BY a.sync_at, a.id) AS turn
        FROM calendar_accounts a
        JOIN tenants t ON t.id = a.tenant_id JOIN users u ON u.id = a.user_id
        WHERE t.deleted_at IS NULL AND u.deleted_at IS NULL AND a.status <> 'needs_reconnect' AND (a.sync_at <= at OR EXISTS (
            SELECT FROM calendars c JOIN calendar_writes w ON w.calendar_id = c.id
            WHERE c.account_id = a.id AND w.status = 'waiting' AND w.next_try_at <= at))
    ) d ORDER BY d.turn, d.sync_at LIMIT most $$;

-- A call from a provider names its channel and carries its secret; both together say whose it is.
CREATE FUNCTION calendar_channels_named(channel text) RETURNS TABLE (tenant_id uuid, calendar_id uuid, secret_hash bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.tenant_id, n.calendar_id, n.secret_hash
    FROM calendar_channels n JOIN tenants t ON t.id = n.tenant_id
    WHERE n.channel_id = channel AND t.deleted_at IS NULL LIMIT 5 $$;
GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION calendar_accounts_due OWNER TO voiceloop_lookup;
ALTER FUNCTION calendar_channels_named OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
