"""Forms of the desk that can be opened with the words that were typed into them before and not saved."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_wtf import FlaskForm


class KeptForm(FlaskForm):
    """A form whose words are kept while they are written (`app.domain.unsaved`). Where the person went on with them, `g.unsaved` holds
    them, and they stand in the fields as if they had been posted."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            return g.get("unsaved") or super().wrap_formdata(form, formdata)

    @property
    def is_taken_up(self) -> bool:
        """Whether it shows unsaved words, which nothing stored may replace."""
        return bool(g.get("unsaved"))
