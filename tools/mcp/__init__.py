"""The services of the house for other programs' assistants, as a Model Context Protocol server; no call loads it."""
