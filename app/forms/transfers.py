"""What is asked before a campaign changes hands."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField

from app.forms.fields import line

ADDRESS_LENGTH = 300


class AcceptTransferForm(FlaskForm):
    """The password again."""

    password = PasswordField(_l("Your password again"))


class OfferForm(AcceptTransferForm):
    """To which organisation; its address may be pasted whole."""

    organisation = line(
        _l("Address of the organisation"), ADDRESS_LENGTH, _l("Write the address of the organisation’s public page.")
    )

    @property
    def slug(self) -> str:
        """The last part of the address, which names the organisation."""
        return urlsplit(self.organisation.data or "").path.rstrip("/").rpartition("/")[2].lower()
