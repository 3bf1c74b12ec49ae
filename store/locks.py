"""The advisory locks of the installation's database, all in one place so that no two share a number."""

from __future__ import annotations

from typing import Final

MIGRATE: Final = 7316_0001  # one program at a time changes the schema
SEED: Final = 7316_0002  # one makes what a new installation starts with
DISPATCH: Final = 7316_0003  # one sidecar at a time looks after the rooms
STORAGE: Final = 7316_0005  # one upload of a tenant at a time is counted; with a hash of the tenant beside it
ADMISSION: Final = 7316_0004  # one call of a tenant at a time is admitted; with a hash of the tenant beside it
ORPHANS: Final = 7316_0006  # one job process at a time looks for files that no row has
CALENDAR_TOKEN: Final = 7316_0007  # one program at a time refreshes a token; with a hash of the account beside it
CALENDAR_SYNC: Final = 7316_0008  # one program at a time keeps an account in step; with a hash of the account beside it
PLACES: Final = 7316_0011  # one call of the installation at a time gets a place
CALENDAR_NOTICES: Final = 7316_0010  # one sidecar at a time tells people; with a hash of the tenant beside it
