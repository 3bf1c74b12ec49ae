"""`python -m ingest`: the sidecar."""

import os
import sys

# threads waiting for a share of one sentence vector spin where calls need the cores; before numpy is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ingest.app import main

if __name__ == "__main__":
    sys.exit(main())
