"""A file of cells as people hand it in, CSV in one of its many dialects, read into rows of text."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from flask_babel import gettext as _

from app.readers.doubts import Doubt, DoubtKind, doubt
from app.readers.lines import tidy

MOST_BYTES = 5_000_000
MOST_ROWS = 10_000
MOST_LINES = 200_000  # with blank ones, of which spreadsheets write many below a table
MOST_COLUMNS = 100
LONGEST_CELL = 10_000
DELIMITERS = (",", ";", "\t")
# What can be chosen where the guess is wrong; Windows writes Arabic as cp1256 and Western Europe's languages as cp1252.
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp1256")
# By what a file begins with. A ZIP is what spreadsheets are saved as by default.
_NO_TEXT = (
    (b"PK\x03\x04", "XLSX"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# What our own exports put a ' before, so that no spreadsheet calculates it (EXP-02): white space, marks nobody sees, a sign; inside of a
# cell after a semicolon, a TAB or a line end.
_UNSEEN = "\u00ad\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff"
_SIGNS = "=+\\-@＝＋－＠﹢﹣﹦﹫"
_GUARDED = re.compile(f"'(?=[\\s{_UNSEEN}]*[{_SIGNS}\t\r\x00])")
_GUARDED_INSIDE = re.compile(f"(?<=[;\t\n\r])'(?=(?:(?![\t\n\r])[\\s{_UNSEEN}\"])*[{_SIGNS}])")


@dataclass(frozen=True)
class Row:
    """The cells of one row, and the line of the file that it begins on."""

    line_number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Cells:
    """A file's rows, or why it was refused, in a sentence."""

    rows: list[Row]
    delimiter: str = ","
    encoding: str = "utf-8"
    doubts: tuple[Doubt, ...] = ()
    refused: str = ""


def read(data: bytes, *, delimiter: str = "", encoding: str = "") -> Cells:
    """The rows of a file that are not blank; delimiter and encoding are found out where they are not said."""
    if len(data) > MOST_BYTES:
        return Cells(
            [], refused=_("The file is too large: at most %(most)s MB are read.", most=MOST_BYTES // 1_000_000)
        )
    for start, name in _NO_TEXT:
        if data.startswith(start):
            return Cells([], refused=_("This file is %(kind)s. Save it as CSV and choose that file.", kind=name))
    text, encoding, sure = _decoded(data, encoding)
    delimiter = delimiter if delimiter in DELIMITERS else _delimiter(text)
    doubts = () if sure else (doubt(DoubtKind.ENCODING, said=encoding),)
    try:
        rows = _rows(text, delimiter)
    except _TooMuch as too_much:
        return Cells([], delimiter, encoding, doubts, str(too_much))
    return Cells(rows, delimiter, encoding, doubts)


class _TooMuch(Exception):
    """More than is read; says what, in a sentence."""


def _decoded(data: bytes, wished: str) -> tuple[str, str, bool]:
    """The text, its encoding, and whether that is sure."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace"), encoding.removesuffix("-sig"), True
    if wished in ENCODINGS:
        return data.decode(wished, "replace"), wished, True
    if data[:1000].count(0) > len(data[:1000]) // 4:  # UTF-16 without a mark: every other byte of Latin text is zero
        guess = "utf-16-le" if data[1:1000:2].count(0) >= data[0:1000:2].count(0) else "utf-16-be"
        return data.decode(guess, "replace"), guess, False
    try:
        return data.decode("utf-8"), "utf-8", True
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "cp1252", False


def _delimiter(text: str) -> str:
    """The delimiter that the first line outside quotes has most of."""
    line, quoted = [], False
    for letter in text[:LONGEST_CELL].lstrip():
        if letter == '"':
            quoted = not quoted
        elif letter in "\r\n" and not quoted:
            break
        elif not quoted:
            line.append(letter)
    return max(DELIMITERS, key=line.count)


def _rows(text: str, delimiter: str) -> list[Row]:
    rows: list[Row] = []
    seen = looked_at = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return rows
        except csv.Error as too_long:  # the module has a limit of its own, larger than ours
            raise _TooMuch(_cell_too_long(line)) from too_long
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise _TooMuch(_cell_too_long(line))
        if len(cells) > MOST_COLUMNS:
            raise _TooMuch(
                _("Line %(line)s has too many columns: at most %(most)s are read.", line=line, most=MOST_COLUMNS)
            )
        seen += 1
        if looked_at > MOST_ROWS or seen > MOST_LINES:
            raise _TooMuch(_("The file has too many rows: at most %(most)s are read at once.", most=MOST_ROWS))
        if not any(map(str.strip, cells)):
            continue  # a closer look would take half a minute where five megabytes are blank
        looked_at += 1
        bare = tuple(map(unguarded, cells))
        if any(bare):
            rows.append(Row(line, bare))


def _cell_too_long(line: int) -> str:
    return str(_("A cell of line %(line)s is too long. Is a quotation mark missing there?", line=line))


def unguarded(cell: str) -> str:
    """The cell tidied, without the ' that our own exports put before what a spreadsheet would calculate."""
    if "'" in cell:
        cell = _GUARDED_INSIDE.sub("", cell)
        cell = cell[1:] if _GUARDED.match(cell) else cell
    return "\n".join(tidy(line) for line in cell.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
