-- Calendars and events. The exclusion constraint is the last word on double booking, whatever the programs think.

CREATE TYPE uuidrange AS RANGE (subtype = uuid);

CREATE TABLE calendars (
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    name        text NOT NULL,
    timezone    text NOT NULL,
    is_default  boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX calendars_one_default ON calendars (tenant_id) WHERE is_default;
CALL protect_tenant_rows('calendars');

CREATE TABLE events (
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    calendar_id      uuid NOT NULL REFERENCES calendars ON DELETE CASCADE,
    summary          text NOT NULL CHECK (summary <> ''),
    description      text NOT NULL DEFAULT '',
    location         text NOT NULL DEFAULT '',
    attendees        text[] NOT NULL DEFAULT '{}',
    starts_at        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL,       -- exclusive
    timezone         text NOT NULL,
    all_day          boolean NOT NULL DEFAULT false,
    busy             boolean NOT NULL DEFAULT true,
    status           text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'cancelled')),
    conversation_id  uuid REFERENCES conversations ON DELETE SET NULL,
    idempotency_key  text,
    sequence         integer NOT NULL DEFAULT 0,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CHECK (starts_at < ends_at),
    UNIQUE (tenant_id, idempotency_key),
    CONSTRAINT events_never_overlap EXCLUDE USING gist (
        uuidrange(calendar_id, calendar_id, '[]') WITH &&,
        tstzrange(starts_at, ends_at) WITH &&
    ) WHERE (status = 'confirmed' AND busy)
);
CREATE INDEX events_by_time ON events (tenant_id, calendar_id, starts_at);
CALL protect_tenant_rows('events');
