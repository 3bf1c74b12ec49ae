"""The contract's clients talk to the same real sidecar as the integration tests."""

from tests.integration.ingest.conftest import (  # noqa: F401  # pytest finds fixtures by name
    client,
    settings,
    sidecar,
    stranger,
    upload,
)
