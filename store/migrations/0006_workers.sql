-- Which workers are registered for calls now: each writes a sign of life, the sidecar's /ready counts the fresh ones.

CREATE TABLE workers (                           -- machines of the installation, not data of a tenant
    id             text PRIMARY KEY,
    host           text NOT NULL,
    registered_at  timestamptz NOT NULL DEFAULT now(),
    seen_at        timestamptz NOT NULL DEFAULT now(),
    active_jobs    integer NOT NULL DEFAULT 0,
    capacity       integer NOT NULL DEFAULT 1
);
GRANT SELECT, INSERT, UPDATE, DELETE ON workers TO voiceloop_app;
