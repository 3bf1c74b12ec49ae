"""The LiveKit worker: one call. Talks to the sidecar only through rows and the room, never by import."""
