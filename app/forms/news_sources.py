"""What organisers are asked about a news source."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, StopValidation

from app.domain import news_import
from app.domain.places import Place
from app.forms import values
from app.forms.fields import block, line, link
from app.forms.unsaved import KeptForm
from app.models import Campaign, NewsSource, Topic
from app.models.news import EXCERPT_LENGTH
from app.templating import number

KEYWORDS = 600


def place_name(place: Place) -> str:
    """What stands for a campaign or topic in the form: "topic-3"."""
    return f"{'topic' if isinstance(place, Topic) else 'campaign'}-{place.id}"


def _place_of(source: NewsSource) -> str:
    return f"topic-{source.topic_id}" if source.topic_id else f"campaign-{source.campaign_id}"


class SourceForm(KeptForm):
    """A feed, what it is read for, and what is taken from it."""

    url = link(_l("Address"), _l("Write the address of a feed, or of a page that has one."))
    place = SelectField(_l("For"), validators=[DataRequired(_l("Choose a campaign or topic."))])
    outlet = line(_l("Outlet"), 200, _l("Write who publishes it."))
    include = block(_l("Words to include"), KEYWORDS)
    exclude = block(_l("Words to exclude"), KEYWORDS)
    excerpt_length = StringField(
        _l("Length of excerpts"), default="400", validators=[DataRequired(_l("Write a number, 0 for no excerpt."))]
    )
    disclaimer = line(_l("Disclaimer"), 400)
    publishes_at_once = BooleanField(_l("Publish at once"))
    seen = HiddenField()

    length = 0

    def __init__(
        self, campaigns: list[Campaign], topics: list[Topic], obj: NewsSource | None = None, **kwargs: Any
    ) -> None:
        stored = {"place": _place_of(obj), "seen": news_import.wording(obj)} if obj else {}
        super().__init__(obj=obj, **stored, **kwargs)
        named: list[tuple[str, Place]] = [(_("Topic: %(name)s", name=t.title), t) for t in topics]
        named += [(_("Campaign: %(name)s", name=c.ask), c) for c in campaigns]
        self.places: dict[str, Place] = {place_name(place): place for _name, place in named}
        self.place.choices = [SelectChoice(place_name(place), name) for name, place in named]

    def validate_excerpt_length(self, field: Field) -> None:
        """Up to as much as an item can hold."""
        try:
            self.length = values.whole_number(str(field.data or ""))
        except ValueError:
            raise StopValidation(_("Write a whole number, such as 400.")) from None
        if self.length > EXCERPT_LENGTH:
            raise StopValidation(_("Choose at most %(most)s characters.", most=number(EXCERPT_LENGTH)))

    def read_place(self) -> Place:
        """The campaign or topic that was chosen, once it has been validated."""
        return self.places[self.place.data]

    def read_values(self) -> dict[str, Any]:
        """The rest of what was written."""
        written = {name: self[name].data or "" for name in ("url", "outlet", "include", "exclude", "disclaimer")}
        return {**written, "excerpt_length": self.length, "publishes_at_once": bool(self.publishes_at_once.data)}
