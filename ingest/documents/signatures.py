"""First bytes of file formats: those that are taken and, by name, those that are not. A table; it decides nothing.

To add one: a row. Text formats have no signature and are told in ``kinds.py``.
"""

from __future__ import annotations

from typing import Final

from ingest.documents.model import FLAC, GIF, JPEG, MP3, OGG, PDF, PNG, TIFF, WAV, WEBM, WEBP

OLE: Final = b"\xd0\xcf\x11\xe0"
SOUND_BRANDS: Final = frozenset({b"M4A ", b"M4B ", b"M4P ", b"F4A "})
_EBML: Final = b"\x1a\x45\xdf\xa3"
_TAKEN: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"ID3", MP3),
    (b"fLaC", FLAC),
    (b"OggS", OGG),
    (_EBML, WEBM),
)
_ARCHIVE: Final = "Unpack it and upload the files in it"
_REFUSED: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\x1f\x8b", f"an archive (.gz). {_ARCHIVE}"),
    (0, b"BZh", f"an archive (.bz2). {_ARCHIVE}"),
    (0, b"\xfd7zXZ\0", f"an archive (.xz). {_ARCHIVE}"),
    (0, b"\x28\xb5\x2f\xfd", f"an archive (.zst). {_ARCHIVE}"),
    (0, b"7z\xbc\xaf\x27\x1c", f"an archive (.7z). {_ARCHIVE}"),
    (0, b"Rar!\x1a\x07", f"an archive (.rar). {_ARCHIVE}"),
    (0, b"MSCF\0\0\0\0", f"an archive (.cab). {_ARCHIVE}"),
    (257, b"ustar", f"an archive (.tar). {_ARCHIVE}"),
    (0, b"\x7fELF", "a program"),
    (0, b"\xca\xfe\xba\xbe", "a program"),
    (0, b"\xfe\xed\xfa\xce", "a program"),
    (0, b"\xfe\xed\xfa\xcf", "a program"),
    (0, b"\xce\xfa\xed\xfe", "a program"),
    (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"\0asm", "a program"),
    (0, b"dex\n", "a program"),
    (0, b"L\0\0\0\x01\x14\x02\0", "a shortcut to a file (.lnk). Upload the file itself"),
    (0, b"{\\rtf", "an RTF document (.rtf). Save it as .docx or PDF"),
    (0, b"%!PS", "a PostScript file (.ps). Save it as PDF"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript file (.eps). Save it as PDF"),
    (0, b"AT&TFORM", "a DjVu document. Save it as PDF"),
    (60, b"BOOKMOBI", "an e-book (.mobi). Save it as PDF"),
    (0, b"ITSF", "a help file (.chm). Save it as PDF"),
    (0, b"8BPS", "a Photoshop picture (.psd). Save it as PNG or PDF"),
    (0, b"\0\0\x01\0", "an icon (.ico). Save it as PNG"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture. Save it as PNG or JPEG"),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture. Save it as PNG or JPEG"),
    (0, b"FLV\x01", "a video (.flv). Save its sound as .mp3 and upload that"),
    (0, b"\0\0\x01\xba", "a video (.mpg). Save its sound as .mp3 and upload that"),
    (0, b"\0\0\x01\xb3", "a video (.mpg). Save its sound as .mp3 and upload that"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file (.wma, .wmv). Save its sound as .mp3"),
    (8, b"AVI ", "a video (.avi). Save its sound as .mp3 and upload that"),
    (8, b"AIFF", "an AIFF recording. Save it as .wav or .flac"),
    (8, b"AIFC", "an AIFF recording. Save it as .wav or .flac"),
    (0, b"#!AMR", "an AMR recording. Save it as .mp3"),
    (0, b"caff\0\x01", "a CAF recording. Save it as .m4a"),
    (0, b"MThd", "notes for an instrument (.mid), which hold no speech"),
    (0, b"SQLite format 3\0", "a database. Export the table as .csv"),
    (128, b"DICM", "a medical picture (DICOM). Save it as PNG or PDF"),
)
_BRANDS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"hei", "a HEIC picture. Save it as JPEG or PNG"),
    (b"hev", "a HEIC picture. Save it as JPEG or PNG"),
    (b"mif1", "a HEIC picture. Save it as JPEG or PNG"),
    (b"msf1", "a HEIC picture. Save it as JPEG or PNG"),
    (b"avi", "an AVIF picture. Save it as JPEG or PNG"),
    (b"crx ", "a camera's raw picture. Save it as JPEG or PNG"),
)
_ZIPS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"mimetypeapplication/epub+zip", "an e-book (.epub). Save it as PDF"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file. Save it as .docx, .xlsx, .pptx or PDF"),
    (b"META-INF/MANIFEST.MF", "a program"),
    (b"AndroidManifest.xml", "a program"),
    (b"Index/Document.iwa", "an iWork document. Export it as .docx, .xlsx, .pptx or PDF"),
)
_PICTURE_TRACKS: Final = (b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG", b"V_MS/VFW")


def type_of(head: bytes) -> str:
    """The content type of a taken binary format (zip and MP4 aside); "" for all others."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-"):
        return PDF
    if head.startswith((b"RIFF", b"RF64")):
        return {b"WAVE": WAV, b"WEBP": WEBP}.get(head[8:12], "")
    if found := next((kind for magic, kind in _TAKEN if head.startswith(magic)), ""):
        return found
    return MP3 if _is_mp3_frame(head) else ""


def refused(head: bytes, extension: str) -> str:
    """What it is when it is a known kind that is not taken, and what to do instead; else ""."""
    if head.startswith(b"MZ") and b"\0" in head:
        return "a program"
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "a BMP picture. Save it as PNG or JPEG"
    if head.startswith(_EBML) and (b"matroska" in head[:64] or any(track in head for track in _PICTURE_TRACKS)):
        return "a video (.webm, .mkv). Save its sound as .ogg or .mp3 and upload that"
    if head.startswith(b"OggS") and b"\x80theora" in head[:512]:
        return "a video (.ogv). Save its sound as .ogg and upload that"
    if head[:4] in {b"II*\0", b"MM\0*"} and (head[8:10] == b"CR" or extension in {".nef", ".arw", ".dng", ".orf"}):
        return "a camera's raw picture. Save it as JPEG or PNG"
    if head[:1] == b"\xff" and head[1:2] in {b"\xf1", b"\xf9", b"\xf0", b"\xf8"}:
        return "an AAC recording without its envelope (.aac). Save it as .m4a or .mp3"
    return next((name for at, magic, name in _REFUSED if head.startswith(magic, at)), "")


def _is_mp3_frame(head: bytes) -> bool:
    """Sync word, MPEG layer III, a bit rate and a sampling rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer, bit_rate, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer == 1 and 0 < bit_rate < 15 and rate != 3


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def refused_zip(head: bytes) -> str:
    """What this zip is by the names of its first files; "" when it may be an Office document."""
    return next((name for magic, name in _ZIPS if magic in head[:4096]), "")


def is_office_zip(head: bytes) -> bool:
    return any(name in head for name in (b"[Content_Types].xml", b"_rels/.rels", b"word/", b"xl/work", b"ppt/"))


def is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12].isascii()


def refused_mp4(brand: bytes) -> str:
    """What it is by its brand when it is a picture and no recording; else ""."""
    return next((name for magic, name in _BRANDS if brand.startswith(magic)), "")


def is_old_office(head: bytes) -> bool:
    """Whether the directory, where it is in the head, names the streams of Word 97, Excel 97 or PowerPoint 97."""
    return any(name.encode("utf-16-le") in head for name in ("WordDocument", "Workbook", "PowerPoint Document"))
