"""Files made to hurt whoever reads them, each with what must become of it. Small themselves; made anew for each test.

To add one: a function and a row in `BAD`. ``code`` is the refusal's, "" for a right result (its text holds ``says``).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from ingest.documents.model import CSV, DOCX, GIF, HTML, JPEG, MARKDOWN, PDF, PLAIN, PNG, PPTX, TIFF, XLSX

_MAINS = {
    DOCX: ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    XLSX: ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
    PPTX: (
        "ppt/presentation.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
}
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGES = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"


@dataclass(frozen=True, slots=True)
class Bad:
    make: Callable[[], bytes]
    content_type: str
    code: str = ""
    says: str = ""


def office(kind: str, main: str | bytes, *more: tuple[str, str | bytes], mode: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An Office file with this main part; ``more`` are further entries."""
    part, content_type = _MAINS[kind]
    types = (
        f'<Types xmlns="{_PACKAGES}/content-types"><Override PartName="/{part}" ContentType="{content_type}"/></Types>'
    )
    relation = f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="{part}"/>'
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", mode) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGES}/relationships">{relation}</Relationships>')
        archive.writestr(part, main)
        for name, data in more:
            archive.writestr(name, data)
    return held.getvalue()


def word(body: str = "<w:p><w:r><w:t>Hello</w:t></w:r></w:p>", before: str = "") -> str:
    return f'{before}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'


def workbook(sheet: str, strings: str = "") -> bytes:
    """A workbook of one sheet with these rows."""
    names = '<sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets>'
    main = f'<workbook xmlns="{_SHEETS}" xmlns:r="{_RELATIONS}">{names}</workbook>'
    relations = (
        f'<Relationships xmlns="{_PACKAGES}/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    return office(
        XLSX,
        main,
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{_SHEETS}"><sheetData>{sheet}</sheetData></worksheet>'),
        ("xl/sharedStrings.xml", f'<sst xmlns="{_SHEETS}">{strings}</sst>'),
    )


def pdf(*objects: str | bytes, trailer: str = "/Root 1 0 R") -> bytes:
    """Objects 1, 2, … with a right table of where they stand."""
    out = bytearray(b"%PDF-1.7\n")
    places: list[int] = []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one.encode() if isinstance(one, str) else one)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer.encode(), start)
    return bytes(out)


def stream(data: bytes, entries: str = "") -> bytes:
    return b"<</Length %d %s>>\nstream\n%s\nendstream" % (len(data), entries.encode(), data)


def page(content: bytes, entries: str = "", *more: str | bytes, catalog: str = "") -> bytes:
    """A PDF of one page with this content stream; ``more`` are objects from number 6 on."""
    font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    sheet = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>{entries}>>"
    tree = "<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf(f"<</Type/Catalog/Pages 2 0 R{catalog}>>", tree, sheet, content, font, *more)


HELLO = stream(b"BT /F 12 Tf 72 700 Td (The ferry leaves at noon.) Tj ET")


def _high_ratio() -> bytes:
    return office(DOCX, word(before=" " * 60_000_000))


