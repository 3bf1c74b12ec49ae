"""Documents' bytes at rest, sealed, on a disk or in object storage: ``open_files`` gives the one that is configured."""

from store.files.local import LocalFiles
from store.files.model import Files

SealedFiles = LocalFiles

__all__ = ["Files", "LocalFiles", "SealedFiles"]
