"""Who does the work of the job process, one for each kind of job. Built in ``process.py``, called by ``tasks.py``."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.attachments.reading import AttachmentReader
from ingest.documents.stages import Stages
from ingest.mails.sender import Sender
from ingest.reindexing import Reindexer
from ingest.rotation import Rotation


@dataclass(frozen=True, slots=True)
class Crew:
    stages: Stages
    attachments: AttachmentReader
    reindexer: Reindexer
    sender: Sender
    rotation: Rotation
