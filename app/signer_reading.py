"""A list of signers as it was handed in, read into rows: whole ones, and malformed ones with the reason."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _
from wtforms.validators import StopValidation

from app import mailboxes, signer_file
from app.cleaning import clean
from app.domain import consents
from app.domain.imported_rows import Fate, ImportedRow, Plan
from app.forms.texts import at_most, plain_name, readable, some_letter
from app.models import Asked, Campaign, SignerImport
from app.models.signatures import NAME_LENGTH, POSTCODE_LENGTH
from app.models.types import Precision
from app.readers import cells, dates, places, signer_columns
from app.readers.doubts import Doubt
from app.readers.signer_columns import BY_HAND, SignerField, SignerMapping

YES = {"yes", "y", "true", "1", "x", "agreed", "✓", "✔", "نعم", "موافق"}
SHORTEST_WORDS = 20  # of a consent in words of its own; "yes" or "web form" proves nothing
LONGEST_WORDS = 2000


@dataclass(frozen=True)
class Row:
    """One row: what it says, or why it cannot be taken; and what was said of consent and is not proven."""

    line_number: int
    cells: tuple[str, ...]
    given: ImportedRow | None
    reason: str = ""
    note: str = ""
    key: str = ""
    corrected: Mapping[str, str] | None = None  # what somebody wrote instead, by field
    fate: Fate | None = None
    is_alike: bool = False


@dataclass(frozen=True)
class Reading:
    """A list as it stands."""

    rows: list[Row] = field(default_factory=list)
    header: tuple[str, ...] = ()
    mapping: SignerMapping = field(default_factory=lambda: SignerMapping(()))
    doubts: tuple[Doubt, ...] = ()
    refused: str = ""

    @property
    def given(self) -> list[ImportedRow]:
        """The rows that are whole, in their order."""
        return [row.given for row in self.rows if row.given is not None]

    @property
    def corrected(self) -> int:
        """How many were corrected by hand."""
        return sum(row.corrected is not None for row in self.rows)

    @property
    def malformed(self) -> int:
        """How many are not."""
        return sum(row.given is None for row in self.rows)

    def planned(self, plan: Plan) -> Reading:
        """The same with what becomes of each row, from the plan of `given`."""
        rows, number = [], 0
        for row in self.rows:
            if row.given is None:
                rows.append(row)
                continue
            fate = plan.fates[number]
            rows.append(replace(row, fate=fate, is_alike=number in plan.alike))
            number += 1
        return replace(self, rows=rows)


class _Malformed(Exception):
    """Why a row cannot be taken, in a sentence."""


def guessed(content: bytes, delimiter: str = "", encoding: str = "") -> SignerMapping:
    """How a list is read, as far as its header tells."""
    table = cells.read(content, delimiter=delimiter, encoding=encoding)
    return signer_columns.guess([row.cells for row in table.rows], table.delimiter, table.encoding)


def read(batch: SignerImport, campaign: Campaign, *, today: dt.date) -> Reading:
    """Every row of a batch that nobody took yet."""
    content = batch.content or b""
    mapping = SignerMapping.read(batch.mapping) if batch.mapping else None
    table = cells.read(
        content, delimiter=mapping.delimiter if mapping else "", encoding=mapping.encoding if mapping else ""
    )
    mapping = mapping or signer_columns.guess([row.cells for row in table.rows], table.delimiter, table.encoding)
    if table.refused:
        return Reading(mapping=mapping, refused=table.refused)
    header = table.rows[0].cells if table.rows and mapping.has_header else ()
    reader = _Reader(batch, campaign, mapping, today)
    body = table.rows[1:] if mapping.has_header else table.rows
    return Reading([reader.row(one) for one in body], header, mapping, table.doubts)


class _Reader:
    """Reads row after row in one way."""

    def __init__(self, batch: SignerImport, campaign: Campaign, mapping: SignerMapping, today: dt.date) -> None:
        self.batch, self.campaign, self.mapping, self.today = batch, campaign, mapping, today
        self.versions = consents.versions(campaign.organisation_id)

    def row(self, one: cells.Row) -> Row:
        """The row, or why not."""
        self.note, key = "", _key(one)
        corrected = (self.batch.corrections or {}).get(key)
        row = Row(one.line_number, self.mapping.put_in(corrected or {}, one.cells), None, key=key, corrected=corrected)
        try:
            return replace(row, given=self._given(one, corrected), note=self.note)
        except _Malformed as wrong:
            return replace(row, reason=str(wrong))

    def _given(self, one: cells.Row, corrected: Mapping[str, str] | None) -> ImportedRow:
        def said(wanted: SignerField) -> str:
            return (
                corrected.get(wanted, "") if corrected and wanted in BY_HAND else self.mapping.cell(wanted, one.cells)
            )

        given_name, family_name = self._names(said)
        mailbox = None
        if address := said(SignerField.EMAIL):
            try:
                mailbox = mailboxes.read(address)
            except mailboxes.NotAnAddress:
                raise _Malformed(_("“%(said)s” is not a whole mail address.", said=address[:80])) from None
        consent_on, consent_words = self._consent(said, has_mailbox=mailbox is not None)
        return ImportedRow(
            one.line_number,
            given_name,
            family_name if self._asks("family_name") else "",
            self._country(said(SignerField.COUNTRY)) if self._asks("country") else "",
            _text(said(SignerField.POSTCODE), POSTCODE_LENGTH) if self._asks("postcode") else "",
            mailbox,
            self._day(said(SignerField.SIGNED_ON)),
            consent_on,
            consent_words,
            is_corrected=corrected is not None,
        )

    def _asks(self, field: str) -> bool:
        """Whether the campaign asks for this at all; what it does not ask for is not kept of anybody."""
        return bool(getattr(self.campaign, f"asks_{field}") != Asked.OFF)

    def _names(self, said: Callable[[SignerField], str]) -> tuple[str, str]:
        given, family = said(SignerField.GIVEN_NAME), said(SignerField.FAMILY_NAME)
        if not (given or family):
            given, family = _parted(said(SignerField.FULL_NAME))
        given, family = _text(given, NAME_LENGTH), _text(family, NAME_LENGTH)
        if not some_letter(given):
            raise _Malformed(_("There is no given name."))
        if self.campaign.asks_family_name == Asked.REQUIRED and not some_letter(family):
            raise _Malformed(_("There is no family name, and this campaign asks for one."))
        return given, family

    def _country(self, said: str) -> str:
        code = places.country(said.upper() if len(said) == 2 else said) if said else self.batch.country
        if not code and (said or self.campaign.asks_country == Asked.REQUIRED):
            unknown = _("“%(said)s” is no country that we know.", said=said[:80])
            raise _Malformed(unknown if said else _("There is no country. Choose one for all rows that name none."))
        return code

    def _day(self, said: str) -> dt.date | None:
        if not said:
            return None
        found = dates.read(said, today=self.today, month_first=self.mapping.month_first) or self._stamp(said)
        day = found.date if isinstance(found, dates.Dated) else None
        on = day.on if day and day.precision == Precision.DAY else found if isinstance(found, dt.date) else None
        if on is None:
            raise _Malformed(_("“%(said)s” is no day that we can read.", said=said[:80]))
        if on > self.today:
            raise _Malformed(_("“%(said)s” is still to come.", said=said[:80]))
        return on

    def _was_shown(self, words: str, on: dt.date) -> bool:
        """Whether they name a wording of this organisation that there was on that day: nobody agreed to later ones."""
        since = self.versions.get(words)
        return since is not None and since <= on

    def _stamp(self, said: str) -> dt.date | None:
        """The day of a moment as programs write it."""
        try:
            return dt.datetime.fromisoformat(said.removesuffix(" UTC")).date()
        except ValueError:
            return None

    def _consent(self, said: Callable[[SignerField], str], *, has_mailbox: bool) -> tuple[dt.date | None, str]:
        """When and to which words somebody agreed. Nothing where any of yes, day, words or mailbox is missing."""
        agreed = said(SignerField.CONSENT)
        if agreed.casefold() not in YES:
            return None, ""
        try:
            on = self._day(said(SignerField.CONSENT_ON))
        except _Malformed:
            on = None
        words = said(SignerField.CONSENT_WORDS)[:LONGEST_WORDS]
        if on and has_mailbox and (self._was_shown(words, on) or len(words) >= SHORTEST_WORDS):
            return on, words
        self.note = _("Agreed to hear more, as it says; but day, words or address are missing, so it does not hold.")
        return None, ""


def _key(one: cells.Row) -> str:
    """What tells a row from others, also once lines were added: read otherwise it is another one."""
    return f"{one.line_number}-{hashlib.blake2b(repr(one.cells).encode('utf-8', 'replace'), digest_size=9).hexdigest()}"


def to_correct(reading: Reading, row: Row) -> dict[str, str]:
    """What a row says now of what can be corrected by hand, by field, as it was written."""
    if row.corrected is not None:
        return dict(row.corrected)
    said = {one.value: reading.mapping.cell(one, row.cells) for one in BY_HAND}
    if not (said["given_name"] or said["family_name"]):
        said["given_name"], said["family_name"] = _parted(reading.mapping.cell(SignerField.FULL_NAME, row.cells))
    return said


def _parted(name: str) -> tuple[str, str]:
    """Given and family name of "Haddad, Noor" or "Noor Haddad": the last word is the family name, unless a comma says otherwise."""
    for comma in (",", "،"):
        if comma in name:
            family, _comma, given = name.partition(comma)
            return given.strip(), family.strip()
    given, _space, family = name.rpartition(" ")
    return (given, family) if given else (family, "")


def _text(said: str, most: int) -> str:
    """A name or postcode that may stand in our lists, by the rules of the sign form."""
    text = clean(said)
    checks: Sequence[Callable[..., None]] = (at_most(most), readable, plain_name)
    field: Any = SimpleNamespace(data=text)
    form: Any = None
    try:
        for check in checks:
            check(form, field)
    except StopValidation as wrong:
        raise _Malformed(str(wrong)) from None
    return text


def fate_in_words(row: Row) -> str:
    """What becomes of a row, as a sentence."""
    if row.given is None or row.fate is None:
        return row.reason
    return {
        Fate.TAKEN: _("Will be taken"),
        Fate.IN_FILE: _("The same mailbox stands further up in this list."),
        Fate.SIGNED: _("This mailbox has signed the campaign."),
        Fate.WAITING: _("This mailbox signed online, and has still to confirm."),
        Fate.TAKEN_OUT: _("A signature of this mailbox was held or invalidated."),
        Fate.REFUSED: _("The owner of this mailbox said “this wasn’t me”."),
        Fate.ALIKE_IN_FILE: _(
            "The same name stands further up in this list, with the same postcode and country as far as both are known."
        ),
        Fate.ALIKE: _("Somebody of this name has signed, with the same postcode and country as far as both are known."),
    }[row.fate]


def refused_file(reading: Reading) -> bytes:
    """The rows that are not taken as a CSV file, each with its line and the reason; nothing in it that a spreadsheet calculates."""
    out = [[_("Line"), _("Why it is not taken"), *reading.header]]
    out += [[str(row.line_number), fate_in_words(row), *row.cells] for row in reading.rows if row.fate != Fate.TAKEN]
    return b"\xef\xbb\xbf" + signer_file.lines(out)


def typed(content: bytes, lines: Sequence[Sequence[str]]) -> bytes:
    """The list with more lines, typed in by hand; blank ones are left out."""
    out = io.StringIO()
    writer = csv.writer(out)
    if not content.strip():
        writer.writerow([one.value for one in signer_columns.TYPED])
    writer.writerows([line for line in lines if any(cell.strip() for cell in line)])
    return content + out.getvalue().encode("utf-8", "replace")
