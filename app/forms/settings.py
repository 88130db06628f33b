"""What an owner is asked about the organisation."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, StringField, ValidationError
from wtforms.validators import DataRequired

from app import colours, mailboxes
from app.domain.organisations import Profile
from app.forms.fields import block, line, link
from app.forms.texts import clean


def lower(text: str | None) -> str:
    """The text cleaned and in small letters."""
    return clean(text).lower()


class SettingsForm(FlaskForm):
    """Name, words and look of an organisation."""

    name = line(_l("Name"), 120, _l("Write the name of the organisation."))
    about = block(_l("About"), 600)
    contact_email = StringField(_l("Contact e-mail"), filters=[clean])
    website = link(_l("Website"))
    signal_colour = StringField(_l("Signal colour"), filters=[lower], validators=[DataRequired(_l("Choose a colour."))])
    mark = FileField(_l("Mark"))
    without_mark = BooleanField(_l("Remove the mark"))

    def validate_website(self, field: Any) -> None:
        """As long as the database keeps."""
        if len(field.data or "") > 500:
            raise ValidationError(_("Use at most %(max)d characters.", max=500))

    def validate_contact_email(self, field: StringField) -> None:
        """One mailbox, or none."""
        if field.data:
            try:
                mailboxes.read(field.data)
            except mailboxes.NotAnAddress:
                raise ValidationError(_("Write the address as name@example.org.")) from None

    def validate_signal_colour(self, field: StringField) -> None:
        """A colour that can be read on light paper as it is; on dark paper it is lightened by itself."""
        chosen = field.data or ""
        if not colours.is_colour(chosen):
            raise ValidationError(_("Write the colour as # and six digits, such as #1f3ac7."))
        fit = colours.fit_for_light(chosen)
        if fit != chosen:
            contrast = f"{colours.contrast(chosen, colours.LIGHT_PAPER):.1f}"
            sentence = _(
                "%(colour)s is too pale: its contrast on the page is %(contrast)s, and 4.5 is needed.",
                colour=chosen,
                contrast=contrast,
            )
            nearest = _("The nearest that can be read is %(fit)s.", fit=fit)
            raise ValidationError(f"{sentence} {nearest}")

    def read_profile(self) -> Profile:
        """What was written, once it has been validated."""
        return Profile(
            name=self.name.data or "",
            about=self.about.data or "",
            contact_email=self.contact_email.data or "",
            website=self.website.data or "",
            signal_colour=self.signal_colour.data or "",
        )
