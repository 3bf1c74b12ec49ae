"""One thin module per resource: parse, call, answer. No SQL and no rules live here."""
