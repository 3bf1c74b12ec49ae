-- Documents have versions, a kind of place, tags people may correct, and regions on their pages; jobs can be cancelled.

ALTER TABLE documents
    ADD COLUMN series_id   uuid,                              -- shared by all versions: the id of the first
    ADD COLUMN version     integer NOT NULL DEFAULT 1,
    ADD COLUMN page_kind   text NOT NULL DEFAULT 'page' CHECK (page_kind IN ('page', 'slide', 'sheet', 'recording', 'none')),
    ADD COLUMN category    text NOT NULL DEFAULT '',          -- the analysis' word, or a person's
    ADD COLUMN tags        text[] NOT NULL DEFAULT '{}',
    ADD COLUMN language    text NOT NULL DEFAULT '',          -- ISO 639-1, empty when not known
    ADD COLUMN metadata    jsonb NOT NULL DEFAULT '{}',       -- what the file says of itself: author, created, dimensions, seconds …
    ADD COLUMN source      jsonb NOT NULL DEFAULT '{}',       -- where it was published, for citations: authors, journal, doi …
    ADD COLUMN inspection  jsonb NOT NULL DEFAULT '{}';       -- what was looked for in the file, and found
ALTER TABLE documents NO FORCE ROW LEVEL SECURITY;         -- which would hide the rows from a plain owner
UPDATE documents SET series_id = id,
    page_kind = CASE WHEN page_count = 0 THEN 'none' ELSE 'page' END,
    category = coalesce(analysis->>'category', ''),
    language = CASE WHEN analysis->>'language' ~ '^[a-z]{2}$' THEN analysis->>'language' ELSE '' END,
    tags = coalesce(ARRAY(SELECT jsonb_array_elements_text(analysis->'tags')), '{}');
ALTER TABLE documents FORCE ROW LEVEL SECURITY;
ALTER TABLE documents ALTER COLUMN series_id SET NOT NULL;
CREATE FUNCTION first_of_its_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.series_id := coalesce(NEW.series_id, NEW.id);
    RETURN NEW;
END $$;
CREATE TRIGGER series BEFORE INSERT ON documents FOR EACH ROW EXECUTE FUNCTION first_of_its_series();
CREATE UNIQUE INDEX documents_versions ON documents (tenant_id, series_id, version);
ALTER TABLE documents DROP CONSTRAINT documents_status_check;
ALTER TABLE documents ADD CONSTRAINT documents_status_check CHECK (status IN ('received', 'inspecting', 'extracting',
    'analysing', 'awaiting_confirmation', 'indexing', 'ready', 'replaced', 'rejected', 'failed'));
DROP INDEX documents_once;
CREATE UNIQUE INDEX documents_once ON documents (tenant_id, sha256) WHERE status NOT IN ('rejected', 'failed', 'replaced');
CREATE UNIQUE INDEX documents_one_ready ON documents (tenant_id, series_id) WHERE status = 'ready';

ALTER TABLE pages
    ADD COLUMN label       text NOT NULL DEFAULT '',          -- what people call it when it is no number: a sheet's name, "iv"
    ADD COLUMN regions     jsonb NOT NULL DEFAULT '[]',       -- where stretches of the text stand: store/pages.py
    ADD COLUMN recognised  boolean NOT NULL DEFAULT false;    -- read from a picture or from sound

ALTER TABLE jobs DROP CONSTRAINT jobs_status_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_status_check
    CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled'));
ALTER TABLE jobs
    ADD COLUMN attempt  integer NOT NULL DEFAULT 0,           -- tries that failed for no fault of the document
    ADD COLUMN reason   text NOT NULL DEFAULT '';             -- why it is tried again

-- what people decided and corrected and how it ended, not the stages between
DROP TRIGGER audit ON documents;
DROP TRIGGER audit_update ON documents;
CALL audit_changes('documents', 'document', '{}',
    '{created_at,updated_at,storage_key,analysis,metadata,inspection,page_count}', 'INSERT OR DELETE',
    $$ (OLD.status IS DISTINCT FROM NEW.status AND (NEW.status IN ('awaiting_confirmation', 'ready', 'rejected', 'failed', 'replaced')
           OR (OLD.status = 'awaiting_confirmation' AND NEW.status = 'indexing')))
       OR (OLD.status = NEW.status AND NEW.status IN ('awaiting_confirmation', 'ready', 'rejected', 'replaced')
           AND (OLD.title, OLD.category, OLD.tags, OLD.language, OLD.source)
               IS DISTINCT FROM (NEW.title, NEW.category, NEW.tags, NEW.language, NEW.source)) $$);
