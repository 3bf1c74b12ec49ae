"""Accounts at calendar servers: connecting them, their sealed credentials, access tokens, and backends made of them."""
