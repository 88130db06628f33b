"""Which column of a list of signers says what: guessed from the header, in English or Arabic, changed by whoever knows better."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from app.readers.months import level


class SignerField(StrEnum):
    """What a column of a list of signers can be."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    FULL_NAME = "full_name"
    EMAIL = "email"
    COUNTRY = "country"
    POSTCODE = "postcode"
    SIGNED_ON = "signed_on"
    CONSENT = "consent"
    CONSENT_ON = "consent_on"
    CONSENT_WORDS = "consent_words"
    IGNORED = "ignored"


_NAMES = {
    SignerField.GIVEN_NAME: "given name|first name|firstname|forename|given|prenom|vorname|الاسم الاول|الاسم الشخصي",
    SignerField.FAMILY_NAME: "family name|last name|lastname|surname|family|nom|nachname|اسم العائلة|العائلة|اللقب|الكنية",
    SignerField.FULL_NAME: "name|full name|fullname|signer|signatory|الاسم|الاسم الكامل|الاسم الثلاثي|اسم",
    SignerField.EMAIL: "email|e mail|mail|email address|e mail address|mailbox|البريد الالكتروني|بريد|الايميل|البريد",
    SignerField.COUNTRY: "country|country code|nation|land|pays|البلد|الدولة|بلد|دولة",
    SignerField.POSTCODE: "postcode|post code|postal code|zip|zip code|plz|الرمز البريدي|رمز بريدي",
    SignerField.SIGNED_ON: "signed at|signed on|signed|date|date signed|signed date|created at|timestamp|datum|التاريخ|تاريخ التوقيع|تاريخ",
    SignerField.CONSENT: "consent|hear more|opt in|optin|subscribe|subscribed|may write|updates|الموافقة|موافقة|يوافق",
    SignerField.CONSENT_ON: "agreed at|agreed on|consent date|consent at|consent on|opt in date|opted in at|تاريخ الموافقة",
    SignerField.CONSENT_WORDS: "consent wording|consent words|wording|consent text|consent version|نص الموافقة|صيغة الموافقة",
}  # fmt: skip
BY_NAME = {level(name): one for one, names in _NAMES.items() for name in names.split("|")}
TYPED = (
    SignerField.GIVEN_NAME,
    SignerField.FAMILY_NAME,
    SignerField.COUNTRY,
    SignerField.POSTCODE,
    SignerField.EMAIL,
    SignerField.SIGNED_ON,
    SignerField.CONSENT,
    SignerField.CONSENT_ON,
    SignerField.CONSENT_WORDS,
)  # the columns of a list that is typed in line by line

BY_HAND = (
    SignerField.GIVEN_NAME,
    SignerField.FAMILY_NAME,
    SignerField.EMAIL,
    SignerField.COUNTRY,
    SignerField.POSTCODE,
    SignerField.SIGNED_ON,
)  # what can be corrected in a row; nobody agrees for somebody else


@dataclass(frozen=True)
class SignerMapping:
    """How a list is read."""

    fields: tuple[SignerField, ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    has_header: bool = True
    month_first: bool = False

    def with_fields(self, said: list[str]) -> SignerMapping:
        """The mapping with what somebody chose for each column; a field that is newly chosen leaves the column that had it."""
        fields = list(self.fields)
        for column, (before, chosen) in enumerate(zip(self.fields, said, strict=False)):
            if chosen in tuple(SignerField) and chosen != before:
                fields = [SignerField.IGNORED if one == chosen else one for one in fields]
                fields[column] = SignerField(chosen)
        return replace(self, fields=tuple(fields))

    def cell(self, wanted: SignerField, cells: tuple[str, ...]) -> str:
        """What the cell of a field says, on one line; nothing where there is none."""
        column = self.fields.index(wanted) if wanted in self.fields else len(cells)
        return " ".join(cells[column].split()) if column < len(cells) else ""

    def put_in(self, corrected: AnyMapping[str, str], cells: tuple[str, ...]) -> tuple[str, ...]:
        """The cells with what was corrected, as far as there are columns for it."""
        if not corrected:
            return cells
        names = (corrected.get(one, "") for one in (SignerField.GIVEN_NAME, SignerField.FAMILY_NAME))
        said = {**corrected, SignerField.FULL_NAME: " ".join(filter(None, names))}
        columns = [*self.fields, *[SignerField.IGNORED] * (len(cells) - len(self.fields))]
        cells += ("",) * (len(columns) - len(cells))
        return tuple(said.get(one, cell) for one, cell in zip(columns, cells, strict=True))

    def kept(self) -> dict[str, Any]:
        """The same as the database keeps it."""
        return {**asdict(self), "fields": [one.value for one in self.fields]}

    @staticmethod
    def read(kept: AnyMapping[str, Any]) -> SignerMapping:
        """What `kept` wrote."""
        return SignerMapping(**{**kept, "fields": tuple(SignerField(one) for one in kept["fields"])})


def named(header: str) -> SignerField | None:
    """The field that a header speaks of."""
    bare = re.sub(r"[_\W]+", " ", level(re.sub(r"\(.*?\)", " ", header[:200]))).casefold()
    return BY_NAME.get(" ".join(bare.split()))


def guess(rows: list[tuple[str, ...]], delimiter: str, encoding: str) -> SignerMapping:
    """A field for each column, and whether the first row is a header. Without one, a column with an @ is the mailbox."""
    width = max((len(row) for row in rows[:200]), default=0)
    header = rows[0] if rows else ()
    known = [named(header[n]) if n < len(header) else None for n in range(width)]
    has_header = any(known)
    if not has_header:
        known = [
            SignerField.EMAIL if any("@" in row[n] for row in rows[:50] if n < len(row)) else None for n in range(width)
        ]
    fields: list[SignerField] = []
    for one in known:
        fields.append(SignerField.IGNORED if one is None or one in fields else one)
    return SignerMapping(tuple(fields), delimiter, encoding, has_header)
