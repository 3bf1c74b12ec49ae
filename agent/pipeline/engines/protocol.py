"""What travels between a call and a speech engine: a JSON header and raw bytes, each with its length in front.

A request header carries `id` (unique per connection), `op` and parameters; answers repeat the `id` and end with
`done: true` or `error: text`. `{"op": "cancel", "id": n}` withdraws request n; `ping` is answered with
`silent_s`, the longest a model has been working without an answer, and `waited_s`, what urgent requests waited lately
for their turn (seconds). Nothing here knows what the bytes mean.
"""

import asyncio
import json
import struct
from dataclasses import dataclass
from typing import Any

PREFIX = struct.Struct("!II")
MAX_HEADER_BYTES = 256 * 1024
MAX_PAYLOAD_BYTES = 16 * 1024 * 1024


class ProtocolError(Exception):
    """The other side sent something that is no frame."""


@dataclass(frozen=True)
class Frame:
    """One message: a small JSON object and at most 16 MiB of bytes (16-bit PCM in both directions)."""

    header: dict[str, Any]
    payload: bytes = b""


def encode(header: dict[str, Any], payload: bytes = b"") -> bytes:
    """Bytes to write for one frame."""
    text = json.dumps(header, separators=(",", ":")).encode()
    if len(text) > MAX_HEADER_BYTES or len(payload) > MAX_PAYLOAD_BYTES:
        raise ProtocolError("frame too large")
    return PREFIX.pack(len(text), len(payload)) + text + payload


async def read_frame(reader: asyncio.StreamReader) -> Frame | None:
    """The next frame, or None when the other side closed between frames. Raises ProtocolError on anything else."""
    try:
        prefix = await reader.readexactly(PREFIX.size)
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise ProtocolError("connection ended inside a frame") from end
        return None
    header_size, payload_size = PREFIX.unpack(prefix)
    if header_size > MAX_HEADER_BYTES or payload_size > MAX_PAYLOAD_BYTES:
        raise ProtocolError("frame too large")
    try:
        header = json.loads(await reader.readexactly(header_size))
        payload = await reader.readexactly(payload_size) if payload_size else b""
    except (asyncio.IncompleteReadError, ValueError) as broken:
        raise ProtocolError("broken frame") from broken
    if not isinstance(header, dict):
        raise ProtocolError("the header is no object")
    return Frame(header, payload)
