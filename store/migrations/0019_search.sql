-- Search by words and by meaning in one statement: vectors of several models side by side, words by language, how rare each is.

-- What stands in a text as the words of its language. '' (not known) is read as English, a language without a stemmer word by word.
CREATE FUNCTION text_words(language text, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE language
        WHEN '' THEN to_tsvector('pg_catalog.english', body)   WHEN 'en' THEN to_tsvector('pg_catalog.english', body)
        WHEN 'de' THEN to_tsvector('pg_catalog.german', body)  WHEN 'es' THEN to_tsvector('pg_catalog.spanish', body)
        WHEN 'fr' THEN to_tsvector('pg_catalog.french', body)  WHEN 'it' THEN to_tsvector('pg_catalog.italian', body)
        WHEN 'nl' THEN to_tsvector('pg_catalog.dutch', body)   WHEN 'pt' THEN to_tsvector('pg_catalog.portuguese', body)
        WHEN 'da' THEN to_tsvector('pg_catalog.danish', body)  WHEN 'fi' THEN to_tsvector('pg_catalog.finnish', body)
        WHEN 'no' THEN to_tsvector('pg_catalog.norwegian', body) WHEN 'nb' THEN to_tsvector('pg_catalog.norwegian', body)
        WHEN 'sv' THEN to_tsvector('pg_catalog.swedish', body) WHEN 'hu' THEN to_tsvector('pg_catalog.hungarian', body)
        WHEN 'ro' THEN to_tsvector('pg_catalog.romanian', body) WHEN 'ru' THEN to_tsvector('pg_catalog.russian', body)
        WHEN 'tr' THEN to_tsvector('pg_catalog.turkish', body) WHEN 'el' THEN to_tsvector('pg_catalog.greek', body)
        WHEN 'ar' THEN to_tsvector('pg_catalog.arabic', body)  WHEN 'ga' THEN to_tsvector('pg_catalog.irish', body)
        WHEN 'lt' THEN to_tsvector('pg_catalog.lithuanian', body) WHEN 'id' THEN to_tsvector('pg_catalog.indonesian', body)
        ELSE to_tsvector('pg_catalog.simple', body) END $$;

-- A chunk's words carry its tenant as one more word, so that the index answers for one tenant without reading the others' rows.
ALTER TABLE chunks ADD COLUMN language text NOT NULL DEFAULT '';
ALTER TABLE chunks NO FORCE ROW LEVEL SECURITY;            -- which would hide the rows from a plain owner
ALTER TABLE documents NO FORCE ROW LEVEL SECURITY;
UPDATE chunks c SET language = d.language FROM documents d WHERE d.id = c.document_id AND d.language <> '';
ALTER TABLE documents FORCE ROW LEVEL SECURITY;
ALTER TABLE chunks DROP COLUMN words;
ALTER TABLE chunks ADD COLUMN words tsvector GENERATED ALWAYS AS (
    text_words(language, heading || ' ' || text) || array_to_tsvector(ARRAY['#' || tenant_id::text])) STORED;
CREATE INDEX chunks_words ON chunks USING gin (words) WITH (fastupdate = off);   -- no pending list to read through at question time

-- Vectors of a chunk, one row a model, so that a second model is built while the first still answers. Unit length.
CREATE TABLE chunk_vectors (
    tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    document_id  uuid NOT NULL,
    chunk_id     uuid NOT NULL,
    model        text NOT NULL,
    dimensions   smallint NOT NULL CHECK (dimensions = vector_dims(embedding)),
    embedding    halfvec NOT NULL,
    sentences    bytea NOT NULL DEFAULT '',      -- of its sentences, in order, `dimensions` signed bytes (127 is 1) each
    PRIMARY KEY (chunk_id, model)
);
ALTER TABLE chunk_vectors ALTER COLUMN embedding SET STORAGE PLAIN, ALTER COLUMN sentences SET STORAGE EXTERNAL;
CREATE INDEX chunk_vectors_of_tenant ON chunk_vectors (tenant_id, model, document_id);
CREATE INDEX chunk_vectors_384 ON chunk_vectors USING hnsw ((embedding::halfvec(384)) halfvec_ip_ops) WHERE dimensions = 384;
CREATE INDEX chunk_vectors_512 ON chunk_vectors USING hnsw ((embedding::halfvec(512)) halfvec_ip_ops) WHERE dimensions = 512;
CREATE INDEX chunk_vectors_768 ON chunk_vectors USING hnsw ((embedding::halfvec(768)) halfvec_ip_ops) WHERE dimensions = 768;
CREATE INDEX chunk_vectors_1024 ON chunk_vectors USING hnsw ((embedding::halfvec(1024)) halfvec_ip_ops) WHERE dimensions = 1024;
CREATE INDEX chunk_vectors_1536 ON chunk_vectors USING hnsw ((embedding::halfvec(1536)) halfvec_ip_ops) WHERE dimensions = 1536;
CREATE INDEX chunk_vectors_3072 ON chunk_vectors USING hnsw ((embedding::halfvec(3072)) halfvec_ip_ops) WHERE dimensions = 3072;
INSERT INTO chunk_vectors (tenant_id, document_id, chunk_id, model, dimensions, embedding)
    SELECT tenant_id, document_id, id, embedding_model, 384, embedding::halfvec FROM chunks
    WHERE embedding IS NOT NULL AND embedding_model IS NOT NULL;
ALTER TABLE chunks DROP COLUMN embedding, DROP COLUMN embedding_model;
ALTER TABLE chunks FORCE ROW LEVEL SECURITY;
CALL protect_tenant_rows('chunk_vectors');
CALL keep_in_family('chunk_vectors', 'chunk_id', 'chunks', 'cascade');
CALL keep_in_family('chunk_vectors', 'document_id', 'documents', 'cascade');

-- The models a tenant's chunks have vectors of, or get them of. Questions are asked with the active one; none: with the one
-- that the installation is set to.
CREATE TABLE knowledge_indexes (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    model       text NOT NULL,
    dimensions  smallint NOT NULL,
    active      boolean NOT NULL DEFAULT false,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, model)
);
CREATE UNIQUE INDEX knowledge_indexes_one_active ON knowledge_indexes (tenant_id) WHERE active;
CALL protect_tenant_rows('knowledge_indexes');

