-- When people work and would rather meet: one row for a tenant, one for each person who wants it otherwise.

CREATE TABLE scheduling_preferences (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id      uuid,                            -- null: what counts for everybody who did not say otherwise
    preferences  jsonb NOT NULL CHECK (jsonb_typeof(preferences) = 'object'),  -- only what was said: tools/calendars/scheduling/preferences.py
    updated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX scheduling_preferences_of_tenant ON scheduling_preferences (tenant_id) WHERE user_id IS NULL;
CREATE UNIQUE INDEX scheduling_preferences_of_user ON scheduling_preferences (tenant_id, user_id) WHERE user_id IS NOT NULL;
CALL protect_tenant_rows('scheduling_preferences');
CALL keep_in_family('scheduling_preferences', 'user_id', 'users', 'cascade');
CALL audit_changes('scheduling_preferences', 'scheduling_preferences');
