"""What an import on its way says now: every row with its doubts, what somebody corrected, and what taking it would do."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from flask import current_app
from flask_babel import get_locale

from app import incident_rows
from app.domain.entries import Entry
from app.domain.incident_import import Plan
from app.models import ImportDraft
from app.readers import cells, columns, incidents, pieces, tables
from app.readers.columns import Field, Mapping
from app.readers.doubts import Doubt, DoubtKind
from app.readers.lines import LINE_END, Line
from app.readers.register import IncidentLine

MOST_KEPT = 10_000  # rows and other lines that are kept as they were read, in each process
SAID_BY_WHAT_IS_MISSING = {DoubtKind.NO_DATE, DoubtKind.NO_PLACE, DoubtKind.NO_ASSESSMENT}
_keeping = threading.Lock()


class State(StrEnum):
    """What becomes of a row."""

    TAKEN = "taken"
    INCOMPLETE = "incomplete"  # something is missing that no incident can be without
    WAITS = "waits"  # it stands where incidents usually do not: somebody has to say whether it is one
    OUT = "out"  # somebody left it out


@dataclass(frozen=True)
class Row:
    """One row of an import."""

    key: str
    line: IncidentLine
    entry: Entry | None
    missing: tuple[str, ...]
    state: State
    is_corrected: bool = False
    fate: str = ""  # for a row that is taken: the list of a `Plan` in which it stands

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What the reader was not sure of, each said once, unless somebody looked and corrected."""
        if self.is_corrected:
            return ()
        found: dict[object, Doubt] = {}
        said = (one for one in self.line.doubts if not (self.missing and one.kind in SAID_BY_WHAT_IS_MISSING))
        for one in sorted(said, key=lambda one: one.is_slight):
            found.setdefault((one.kind, one.values), one)
        return tuple(found.values())

    @property
    def wants_a_look(self) -> bool:
        """Whether somebody should look at it."""
        is_open = self.state in {State.INCOMPLETE, State.WAITS} or self.fate == "outdated"
        return is_open or any(not one.is_slight for one in self.doubts)


@dataclass(frozen=True)
class Reading:
    """An import as it stands."""

    rows: list[Row]
    left: list[Line] = field(default_factory=list)
    doubts: tuple[Doubt, ...] = ()
    header: tuple[str, ...] = ()
    mapping: Mapping | None = None
    refused: str = ""

    @property
    def entries(self) -> list[Entry]:
        """What is taken, in the order of the rows."""
        return [row.entry for row in self.rows if row.state is State.TAKEN and row.entry is not None]

    @property
    def weight(self) -> int:
        """How much of it there is to be kept; also nothing is a little."""
        return 1 + len(self.rows) + len(self.left)

    def planned(self, plan: Plan) -> Reading:
        """The same with the fate of each row, from the plan of `entries`."""
        names = ("new", "changed", "same", "removed", "assessed", "beside", "outdated")
        fates = {number: name for name in names for number in getattr(plan, name)}
        taken = [row for row in self.rows if row.state is State.TAKEN]
        fate = {row.key: fates.get(number, "") for number, row in enumerate(taken)}
        return replace(self, rows=[replace(row, fate=fate.get(row.key, "")) for row in self.rows])


def is_table(content: bytes, name: str) -> bool:
    """Whether a file holds a table: by its name, or because its first row names columns that are known. One that is refused as a
    table is one, so that its reason is said."""
    head = cells.read(content[:100_000])
    if head.refused or name.casefold().endswith((".csv", ".tsv")):
        return True
    rows = head.rows
    return bool(rows) and len(rows[0].cells) > 1 and columns.guess([row.cells for row in rows[:50]])[1]


def read(draft: ImportDraft, *, today: dt.date) -> Reading:
    """Read it, and put the corrections in."""
    reading = _as_written(draft, today)
    rows = [
        _corrected(row, draft.corrections[row.key]) if row.key in draft.corrections else row for row in reading.rows
    ]
    return replace(reading, rows=rows)


def _as_written(draft: ImportDraft, today: dt.date) -> Reading:
    """What it says before anybody corrected it. The last ones are kept: a long table takes a second to read, and each
    page about it asks for it again."""
    mapping = json.dumps(draft.mapping, sort_keys=True)
    content = hashlib.blake2b(draft.content, digest_size=16).digest()
    key = (content, draft.is_table, mapping, today, str(get_locale()))
    shelf: OrderedDict[tuple[object, ...], Reading] = current_app.extensions.setdefault(
        "import_readings", OrderedDict()
    )
    reading = shelf.get(key) or _read(draft, today)
    with _keeping:
        shelf[key] = reading
        shelf.move_to_end(key)
        while len(shelf) > 1 and sum(one.weight for one in shelf.values()) > MOST_KEPT:
            shelf.popitem(last=False)
    return reading


