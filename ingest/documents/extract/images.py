"""A picture of text as a document: its text by recognition, one page a frame. Child process only.

The size is looked at before anything is unpacked. Where it was taken is personal: it is reported and never kept.
"""

from __future__ import annotations

from typing import Any

from ingest.documents.extract.frames import opened, readable
from ingest.documents.extract.progress import need, report
from ingest.documents.model import BadDocument, Extracted, Finding, Limits
from ingest.documents.ocr.lines import confidence_of
from ingest.documents.ocr.pages import page_from
from ingest.documents.ocr.reading import overall, recognise, recogniser, unsure
from store.pages import Page

MOST_MOVING_FRAMES = 20
FRAME_ALLOWANCE_S = 20.0
_NO_TEXT = "No text was found in this picture. Only what is written in it can be found and said; upload one with text."
_EXIF, _GPS = 0x8769, 0x8825
_TEXTS = {"author": (0x013B, "Author"), "title": (0x010E, "Title"), "producer": (0x0131, "Software")}
_TAKEN_AT, _CHANGED_AT = 0x9003, 0x0132


def extract_image(content: bytes, limits: Limits) -> Extracted:
    """Raises BadDocument: broken_file, too_many_pixels, too_many_pages, no_text."""
    with opened(content, limits) as image:
        frames = 1 if image.format == "MPO" else int(getattr(image, "n_frames", 1))  # a phone's depth map is no page
        is_moving = frames > 1 and image.format in {"GIF", "WEBP", "PNG"}
        if not is_moving and frames > limits.pages:
            raise BadDocument(f"It has more than {limits.pages} pages. Split it.", code="too_many_pages")
        count = min(frames, MOST_MOVING_FRAMES) if is_moving else frames
        metadata, findings = _metadata(image, frames), [*recogniser().findings, *_personal(image)]
        if count < frames:
            text = f"It moves: of its {frames} pictures only the first {count} were read."
            findings.append(Finding("frames_left_out", "warning", text))
        need(FRAME_ALLOWANCE_S * count)
        pages, sure = list[Page](), list[float]()
        for number in range(1, count + 1):
            page, notes, confidence = _page(image, number, limits)
            sure += [confidence] if page.text else []
            is_again = is_moving and page.text in {one.text for one in pages}
            pages.append(Page(number, "") if is_again else page)
            findings += notes
            report(number / count)
    if not any(page.text for page in pages):
        raise BadDocument(_NO_TEXT, code="no_text")
    metadata |= overall(sure)
    return Extracted(tuple(pages), str(metadata.pop("title", "")), "page", metadata=metadata, findings=tuple(findings))


def _page(image: Any, number: int, limits: Limits) -> tuple[Page, tuple[Finding, ...], float]:
    lines = recognise(readable(image, number, limits))
    return page_from(lines, number), unsure(lines, number), confidence_of(lines)


def _metadata(image: Any, frames: int) -> dict[str, Any]:
    exif = image.getexif()
    width, height = image.size
    if exif.get(0x0112) in {5, 6, 7, 8}:  # it lies on its side
        width, height = height, width
    found: dict[str, Any] = {"width": width, "height": height, "format": str(image.format)}
    if frames > 1:
        found["frames"] = frames
    for name, (tag, key) in _TEXTS.items():
        if text := _plain(exif.get(tag) or image.info.get(key)):
            found[name] = text
    taken, changed = exif.get_ifd(_EXIF).get(_TAKEN_AT), exif.get(_CHANGED_AT)
    for name, value in (("created_at", taken or changed), ("modified_at", changed)):
        if moment := _moment(value):
            found[name] = moment
    return found


def _plain(value: Any) -> str:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")
    return "".join(character for character in text if character.isprintable()).strip()[:200]


def _moment(value: Any) -> str:
    """EXIF writes 2026:03:14 09:26:53, without a zone."""
    from datetime import datetime

    try:
        return datetime.strptime(str(value).strip("\0 "), "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007
    except ValueError:
        return ""


def _personal(image: Any) -> tuple[Finding, ...]:
    if not image.getexif().get_ifd(_GPS):
        return ()
    text = (
        "The picture says where it was taken. The place is not kept with its text, but the file itself still holds it."
    )
    return (Finding("personal_location", "warning", text),)
