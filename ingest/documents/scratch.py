"""A folder for one child's temporary files, gone with everything in it at the end; never on the event loop's time."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


@asynccontextmanager
async def scratch() -> AsyncGenerator[str]:
    """The path of a new, empty folder that only this user may enter. Raises OSError when there is no room for one."""
    folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="voiceloop-")
    try:
        yield folder
    finally:  # a child may leave hundreds of megabytes; finished in its thread even when this is cancelled
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
