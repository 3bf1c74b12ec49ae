-- What people corrected is kept through a new analysis; jobs know what they interrupt; embedded text outlives a killed job.

ALTER TABLE documents
    ADD COLUMN corrected  text[] NOT NULL DEFAULT '{}';       -- the fields people set: a new analysis leaves them alone

ALTER TABLE jobs
    ADD COLUMN status_before  text NOT NULL DEFAULT '';       -- the document's, when the job was asked for
CREATE INDEX jobs_recent ON jobs (tenant_id, created_at DESC, id DESC);
CREATE INDEX documents_of_category ON documents (tenant_id, category) WHERE category <> '';

-- vectors of a document that is being indexed, by the digest of model and text; gone as soon as it is ready
CREATE TABLE embedded_texts (
    tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    document_id  uuid NOT NULL,
    digest       bytea NOT NULL,
    vector       bytea NOT NULL,                              -- float32, little end first
    PRIMARY KEY (document_id, digest)
);
CALL protect_tenant_rows('embedded_texts');
CALL keep_in_family('embedded_texts', 'document_id', 'documents', 'cascade');
