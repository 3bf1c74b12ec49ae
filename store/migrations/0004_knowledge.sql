-- Documents and what is searchable of them, and the visible side of background jobs.

CREATE TABLE documents (
    id             uuid PRIMARY KEY,
    tenant_id      uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    title          text NOT NULL,
    filename       text NOT NULL,
    content_type   text NOT NULL,
    size_bytes     bigint NOT NULL,
    sha256         text NOT NULL,
    storage_key    text NOT NULL,                -- empty for plain text that was never a file
    status         text NOT NULL CHECK (status IN ('received', 'inspecting', 'extracting', 'analysing',
                       'awaiting_confirmation', 'indexing', 'ready', 'rejected', 'failed')),
    page_count     integer NOT NULL DEFAULT 0,
    analysis       jsonb,
    error          jsonb,                        -- {code, detail} when failed
    uploaded_by    uuid REFERENCES users ON DELETE SET NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX documents_once ON documents (tenant_id, sha256) WHERE status NOT IN ('rejected', 'failed');
CREATE INDEX documents_recent ON documents (tenant_id, created_at DESC, id DESC);
CALL protect_tenant_rows('documents');

CREATE TABLE pages (
    tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    document_id  uuid NOT NULL REFERENCES documents ON DELETE CASCADE,
    number       integer NOT NULL,
    text         text NOT NULL,
    headings     jsonb NOT NULL DEFAULT '[]',    -- [{"offset": int, "level": int, "text": str}], ascending
    PRIMARY KEY (document_id, number)
);
CALL protect_tenant_rows('pages');

CREATE TABLE chunks (
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    document_id      uuid NOT NULL REFERENCES documents ON DELETE CASCADE,
    seq              integer NOT NULL,
    page             integer NOT NULL,
    heading          text NOT NULL DEFAULT '',
    char_start       integer NOT NULL,           -- in the page's text
    char_end         integer NOT NULL,
    text             text NOT NULL,
    embedding        vector(384),                -- null: found by words only
    embedding_model  text,
    words            tsvector GENERATED ALWAYS AS (to_tsvector('english', heading || ' ' || text)) STORED,
    UNIQUE (document_id, seq)
);
CREATE INDEX chunks_embedding ON chunks USING hnsw (embedding vector_cosine_ops);
CREATE INDEX chunks_words ON chunks USING gin (words);
CREATE INDEX chunks_tenant ON chunks (tenant_id);
CALL protect_tenant_rows('chunks');

CREATE TABLE jobs (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    kind         text NOT NULL,
    document_id  uuid REFERENCES documents ON DELETE CASCADE,
    status       text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'succeeded', 'failed')),
    stage        text NOT NULL DEFAULT '',
    progress     integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    error        jsonb,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX jobs_of_document ON jobs (document_id, created_at DESC);
CALL protect_tenant_rows('jobs');

CREATE TABLE knowledge_queries (
    id                 uuid PRIMARY KEY,
    tenant_id          uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    query              text NOT NULL,
    answered           boolean NOT NULL,
    result_count       integer NOT NULL,
    execution_time_ms  real NOT NULL,
    created_at         timestamptz NOT NULL
);
CREATE INDEX knowledge_queries_recent ON knowledge_queries (tenant_id, created_at DESC);
CALL protect_tenant_rows('knowledge_queries');
