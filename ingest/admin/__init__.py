"""Administration from a terminal: `voiceloop tenant`, `user`, `key`. The rules are the store's, as for HTTP."""
