-- Series, what each occurrence takes of the time, times held for callers, and what undoes a change.

ALTER TABLE calendars
    ADD COLUMN user_id      uuid,                             -- whose it is; null: the tenant's
    ADD COLUMN counts_busy  boolean NOT NULL DEFAULT true,    -- its events take time of whoever looks for free time
    ADD COLUMN writable     boolean NOT NULL DEFAULT true,
    ADD COLUMN hidden       boolean NOT NULL DEFAULT false,
    ADD COLUMN color        text NOT NULL DEFAULT '',
    ADD COLUMN changes      bigint NOT NULL DEFAULT 0;        -- counts its writes: the token of who follows it
CALL keep_in_family('calendars', 'user_id', 'users', 'cascade');
CREATE INDEX calendars_of_user ON calendars (tenant_id, user_id) WHERE user_id IS NOT NULL;

-- A row is a single event, a series (rrule or rdates; starts_at is its first start), or an exception of one
-- (master_id and original_start): changed when confirmed, left out when cancelled.
ALTER TABLE events
    DROP CONSTRAINT events_never_overlap,                     -- moves to event_occurrences
    DROP COLUMN idempotency_key,                              -- now in calendar_requests, for every kind of write
    ADD COLUMN uid             text NOT NULL DEFAULT '',      -- iCalendar's; empty: made of the id
    ADD COLUMN rrule           text NOT NULL DEFAULT '',      -- RFC 5545, without the name: FREQ=WEEKLY;BYDAY=MO
    ADD COLUMN exdates         timestamptz[] NOT NULL DEFAULT '{}',
    ADD COLUMN rdates          timestamptz[] NOT NULL DEFAULT '{}',
    ADD COLUMN repeats         boolean NOT NULL GENERATED ALWAYS AS (rrule <> '' OR cardinality(rdates) > 0) STORED,
    ADD COLUMN master_id       uuid,                          -- the series of an exception
    ADD COLUMN original_start  timestamptz,
    ADD COLUMN expanded_until  timestamptz,                   -- occurrences exist up to here; null: all of them
    ADD COLUMN remote_id       text,                          -- at the server it is a mirror of
    ADD COLUMN etag            text,
    ADD COLUMN organizer       text NOT NULL DEFAULT '',
    ADD COLUMN people          jsonb NOT NULL DEFAULT '[]',   -- of attendees: [{email, name, status}]
    ADD COLUMN editable        boolean NOT NULL DEFAULT true,
    ADD COLUMN guarded         boolean NOT NULL DEFAULT true, -- booked here: never overlaps; false: imported, may
    ADD COLUMN change          bigint NOT NULL DEFAULT 0,     -- calendars.changes when it was last written
    ADD CHECK ((master_id IS NULL) = (original_start IS NULL)),
    ADD CHECK (master_id IS NULL OR rrule = '');
CALL keep_in_family('events', 'master_id', 'events', 'cascade');
CREATE UNIQUE INDEX events_exceptions ON events (tenant_id, master_id, original_start) WHERE master_id IS NOT NULL;
CREATE UNIQUE INDEX events_remote ON events (tenant_id, calendar_id, remote_id) WHERE remote_id IS NOT NULL;
CREATE INDEX events_changed ON events (tenant_id, calendar_id, change);
CREATE INDEX events_endless ON events (tenant_id, calendar_id, expanded_until) WHERE expanded_until IS NOT NULL;

CREATE TABLE calendar_holds (                                 -- a time kept free while a caller decides
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    calendar_id      uuid NOT NULL,
    conversation_id  uuid NOT NULL,                           -- no reference: the call's row may come later
    starts_at        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,                    -- then it holds nothing, whether it is still there or not
    UNIQUE (tenant_id, conversation_id)
);
CALL protect_tenant_rows('calendar_holds');
CALL keep_in_family('calendar_holds', 'calendar_id', 'calendars', 'cascade');

-- Every occurrence of every confirmed event up to the horizon, and every hold: who asks what is when asks here.
-- Free time: busy rows of calendars that count, without holds that are over. The constraint has the last word on double
-- booking, whatever the programs think; what was imported may overlap, as it does where it comes from.
CREATE TABLE event_occurrences (
    id              uuid PRIMARY KEY,
    tenant_id       uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    calendar_id     uuid NOT NULL,
    event_id        uuid,                                     -- the single event, the series or the exception
    hold_id         uuid,
    original_start  timestamptz NOT NULL,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,                     -- exclusive
    busy            boolean NOT NULL DEFAULT true,            -- false: it is listed but takes no time
    guarded         boolean NOT NULL DEFAULT true,
    lasts_long      boolean NOT NULL GENERATED ALWAYS AS (ends_at - starts_at > interval '1 day') STORED,
    CHECK (starts_at < ends_at),
    CHECK (num_nonnulls(event_id, hold_id) = 1),
    CHECK (busy OR NOT guarded),
    UNIQUE (event_id, original_start),
    CONSTRAINT occurrences_never_overlap EXCLUDE USING gist (
        uuidrange(calendar_id, calendar_id, '[]') WITH &&,
        tstzrange(starts_at, ends_at) WITH &&
    ) WHERE (guarded)
);
CALL protect_tenant_rows('event_occurrences');
CALL keep_in_family('event_occurrences', 'calendar_id', 'calendars', 'cascade');
CALL keep_in_family('event_occurrences', 'event_id', 'events', 'cascade');
CALL keep_in_family('event_occurrences', 'hold_id', 'calendar_holds', 'cascade');
-- What touches a window: short ones start within a day of it, and the few long ones are an index of their own. (Ranges
-- would say it in one, but the policies let an index be asked only with operators that tell nothing, as < and > do.)
CREATE INDEX occurrences_short ON event_occurrences (tenant_id, starts_at, ends_at) WHERE NOT lasts_long;
CREATE INDEX occurrences_long ON event_occurrences (tenant_id, ends_at, starts_at) WHERE lasts_long;
CREATE INDEX occurrences_of_hold ON event_occurrences (tenant_id, hold_id) WHERE hold_id IS NOT NULL;

