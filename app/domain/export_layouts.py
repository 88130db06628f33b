"""How well-known programs want their columns named, and who may be in a list for them.

Every layout also says whether and when somebody agreed to be written to, under which wording, where they came from, and the
signature's own id, so that the program can be corrected later.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.export_choice import Choice
from app.models import ExportForm


@dataclass(frozen=True)
class Layout:
    """A program's way of naming: pairs of a column and its name there."""

    key: str
    name: str  # a proper name, the same in every language
    fields: tuple[tuple[str, str], ...]
    mails: bool = False  # it sends mails, so only those may be in it who agreed to that
    form: ExportForm = ExportForm.CRM
    yes_no: str = "1"

    def choice(self) -> Choice:
        """What somebody begins with who chooses it."""
        return Choice(
            columns=tuple(key for key, _name in self.fields),
            names=tuple((key, name) for key, name in self.fields if name != key),
            supporters_only=self.mails,
            form=self.form,
            bom=False,
            yes_no=self.yes_no,
            layout=self.key,
        )


def _with_consent(*fields: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """These and what every layout has. A column that stands there already comes a second time."""
    known = {key for key, _name in fields}
    always = (
        ("hear_more", "opt_in"),
        ("agreed_at", "opt_in_at"),
        ("consent_wording", "consent_text_version"),
        ("channel", "source"),
        ("external_id", "external_id"),
    )
    taken = {name for _key, name in fields}
    return (*fields, *((f"{key}#2" if key in known else key, name) for key, name in always if name not in taken))


LAYOUTS = {
    layout.key: layout
    for layout in (
        Layout(
            "action_network",
            "Action Network",
            _with_consent(
                ("email", "email"),
                ("given_name", "first_name"),
                ("family_name", "last_name"),
                ("postcode", "zip_code"),
                ("country", "country"),
                ("language", "language"),
                ("campaign_tag", "tags"),
            ),
            mails=True,
        ),
        Layout(
            "nationbuilder",
            "NationBuilder",
            _with_consent(
                ("email", "email"),
                ("hear_more", "email_opt_in"),
                ("given_name", "first_name"),
                ("family_name", "last_name"),
                ("postcode", "primary_zip"),
                ("country", "primary_country_code"),
                ("campaign_tag", "tag_list"),
                ("signed_at", "created_at"),
            ),
            mails=True,
            yes_no="true",
        ),
        Layout(
            "mailchimp",
            "Mailchimp",
            _with_consent(
                ("email", "Email Address"),
                ("given_name", "First Name"),
                ("family_name", "Last Name"),
                ("postcode", "Zip Code"),
                ("country", "Country"),
                ("campaign_tag", "Tags"),
            ),
            mails=True,
        ),
        Layout(
            "salesforce_npsp",
            "Salesforce NPSP",
            _with_consent(
                ("given_name", "Contact1 First Name"),
                ("family_name", "Contact1 Last Name"),
                ("email", "Contact1 Personal Email"),
                ("postcode", "Home Zip/Postal Code"),
                ("country", "Home Country"),
            ),
            yes_no="true",
        ),
        Layout(
            "civicrm",
            "CiviCRM",
            _with_consent(
                ("given_name", "first_name"),
                ("family_name", "last_name"),
                ("email", "email"),
                ("postcode", "postal_code"),
                ("country", "country_id"),
                ("opt_out", "is_opt_out"),
            ),
        ),
        Layout(
            "osdi",
            "OSDI",
            _with_consent(
                ("external_id", "identifiers.0"),
                ("given_name", "person.given_name"),
                ("family_name", "person.family_name"),
                ("email", "person.email_addresses.0.address"),
                ("mail_status", "person.email_addresses.0.status"),
                ("postcode", "person.postal_addresses.0.postal_code"),
                ("country", "person.postal_addresses.0.country"),
                ("language", "person.languages_spoken.0"),
                ("signed_at", "action_date"),
                ("channel", "referrer_data.source"),
                ("campaign", "petition.title"),
                ("campaign_tag", "petition.name"),
            ),
            form=ExportForm.LINES,
        ),
    )
}


def mails(choice: Choice) -> bool:
    """Whether the list is made for a program that mails whoever is in it."""
    layout = LAYOUTS.get(choice.layout)
    return layout is not None and layout.mails
