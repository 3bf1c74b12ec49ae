-- Calls closed for a dead worker are told live too; the planner learns of new chunks at once.

CREATE OR REPLACE FUNCTION close_lost_conversations(silent interval) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH closed AS (
        UPDATE conversations SET status = 'interrupted', ended_at = heard_at, end_reason = 'worker_lost'
        WHERE status = 'active' AND heard_at < now() - silent RETURNING id, tenant_id, status, ended_at, end_reason),
    told AS MATERIALIZED (
        SELECT pg_notify('voiceloop_live', json_build_object('tenant', tenant_id, 'type', 'conversation.ended', 'data',
            json_build_object('type', 'conversation.ended', 'id', id, 'status', status, 'ended_at', ended_at,
                'end_reason', end_reason))::text) FROM closed)
    SELECT count(*) FROM told $$;

-- Only the owner of a table may analyse it; the plain role may ask for it. It reveals nothing of any tenant.
CREATE FUNCTION analyze_search() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        ANALYZE chunks, documents;
    END $$;
REVOKE ALL ON FUNCTION analyze_search FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analyze_search TO voiceloop_app;
