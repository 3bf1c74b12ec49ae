"""Documents' bytes at rest, sealed, on a disk or in object storage: ``open_files`` gives the one that is configured."""

from store.files.local import LocalFiles
from store.files.model import Files
from store.files.open import is_object_storage, location_of, open_files

__all__ = ["Files", "LocalFiles", "is_object_storage", "location_of", "open_files"]
