"""Bytes as text: the encoding is found by what is there, and what is no text is refused by name."""

import re

from bot.imports.rows import Unreadable

LARGEST = 48 * 2**20
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
FOREIGN = (
    (b"PK\x03\x04", "a ZIP or Excel file. Unpack it, or save the sheet as CSV"),
    (b"PK\x05\x06", "an empty ZIP file. Export it again"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file. Save the sheet as CSV"),
    (b"\x1f\x8b", "a packed file (gzip). Unpack it first"),
    (b"%PDF", "a PDF. Export the list as CSV"),
    (b"\x89PNG", "a picture. Export the list as CSV"),
)
WEB_PAGE = re.compile(rb"\s*<(!doctype|html)", re.IGNORECASE)
SAMPLE = 4000
GUESSED = (
    "I read the letters as Windows-1252, since it is no UTF-8. Look at the names with accents; "
    "if they are wrong, save the file as UTF-8."
)


def decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, and what is doubtful about it. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("The file is empty.")
    if len(data) > LARGEST:
        raise Unreadable(
            f"The file has {len(data) / 2**20:,.0f} MB, and I read up to {LARGEST // 2**20} MB. "
            "Export one year at a time."
        )
    for start, what in FOREIGN:
        if data.startswith(start):
            raise Unreadable(f"This is {what}.")
    if WEB_PAGE.match(data):
        raise Unreadable(
            "This is a web page, perhaps one to log in, and not a list. Look for “Export” or "
            "“Download” there."
        )
    try:
        return _as_text(data)
    except UnicodeDecodeError:
        raise Unreadable("I can't read the letters of this file. Save it as UTF-8.") from None


def _as_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding), ()
    if wide := _wide(data[:SAMPLE]):
        return data.decode(wide), ()
    if b"\0" in data:
        raise Unreadable("This is no text. Export the list as CSV, or the calendar as ICS.")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return data.decode("cp1252"), (GUESSED,)


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of a header in Latin letters is zero."""
    half = len(sample) // 2
    if half and sample[1::2].count(0) > 0.4 * half:
        return "utf-16-le"
    if half and sample[::2].count(0) > 0.4 * half:
        return "utf-16-be"
    return None