-- The answer to a write that carried a key; a repeated one gets it again.
CREATE TABLE calendar_requests (
    tenant_id     uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    key           text NOT NULL,
    request_hash  bytea NOT NULL,                             -- the same key with another request is refused
    change_id     uuid,                                       -- null while the first one is still running
    answer        jsonb NOT NULL DEFAULT '[]',                -- rows of events, as they became
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX calendar_requests_old ON calendar_requests (tenant_id, created_at);
CALL protect_tenant_rows('calendar_requests');

-- What a change replaced, for the minutes in which it can be taken back.
CREATE TABLE calendar_undo (
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id          uuid,
    conversation_id  uuid,                                    -- no reference: the call's row may come later
    operation        text NOT NULL,                           -- book, update, move, cancel, cancel_many
    before           jsonb NOT NULL,                          -- rows of events that were there
    after            jsonb NOT NULL,                          -- the same and the new ones, as they became
    created_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    undone_at        timestamptz
);
CREATE INDEX calendar_undo_of_conversation ON calendar_undo (tenant_id, conversation_id, created_at DESC);
CREATE INDEX calendar_undo_of_user ON calendar_undo (tenant_id, user_id, created_at DESC);
CREATE INDEX calendar_undo_over ON calendar_undo (tenant_id, expires_at);
CALL protect_tenant_rows('calendar_undo');
CALL keep_in_family('calendar_undo', 'user_id', 'users', 'cascade');

-- the log knows a series that is gone as it knows other parents, and counts no counters
GRANT SELECT (id) ON events TO voiceloop_lookup;
CREATE POLICY lookup ON events FOR SELECT TO voiceloop_lookup USING (true);
CREATE OR REPLACE FUNCTION audit_parent_is_gone(column_name text, parent text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    CASE column_name
        WHEN 'tenant_id' THEN RETURN NOT EXISTS (SELECT FROM tenants WHERE id = parent::uuid);
        WHEN 'user_id', 'created_by', 'uploaded_by' THEN RETURN NOT EXISTS (SELECT FROM users WHERE id = parent::uuid);
        WHEN 'created_by_key' THEN RETURN NOT EXISTS (SELECT FROM api_keys WHERE id = parent::uuid);
        WHEN 'persona_id' THEN RETURN NOT EXISTS (SELECT FROM personas WHERE id = parent::uuid);
        WHEN 'calendar_id' THEN RETURN NOT EXISTS (SELECT FROM calendars WHERE id = parent::uuid);
        WHEN 'master_id' THEN RETURN NOT EXISTS (SELECT FROM events WHERE id = parent::uuid);
        WHEN 'conversation_id' THEN RETURN NOT EXISTS (SELECT FROM conversations WHERE id = parent::uuid);
        WHEN 'message_id' THEN RETURN NOT EXISTS (SELECT FROM messages WHERE id = parent::uuid);
        ELSE RETURN NULL;
    END CASE;
END $$;
DROP TRIGGER audit ON events;
DROP TRIGGER audit_update ON events;
CALL audit_changes('events', 'event', '{}', '{created_at,updated_at,sequence,repeats,change,expanded_until,etag,people}');
DROP TRIGGER audit ON calendars;
DROP TRIGGER audit_update ON calendars;
CALL audit_changes('calendars', 'calendar', '{}', '{created_at,updated_at,changes}');

-- what is there already is occurrences of itself
ALTER TABLE events NO FORCE ROW LEVEL SECURITY;   -- which would hide the rows from a plain owner
ALTER TABLE event_occurrences NO FORCE ROW LEVEL SECURITY;
INSERT INTO event_occurrences (id, tenant_id, calendar_id, event_id, original_start, starts_at, ends_at, busy, guarded)
SELECT gen_random_uuid(), tenant_id, calendar_id, id, starts_at, starts_at, ends_at, busy, busy
FROM events WHERE status = 'confirmed';
ALTER TABLE events FORCE ROW LEVEL SECURITY;
ALTER TABLE event_occurrences FORCE ROW LEVEL SECURITY;
