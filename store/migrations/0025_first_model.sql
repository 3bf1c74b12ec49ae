-- The first model a tenant has vectors of is the one its questions are asked with, until another's are complete.

CREATE FUNCTION first_model_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO knowledge_indexes (tenant_id, model, dimensions, active)
        SELECT DISTINCT n.tenant_id, n.model, n.dimensions, true FROM new_rows n
        WHERE NOT EXISTS (SELECT FROM knowledge_indexes k WHERE k.tenant_id = n.tenant_id AND k.active)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER first_model AFTER INSERT ON chunk_vectors REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION first_model_answers();

ALTER TABLE chunk_vectors NO FORCE ROW LEVEL SECURITY;     -- which would hide the rows from a plain owner
ALTER TABLE knowledge_indexes NO FORCE ROW LEVEL SECURITY;
INSERT INTO knowledge_indexes (tenant_id, model, dimensions, active)
    SELECT DISTINCT ON (tenant_id) tenant_id, model, dimensions, true FROM chunk_vectors
    GROUP BY tenant_id, model, dimensions ORDER BY tenant_id, count(*) DESC ON CONFLICT DO NOTHING;
ALTER TABLE knowledge_indexes FORCE ROW LEVEL SECURITY;
ALTER TABLE chunk_vectors FORCE ROW LEVEL SECURITY;

-- Another model's vectors are made in the order of the chunks' ids.
DROP INDEX chunks_tenant;
CREATE INDEX chunks_of_tenant ON chunks (tenant_id, id);