-- In how many of a tenant's chunks a word stands, and how many chunks there are: what makes a word rare. Kept by triggers.
CREATE TABLE chunk_words (
    tenant_id  uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    word       text NOT NULL,
    chunks     integer NOT NULL,
    PRIMARY KEY (tenant_id, word)
) WITH (fillfactor = 80);
CALL protect_tenant_rows('chunk_words');
CREATE TABLE chunk_totals (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    language    text NOT NULL,
    chunks      integer NOT NULL,
    characters  bigint NOT NULL,
    PRIMARY KEY (tenant_id, language)
);
CALL protect_tenant_rows('chunk_totals');
GRANT SELECT, INSERT, UPDATE, DELETE ON chunk_words, chunk_totals TO voiceloop_lookup;
CREATE POLICY keep ON chunk_words TO voiceloop_lookup USING (true) WITH CHECK (true);
CREATE POLICY keep ON chunk_totals TO voiceloop_lookup USING (true) WITH CHECK (true);

CREATE FUNCTION count_chunk_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        -- one at a time a tenant: two documents share many words, and their locks would cross
        PERFORM pg_advisory_xact_lock(hashtextextended('chunk_words ' || t.tenant_id, 0))
            FROM (SELECT DISTINCT tenant_id FROM old_rows ORDER BY tenant_id) t;
        MERGE INTO chunk_words w USING (
            SELECT o.tenant_id, s.word, count(*) AS n FROM old_rows o, unnest(tsvector_to_array(o.words)) s(word)
            WHERE s.word NOT LIKE '#%' GROUP BY 1, 2) gone ON w.tenant_id = gone.tenant_id AND w.word = gone.word
            WHEN MATCHED AND w.chunks <= gone.n THEN DELETE
            WHEN MATCHED THEN UPDATE SET chunks = w.chunks - gone.n;
        MERGE INTO chunk_totals t USING (
            SELECT tenant_id, language, count(*) AS n, sum(char_end - char_start) AS characters FROM old_rows GROUP BY 1, 2
            ) gone ON t.tenant_id = gone.tenant_id AND t.language = gone.language
            WHEN MATCHED AND t.chunks <= gone.n THEN DELETE
            WHEN MATCHED THEN UPDATE SET chunks = t.chunks - gone.n, characters = t.characters - gone.characters;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('chunk_words ' || t.tenant_id, 0))
            FROM (SELECT DISTINCT tenant_id FROM new_rows ORDER BY tenant_id) t;
        INSERT INTO chunk_words AS w (tenant_id, word, chunks)
            SELECT n.tenant_id, s.word, count(*) FROM new_rows n, unnest(tsvector_to_array(n.words)) s(word)
            WHERE s.word NOT LIKE '#%' GROUP BY 1, 2
            ON CONFLICT (tenant_id, word) DO UPDATE SET chunks = w.chunks + excluded.chunks;
        INSERT INTO chunk_totals AS t (tenant_id, language, chunks, characters)
            SELECT tenant_id, language, count(*), sum(char_end - char_start) FROM new_rows GROUP BY 1, 2
            ON CONFLICT (tenant_id, language) DO UPDATE
            SET chunks = t.chunks + excluded.chunks, characters = t.characters + excluded.characters;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER words_in AFTER INSERT ON chunks REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_chunk_words();
