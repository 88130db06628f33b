"""Forms of the desk that can be opened with the words that were typed into them before and not saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, FileField, HiddenField, SelectField, SelectMultipleField


class KeptForm(FlaskForm):
    """A form whose words are kept while they are written (`app.domain.unsaved`). Where the person went on with them, `g.unsaved` holds
    them, and they stand in the fields as if they had been posted."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            return g.get("unsaved") or super().wrap_formdata(form, formdata)

    theirs: Sequence[
        tuple[str, str]
    ] = ()  # after somebody else saved: what differs in theirs, by the names of the fields

    def refuse_for(self, sentence: str, stored: KeptForm) -> None:
        """Somebody else saved meanwhile: say so, show what they wrote beside what stands here, and let the next save replace it."""
        self.form_errors.append(sentence)
        self.theirs = [(field.label.text, _said(stored[field.name])) for field in self if _differs(field, stored)]
        self["seen"].data = stored["seen"].data

    @property
    def is_taken_up(self) -> bool:
        """Whether it shows unsaved words, which nothing stored may replace."""
        return bool(g.get("unsaved"))


def _said(field: Field) -> str:
    """What stands in a field, as people read it."""
    if isinstance(field, SelectMultipleField):
        return ", ".join(str(one.label) for one in field.iter_choices() if one.selected)
    if isinstance(field, SelectField):
        return next((str(one.label) for one in field.iter_choices() if one.selected), "")
    if isinstance(field, BooleanField):
        return _("Yes") if field.data else _("No")
    return str(field.data or "")


def _differs(field: Field, stored: KeptForm) -> bool:
    return not isinstance(field, HiddenField | FileField) and _said(field) != _said(stored[field.name])
