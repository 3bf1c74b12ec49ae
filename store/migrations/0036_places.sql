-- Who holds which call, how many more the installation can hold, and whether a worker's machine is overloaded now.

ALTER TABLE conversations ADD COLUMN worker_id text NOT NULL DEFAULT '';   -- of `workers`; empty for none (chat, console)
CREATE INDEX conversations_held ON conversations (worker_id, heard_at) WHERE status = 'active' AND worker_id <> '';
GRANT SELECT (worker_id) ON conversations TO voiceloop_lookup;

ALTER TABLE workers ADD COLUMN strained boolean NOT NULL DEFAULT false,    -- it answers late: no further call until it does not
    ADD COLUMN lag_s real NOT NULL DEFAULT 0,                              -- how late its event loop is
    ADD COLUMN wait_s real NOT NULL DEFAULT 0;                             -- how long an urgent request waits for a speech model
GRANT SELECT ON workers TO voiceloop_lookup;

CREATE UNLOGGED TABLE promised_places (           -- tokens given out whose call has not begun; lost in a crash, as they may be
    room        text PRIMARY KEY,                 -- of all three SHA-256: equal or not is all that anybody needs here
    ends_at     timestamptz NOT NULL,
    tenant      text NOT NULL DEFAULT '',         -- whose limit of calls it counts against
    person      text NOT NULL DEFAULT ''          -- who signed in and asked for themselves; empty for programs with a key
);
GRANT SELECT, INSERT, UPDATE, DELETE ON promised_places TO voiceloop_app;

-- One row a worker that is there and takes calls, with the calls it holds besides one room's: counts, nothing of a tenant.
-- A worker that fell silent is not there, so its calls take no place.
CREATE FUNCTION places_of_workers(fresh interval, alive interval, besides_room text)
    RETURNS TABLE (worker_id text, capacity integer, held bigint, strained boolean, lag_s real, wait_s real)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.id, w.capacity,
        (SELECT count(*) FROM conversations c WHERE c.worker_id = w.id AND c.worker_id <> '' AND c.status = 'active'
            AND c.heard_at > now() - alive AND (c.room_name = '' OR c.room_name <> besides_room)),
        w.strained, w.lag_s, w.wait_s
    FROM workers w WHERE w.seen_at > now() - fresh AND w.capacity > 0 $$;

GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION places_of_workers OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
REVOKE ALL ON FUNCTION places_of_workers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION places_of_workers TO voiceloop_app;
