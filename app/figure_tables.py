"""Figures of a series as a text to edit, as a table to read, and as bars to look at."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import selectinload

from app import incident_chart, templating
from app.charts import FLOOR, WIDTH, Axis, Line, axis
from app.domain import figure_series
from app.domain.figure_series import Number
from app.extensions import db
from app.incident_rows import LARGEST, on_one_line
from app.models import Figure, FigureSeries, Precision, Topic
from app.models.figures import FIGURE_NAME_LENGTH, PLACE_LENGTH
from app.readers import figures as read_figures
from app.readers.doubts import DoubtKind

Countable = Figure | Number  # stored, or just read
MOST_GROUPS = 36  # months that are drawn, the last ones; the table has all
LABEL_ROOM = 88  # half the width of the longest month with its year, as large as a phone writes it
MOST_ROWS_BESIDE = 60  # of a table, on a page that shows other things too


def written(figures: Sequence[Countable]) -> str:
    """The figures as a table with a row for each month and place, which the reader reads back."""
    names = _names(figures)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["month", "place", *names])
    for (month, place), values in _rows(figures).items():
        cells = [_cell(values, name) for name in names]
        table.writerow([f"{month:%Y-%m}", place or "total", *cells])
    return out.getvalue() if names else "month,place,killed,injured\n"


def _cell(values: dict[str, int | None], name: str) -> str:
    if name not in values:
        return ""
    return "?" if values[name] is None else str(values[name])


def _rows(figures: Iterable[Countable]) -> dict[tuple[dt.date, str], dict[str, int | None]]:
    rows: dict[tuple[dt.date, str], dict[str, int | None]] = {}
    for figure in sorted(figures, key=lambda one: (one.month, one.place)):
        rows.setdefault((figure.month, figure.place), {})[figure.name] = figure.value
    return rows


def number(figure: read_figures.Figure) -> Number | None:
    """A figure that was read, as a series takes it; None where it has no month or its number cannot be read, or does not fit."""
    if figure.month is None or figure.month.precision is Precision.YEAR or not has_value(figure):
        return None
    too_long = len(figure.name) > FIGURE_NAME_LENGTH or len(figure.place) > PLACE_LENGTH
    if too_long or not figure.name or (figure.value or 0) > LARGEST:
        return None
    return Number(figure.month.on.replace(day=1), on_one_line(figure.place), on_one_line(figure.name), figure.value)


def has_value(figure: read_figures.Figure) -> bool:
    """Whether it says a number, or that nobody knows it; not where it says something that is neither."""
    return not any(one.kind is DoubtKind.NOT_A_NUMBER for one in figure.doubts)


@dataclass(frozen=True)
class Bar:
    """The number of one name in one month; None where nobody knows it."""

    x: float
    y: float
    width: float
    height: float
    name: str
    value: int | None


@dataclass(frozen=True)
class Chart:
    """Everything that the template draws: bars of the whole, side by side for each month."""

    bars: list[Bar]
    lines: list[Line]
    months: list[tuple[float, str, dt.date]]  # where each named month stands, and which end of its word stands there
    names: list[str]
    left: int
    width: int = WIDTH
    height: int = incident_chart.HEIGHT


@dataclass(frozen=True)
class Table:
    """Everything of a series as rows: month, place, and a number for each name."""

    names: list[str]
    rows: list[tuple[dt.date, str, list[int | None]]]
    has_gaps: bool  # a number that nobody knows


def table(figures: Sequence[Countable]) -> Table:
    """The latest month first, the whole before its places, the place with most before the others."""
    names = _names(figures)
    rows = [(month, place, [values.get(name) for name in names]) for (month, place), values in _rows(figures).items()]
    rows.sort(key=lambda row: (-row[0].toordinal(), row[1] != "", -sum(value or 0 for value in row[2]), row[1]))
    return Table(names, rows, any(None in values for _month, _place, values in rows))


def _names(figures: Iterable[Countable]) -> list[str]:
    """What is counted, killed first: as it is always said."""
    return list(dict.fromkeys(figure.name for figure in sorted(figures, key=_first_killed)))


def _first_killed(figure: Countable) -> tuple[bool, str]:
    return figure.name != "killed", figure.name


def chart(figures: Sequence[Countable]) -> Chart | None:
    """Bars of the whole for each month; where no whole is said, of the sum of the places. None where there is nothing."""
    names = table(figures).names[:4]
    months = sorted({figure.month for figure in figures})[-MOST_GROUPS:]
    if not months or not names:
        return None
    sums = {(month, name): _whole(figures, month, name) for month in months for name in names}
    beside = axis(max(value or 0 for value in sums.values()), templating.number)
    group = min(incident_chart.SLOT, (WIDTH - beside.left) / len(months))
    wide = group * 0.8 / len(names)
    bars = [
        _bar(beside.left + place * group + group * 0.1 + n * wide, wide, beside, name, sums[month, name])
        for place, month in enumerate(months)
        for n, name in enumerate(names)
    ]
    each = max(1, -(-len(months) // 5))
    labels = [
        (*_label(beside.left + place * group, group), month) for place, month in enumerate(months) if place % each == 0
    ]
    return Chart(bars, beside.lines, labels, names, beside.left)


def _label(left: float, group: float) -> tuple[float, str]:
    """Below the middle of its bars, but never over the edge of the chart, where its year would be cut."""
    middle, right = left + group / 2, left + group
    if middle < LABEL_ROOM:
        return round(left, 2), "start"
    if middle > WIDTH - LABEL_ROOM:
        return round(right, 2), "end"
    return round(middle, 2), "middle"


@dataclass(frozen=True)
class Drawn:
    """A series with its chart and table."""

    series: FigureSeries
    chart: Chart | None
    table: Table

    @property
    def is_short(self) -> bool:
        """Whether its table fits on the page of its topic."""
        return len(self.table.rows) <= MOST_ROWS_BESIDE


def drawn(series: FigureSeries, numbers: Sequence[Countable] | None = None) -> Drawn:
    """A series, ready for a template: with the figures that it has, or with others that it may get."""
    figures: Sequence[Countable] = series.figures if numbers is None else numbers
    return Drawn(series, chart(figures), table(figures))


def of_topic(topic: Topic) -> list[Drawn]:
    """The series of a topic that have figures, in their order."""
    found = db.session.scalars(figure_series.of(topic.id).options(selectinload(FigureSeries.figures)))
    return [drawn(series) for series in found if series.figures]


def _bar(x: float, wide: float, beside: Axis, name: str, value: int | None) -> Bar:
    height = beside.height(value or 0)
    return Bar(round(x, 2), round(FLOOR - height, 2), round(max(1.0, wide - 2), 2), round(height, 2), name, value)


def _whole(figures: Sequence[Countable], month: dt.date, name: str) -> int | None:
    of_month = [figure for figure in figures if figure.month == month and figure.name == name]
    whole = [figure.value for figure in of_month if figure.place == ""]
    if whole:
        return whole[0]
    known = [figure.value for figure in of_month if figure.value is not None]
    return sum(known) if known else None
