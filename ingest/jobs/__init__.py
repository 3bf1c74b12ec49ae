"""Durable background work: a queue in Postgres, one process of its own that works it off."""