CREATE TRIGGER words_out AFTER DELETE ON chunks REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_chunk_words();
CREATE TRIGGER words_changed AFTER UPDATE ON chunks REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_chunk_words();

-- A person corrects a document's language: its chunks are read anew in it.
CREATE FUNCTION read_in_new_language() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE chunks SET language = NEW.language WHERE document_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER language AFTER UPDATE OF language ON documents FOR EACH ROW
    WHEN (OLD.language IS DISTINCT FROM NEW.language) EXECUTE FUNCTION read_in_new_language();

ALTER TABLE chunks NO FORCE ROW LEVEL SECURITY;
INSERT INTO chunk_words (tenant_id, word, chunks)
    SELECT c.tenant_id, s.word, count(*) FROM chunks c, unnest(tsvector_to_array(c.words)) s(word)
    WHERE s.word NOT LIKE '#%' GROUP BY 1, 2;
INSERT INTO chunk_totals (tenant_id, language, chunks, characters)
    SELECT tenant_id, language, count(*), sum(char_end - char_start) FROM chunks GROUP BY 1, 2;
ALTER TABLE chunks FORCE ROW LEVEL SECURITY;

-- What the search reads past row-level security, whose conditions would keep Postgres from the index of words: never a text.
GRANT SELECT (id, tenant_id, document_id, language, char_start, char_end, words) ON chunks TO voiceloop_lookup;
GRANT SELECT (tenant_id, document_id, chunk_id, model, dimensions, embedding) ON chunk_vectors TO voiceloop_lookup;
GRANT SELECT (id, series_id, status, category, tags, language, created_at) ON documents TO voiceloop_lookup;
CREATE POLICY lookup ON chunks FOR SELECT TO voiceloop_lookup USING (true);
CREATE POLICY lookup ON chunk_vectors FOR SELECT TO voiceloop_lookup USING (true);

-- The ids of a tenant's documents that a search may look at; null when it may look at all of them.
CREATE FUNCTION documents_to_search(wanted jsonb) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN wanted <> '{}' THEN ARRAY(
        SELECT id FROM documents WHERE tenant_id = current_tenant() AND status = 'ready'
        AND (wanted->'document_ids' IS NULL OR wanted->'document_ids' ? id::text)
        AND (wanted->'series_ids' IS NULL OR wanted->'series_ids' ? series_id::text)
        AND (wanted->'category' IS NULL OR category = wanted->>'category')
        AND (wanted->'language' IS NULL OR language = wanted->>'language')
        AND (wanted->'tags' IS NULL OR tags && ARRAY(SELECT jsonb_array_elements_text(wanted->'tags')))
        AND (wanted->'created_from' IS NULL OR created_at >= (wanted->>'created_from')::timestamptz)
        AND (wanted->'created_to' IS NULL OR created_at < (wanted->>'created_to')::timestamptz)) END $$;

