"""What organisers are asked about the decision maker's response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.domain import responses
from app.domain.responses import Response
from app.forms.fields import DayField, block, line, link
from app.forms.unsaved import KeptForm
from app.models import Campaign

QUOTE, NAME = 1000, 160


class ResponseForm(KeptForm):
    """What was answered. An answer has words, somebody who said them, and a day."""

    response = block(_l("What they answered"), QUOTE)
    response_by = line(_l("Who answered"), NAME)
    response_on = DayField(_l("Answered on"))
    response_url = link(_l("Where it can be read"))
    seen = HiddenField()

    def __init__(self, campaign: Campaign | None = None, **kwargs: Any) -> None:
        super().__init__(obj=campaign, seen=responses.wording(campaign) if campaign else "", **kwargs)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """An answer is whole or not there at all."""
        fine = super().validate(extra_validators)
        parts = (self.response, self.response_by, self.response_on)
        if not any(field.data for field in (*parts, self.response_url)):
            return fine
        missing = (
            _("Write what they answered, in their words."),
            _("Write who answered."),
            _("Choose the day of the answer."),
        )
        for field, sentence in zip(parts, missing, strict=True):
            if not field.data:
                field.errors = [*field.errors, sentence]
                fine = False
        return bool(fine)

    def read_response(self) -> Response:
        """What was written, once it has been validated."""
        return Response(
            response=self.response.data or "",
            response_by=self.response_by.data or "",
            response_on=self.response_on.day,
            response_url=self.response_url.data or "",
        )
