"""What `voiceloop up` needs on one machine: its home, its Postgres, media server, page, programs and their end.

Composed by ``ingest.up``; one module a thing. Nothing here is used by a server deployment (``serve``, ``worker``).
"""