def _read(draft: ImportDraft, today: dt.date) -> Reading:
    if draft.is_table:
        table = tables.read(draft.content, today=today, mapping=mapping_of(draft))
        if table.refused:
            return Reading([], doubts=table.doubts, mapping=table.mapping, refused=table.refused)
        return Reading(_rows(table.rows), doubts=table.doubts, header=table.header, mapping=table.mapping)
    pasted = incidents.read(draft.content.decode("utf-8", "replace"), today=today)
    return Reading(_rows(pasted.rows), pasted.left, pasted.doubts)


def _rows(lines: Sequence[IncidentLine]) -> list[Row]:
    seen: Counter[str] = Counter()
    rows = []
    for line in lines:
        said = repr(replace(line, doubts=(), line_number=0, more_lines=()))
        digest = hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=9).hexdigest()
        seen[digest] += 1
        rows.append(_row(f"{digest}-{seen[digest]}", line))
    return rows


def _row(key: str, line: IncidentLine) -> Row:
    judged = incident_rows.judged(line)
    is_note = any(one.kind is DoubtKind.IN_A_NOTE for one in line.doubts)
    state = State.INCOMPLETE if judged.entry is None else State.WAITS if is_note else State.TAKEN
    return Row(key, line, judged.entry, judged.missing, state)


def _corrected(row: Row, said: dict[str, Any]) -> Row:
    """A row as somebody decided: it says something else, is left out, or is taken in spite of a doubt."""
    if "entry" in said:
        entry = replace(incident_rows.corrected(said["entry"]), as_read=row.entry)
        row = replace(row, entry=entry, missing=(), is_corrected=True)
    if said.get("is_out"):
        return replace(row, state=State.OUT)
    return replace(row, state=State.INCOMPLETE if row.entry is None else State.TAKEN)


def guessed(content: bytes, delimiter: str, encoding: str) -> Mapping:
    """How a table is read whose delimiter and encoding are known."""
    return tables.guessed(cells.read(content, delimiter=delimiter, encoding=encoding))


def mapping_of(draft: ImportDraft) -> Mapping | None:
    """How its table is read, where somebody said."""
    if draft.mapping is None:
        return None
    return Mapping(**{**draft.mapping, "fields": tuple(Field(one) for one in draft.mapping["fields"])})


def mapping_kept(mapping: Mapping) -> dict[str, Any]:
    """The same as the database keeps it."""
    return {**asdict(mapping), "fields": [one.value for one in mapping.fields]}


def said(draft: ImportDraft, row: Row) -> str:
    """The pasted lines that a row was read from; of a table nothing, since its cells stand in fields."""
    if draft.is_table:
        return ""
    lines = LINE_END.split(draft.content.decode("utf-8", "replace"))
    numbers = (row.line.line_number, *row.line.more_lines)
    return "\n".join(lines[number - 1].strip() for number in numbers if 0 < number <= len(lines))


def left_over(draft: ImportDraft, reading: Reading, *, today: dt.date) -> bytes:
    """What is not in the register once the rows were taken: text that is no row, rows that are not complete, rows that wait.
    Headings say something of the rows below them, and go with the last of them."""
    open_rows = [row.line for row in reading.rows if row.state in {State.INCOMPLETE, State.WAITS}]
    numbers = {number for line in open_rows for number in (line.line_number, *line.more_lines)}
    if draft.is_table:
        return _table_left(draft, reading, numbers)
    if not numbers and all(pieces.is_heading(line, today) for line in reading.left):
        return b""
    lines = LINE_END.split(draft.content.decode("utf-8", "replace"))
    whole = {number: lines[number - 1] for number in numbers if 0 < number <= len(lines)}
    parts = {line.number: line.text for line in reading.left}
    return "\n".join(text for _number, text in sorted({**parts, **whole}.items())).encode()


def _table_left(draft: ImportDraft, reading: Reading, numbers: set[int]) -> bytes:
    if not numbers or reading.mapping is None:
        return b""
    mapping = reading.mapping
    table = cells.read(draft.content, delimiter=mapping.delimiter, encoding=mapping.encoding)
    kept = [row.cells for row in table.rows if row.line_number in numbers]
    out = io.StringIO()
    csv.writer(out, delimiter=mapping.delimiter).writerows([*([reading.header] if reading.header else []), *kept])
    return out.getvalue().encode("utf-8", "replace")