-- The words of a question as the tenant's languages know them: one row a word, in how many chunks it stands, how rare that is.
CREATE FUNCTION words_of_question(question text) RETURNS TABLE (stems text[], place integer, query tsquery, found bigint, rarity double precision)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH languages AS (
        SELECT language, sum(chunks) OVER () AS total FROM chunk_totals WHERE tenant_id = current_tenant()),
    placed AS (
        SELECT p.place, w.lexeme, l.language, l.total FROM languages l, unnest(text_words(l.language, question)) w(lexeme, places),
            unnest(w.places) p(place)),
    words AS (   -- a word that one of the languages leaves out says little in any
        SELECT w.stems, min(w.place) AS place, min(w.total) AS total FROM (
            SELECT array_agg(DISTINCT lexeme ORDER BY lexeme) AS stems, place, min(total) AS total FROM placed GROUP BY place
            HAVING count(DISTINCT language) = (SELECT count(*) FROM languages)) w GROUP BY w.stems),
    counted AS (
        SELECT w.stems, w.place, w.total, least(coalesce(sum(c.chunks), 0), w.total) AS found
        FROM words w LEFT JOIN chunk_words c ON c.tenant_id = current_tenant() AND c.word = ANY (w.stems)
        GROUP BY w.stems, w.place, w.total)
    SELECT stems, place::integer, format('%L & (%s)', '#' || current_tenant(), (SELECT string_agg(
               '''' || replace(replace(s, '\', '\\'), '''', '''''') || '''', ' | ') FROM unnest(stems) s))::tsquery,
           found::bigint, ln(1 + (total - found + 0.5) / (found + 0.5))::double precision
    FROM counted $$;

-- The chunks nearest to a vector, at most `most`. The index holds all tenants' vectors, so that a walk through it passes
-- total / reach of them for each that counts, at some 25 times the price of reading one, and gives up after 20,000: the cheaper
-- way is taken, and up to ten million vectors a walk then finds what it should long before it gives up.
CREATE FUNCTION nearest_chunks(asked halfvec, asked_model text, allowed uuid[], reach bigint, most integer)
    RETURNS TABLE (id uuid) LANGUAGE plpgsql SECURITY DEFINER ROWS 60
    SET search_path = public, pg_temp SET enable_sort = on SET enable_seqscan = on SET jit = off
    SET hnsw.ef_search = 160 SET hnsw.iterative_scan = relaxed_order AS $$
DECLARE
    tenant  uuid := current_tenant();
    width   integer := vector_dims(asked);
    total   double precision := greatest(reach, (SELECT reltuples FROM pg_class WHERE oid = to_regclass('chunk_vectors_' || width)));
BEGIN
    IF asked IS NULL OR tenant IS NULL THEN
        RETURN;
    ELSIF reach <= 10000 OR reach < 25 * most * total / reach OR width NOT IN (384, 512, 768, 1024, 1536, 3072) THEN
        RETURN QUERY SELECT v.chunk_id FROM chunk_vectors v
            WHERE v.tenant_id = tenant AND v.model = asked_model AND v.dimensions = width
              AND (allowed IS NULL OR v.document_id = ANY (allowed))
            ORDER BY v.embedding <#> asked LIMIT most;
    ELSE
        PERFORM set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true);   -- not by sorting all of them
        RETURN QUERY EXECUTE format(
            'SELECT v.chunk_id FROM chunk_vectors v WHERE v.dimensions = %1$s AND v.tenant_id = $5 '
            'AND v.model = $2 AND ($3 IS NULL OR v.document_id = ANY ($3)) '
            'ORDER BY v.embedding::halfvec(%1$s) <#> $1::halfvec(%1$s) LIMIT $4', width)
            USING asked, asked_model, allowed, most, tenant;
    END IF;
END $$;

-- The chunks of the current tenant that fit a question best, by meaning and by words together: ids and figures, no text.
-- `share`: of the rarity of the question's words, what the chunk has. `words`: [{stems, place, found, rarity}] as JSON, the same
-- in every row. `places`: where the chunk has them, {stem: [place]}, counted in words.
CREATE FUNCTION find_chunks(question text, asked halfvec, asked_model text, wanted jsonb, most integer)
    RETURNS TABLE (chunk_id uuid, cosine double precision, share double precision, chunks bigint, mean_length double precision,
                   words text, places jsonb)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 40 SET search_path = public, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    total     bigint;
    mean      double precision;
    allowed   uuid[] := documents_to_search(wanted);
    reach     bigint;
    known     jsonb;
    stems     text[];
    queries   tsquery[];
    rarities  double precision[];
    best      double precision;
    chosen    integer;
    together  tsquery;
    by_words  uuid[] := '{}';
    pool      uuid[];                       -- an array, so that the planner does not expect thousands and read the whole table
    budget    bigint := CASE WHEN asked IS NULL THEN 8000 ELSE 1500 END;   -- rows that the words may cost
BEGIN
    SELECT sum(t.chunks), sum(t.characters) / sum(t.chunks) INTO total, mean FROM chunk_totals t WHERE t.tenant_id = current_tenant();
    IF coalesce(total, 0) = 0 OR allowed = '{}' THEN
        RETURN;
    END IF;
    reach := total;
    IF allowed IS NOT NULL THEN
        SELECT count(*) INTO reach FROM public.chunks c WHERE c.document_id = ANY (allowed);
    END IF;
    SELECT jsonb_agg(jsonb_build_object('stems', w.stems, 'place', w.place, 'found', w.found, 'rarity', w.rarity)),
           array_agg(w.query ORDER BY w.found, w.stems) FILTER (WHERE w.found > 0),
           array_agg(w.rarity ORDER BY w.found, w.stems) FILTER (WHERE w.found > 0),
           sum(w.rarity), count(*) FILTER (WHERE w.found > 0 AND w.so_far <= budget)
        INTO known, queries, rarities, best, chosen
        FROM (SELECT *, sum(q.found) OVER (ORDER BY q.found, q.stems) AS so_far FROM words_of_question(question) q) w;
    IF chosen > 0 THEN
        SELECT array_agg(m.id) INTO by_words FROM (
            SELECT c.id FROM unnest(queries[:chosen], rarities[:chosen]) asked_word(query, rarity),
                LATERAL (SELECT k.id, k.char_end - k.char_start AS length FROM public.chunks k WHERE k.words @@ asked_word.query
                    -- written so that the index of tenants does not look better than that of words
                    AND k.tenant_id IS NOT DISTINCT FROM current_tenant()
                    AND (allowed IS NULL OR k.document_id = ANY (allowed))) c
            GROUP BY c.id ORDER BY sum(asked_word.rarity) DESC, min(c.length), c.id LIMIT 60) m;
    ELSIF queries IS NOT NULL THEN   -- common words only: where they stand together
        together := queries[1] && coalesce(queries[2], queries[1]) && coalesce(queries[3], queries[1]);
        SELECT array_agg(m.id) INTO by_words FROM (
            SELECT k.id FROM public.chunks k WHERE k.words @@ together AND k.tenant_id IS NOT DISTINCT FROM current_tenant()
                AND (allowed IS NULL OR k.document_id = ANY (allowed)) LIMIT 60) m;
    END IF;
    pool := ARRAY(SELECT unnest(by_words) UNION SELECT n.id FROM nearest_chunks(asked, asked_model, allowed, reach, 60) n);
    stems := ARRAY(SELECT jsonb_array_elements_text(w->'stems') FROM jsonb_array_elements(known) w);
    RETURN QUERY
        WITH scored AS (
            SELECT c.id,
                (SELECT -(v.embedding <#> asked) FROM chunk_vectors v WHERE v.chunk_id = c.id AND v.model = asked_model
                    AND v.dimensions = vector_dims(asked)) AS cosine,
                coalesce((SELECT sum(w.rarity) FROM unnest(queries, rarities) w(query, rarity) WHERE c.words @@ w.query), 0)
                    / coalesce(nullif(best, 0), 1) AS share
            FROM public.chunks c WHERE c.id = ANY (pool) AND c.tenant_id IS NOT DISTINCT FROM current_tenant())
        SELECT b.id, b.cosine, b.share, total, mean, coalesce(known, '[]')::text, coalesce((
            SELECT jsonb_object_agg(l.lexeme, l.positions) FROM public.chunks c, unnest(c.words) l
            WHERE c.id = b.id AND l.lexeme = ANY (stems)), '{}')
        FROM (SELECT * FROM scored s ORDER BY coalesce(s.cosine, 0) + 0.6 * s.share DESC, s.id LIMIT most) b;
END $$;

-- What was asked, of whom, in which call, and what was found; kept for a while, then forgotten.
ALTER TABLE knowledge_queries
    ADD COLUMN channel          text NOT NULL DEFAULT '',
    ADD COLUMN conversation_id  uuid REFERENCES conversations ON DELETE SET NULL,
    ADD COLUMN document_id      uuid REFERENCES documents ON DELETE SET NULL,   -- of the first result
    ADD COLUMN top_relevance    integer NOT NULL DEFAULT 0,
    ADD COLUMN degraded         boolean NOT NULL DEFAULT false,
    ADD COLUMN stems            text[] NOT NULL DEFAULT '{}';                   -- of its telling words, sorted: the same for who asks the same
CALL keep_in_family('knowledge_queries', 'conversation_id', 'conversations', 'forget');
CALL keep_in_family('knowledge_queries', 'document_id', 'documents', 'forget');
CREATE INDEX knowledge_queries_of_conversation ON knowledge_queries (conversation_id);
CREATE INDEX knowledge_queries_of_document ON knowledge_queries (document_id);
CREATE INDEX knowledge_queries_gaps ON knowledge_queries (tenant_id, created_at DESC) WHERE NOT answered;
CREATE INDEX knowledge_queries_old ON knowledge_queries (created_at);
GRANT SELECT (created_at), DELETE ON knowledge_queries TO voiceloop_lookup;
CREATE POLICY lookup ON knowledge_queries FOR SELECT TO voiceloop_lookup USING (true);
CREATE POLICY clear ON knowledge_queries FOR DELETE TO voiceloop_lookup USING (true);
CREATE FUNCTION forget_old_queries(before timestamptz) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM knowledge_queries
        WHERE created_at < least(before, now() - interval '1 day') AND current_tenant() IS NULL RETURNING 1)
    SELECT count(*) FROM gone $$;

CREATE OR REPLACE FUNCTION analyze_search() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        stale  text;
    BEGIN   -- a table not yet known, or small and twice as large as when it was; the large ones are autovacuum's
        FOR stale IN SELECT c.relname FROM pg_class c WHERE c.reltuples < 100000
            AND c.oid IN ('chunks'::regclass, 'documents'::regclass, 'chunk_vectors'::regclass, 'chunk_words'::regclass)
            AND (c.reltuples <= 0 OR pg_relation_size(c.oid) >= 2 * current_setting('block_size')::bigint * greatest(c.relpages, 1))
        LOOP
            EXECUTE format('ANALYZE %I', stale);
        END LOOP;
    END $$;

GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION count_chunk_words OWNER TO voiceloop_lookup;
ALTER FUNCTION documents_to_search OWNER TO voiceloop_lookup;
ALTER FUNCTION words_of_question OWNER TO voiceloop_lookup;
ALTER FUNCTION nearest_chunks OWNER TO voiceloop_lookup;
ALTER FUNCTION find_chunks OWNER TO voiceloop_lookup;
ALTER FUNCTION forget_old_queries OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
REVOKE ALL ON FUNCTION count_chunk_words, documents_to_search, words_of_question, nearest_chunks, find_chunks, forget_old_queries
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION documents_to_search, words_of_question, find_chunks, forget_old_queries TO voiceloop_app;
