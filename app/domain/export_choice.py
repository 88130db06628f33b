"""What is chosen for an export: which signers, which columns in which order under which names, made for what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.export_columns import USUAL, plain
from app.models import ExportForm

YES_NO = {"yes": ("yes", "no"), "true": ("TRUE", "FALSE"), "1": ("1", "0")}
# What a list of changes begins with: what to do with whom, and why. They are no columns of a signature.
CHANGE, WHY, EXTERNAL_ID = "change", "why", "external_id"


@dataclass(frozen=True)
class Choice:
    """Which signers, which columns, made for what. Dates are days in the campaign's zone, both included.

    `names` has the names in the file of those columns that are called otherwise there. `layout` is the program whose way of
    naming was chosen. `since` is the number of the export after which the changes are wanted.
    """

    columns: tuple[str, ...] = USUAL
    names: tuple[tuple[str, str], ...] = ()
    all_states: bool = False
    signed_from: dt.date | None = None
    signed_to: dt.date | None = None
    supporters_only: bool = False
    country: str = ""
    channel: str = ""
    form: ExportForm = ExportForm.SPREADSHEET
    bom: bool = True
    yes_no: str = "yes"
    layout: str = ""
    since: int | None = None

    def in_file(self) -> tuple[str, ...]:
        """The columns of a signature as they stand in the file."""
        keys: list[str] = []
        chosen = {plain(key) for key in self.columns}
        for key in self.columns:
            keys.append(key)
            if key == "email" and not chosen & {"hear_more", "opt_out", "mail_status"}:
                keys.append("hear_more")  # an address never leaves without saying whether it may be written to
        if self.all_states and "state" not in chosen:
            keys.append("state")
        if self.since is not None and EXTERNAL_ID not in chosen:
            keys.insert(0, EXTERNAL_ID)  # what is taken out has no other name
        return tuple(keys)

    def header(self) -> tuple[str, ...]:
        """The names of the columns as they stand in the file."""
        names = dict(self.names)
        first = (CHANGE, WHY) if self.since is not None else ()
        return (*first, *(names.get(key) or plain(key) for key in self.in_file()))

    def record(self) -> dict[str, Any]:
        """The choice as it is kept with the export."""
        return {
            "keys": list(self.columns),
            "names": dict(self.names),
            "columns": list(self.header()),
            "all_states": self.all_states,
            "signed_from": self.signed_from.isoformat() if self.signed_from else None,
            "signed_to": self.signed_to.isoformat() if self.signed_to else None,
            "supporters_only": self.supporters_only,
            "country": self.country,
            "channel": self.channel,
            "form": str(self.form),
            "bom": self.bom,
            "yes_no": self.yes_no,
            "layout": self.layout,
            "since": self.since,
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Choice:
        """The choice that was kept."""
        days = {name: _day(kept.get(name)) for name in ("signed_from", "signed_to")}
        return cls(
            columns=tuple(kept["keys"]),
            names=tuple(kept["names"].items()),
            all_states=kept["all_states"],
            supporters_only=kept["supporters_only"],
            country=kept["country"],
            channel=kept["channel"],
            form=ExportForm(kept["form"]),
            bom=kept["bom"],
            yes_no=kept["yes_no"],
            layout=kept["layout"],
            since=kept["since"],
            **days,
        )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
