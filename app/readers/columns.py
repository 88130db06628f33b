"""Which column of a table is which field: guessed from the header, changed by whoever knows better."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from app.readers.months import level
from app.readers.numbers import value


class Field(StrEnum):
    """What a column can be. A FIGURE is kept under the column's own name, an IGNORED column is left out."""

    DATE = "date"
    PLACE = "place"
    REGION = "region"
    COUNTRY = "country"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    SOURCE = "source"
    ASSESSMENT = "assessment"
    KILLED = "killed"
    INJURED = "injured"
    DESCRIPTION = "description"
    FIRST_REPORTED = "first_reported"
    FIGURE = "figure"
    IGNORED = "ignored"


MANY = {Field.FIGURE, Field.IGNORED}  # every other field has one column
_NAMES = {
    Field.DATE: "date|day|date of incident|incident date|event date|when|month|التاريخ|تاريخ|تاريخ الحادث|اليوم|الشهر",
    Field.PLACE: "place|location|site|town|city|village|where|locality|near|المكان|الموقع|موقع|المدينة|القرية|مكان الحادث",
    Field.REGION: "region|governorate|province|district|state|admin1|area|المحافظة|محافظة|المنطقة|القضاء|الاقليم",
    Field.COUNTRY: "country|country code|nation|iso|البلد|الدولة|بلد",
    Field.LATITUDE: "latitude|lat|y|خط العرض",
    Field.LONGITUDE: "longitude|lon|lng|long|x|خط الطول",
    Field.SOURCE: "source|sources|reported by|via|المصدر|المصادر|مصدر",
    Field.ASSESSMENT: "assessment|status|grading|result|finding|credibility|التقييم|الحالة|النتيجة",
    Field.KILLED: "killed|deaths|dead|fatalities|civilians killed|killed civilians|القتلى|قتلى|عدد القتلى|الوفيات|الشهداء",
    Field.INJURED: "injured|wounded|injuries|civilians injured|civilians wounded|الجرحى|جرحى|عدد الجرحى|المصابون|المصابين",
    Field.DESCRIPTION: "description|details|summary|what happened|text|notes|note|comment|الوصف|التفاصيل|ملخص|ملاحظات",
    Field.FIRST_REPORTED: "first reported|reported|reported on|date reported|report date|تاريخ البلاغ|تاريخ التبليغ|ابلغ في",
}
BY_NAME = {name: one for one, names in _NAMES.items() for name in names.split("|")}


@dataclass(frozen=True)
class Mapping:
    """How a file is read. Every part can be changed before reading it again; a changed copy comes from the methods."""

    fields: tuple[Field, ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    has_header: bool = True
    month_first: bool | None = None  # None: found out from the dates of the whole column

    def with_field(self, column: int, chosen: Field) -> Mapping:
        """The mapping with another field for a column, counted from 0; a field that had another column leaves it."""
        freed = (Field.IGNORED if one is chosen and chosen not in MANY else one for one in self.fields)
        return replace(self, fields=tuple(chosen if n == column else one for n, one in enumerate(freed)))

    def column(self, wanted: Field) -> int | None:
        """The column of a field, counted from 0."""
        return self.fields.index(wanted) if wanted in self.fields else None


def named(header: str) -> Field | None:
    """The field that a header speaks of, in English or Arabic."""
    name = " ".join(re.sub(r"[_\W]+", " ", level(re.sub(r"\(.*?\)", " ", header[:200]))).casefold().split())
    return BY_NAME.get(name)


def guess(rows: list[tuple[str, ...]]) -> tuple[tuple[Field, ...], bool]:
    """A field for each column, and whether the first row is a header.

    A header that is not known is a figure where its column holds whole numbers, and is ignored elsewhere. So is a column without
    a header: programs number their rows there.
    """
    width = max((len(row) for row in rows[:200]), default=0)
    header = rows[0] if rows else ()
    known = [named(header[n]) if n < len(header) else None for n in range(width)]
    has_header = any(known)
    fields: list[Field] = []
    for n, one in enumerate(known):
        if one is None or one in fields:
            is_named = has_header and n < len(header) and bool(header[n])
            counts = is_named and _counts([row[n] for row in rows[1:200] if n < len(row)])
            one = Field.FIGURE if counts else Field.IGNORED
        fields.append(one)
    return tuple(fields), has_header


def _counts(cells: list[str]) -> bool:
    said = [cell for cell in cells if cell]
    return bool(said) and all(value(cell) is not None for cell in said)
