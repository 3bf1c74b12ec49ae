-- The audit log says that an event of somebody's own calendar changed, and when it is; not what it is about.

GRANT SELECT (id, user_id, is_default) ON calendars TO voiceloop_lookup;
GRANT SELECT (id, calendar_id) ON events TO voiceloop_lookup;

CREATE FUNCTION hide_own_calendar() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    private text[] := '{summary,description,location,attendees,organizer}';
BEGIN
    IF EXISTS (SELECT FROM calendars c WHERE c.user_id IS NOT NULL AND NOT c.is_default AND c.id IN (
            (NEW.before->>'calendar_id')::uuid, (NEW.after->>'calendar_id')::uuid,
            (SELECT e.calendar_id FROM events e WHERE e.id = NEW.resource_id::uuid))) THEN
        NEW.before := NEW.before - private;
        NEW.after := NEW.after - private;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hide_own_calendar BEFORE INSERT ON audit_entries
    FOR EACH ROW WHEN (NEW.resource_type = 'event') EXECUTE FUNCTION hide_own_calendar();

GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION hide_own_calendar OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
REVOKE ALL ON FUNCTION hide_own_calendar FROM PUBLIC;
