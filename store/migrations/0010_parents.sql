-- A row's parent belongs to the row's own tenant: foreign keys carry the tenant, so another tenant's id is no parent at all.

-- What an earlier version let in and this one does not is named before anything changes; people decide what becomes of it.
ALTER TABLE users NO FORCE ROW LEVEL SECURITY;   -- which would hide the rows from a plain owner
DO $$
DECLARE
    twins text := (SELECT string_agg(format('%s (tenant %s)', emails, tenant_id), '; ') FROM (
        SELECT tenant_id, string_agg(email, ', ' ORDER BY email) AS emails FROM users
        GROUP BY tenant_id, lower(email) HAVING count(*) > 1 LIMIT 20) found);
BEGIN
    IF twins IS NOT NULL THEN
        RAISE EXCEPTION 'Some people of one tenant have the same e-mail address but for upper and lower case: %', twins
            USING HINT = 'Delete one of each or give it another address (table users), then run `voiceloop migrate` again.';
    END IF;
END $$;
ALTER TABLE users FORCE ROW LEVEL SECURITY;

CREATE PROCEDURE keep_in_family(child regclass, child_column name, parent regclass, on_delete text) LANGUAGE plpgsql AS $$
DECLARE
    old     name;
    strays  text;
BEGIN
    -- row-level security would hide rows from a plain owner, and from the check of the constraint with them
    EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', child);
    EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', parent);
    EXECUTE format('SELECT string_agg(coalesce(to_jsonb(c) ->> ''id'', c.%1$I::text), '', '') FROM (SELECT c.* FROM %2$s c '
                   'WHERE c.%1$I IS NOT NULL AND NOT EXISTS (SELECT FROM %3$s p WHERE p.id = c.%1$I AND p.tenant_id = c.tenant_id) '
                   'LIMIT 20) c', child_column, child, parent) INTO strays;
    IF strays IS NOT NULL THEN
        RAISE EXCEPTION 'Rows of % name in % a row of % that is not of their tenant: %', child, child_column, parent, strays
            USING HINT = 'Delete these rows or correct their column, then run `voiceloop migrate` again.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = parent AND conname = parent::text || '_in_tenant') THEN
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE (tenant_id, id)', parent, parent::text || '_in_tenant');
    END IF;
    FOR old IN
        SELECT conname FROM pg_constraint
        WHERE conrelid = child AND confrelid = parent AND contype = 'f' AND cardinality(conkey) = 1
          AND conkey[1] = (SELECT attnum FROM pg_attribute WHERE attrelid = child AND attname = child_column)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', child, old);
    END LOOP;
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (tenant_id, %I) REFERENCES %s (tenant_id, id) ON DELETE %s',
                   child, child::text || '_' || child_column || '_family', child_column, parent,
                   CASE on_delete WHEN 'cascade' THEN 'CASCADE' ELSE format('SET NULL (%I)', child_column) END);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', child);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', parent);
END $$;

CALL keep_in_family('api_keys', 'user_id', 'users', 'cascade');
CALL keep_in_family('conversations', 'persona_id', 'personas', 'forget');
CALL keep_in_family('conversations', 'user_id', 'users', 'forget');
CALL keep_in_family('messages', 'conversation_id', 'conversations', 'cascade');
CALL keep_in_family('events', 'calendar_id', 'calendars', 'cascade');
CALL keep_in_family('events', 'conversation_id', 'conversations', 'forget');
CALL keep_in_family('documents', 'uploaded_by', 'users', 'forget');
CALL keep_in_family('pages', 'document_id', 'documents', 'cascade');
CALL keep_in_family('chunks', 'document_id', 'documents', 'cascade');
CALL keep_in_family('jobs', 'document_id', 'documents', 'cascade');

-- the policy compares the tenant first, so the index begins with it
DROP INDEX conversations_in_room;
CREATE INDEX conversations_in_room ON conversations (tenant_id, room_name, heard_at DESC);

-- what a parent's removal has to find
CREATE INDEX events_of_conversation ON events (tenant_id, conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX conversations_of_user ON conversations (tenant_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX conversations_of_persona ON conversations (tenant_id, persona_id) WHERE persona_id IS NOT NULL;
