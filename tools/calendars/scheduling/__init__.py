"""When people could meet: busy time, preferences, suggestions, conflicts, moving with the fewest changes.

Pure: values in, values out; no database, no clock, no HTTP. Instants inside are whole seconds of Unix time.
Who needs it with a database: ``tools/calendars/planning``.
"""
