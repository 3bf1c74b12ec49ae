-- How often somebody may ask: one row a bucket, moved on by one function, so that a limit holds over all sidecars together.

CREATE UNLOGGED TABLE allowances (                -- lost in a crash, which costs nothing but a fresh allowance
    bucket   text PRIMARY KEY,                    -- SHA-256 of who it is for; most are nobody's tenant (an address, an e-mail)
    tat      timestamptz NOT NULL,                -- GCRA's theoretical arrival time: from then on the bucket is full again
    granted  integer NOT NULL                     -- by the last question; kept so that one statement can answer it
) WITH (fillfactor = 50);                         -- every question updates a row: leave room for it on its page
GRANT SELECT, INSERT, UPDATE, DELETE ON allowances TO voiceloop_lookup;

-- How many of `wanted` tokens a bucket gives: what it holds is its burst less what has not come back yet.
CREATE FUNCTION free_tokens(tat timestamptz, wanted integer, burst integer, per_s double precision, at timestamptz)
    RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(0, least(wanted, burst - ceil(
        (extract(epoch FROM greatest(tat, at) - at) * 1000000)::bigint::numeric / ceil(1e6 / per_s)::bigint)))::integer $$;

-- No bucket owes more than all it holds: a clock that ran ahead for a while must not lock others out when it is right again.
CREATE FUNCTION owed_until(tat timestamptz, burst integer, per_s double precision, at timestamptz)
    RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT least(tat, at + burst * ceil(1e6 / per_s)::bigint * interval '1 microsecond') $$;

-- Up to `wanted` of what is there. A token takes ceil(1e6 / per_s) microseconds to come back: whole numbers, so that
-- roundings never add up to a token too many. `at` comes from the asker's clock; one that is behind takes nothing extra.
CREATE FUNCTION take_allowance(bucket text, wanted integer, burst integer, per_s double precision, at timestamptz)
    RETURNS TABLE (granted integer, remaining integer, retry_after_s double precision)
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH pace AS (SELECT ceil(1e6 / $4)::bigint AS us),
    taken AS (
        INSERT INTO allowances AS a (bucket, tat, granted)
        SELECT $1, $5 + least($2, $3) * us * interval '1 microsecond', least($2, $3) FROM pace
        ON CONFLICT (bucket) DO UPDATE SET
            granted = free_tokens(owed_until(a.tat, $3, $4, $5), $2, $3, $4, $5),
            tat = greatest(owed_until(a.tat, $3, $4, $5), $5) + free_tokens(owed_until(a.tat, $3, $4, $5), $2, $3, $4, $5)
                * ceil(1e6 / $4)::bigint * interval '1 microsecond'
        RETURNING a.granted, (extract(epoch FROM a.tat - $5) * 1e6)::bigint AS used_us
    )
    SELECT taken.granted,
           greatest(0, ($3 * us - used_us) / us)::integer,
           CASE WHEN taken.granted > 0 THEN 0 ELSE greatest(0, used_us - ($3 - 1) * us) / 1e6 END::double precision
    FROM taken, pace $$;

-- A bucket that is full again is as good as none.
CREATE FUNCTION forget_allowances(at timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM allowances WHERE tat < at $$;

GRANT CREATE ON SCHEMA public TO voiceloop_lookup;
ALTER FUNCTION take_allowance OWNER TO voiceloop_lookup;
ALTER FUNCTION forget_allowances OWNER TO voiceloop_lookup;
REVOKE CREATE ON SCHEMA public FROM voiceloop_lookup;
REVOKE ALL ON FUNCTION take_allowance, forget_allowances FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_allowance, forget_allowances TO voiceloop_app;
