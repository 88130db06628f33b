"""What of an export is called in the language of whoever reads: its columns, and what the file is made for."""

from __future__ import annotations

from flask_babel import gettext as _

from app.domain.export_columns import plain
from app.models import Campaign, ExportForm


def columns(_campaign: Campaign) -> dict[str, str]:
    """The columns that a list of this campaign can have, as people say them."""
    return {
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "name": _("Whole name"),
        "country": _("Country"),
        "postcode": _("Postcode"),
        "signed_at": _("Signed at (UTC)"),
        "confirmed_at": _("Confirmed at (UTC)"),
        "text_version": _("Text version signed"),
        "email": _("E-mail"),
        "show_name": _("Name may be shown"),
        "hear_more": _("Agreed to hear more"),
        "opt_out": _("Did not agree to hear more"),
        "mail_status": _("Subscribed or unsubscribed"),
        "agreed_at": _("Agreed at (UTC)"),
        "consent_wording": _("Wording agreed to"),
        "channel": _("Channel"),
        "language": _("Language"),
        "external_id": _("Number of the signature"),
        "state": _("State"),
        "campaign": _("The ask"),
        "campaign_tag": _("The campaign’s address, as a tag"),
    }


def column(campaign: Campaign, key: str) -> str:
    """One column as people say it; said as such where it comes a second time."""
    name = columns(campaign).get(plain(key), plain(key))
    return name if plain(key) == key else _("%(column)s, once more", column=name)


def form(made_for: ExportForm | str) -> str:
    """What a file is made for."""
    return {
        ExportForm.SPREADSHEET: _("for a spreadsheet"),
        ExportForm.CRM: _("for a CRM"),
        ExportForm.WORKBOOK: _("a workbook (XLSX)"),
        ExportForm.LINES: _("JSON Lines"),
        ExportForm.PAPER: _("a PDF for the hand-over"),
    }[ExportForm(made_for)]
