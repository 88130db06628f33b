"""What organisers write for those who have signed."""

from __future__ import annotations

from dataclasses import asdict

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectChoice, SelectField

from app.domain.thanks import Words
from app.forms import values
from app.forms.fields import block, line
from app.forms.unsaved import KeptForm
from app.models import Campaign
from app.models.thanks import MAIL_LENGTH, SUBJECT_LENGTH, THANKS_LENGTH

WHATSAPP, X, MASTODON, BLUESKY = 500, 250, 400, 200  # characters, so that the link still fits behind them


class ThanksForm(KeptForm):
    """The text, what goes along with the link in each channel, and the campaign to sign next."""

    text = block(_l("Your text"), THANKS_LENGTH)
    next_campaign = SelectField(_l("Campaign to sign next"), default="", validate_choice=True)
    mail_subject = line(_l("Subject of a mail"), SUBJECT_LENGTH)
    mail_text = block(_l("Text of a mail"), MAIL_LENGTH)
    whatsapp = line(_l("WhatsApp"), WHATSAPP)
    x = line(_l("X"), X)
    mastodon = line(_l("Mastodon"), MASTODON)
    bluesky = line(_l("Bluesky"), BLUESKY)
    seen = HiddenField()

    def offer(self, campaigns: list[Campaign]) -> ThanksForm:
        """The same form with these campaigns to choose from."""
        choices = [SelectChoice(str(one.id), one.ask) for one in campaigns]
        self.next_campaign.choices = [SelectChoice("", _("None")), *choices]
        return self

    def read_words(self) -> Words:
        """What was written, once it was validated."""
        return Words(**{name: self[name].data or "" for name in asdict(Words())})

    def read_next(self) -> int | None:
        """The campaign that was chosen, or None."""
        return values.key(self.next_campaign.data or "")
