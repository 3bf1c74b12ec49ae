"""`python -m ingest.jobs`: the job process. Ends when its standard input ends, so it never outlives its sidecar.

Everything that takes time to import is imported when the leash is held already.
"""

from __future__ import annotations

import sys

from ingest.jobs.leash import Leash


def main() -> int:
    leash = Leash()
    leash.hold()
    from ingest.jobs.process import work

    return work(leash)


if __name__ == "__main__":
    sys.exit(main())
