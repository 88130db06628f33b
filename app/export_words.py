"""What of an export is called in the language of whoever reads: its columns, and what the file is made for."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _

from app import i18n, links, question_words
from app.domain import questions
from app.domain.export_choice import YES_NO, Choice
from app.domain.export_columns import QUESTION, Kind, plain
from app.models import Campaign, Channel, ExportForm, ExportKey, ExportPreset, SignatureState
from app.signer_paper import Words
from app.templating import day

NEW = dt.timedelta(days=14)


def reader(key: ExportKey, now: dt.datetime) -> str:
    """A key as whoever exports is told of it: of a new one also who added it and when, since another one may have had its name."""
    if now - key.added_at > NEW:
        return key.name
    return _("%(name)s (added by %(who)s, %(day)s)", name=key.name, who=key.added_by, day=day(key.added_at))


def columns(campaign: Campaign) -> dict[str, str]:
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
        "origin": _("Signed online, on paper or elsewhere"),
        "language": _("Language"),
        "external_id": _("Number of the signature"),
        "state": _("State"),
        "campaign": _("The ask"),
        "campaign_tag": _("The campaign’s address, as a tag"),
        **{f"{QUESTION}{one.id}": question_words.name(one.wording) for one in questions.of(campaign)},
    }


def column(campaign: Campaign, key: str) -> str:
    """One column as people say it; said as such where it comes a second time."""
    name = columns(campaign).get(plain(key)) or elsewhere(campaign.organisation_id, plain(key))
    return name if plain(key) == key else _("%(column)s, once more", column=name)


def elsewhere(organisation_id: int, key: str) -> str:
    """A column that was kept for all campaigns of an organisation: what only one of them asks is named as such."""
    number = key.removeprefix(QUESTION)
    if number == key or not number.isdecimal():
        return key
    question = questions.of_organisation(organisation_id, int(number))
    if question is None:
        return _("a question of another campaign")
    return _("“%(question)s”, a question of another campaign", question=question_words.name(question.wording))


def kept(preset: ExportPreset) -> list[str]:
    """The columns of a preset as they are called in a file; questions by their words, since each is of one campaign."""
    names = preset.choice["columns"]
    return [elsewhere(preset.organisation_id, name) if name.startswith(QUESTION) else name for name in names]


def form(made_for: ExportForm | str) -> str:
    """What a file is made for."""
    return {
        ExportForm.SPREADSHEET: _("for a spreadsheet"),
        ExportForm.CRM: _("for a CRM"),
        ExportForm.WORKBOOK: _("a workbook (XLSX)"),
        ExportForm.LINES: _("JSON Lines"),
        ExportForm.PAPER: _("a PDF for the hand-over"),
    }[ExportForm(made_for)]


def state(one: SignatureState) -> str:
    """The state of a signature."""
    return {
        SignatureState.PENDING: _("not confirmed"),
        SignatureState.CONFIRMED: _("confirmed"),
        SignatureState.HELD: _("held"),
        SignatureState.WITHDRAWN: _("withdrawn"),
        SignatureState.INVALIDATED: _("invalidated"),
    }[one]


def paper(campaign: Campaign, choice: Choice, kinds: list[Kind], made_on: str) -> Words:
    """What the paper for the hand-over says, in the language of whoever asks for it."""
    names, keys = dict(choice.names), choice.in_file()
    return Words(
        ask=campaign.ask,
        organisation=campaign.organisation.name,
        count=_("Signatures: %(number)s"),
        period=_("Signed from %(first)s to %(last)s (UTC)"),
        made=_("List made on %(day)s (UTC)", day=made_on),
        page=_("Page %(number)d of %(all)d"),
        missing=_(
            "* Rows with letters that this PDF has no font for, shown as ?: %(number)d. They are exact in the CSV and XLSX files."
        ),
        header=tuple(names.get(key) or column(campaign, key) for key in keys),
        is_rtl=i18n.direction() == "rtl",
        cells=tuple(_cell_words(plain(key), kind, choice) for key, kind in zip(keys, kinds, strict=True)),
    )


def _cell_words(key: str, kind: Kind, choice: Choice) -> dict[str, str]:
    if kind == Kind.YES_NO:
        return dict(zip(YES_NO[choice.yes_no], (_("yes"), _("no")), strict=True))
    if key == "country":
        return dict(i18n.countries())
    if key == "channel":
        return {one.value: links.channel_heading(one) for one in Channel}
    return {one.value: state(one) for one in SignatureState} if key == "state" else {}
