"""What is asked about a hand-over of signatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectChoice, SelectField

from app import export_words
from app.delivery_words import way_name
from app.domain.deliveries import Words
from app.forms import values
from app.forms.fields import DayField, block, line
from app.models import DeliveryWay, Export
from app.models.deliveries import DELIVERY_NOTE_LENGTH, TO_LENGTH, WAY_LENGTH
from app.templating import number


class DeliveryForm(FlaskForm):
    """When, how and to whom; the list that was used, where the person asking may choose one."""

    delivered_on = DayField(_l("Handed over on"))
    way = SelectField(_l("How"))
    way_words = line(_l("How exactly"), WAY_LENGTH)
    decision_maker = SelectField(_l("To which decision maker"))
    to_name = line(_l("Who took it"), TO_LENGTH)
    to_office = line(_l("Office"), TO_LENGTH)
    export = SelectField(_l("The list that was used"))
    public_note = block(_l("For everybody"), DELIVERY_NOTE_LENGTH)
    desk_note = block(_l("For the desk alone"), DELIVERY_NOTE_LENGTH)
    revision = HiddenField()

    def offer(self, decision_makers: Iterable[str], exports: Iterable[tuple[Export, str]] | None) -> DeliveryForm:
        """Give the choices: these decision makers, and these exports with the moment in words; None where none may be chosen."""
        self.way.choices = [
            SelectChoice("", _("Choose how")),
            *(SelectChoice(str(w), way_name(w)) for w in DeliveryWay),
        ]
        nobody = SelectChoice("", _("Nobody of them"))
        self.decision_maker.choices = [nobody, *(SelectChoice(name, name) for name in dict.fromkeys(decision_makers))]
        if exports is None:
            del self.export
            return self
        self.export.choices = [
            SelectChoice("", _("None")),
            *(SelectChoice(str(e.id), _name(e, at)) for e, at in exports),
        ]
        return self

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """A hand-over has a day, a way, and somebody who took it."""
        fine = super().validate(extra_validators)
        to_nobody = not (self.decision_maker.data or self.to_name.data or self.to_office.data)
        missing = (
            (self.delivered_on, not self.delivered_on.data, _("Choose the day on which it was handed over.")),
            (self.way, not self.way.data, _("Choose how it was handed over.")),
            (self.way_words, self.way.data == DeliveryWay.OTHER and not self.way_words.data, _("Write in which way.")),
            (self.to_name, to_nobody, _("Choose a decision maker, or write who took it or which office.")),
        )
        for field, is_missing, sentence in missing:
            if is_missing and not field.errors:
                field.errors = [sentence]
                fine = False
        return bool(fine)

    def read_words(self) -> Words:
        """What was said, once it has been validated."""
        assert self.delivered_on.day
        names = ("way_words", "decision_maker", "to_name", "to_office", "public_note", "desk_note")
        said = {name: self[name].data or "" for name in names}
        return Words(delivered_on=self.delivered_on.day, way=DeliveryWay(self.way.data), **said)

    def read_export(self, kept: int | None) -> int | None:
        """The number of the export; the one that is `kept` where the person asking cannot choose."""
        return values.key(self.export.data or "") if "export" in self else kept

    def read_revision(self) -> int:
        """The revision that was corrected; 0 for what is none."""
        return values.key(self.revision.data or "") or 0


def _name(export: Export, at: str) -> str:
    """An export as a choice: when, made for what, how many rows, why, and how its checksum begins. Why another organisation took it,
    before the campaign changed hands, is its own."""
    is_ours = export.organisation_id == export.campaign.organisation_id
    why = export.reason[:60] if is_ours else _("by the organisation that had the campaign before")
    made_for = export_words.form(export.form)
    said = {"moment": at, "made_for": made_for, "rows": number(export.row_count), "reason": f"\u2068{why}\u2069"}
    return _("%(moment)s, %(made_for)s, rows: %(rows)s, %(reason)s, SHA-256 %(sum)s…", sum=export.list_sum[:8], **said)