def _lying_size() -> bytes:
    """The directory says a thousand bytes, the main part unpacks to 300 million."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(b" " * 10_000_000) for _ in range(30)) + packer.flush()
    whole = office(DOCX, packed, mode=zipfile.ZIP_STORED)
    name = b"word/document.xml"
    said = struct.pack("<HHHIII", 8, 0, 33, 0, len(packed), 1000)
    local, entry = whole.find(b"PK\x03\x04", whole.find(b"_rels/.rels")), whole.rfind(name) - 46
    whole = whole[: local + 8] + said + whole[local + 26 :]
    return whole[: entry + 10] + said + whole[entry + 28 :]


def _many_entries() -> bytes:
    return office(DOCX, word(), *((f"word/{number}.xml", b"") for number in range(12_000)))


def _quoted_overlap() -> bytes:
    """Two entries of the directory that stand on the same packed bytes."""
    whole = office(DOCX, word(), ("word/a.xml", b"0" * 5000), ("word/b.xml", b"1" * 5000))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start = archive.getinfo("word/a.xml").header_offset
    entry = whole.rfind(b"word/b.xml") - 46
    return whole[: entry + 42] + struct.pack("<I", start) + whole[entry + 46 :]


def _nested_zips() -> bytes:
    inner = office(DOCX, word())
    for _ in range(5):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(16):
                archive.writestr(f"{number}.zip", inner)
        inner = held.getvalue()[:200_000]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("0.zip", inner)
    return held.getvalue()


def _laughs(name: str) -> str:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE {name} [<!ENTITY l0 "lol">{lines}]>'


def _filter_chain() -> bytes:
    data = bytes(200_000_000)
    for _ in range(3):
        data = zlib.compress(data, 9)
    return page(stream(data, "/Filter[/FlateDecode/FlateDecode/FlateDecode]"))


def _long_filter_chain() -> bytes:
    data = b"BT /F 12 Tf 72 700 Td (deep) Tj ET"
    for _ in range(200):
        data = zlib.compress(data)
    return page(stream(data, f"/Filter[{'/FlateDecode' * 200}]"))


def _endless_page_tree() -> bytes:
    return pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 100000>>")


def _endless_xref() -> bytes:
    whole = page(HELLO)
    start = whole.rfind(b"xref\n0")
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)


def _endless_form() -> bytes:
    form = stream(b"/X Do /X Do", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>")
    whole = page(stream(b"/X Do BT /F 12 Tf 72 700 Td (after the form) Tj ET"), "", form)
    return whole.replace(b"/Font<</F 5 0 R>>", b"/Font<</F 5 0 R>>/XObject<</X 6 0 R>>")


def _deep_arrays() -> bytes:
    return page(HELLO, f"/X {'[' * 50_000}{']' * 50_000}")


def _endless_text() -> bytes:
    return page(
        stream(
            zlib.compress(b"BT /F 12 Tf 72 780 Td\n" + b"(word word) Tj 0 -15 Td\n" * 700_000), "/Filter/FlateDecode"
        )
    )


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def _tiff() -> bytes:
    entries = struct.pack("<HHIIHHII", 256, 4, 1, 50_000, 257, 4, 1, 50_000)
    return b"II*\0" + struct.pack("<IH", 8, 2) + entries + bytes(4)


def _jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x0b\x08\xff\xff\xff\xff\1\1\x11\0" + bytes(50)


def _repeated_string() -> bytes:
    """One long shared string that every cell shows."""
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 5000))
    return workbook(cells, f"<si><t>{'word ' * 6000}</t></si>")


def _sparse() -> bytes:
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far away</t></is></c></row>'
    return workbook(f'<row r="1"><c r="A1" t="inlineStr"><is><t>near</t></is></c></row>{far}')


def _presentation(before: str = "") -> bytes:
    return office(PPTX, f'{before}<p:presentation xmlns:p="{_SLIDES}"/>')


def _macros() -> bytes:
    return office(DOCX, word(), ("word/vbaProject.bin", b"program"))


def _protected_office() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)


def _encrypted_entry() -> bytes:
    whole = bytearray(office(DOCX, word()))
    entry = whole.rfind(b"word/document.xml") - 46
    whole[entry + 8] |= 1
    return bytes(whole)


BAD: dict[str, Bad] = {
    "empty": Bad(lambda: b"", PDF, "empty_file"),
    "docx, high ratio": Bad(_high_ratio, DOCX, "zip_bomb"),
    "docx, a size that lies": Bad(_lying_size, DOCX, "broken_file"),
    "docx, 12,000 entries": Bad(_many_entries, DOCX, "zip_bomb"),
    "docx, overlapping entries": Bad(_quoted_overlap, DOCX, "zip_bomb"),
    "docx, zips in zips": Bad(_nested_zips, DOCX, "unsupported_type"),
    "docx, zip slip": Bad(lambda: office(DOCX, word(), ("../../etc/cron.d/x", "x")), DOCX, "unsafe_archive"),
    "docx, absolute name": Bad(lambda: office(DOCX, word(), ("/etc/passwd", "x")), DOCX, "unsafe_archive"),
    "docx, drive letter": Bad(lambda: office(DOCX, word(), ("C:\\Windows\\x", "x")), DOCX, "unsafe_archive"),
    "docx, cut off": Bad(lambda: office(DOCX, word())[:-40], DOCX, "broken_file"),
    "docx, no directory": Bad(lambda: b"PK\x03\x04" + bytes(100), DOCX, "broken_file"),
    "docx, not well formed": Bad(lambda: office(DOCX, "<w:document>"), DOCX, "broken_file"),
    "docx, macros": Bad(_macros, DOCX, "macros"),
    "docx, password": Bad(_protected_office, DOCX, "encrypted"),
    "docx, encrypted entry": Bad(_encrypted_entry, DOCX, "encrypted"),
    "docx, really a workbook": Bad(_sparse, DOCX, "mislabelled"),
    "docx, entities": Bad(
        lambda: office(DOCX, word("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", _laughs("d"))), DOCX, "broken_file"
    ),
    "docx, deep tables": Bad(
        lambda: office(DOCX, word("<w:tbl><w:tr><w:tc>" * 2000 + "</w:tc></w:tr></w:tbl>" * 2000)), DOCX, "broken_file"
    ),
    "xlsx, entities": Bad(lambda: office(XLSX, f'{_laughs("w")}<w xmlns="{_SHEETS}">&l9;</w>'), XLSX, "broken_file"),
    "xlsx, a far cell": Bad(_sparse, XLSX, says="far away"),
    "xlsx, one string in every cell": Bad(_repeated_string, XLSX, "too_long"),
    "pptx, entities": Bad(lambda: _presentation(_laughs("p")), PPTX, "broken_file"),
    "pptx, no slides": Bad(_presentation, PPTX, "no_text"),
    "html, entities": Bad(lambda: f"{_laughs('html')}<html><body>&l9; fine</body></html>".encode(), HTML, says="fine"),
    "html, nested 50,000 deep": Bad(lambda: b"<div>" * 50_000 + b"deep" + b"</div>" * 50_000, HTML, "too_deep"),
    "html, nested tables": Bad(lambda: b"<table><tr><td>" * 3000 + b"cell", HTML, "too_deep"),
    "html, nested hidden cells": Bad(
        lambda: b"<table><tr><td>seen</td><td>" + b"<b hidden>" * 1500 + b"words here", HTML, says="seen"
    ),
    "csv, a hundred thousand columns": Bad(
        lambda: b",".join(b"c%d" % n for n in range(100_000)), CSV, "too_many_columns"
    ),
    "csv, a quote without end": Bad(lambda: b'a,b\n"' + b"x," * 500_000, CSV, says="x,x"),
    "csv, binary": Bad(lambda: bytes(range(256)) * 50, CSV, "binary_content"),
    "text, Latin-1": Bad(
        lambda: "Das Frühstück kostet für Gäste nichts. ".encode("latin-1") * 5, PLAIN, says="Frühstück"
    ),
    "text, right to left": Bad(lambda: "מרחבا \u202eevil\u202c שלום".encode(), PLAIN, says="evil"),
    "markdown, NULs": Bad(lambda: b"# Title\0\0\0 text", MARKDOWN, "binary_content"),
    "png, 3.6 billion pixels": Bad(lambda: _png(60_000, 60_000), PNG, "too_many_pixels"),
    "gif, 4.3 billion pixels": Bad(lambda: b"GIF89a\xff\xff\xff\xff" + bytes(30), GIF, "too_many_pixels"),
    "jpeg, 4.3 billion pixels": Bad(_jpeg, JPEG, "too_many_pixels"),
    "tiff, 2.5 billion pixels": Bad(_tiff, TIFF, "too_many_pixels"),
    "pdf, nothing in it": Bad(lambda: b"%PDF-1.7\n", PDF, "broken_file"),
    "pdf, no pages": Bad(
        lambda: pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"), PDF, "broken_file"
    ),
    "pdf, really text": Bad(lambda: b"Dear guests, welcome.", PDF, "broken_file"),
    "pdf, web page before it": Bad(
        lambda: b"<html>hello</html>\n" + page(HELLO), PDF, says="The ferry leaves at noon."
    ),
    "pdf, zip behind it": Bad(lambda: page(HELLO) + office(DOCX, word()), PDF, says="The ferry leaves at noon."),
    "pdf, a length that lies": Bad(
        lambda: page(HELLO).replace(b"/Length 5", b"/Length 999999999995"), PDF, says="The ferry leaves at noon."
    ),
    "pdf, chain of filters": Bad(_filter_chain, PDF, "no_text"),
    "pdf, two hundred filters": Bad(_long_filter_chain, PDF, says="deep"),
    "pdf, pages that hold themselves": Bad(_endless_page_tree, PDF, "too_many_pages"),
    "pdf, a table that precedes itself": Bad(_endless_xref, PDF, says="The ferry leaves at noon."),
    "pdf, a form that draws itself": Bad(_endless_form, PDF, "unreadable"),
    "pdf, deep arrays": Bad(_deep_arrays, PDF, says="The ferry leaves at noon."),
    "pdf, seven million letters": Bad(_endless_text, PDF, "unreadable"),
}
