-- What people want to be told of their calendars, and what they were told: a row is claimed once, with its mail.

CREATE TABLE calendar_notice_settings (
    id              uuid PRIMARY KEY,
    tenant_id       uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id         uuid NOT NULL,
    briefing_at     time,                                 -- on the person's own clock; null: no daily briefing
    briefing_days   smallint[] NOT NULL,                  -- 0 is Monday
    briefing_by     text[] NOT NULL,                      -- page, mail
    briefing_since  timestamptz NOT NULL,                 -- nothing that was due before is made up for
    heads_up_min    integer CHECK (heads_up_min BETWEEN 1 AND 1440),  -- null: none
    conflicts       boolean NOT NULL,
    travel          boolean NOT NULL,
    notices_by      text[] NOT NULL,
    quiet_from      time,
    quiet_to        time,                                 -- before quiet_from: on the next day
    quiet_heads_up  boolean NOT NULL,                     -- what starts within the quiet hours is told all the same
    updated_at      timestamptz NOT NULL,
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL)),
    UNIQUE (tenant_id, user_id)
);
CALL protect_tenant_rows('calendar_notice_settings');
CALL keep_in_family('calendar_notice_settings', 'user_id', 'users', 'cascade');
CALL audit_changes('calendar_notice_settings', 'calendar_notice_settings');

CREATE TABLE calendar_notices (
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id     uuid NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('starting_soon', 'double_booked', 'travel', 'briefing')),
    subject     text NOT NULL,                            -- the ids of the events; empty for a briefing
    starts_at   timestamptz NOT NULL,                     -- of what it is about; of a briefing the start of its day
    event_id    text,                                     -- to open
    text        text NOT NULL,
    told_by     text[] NOT NULL,
    created_at  timestamptz NOT NULL,
    gone_at     timestamptz                               -- the event moved or was cancelled; the same may be told anew
);
CREATE UNIQUE INDEX calendar_notices_once ON calendar_notices (tenant_id, user_id, kind, subject, starts_at)
    WHERE gone_at IS NULL;
CREATE INDEX calendar_notices_recent ON calendar_notices (tenant_id, user_id, created_at DESC, id DESC);
CALL protect_tenant_rows('calendar_notices');
CALL keep_in_family('calendar_notices', 'user_id', 'users', 'cascade');
