"""The log of an organisation in words: what was done, to what, and the few details that are kept. The lists are closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from app import export_words, ledger_words
from app.domain import rights
from app.domain.rights import Right
from app.incident_words import usual_names
from app.models import Activity, ActKind, Assessment, Deed, NewsState, Role, Thing
from app.templating import number


def deed_name(deed: Deed) -> str:
    """What was done, as it stands between who and what."""
    return {
        Deed.CREATED: _("created"),
        Deed.WROTE: _("wrote"),
        Deed.CHANGED: _("changed"),
        Deed.FRAMED: _("changed target or dates"),
        Deed.ADDRESSED: _("changed the decision makers"),
        Deed.PICTURED: _("changed the picture"),
        Deed.MOVED: _("changed the address"),
        Deed.ARRANGED: _("changed the order"),
        Deed.GATHERED: _("changed the campaigns gathered"),
        Deed.PUBLISHED: _("published"),
        Deed.WITHDREW: _("took out of sight"),
        Deed.CLOSED: _("closed"),
        Deed.REOPENED: _("opened again"),
        Deed.OUTCOME: _("said how it ended"),
        Deed.ANSWERED: _("recorded the hand-over or the answer"),
        Deed.DISCARDED: _("threw away"),
        Deed.REMOVED: _("removed"),
        Deed.RESTORED: _("put back"),
        Deed.CITED: _("cited"),
        Deed.UNCITED: _("no longer cited"),
        Deed.DECIDED: _("decided about imported news"),
        Deed.ASSESSED: _("assessed anew"),
        Deed.IMPORTED: _("imported"),
        **_deeds_of_campaigns(),
        **_deeds_of_people(),
    }[deed]


def _deeds_of_campaigns() -> dict[Deed, str]:
    return {
        Deed.COPIED: _("made a copy"),
        Deed.KEPT_TEMPLATE: _("kept as a template"),
        Deed.RENAMED: _("gave another name"),
        Deed.PAUSED: _("paused"),
        Deed.EXPLAINED: _("said anew why it is paused"),
        Deed.RESUMED: _("let go on"),
        Deed.ARCHIVED: _("archived"),
        Deed.BROUGHT_BACK: _("brought back from the archive"),
        Deed.PLANNED: _("planned the publication"),
        Deed.UNPLANNED: _("took the planned publication back"),
        Deed.ASKED_REVIEW: _("asked for a review"),
        Deed.UNASKED_REVIEW: _("no longer asked for a review"),
        Deed.SENT_BACK: _("sent back after a review"),
        Deed.ACTED: _("acted on signatures"),
        Deed.STOPPED: _("stopped an act on signatures"),
        Deed.SENT_LINK: _("sent a signer the link to the signature"),
        Deed.ASKED: _("changed what signers are asked"),
        Deed.UNASKED: _("closed a question to signers"),
        Deed.THANKED: _("changed the thank-you page"),
    }


def _deeds_of_people() -> dict[Deed, str]:
    return {
        Deed.TOOK_LIST: _("exported signers"),
        Deed.TOOK_LOG: _("exported the log"),
        Deed.INVITED: _("invited"),
        Deed.UNINVITED: _("took an invitation back"),
        Deed.JOINED: _("joined"),
        Deed.LEFT: _("left"),
        Deed.GAVE_ROLE: _("changed the role"),
        Deed.OFFERED: _("offered to another organisation"),
        Deed.UNOFFERED: _("took an offer back"),
        Deed.DECLINED: _("declined an offer"),
        Deed.HANDED_OVER: _("handed over"),
        Deed.TOOK_OVER: _("took over"),
    }


def thing_name(kind: Thing) -> str:
    """Of which kind the thing is."""
    return {
        Thing.CAMPAIGN: _("Campaign"),
        Thing.TOPIC: _("Topic"),
        Thing.UPDATE: _("Update"),
        Thing.DELIVERY: _("Hand-over"),
        Thing.REPORT: _("Publication"),
        Thing.NEWS_ITEM: _("News item"),
        Thing.NEWS_SOURCE: _("News source"),
        Thing.KEY_FIGURE: _("Key figure"),
        Thing.SERIES: _("Figures by month"),
        Thing.REGISTER: _("Register"),
        Thing.INCIDENT: _("Incident"),
        Thing.IMPORT: _("Import"),
        Thing.SIGNER_IMPORT: _("Import of signers"),
        Thing.MEMBER: _("Member"),
        Thing.INVITATION: _("Invitation"),
        Thing.ORGANISATION: _("Organisation"),
        Thing.EXPORT_PRESET: _("Export preset"),
        Thing.EXPORT_KEY: _("Key for exports"),
    }[kind]


def details(entry: Activity) -> list[str]:
    """What else is kept of it, each in words."""
    said = {**entry.details}
    return [words(said[name]) for name, words in _details().items() if name in said and said[name] != ""]


def _details() -> dict[str, Callable[[Any], str]]:
    return {
        "name": lambda name: _("called “%(name)s”", name=name),
        "template": lambda name: _("from the template “%(name)s”", name=name),
        "question": lambda label: _("question “%(label)s”", label=label),
        "day": lambda day: _("for %(day)s", day=day),
        "act": lambda kind: ledger_words.what(ActKind(kind)),
        "version": lambda n: _("version %(number)s", number=number(n)),
        "target": lambda n: _("target %(number)s", number=number(n)),
        "address": lambda slug: _("address %(slug)s", slug=slug),
        "at": lambda place: _("at “%(place)s”", place=place),
        "count": lambda n: _("number: %(number)s", number=number(n)),
        "new": lambda n: _("new: %(number)s", number=number(n)),
        "changed": lambda n: _("changed: %(number)s", number=number(n)),
        "day_rows": lambda n: _("unusually much: %(number)s rows within 24 hours", number=number(n)),
        "rows": lambda n: _("rows: %(number)s", number=number(n)),
        "form": export_words.form,
        "encrypted_to": lambda names: _("encrypted to: %(names)s", names=names),
        "key": lambda key: key,
        "encryption": lambda word: _("every export encrypted") if word == "required" else _("exports encrypted or not"),
        "state": lambda state: _("published") if state == NewsState.PUBLISHED else _("not published"),
        "assessment": lambda word: usual_names()[Assessment(word)],
        "before": lambda role: _("before: %(role)s", role=rights.role_name(Role(role))),
        "role": lambda role: _("role: %(role)s", role=rights.role_name(Role(role))),
        "grants": lambda words: _("may also: %(rights)s", rights="; ".join(_granted(words))),
        "organisation": lambda name: _("organisation: %(name)s", name=name),
    }


def _granted(words: str) -> list[str]:
    return [rights.right_in_words(Right(word)) for word in words.split()]
