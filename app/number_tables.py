"""The tables of the pages of numbers, each of them once: as a page shows it, and as a CSV file for a spreadsheet.

They tell of numbers alone, never of a person, so taking one wants no reason and no password.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app import links, signer_file, templating
from app.domain.funnel import Funnel, Steps
from app.domain.numbers import AllNumbers, Compared, Named, Numbers, Period
from app.i18n import country_name
from app.line_chart import LETTERS

Cell = int | None


@dataclass(frozen=True)
class Row:
    """`key` is what a machine reads, `label` what people read; then the numbers."""

    key: str
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """`name` is its part of an address; `key` is the heading of its first column, `columns` those of its numbers."""

    name: str
    key: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    short: tuple[str, ...] = ()  # the columns where a page says beside the table what they mean

    def as_csv(self) -> bytes:
        """The same rows as a file; a cell that a spreadsheet would calculate is made harmless (EXP-02)."""
        named = any(row.key != row.label for row in self.rows)
        head = [self.key, *([_("Name")] if named else []), *self.columns]
        rows = [[row.key, *([row.label] if named else []), *_plain(row.cells)] for row in self.rows]
        return signer_file.BOM + signer_file.lines([head, *rows])


def _plain(cells: Sequence[Cell]) -> list[str]:
    return ["" if cell is None else str(cell) for cell in cells]


def steps(numbers: Numbers) -> Table:
    """New signatures and how many there were then, by hour, day or week."""
    if numbers.by == "hour":
        rows = [
            Row(s.begins.isoformat(timespec="minutes"), templating.hour(s.begins), (s.new, s.total))
            for s in numbers.steps
        ]
        return Table("time", _("Hour"), (_("New"), _("Total")), tuple(rows))
    key = _("Week of") if numbers.by == "week" else _("Day")
    rows = [
        Row(s.begins.date().isoformat(), templating.full_week_day(s.begins.date()), (s.new, s.total))
        for s in numbers.steps
    ]
    return Table("time", key, (_("New"), _("Total")), tuple(rows))


def all_days(numbers: AllNumbers) -> Table:
    """New signatures of all campaigns by day."""
    days = zip(numbers.period.days(), numbers.days, strict=False)
    rows = tuple(Row(day.isoformat(), templating.full_week_day(day), (new,)) for day, new in days)
    return Table("time", _("Day"), (_("New"),), rows)


def countries(found: Named) -> Table:
    """Signatures of the period by country."""
    rows = tuple(Row(code, country_name(code) or _("not said"), (number,)) for code, number in found)
    return Table("countries", _("Country"), (_("Signatures"),), rows)


def channels(found: Named) -> Table:
    """Signatures of the period by channel."""
    rows = tuple(Row(channel, links.channel_heading(channel), (number,)) for channel, number in found)
    return Table("channels", _("Channel"), (_("Signatures"),), rows)


def campaigns(numbers: AllNumbers) -> Table:
    """Each campaign's signatures: of the period, of the one before, and all."""
    rows = tuple(Row(r.campaign.slug, r.campaign.ask, (r.new, r.before, r.total)) for r in numbers.rows)
    return Table("campaigns", _("Campaign"), (_("New"), _("Period before"), _("Total")), rows)


def comparison(found: Sequence[Compared], period: Period, *, aligned: bool) -> Table:
    """The totals of some campaigns at the end of each day."""
    days = period.days()
    rows = []
    for n in range(max((len(one.totals) for one in found), default=0)):
        cells = tuple(one.totals[n] for one in found)
        if any(cell is not None for cell in cells):
            key = str(n + 1) if aligned else days[n].isoformat()
            rows.append(
                Row(key, _("Day %(number)s", number=n + 1) if aligned else templating.full_week_day(days[n]), cells)
            )
    columns = tuple(f"{letter} {one.campaign.ask}" for letter, one in zip(LETTERS, found, strict=False))
    key = _("Day since publication") if aligned else _("Day")
    return Table("comparison", key, columns, tuple(rows), tuple(LETTERS[: len(found)]))


def funnel_days(found: Funnel) -> Table:
    """How far mailboxes went, by the day on which they were asked or confirmed."""
    rows = tuple(Row(day.isoformat(), templating.full_week_day(day), _steps_cells(steps)) for day, steps in found.days)
    return Table("funnel", _("Day"), _step_names(), rows)


def funnel_domains(found: Funnel) -> Table:
    """The same by mail domain."""
    rows = tuple(Row(domain or "other", domain or _("Others"), _steps_cells(steps)) for domain, steps in found.domains)
    return Table("domains", _("Mail domain"), _step_names(), rows)


def asked_again(found: Funnel) -> Table:
    """What asking again did: mails beyond the first, and who confirmed after one."""
    rows = tuple(
        Row(day.isoformat(), templating.full_week_day(day), (steps.again, steps.confirmed_again, steps.confirmed))
        for day, steps in found.days
        if steps.again or steps.confirmed_again
    )
    return Table("again", _("Day"), (_("Asked again"), _("Confirmed after it"), _("Confirmed in all")), rows)


def _step_names() -> tuple[str, ...]:
    return (_("Asked"), _("Mail accepted"), _("Failed or came back"), _("Link opened"), _("Confirmed"))


def _steps_cells(steps: Steps) -> tuple[Cell, ...]:
    return steps.asked, steps.mailed, steps.failed, steps.opened, steps.confirmed
