"""Frames of a picture file as plain pictures: upright, opaque, eight bits. Child process only.

The pixels are counted from the header of every frame before it is unpacked.
"""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Generator
from typing import Any

from ingest.documents.model import BadDocument, Limits

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF")
_BROKEN = "This picture is damaged or not complete and cannot be opened. Save it again and upload that."
_BAD = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)
_ENOUGH_PX = 3400


@contextlib.contextmanager
def opened(content: bytes, limits: Limits) -> Generator[Any]:
    """The picture, its header read, nothing unpacked. Raises BadDocument: broken_file, too_many_pixels."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # counted here, with our own words
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata; the pixels decide
        try:
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                _check(image, limits)
                yield image
        except _BAD as error:  # what is asked of it inside may unpack it as well
            raise BadDocument(_BROKEN, code="broken_file") from error


def readable(image: Any, number: int, limits: Limits) -> Any:
    """Frame ``number`` (from 1) of an opened picture in mode L or RGB, the way up it is meant to be.

    Pictures larger than anything reads better are unpacked smaller where the format can. Raises BadDocument.
    """
    from PIL import ImageOps

    try:
        image.seek(number - 1)
        _check(image, limits)
        if image.format in {"JPEG", "MPO"}:
            image.draft(None, (_ENOUGH_PX, _ENOUGH_PX))
        image.load()
        return _opaque(ImageOps.exif_transpose(image))
    except _BAD as error:
        raise BadDocument(_BROKEN, code="broken_file") from error


def _check(image: Any, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.pixels or max(width, height) > 100_000:
        millions = limits.pixels // 1_000_000
        text = f"This picture has {width} × {height} pixels. Make it smaller than {millions} million pixels."
        raise BadDocument(text, code="too_many_pixels")


def _opaque(image: Any) -> Any:
    from PIL import Image, ImageStat

    if image.mode.startswith("I") or image.mode == "F":
        return _eight_bits(image)
    has_alpha = image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info
    if not has_alpha:
        return image if image.mode in {"L", "RGB"} else image.convert("L" if image.mode == "1" else "RGB")
    picture = image.convert("RGBA")
    alpha = picture.getchannel("A")
    stat = ImageStat.Stat(picture.convert("L"), alpha) if alpha.getextrema()[1] else None
    is_light = stat is not None and stat.count[0] > 0 and stat.mean[0] > 180
    ground = Image.new("RGBA", picture.size, (0, 0, 0, 255) if is_light else (255, 255, 255, 255))
    return Image.alpha_composite(ground, picture).convert("RGB")


def _eight_bits(image: Any) -> Any:
    """Sixteen bits and more, spread over what is really used."""
    import numpy as np
    from PIL import Image

    values = np.asarray(image, dtype=np.float32)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    scaled = np.nan_to_num((values - low) / max(high - low, 1e-6) * 255)
    return Image.fromarray(scaled.astype(np.uint8))
