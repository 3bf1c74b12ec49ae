"""Types are told by content; what is not taken is named, and what pretends is found out."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile
from typing import Any

import pytest
from PIL import Image

from ingest.documents import kinds
from ingest.documents.kinds import HEAD_BYTES, TYPES, type_of_head
from ingest.documents.model import (
    CSV,
    DOCX,
    FLAC,
    GIF,
    HTML,
    JPEG,
    M4A,
    MARKDOWN,
    MP3,
    OGG,
    PDF,
    PLAIN,
    PNG,
    PPTX,
    TIFF,
    WAV,
    WEBM,
    WEBP,
    XLSX,
    BadDocument,
)
from ingest.documents.second_opinion import second_opinion


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, form)
    return out.getvalue()


def packed(*names: str, first: tuple[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in [first] if first else []:
            archive.writestr(name, text)
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


WORD = packed("[Content_Types].xml", "_rels/.rels", "word/document.xml")
EXCEL = packed("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")
SLIDES = packed("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml")
WAVE = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data\0\0\0\0"
WEB_SOUND = b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webmB\x87"
OPUS = b"OggS\0\2" + b"\0" * 20 + b"\1\x13OpusHead\1\1\0\0\x80\xbb\0\0\0\0\0"
FIRST = b"\0\0\0\x20ftyp"
TAKEN: list[tuple[bytes, str, str]] = [
    (b"%PDF-1.7\n", "a.pdf", PDF),
    (b"\xef\xbb\xbf\r\n%PDF-1.4\n", "a.pdf", PDF),
    (WORD, "a.docx", DOCX),
    (EXCEL, "a.xlsx", XLSX),
    (SLIDES, "a.pptx", PPTX),
    (b"Some words.", "a.txt", PLAIN),
    (b"# Title\n\nText", "a.md", MARKDOWN),
    (b"<div>first</div>\n\n# Title", "a.md", MARKDOWN),
    (b"<!DOCTYPE html><html>", "a.html", HTML),
    (b"<?xml version='1.0'?>\n<html xmlns='x'>", "a.xhtml", HTML),
    (b"<p>part of a page</p>", "a.htm", HTML),
    (b"<!doctype html><p>saved as text", "a.txt", HTML),
    (b"a,b\n1,2\n", "a.csv", CSV),
    (picture("PNG"), "a.png", PNG),
    (picture("JPEG"), "a.jpeg", JPEG),
    (picture("GIF"), "a.gif", GIF),
    (picture("WEBP"), "a.webp", WEBP),
    (picture("TIFF"), "a.tif", TIFF),
    (WAVE, "a.wav", WAV),
    (b"ID3\x03\0\0\0\0\0\0", "a.mp3", MP3),
    (b"\xff\xfb\x90\x64" + b"\0" * 400, "a.mp3", MP3),
    (FIRST + b"M4A \0\0\2\0", "a.m4a", M4A),
    (FIRST + b"isom\0\0\2\0", "memo.m4a", M4A),
    (WEB_SOUND, "a.webm", WEBM),
    (b"fLaC\0\0\0\x22" + b"\0" * 40, "a.flac", FLAC),
    (OPUS, "a.ogg", OGG),
    (OPUS, "a.opus", OGG),
]


@pytest.mark.parametrize(("content", "name", "found"), TAKEN, ids=[f"{name} {kind}" for _, name, kind in TAKEN])
@pytest.mark.parametrize("has_libmagic", [True, False], ids=["with libmagic", "without libmagic"])
def test_every_type_is_told_by_its_content(
    content: bytes, name: str, found: str, has_libmagic: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_libmagic:
        monkeypatch.setattr(kinds, "libmagic", lambda: None)
    assert type_of_head(content[:HEAD_BYTES], name) == found
    if found not in {MARKDOWN, CSV} and name not in {"a.htm", "memo.m4a"}:
        assert type_of_head(content[:HEAD_BYTES], "no-extension") == found


def test_every_type_is_tried_above() -> None:
    assert {found for _, _, found in TAKEN} == set(TYPES)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 60
REFUSED: dict[str, tuple[bytes, str, str, str]] = {
    "old Word": (OLE + "WordDocument".encode("utf-16-le"), "a.doc", "unsupported_type", "Save it as .docx"),
    "old Word under a new name": (OLE + "WordDocument".encode("utf-16-le"), "a.docx", "unsupported_type", "old Office"),
    "a locked workbook": (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "encrypted", "Excel workbook"),
    "a locked letter, told by its name": (OLE, "a.docx", "encrypted", "password"),
    "a mail": (OLE, "a.msg", "unsupported_type", "Outlook"),
    "RTF": (b"{\\rtf1\\ansi", "a.rtf", "unsupported_type", "RTF"),
    "gzip": (b"\x1f\x8b\x08\0", "a.gz", "unsupported_type", "Unpack it"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c\0\4", "a.7z", "unsupported_type", "Unpack it"),
    "RAR": (b"Rar!\x1a\x07\x01\0", "a.rar", "unsupported_type", "Unpack it"),
    "tar": (b"a.txt".ljust(257, b"\0") + b"ustar\0" + b"00" * 100, "a.tar", "unsupported_type", "Unpack it"),
    "zip": (packed("hello.txt"), "a.zip", "unsupported_type", "Unpack it"),
    "an e-book": (
        packed("OEBPS/x.opf", first=("mimetype", "application/epub+zip")),
        "a.epub",
        "unsupported_type",
        "e-book",
    ),
    "an e-book named docx": (
        packed("x.opf", first=("mimetype", "application/epub+zip")),
        "a.docx",
        "unsupported_type",
        "e-book",
    ),
    "ODF": (
        packed("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.text")),
        "a.odt",
        "unsupported_type",
        "OpenDocument",
    ),
    "a Java program": (packed("META-INF/MANIFEST.MF"), "a.jar", "unsupported_type", "program"),
    "MP4": (FIRST + b"isom\0\0\2\0", "a.mp4", "unsupported_type", "video"),
    "a film named sound": (FIRST + b"isom" + b"\0" * 40 + b"hdlr\0\0\0\0vide", "a.m4a", "unsupported_type", "video"),
    "HEIC": (FIRST + b"heic\0\0\0\0mif1heic", "a.heic", "unsupported_type", "HEIC"),
    "AVI": (b"RIFF\x24\0\0\0AVI LIST", "a.avi", "unsupported_type", "video"),
    "WebM with pictures": (WEB_SOUND + b"\x86\x85V_VP9", "a.webm", "unsupported_type", "video"),
    "Matroska": (WEB_SOUND.replace(b"\x84webm", b"\x88matroska"), "a.mkv", "unsupported_type", "video"),
    "SVG": (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'>", "a.svg", "unsupported_type", "SVG"),
    "SVG named HTML": (b"<svg onload='x'>", "a.html", "unsupported_type", "SVG"),
    "a Windows program": (b"MZ\x90\0\3\0\0\0", "a.txt", "unsupported_type", "program"),
    "a Linux program": (b"\x7fELF\2\1\1\0", "a.pdf", "unsupported_type", "program"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "install", "unsupported_type", "program"),
    "BMP": (b"BM6\0\0\0\0\0\0\0", "a.bmp", "unsupported_type", "BMP"),
    "Photoshop": (b"8BPS\0\1", "a.psd", "unsupported_type", "Photoshop"),
    "a database": (b"SQLite format 3\0", "a.db", "unsupported_type", "database"),
    "PostScript": (b"%!PS-Adobe-3.0", "a.eps", "unsupported_type", "PostScript"),
    "text named PDF": (b"Only text.", "a.pdf", "mislabelled", "plain text"),
    "a PDF named text": (b"%PDF-1.4\n", "a.txt", "mislabelled", "a PDF"),
    "a picture named PDF": (picture("PNG"), "a.pdf", "mislabelled", "a PNG picture"),
    "a PNG named JPEG": (picture("PNG"), "a.jpg", "mislabelled", "a PNG picture"),
    "sound named Word": (WAVE, "a.docx", "mislabelled", "a WAV recording"),
    "a page named CSV": (b"<html><table>", "a.csv", "mislabelled", "a web page"),
    "a GIF that is a PDF too": (b"GIF89a\1\0\1\0\0\0\0!\xfe\x10%PDF-1.4\n", "a.gif", "polyglot", "at once"),
    "zeros": (b"\0" * 100, "a.txt", "binary_content", "binary"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_taken_is_named_and_the_message_says_what_to_do(what: str) -> None:
    content, name, code, words = REFUSED[what]
    with pytest.raises(BadDocument) as told:
        type_of_head(content[:HEAD_BYTES], name)
    assert told.value.code == code
    assert words in told.value.message
    assert told.value.message.endswith(".")


@pytest.mark.parametrize("text", ["Grüße aus Köln. " * 40, "שלום עולם " * 40, "会議の資料です。" * 40])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_text_of_every_usual_encoding_is_text(text: str, encoding: str) -> None:
    if encoding == "utf-16-le" and not text.isascii() and ord(text[0]) > 255:
        encoding = "utf-16"  # without a mark and without Latin letters nobody can tell
    assert type_of_head(text.encode(encoding)[:HEAD_BYTES], "a.txt") == PLAIN


def test_a_missing_libmagic_is_said_once_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise OSError("no libmagic here")

    said: list[str] = []
    monkeypatch.setattr("magic.Magic", missing)
    monkeypatch.setattr(kinds.log, "warning", lambda event, **_: said.append(event))
    kinds.libmagic.cache_clear()
    try:
        kinds.warm_up()
        assert kinds.libmagic_type(b"%PDF-1.4") == ""
        assert len(said) == 1
    finally:
        kinds.libmagic.cache_clear()


@pytest.mark.parametrize(
    "head",
    [b"<" * HEAD_BYTES, b"<!--" * 2048, b" " * HEAD_BYTES, b"a " * 4096, b"PK\3\4" * 2048, bytes(range(256)) * 32],
    ids=["brackets", "comments", "blanks", "words", "zips", "all bytes"],
)
def test_no_head_takes_long(head: bytes) -> None:
    kinds.warm_up()
    began = time.process_time()
    with contextlib.suppress(BadDocument):
        type_of_head(head, "a")
    assert time.process_time() - began < 0.5


def test_the_second_opinion_agrees_with_honest_files() -> None:
    for content, name, found in ((picture("PNG"), "a.png", PNG), (b"The bar opens at five. " * 40, "a.txt", PLAIN)):
        opinion = second_opinion(content, name, found)
        assert opinion["ours"] == found
        assert set(opinion) == {"ours", "libmagic", "magika", "magika_score"}


def test_the_second_opinion_finds_a_picture_that_was_taken_for_text() -> None:
    with pytest.raises(BadDocument) as told:
        second_opinion(picture("PNG"), "a.txt", PLAIN)
    assert told.value.code == "mislabelled"


def test_the_second_opinion_finds_another_format_than_the_signature_says() -> None:
    with pytest.raises(BadDocument) as told:
        second_opinion(picture("PNG"), "a.gif", GIF)
    assert told.value.code == "polyglot"


def test_the_second_opinion_finds_a_pdf_behind_a_picture() -> None:
    objects = b"".join(b"%d 0 obj\n<< /Type /Page /Parent 1 0 R >>\nendobj\n" % number for number in range(1, 30))
    pdf = b"%PDF-1.4\n" + objects + b"trailer\n<< /Size 30 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
    with pytest.raises(BadDocument) as told:
        second_opinion(b"GIF89a\1\0\1\0\0\0\0;" + pdf, "a.gif", GIF)
    assert told.value.code == "polyglot"
