"""A pasted register of incidents, read line by line: "Apr. 9, 2016, near Mosul, Iraq, via Airwars report. What happened."

Sections ("Credible Reports–", "Open Reports–") say how the lines below them were assessed; their headings may be glued to the
end of a sentence. A line directly below an incident, without a blank one between, belongs to it. Whatever is no incident comes
back as text, and the numbers that the text states about itself are held against what was read.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from app.readers import casualties, dates, lines, pieces, places, register, statements
from app.readers.doubts import Doubt, DoubtKind, doubt, slight
from app.readers.lines import Line, Reading
from app.readers.pieces import Kind, Piece
from app.readers.register import Assessment, IncidentLine

MOST_JOINED = 5_000  # characters of one incident over several lines
LONGEST_PLACE = 200
_NEAR = re.compile(
    r"(?P<mark>\s*[,:;–—-])?\s*(?P<near>(?:near|in|at|around|outside|close to)(?:\s+|$))?", re.IGNORECASE
)
_VIA = re.compile(r"(?P<mark>\s*[,;])?\s+(?:via|according\sto|reported\sby|sources?:)\s+", re.IGNORECASE)
_PLACE_ENDS = re.compile(r"[.:](?=\s|$)|\s[–—-]\s|$")
_ONE_SOURCE = r"[^.:()]{1,120}?\breports?\b"
_SOURCE = re.compile(
    rf"(?:{_ONE_SOURCE}(?:\s(?:and|&)\s{_ONE_SOURCE}|;\s{_ONE_SOURCE}){{0,4}}|[^.:(]{{1,120}})", re.IGNORECASE
)
_UNREPORTED = re.compile(r"\s?\(\s?not\s(?:been\s)?previously\sreported\s?\)\.?", re.IGNORECASE)
_REOPENED = re.compile(r"\bre-?opened\b", re.IGNORECASE)
_ONLY_REOPENED = re.compile(
    r"\s?\((?:previously\sclosed,?\s)?(?:but\s)?(?:was\s)?re-?opened(?:\s(?:due\sto|because\sof)\snew\sinformation)?\)\.?",
    re.IGNORECASE,
)
_REPORTED = re.compile(r"\s?\(\s?(?:first\s)?reported\s(?:on\s|in\s)?(?P<date>[^()]{4,40})\)", re.IGNORECASE)
_ERROR = re.compile(r"\berrors?\b|\bincorrect|\bmistake|not\srecorded", re.IGNORECASE)
_ENDED = re.compile(r"[.)!?”\"]$")


@dataclass(frozen=True)
class IncidentReading(Reading[IncidentLine]):
    """The incidents, the text between them, and what the text states about itself, by name."""

    stated: dict[str, int] = field(default_factory=dict)


@dataclass
class _Found:
    """An incident while its lines are gathered."""

    piece: Piece
    section: Assessment | None
    intro: str = ""  # of a note: how the sentence begins that the incident stands in
    text: str = ""
    more: list[int] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def takes(self, line: Line) -> bool:
        """Whether a line that begins nothing of its own stands directly below and is taken as part of this."""
        last = self.more[-1] if self.more else self.piece.line.number
        if line.number != last + 1 or len(self.text) + len(line.text) > MOST_JOINED:
            return False
        if _ENDED.search(self.text) and not any(one.kind is DoubtKind.LINES_JOINED for one in self.doubts):
            self.doubts.append(doubt(DoubtKind.LINES_JOINED, "description", line=line.number))
        self.text += f" {line.text}"
        self.more.append(line.number)
        return True


def read(text: str, *, today: dt.date) -> IncidentReading:
    """The incidents of a pasted register, in its order, and every line or part of a line that is none."""
    pasted = lines.split(text)
    found, left = _gathered([piece for line in pasted.lines if line.text for piece in pieces.cut(line, today)])
    rows = register.compared([_incident(one, today) for one in found])
    left = sorted([*left, *pasted.unread], key=lambda line: line.number)
    stated = statements.read(lines.paragraphs([line for line in left if len(line.text) <= lines.LONGEST_LINE]))
    return IncidentReading(rows, left, (*pasted.doubts, *_miscounted(stated, rows)), stated)


def _gathered(parts: list[Piece]) -> tuple[list[_Found], list[Line]]:
    found: list[_Found] = []
    left: list[Line] = []
    section: Assessment | None = None
    open_ended = False  # whether the piece before is an incident, which a line below may belong to
    for piece in parts:
        if piece.dated and _begins_an_incident(piece):
            is_note = piece.kind is Kind.NOTED
            intro = left[-1].text if is_note and left and left[-1].number == piece.line.number else ""
            found.append(_Found(piece, None if is_note else section, intro, piece.line.text[piece.dated.end :]))
            open_ended = True
        elif piece.kind is Kind.PLAIN and open_ended and found[-1].takes(piece.line):
            continue
        else:
            section = piece.section or section
            left.append(piece.line)
            open_ended = False
    return found, left


def _begins_an_incident(piece: Piece) -> bool:
    after = piece.line.text[piece.dated.end :] if piece.dated else ""
    near = _NEAR.match(after)
    via = _VIA.search(after[: LONGEST_PLACE + 20])
    return bool(after) and bool(via or (near and near["near"]))


def _incident(found: _Found, today: dt.date) -> IncidentLine:
    dated = found.piece.dated
    where, source, description, doubts = _parted(found.text)
    description, first_reported = _first_reported(description, today)
    not_reported = bool(_UNREPORTED.search(description))
    was_reopened = bool(_REOPENED.search(description))
    description = _ONLY_REOPENED.sub("", _UNREPORTED.sub("", description)).strip()
    figures, unsure = casualties.read(description)
    assessment = found.section
    if found.piece.kind is Kind.NOTED:
        assessment = Assessment.CREDIBLE if any(figures.values()) else None
        doubts.append(doubt(DoubtKind.IN_A_NOTE, "assessment"))
    if _ERROR.search(found.intro[-1_000:]):
        doubts.append(doubt(DoubtKind.NOTE_OF_ERROR))
    if assessment is None:
        doubts.append(doubt(DoubtKind.NO_ASSESSMENT, "assessment"))
    if assessment is Assessment.CREDIBLE and not figures:
        doubts.append(doubt(DoubtKind.NO_FIGURES, "figures"))
    return IncidentLine(
        date=dated.date if dated else None,
        place=where.place,
        region=where.region,
        country=where.country,
        sources=register.sources(source),
        assessment=assessment,
        was_reopened=was_reopened,
        description=description,
        figures=figures,
        first_reported=first_reported.date if first_reported else None,
        not_previously_reported=not_reported,
        doubts=(*(dated.doubts if dated else ()), *where.doubts, *doubts, *unsure, *found.doubts),
        line_number=found.piece.line.number,
        more_lines=tuple(found.more),
    )


def _parted(text: str) -> tuple[places.Where, str, str, list[Doubt]]:
    """Where it was, the source as typed, the description, from what follows the date."""
    near = _NEAR.match(text)
    after = text[near.end() :] if near else text
    via = _VIA.search(f" {after[: LONGEST_PLACE + 20]}")
    doubts: list[Doubt] = []
    if via:
        place, after = after[: max(0, via.start() - 1)], after[via.end() - 1 :]
        said = _SOURCE.match(after)
        source = said[0] if said else ""
        after = after[len(source) :]
        if not via["mark"] or (near and not near["mark"]):
            doubts.append(slight(DoubtKind.MISSING_COMMA, "place"))
    else:
        ends = _PLACE_ENDS.search(after[:LONGEST_PLACE])
        end = ends.start() if ends else 0
        place, source, after = after[:end], "", after[end:]
        doubts.append(doubt(DoubtKind.NO_SOURCE, "sources"))
    return places.read(place), source, after.lstrip(" .:;–—-").strip(), doubts


def _first_reported(description: str, today: dt.date) -> tuple[str, dates.Dated | None]:
    """The description without "(Reported Apr. 30, 2017)", and that date."""
    said = _REPORTED.search(description)
    dated = dates.read(said["date"], today=today) if said else None
    if said is None or dated is None or dated.date is None:
        return description, None
    return description[: said.start()] + description[said.end() :], dated


def _miscounted(stated: dict[str, int], rows: list[IncidentLine]) -> list[Doubt]:
    """Where the text states another number than was read. Reports made up for later are counted apart, as such texts do.
    A text without its list, such as what is left once the rows were taken, says nothing of how well it was read."""
    listed = [row for row in rows if not any(one.kind is DoubtKind.IN_A_NOTE for one in row.doubts)]
    if not listed:
        return []
    read_of = {
        "credible": sum(row.assessment is Assessment.CREDIBLE and not row.not_previously_reported for row in listed),
        "non_credible": sum(row.assessment is Assessment.NON_CREDIBLE for row in listed),
        "open": sum(row.assessment is Assessment.OPEN for row in listed),
        "reopened": sum(row.was_reopened for row in listed),
        "not_previously_reported": sum(row.not_previously_reported for row in listed),
    }
    return [
        doubt(DoubtKind.COUNT_DIFFERS, name, said=stated[name], read=count)
        for name, count in read_of.items()
        if name in stated and stated[name] != count
    ]
