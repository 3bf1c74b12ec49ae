-- Answers are kept for a while under the version of what the tenant knows; the version moves with every change of it.

-- Of each tenant: 'version' of what it knows, 'hits' and 'misses' of the kept answers. The version is moved once a transaction,
-- at its end, so that nobody waits for it while documents are being indexed, and in that transaction, so that no answer found
-- after it can be taken for one found before.
CREATE TABLE knowledge_counters (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    name        text NOT NULL,
    value       bigint NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now(),
    changed_in  xid8,
    PRIMARY KEY (tenant_id, name)
);
CALL protect_tenant_rows('knowledge_counters');
GRANT SELECT, INSERT, UPDATE ON knowledge_counters TO voiceloop_lookup;
CREATE POLICY keep ON knowledge_counters TO voiceloop_lookup USING (true) WITH CHECK (true);

CREATE FUNCTION move_knowledge_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    owner  uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.tenant_id ELSE NEW.tenant_id END;
BEGIN
    INSERT INTO knowledge_counters AS v (tenant_id, name, value, changed_at, changed_in)
        SELECT t.id, 'version', 1, clock_timestamp(), pg_current_xact_id() FROM tenants t WHERE t.id = owner
        ON CONFLICT (tenant_id, name) DO UPDATE SET value = v.value + 1, changed_at = excluded.changed_at,
            changed_in = excluded.changed_in WHERE v.changed_in IS DISTINCT FROM excluded.changed_in;
    RETURN NULL;
END $$;
-- Of a document's chunks the first speaks for all: they come, go and are read anew together.
CREATE CONSTRAINT TRIGGER knowledge_in AFTER INSERT ON chunks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.seq = 0) EXECUTE FUNCTION move_knowledge_version();
CREATE CONSTRAINT TRIGGER knowledge_out AFTER DELETE ON chunks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.seq = 0) EXECUTE FUNCTION move_knowledge_version();
CREATE CONSTRAINT TRIGGER knowledge_changed AFTER UPDATE ON chunks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.text, OLD.heading, OLD.page, OLD.language) IS DISTINCT FROM (NEW.text, NEW.heading, NEW.page, NEW.language))
    EXECUTE FUNCTION move_knowledge_version();
CREATE CONSTRAINT TRIGGER knowledge_in AFTER INSERT ON documents DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status = 'ready') EXECUTE FUNCTION move_knowledge_version();
CREATE CONSTRAINT TRIGGER knowledge_out AFTER DELETE ON documents DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.status = 'ready') EXECUTE FUNCTION move_knowledge_version();
CREATE CONSTRAINT TRIGGER knowledge_changed AFTER UPDATE ON documents DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ('ready' IN (OLD.status, NEW.status)
          AND (OLD.status, OLD.title, OLD.category, OLD.tags, OLD.language, OLD.source, OLD.page_kind, OLD.page_count)
              IS DISTINCT FROM
              (NEW.status, NEW.title, NEW.category, NEW.tags, NEW.language, NEW.source, NEW.page_kind, NEW.page_count))
    EXECUTE FUNCTION move_knowledge_version();
-- Another model finds other places.
CREATE CONSTRAINT TRIGGER knowledge_changed AFTER INSERT OR UPDATE OR DELETE ON knowledge_indexes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION move_knowledge_version();
GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION move_knowledge_version OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
REVOKE ALL ON FUNCTION move_knowledge_version FROM PUBLIC;

-- Unlogged: a crash costs the next asker one search.
CREATE UNLOGGED TABLE answer_cache (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    key         bytea NOT NULL,                  -- SHA-256 of the question, its filters and the model
    version     bigint NOT NULL,                 -- of what the tenant knew, read before the search began
    outcome     jsonb NOT NULL,
    used_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX answer_cache_used ON answer_cache (tenant_id, used_at);
CALL protect_tenant_rows('answer_cache');
