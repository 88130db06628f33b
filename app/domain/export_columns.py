"""The columns that a signer list can have: for each what it holds, of which kind that is, and who may take it.

What a campaign asks of its own is a column too, with a key such as `question:7`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal

from app.domain import answers, questions
from app.domain.dialects import iso_text
from app.domain.rights import Right
from app.models import Campaign, Consent, ConsentWording, Signature

QUESTION = "question:"  # and its number: what was answered to it
AGAIN = "#"  # `channel#2`: the same column once more, under another name


class Kind(StrEnum):
    """What a cell holds, for the formats that know the difference."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"  # UTC
    YES_NO = "yes_no"


class Needs(StrEnum):
    """What else a column reads than the signature."""

    CONSENT = "consent"
    WORDING = "wording"


@dataclass(frozen=True)
class Column:
    """One column. `cell` is what the database is asked: a condition for yes and no, a moment, a text or a number.

    A cell is never NULL, but for a moment.
    """

    key: str
    cell: ColumnElement[Any]
    kind: Kind = Kind.TEXT
    right: Right | None = None  # what somebody must be allowed to see of a signer to take it
    needs: Needs | None = None

    def written(self, yes_no: tuple[str, str]) -> ColumnElement[Any]:
        """The cell as it stands in a text file."""
        if self.kind == Kind.YES_NO:
            yes, no = (literal(word, String()) for word in yes_no)
            return case((self.cell, yes), else_=no)
        if self.kind == Kind.MOMENT:
            return func.coalesce(iso_text(self.cell), "")
        return self.cell


def plain(key: str) -> str:
    """The key of a column, whichever time it stands in the file."""
    return key.split(AGAIN)[0]


_AGREED = Consent.id.is_not(None)
_MAY_BE_MAILED = case((_AGREED, literal("subscribed", String())), else_=literal("unsubscribed", String()))
_WORDING = func.coalesce(ConsentWording.locale + " " + cast(ConsentWording.version, String), "")
_NAME = func.trim(Signature.given_name + " " + Signature.family_name)
# In the order in which they are offered.
OF_EVERY_CAMPAIGN = (
    Column("given_name", Signature.given_name.expression, right=Right.SEE_SIGNERS),
    Column("family_name", Signature.family_name.expression, right=Right.SEE_SIGNERS),
    Column("country", Signature.country.expression, right=Right.SEE_SIGNERS),
    Column("postcode", Signature.postcode.expression, right=Right.SEE_SIGNERS),
    Column("signed_at", Signature.created_at.expression, Kind.MOMENT),
    Column("text_version", Signature.text_version.expression, Kind.NUMBER),
    Column("name", _NAME, right=Right.SEE_SIGNERS),
    Column("confirmed_at", Signature.confirmed_at.expression, Kind.MOMENT),
    Column("email", func.coalesce(Signature.email, ""), right=Right.SEE_ADDRESSES),
    Column("show_name", Signature.show_name.expression, Kind.YES_NO),
    Column("hear_more", _AGREED, Kind.YES_NO, needs=Needs.CONSENT),
    Column("opt_out", Consent.id.is_(None), Kind.YES_NO, needs=Needs.CONSENT),
    Column("mail_status", _MAY_BE_MAILED, needs=Needs.CONSENT),
    Column("agreed_at", Consent.agreed_at.expression, Kind.MOMENT, needs=Needs.CONSENT),
    Column("consent_wording", _WORDING, needs=Needs.WORDING),
    Column("channel", cast(Signature.channel, String)),
    Column("origin", cast(Signature.origin, String)),
    Column("language", Signature.locale.expression),
    Column("external_id", Signature.public_id.expression),
    Column("state", cast(Signature.state, String)),
)
KEYS = (*(column.key for column in OF_EVERY_CAMPAIGN), "campaign", "campaign_tag")
USUAL = KEYS[:6]  # no mail address unless asked for (EXP-04)


def columns_of(campaign: Campaign) -> dict[str, Column]:
    """Every column that a list of this campaign can have, in the order in which they are offered."""
    of_this_one = [
        Column("campaign", literal(campaign.ask, String())),
        Column("campaign_tag", literal(campaign.slug, String())),
    ]
    for question in questions.of(campaign):
        cell = answers.as_text(question.id)
        of_this_one.append(Column(f"{QUESTION}{question.id}", cell, right=Right.SEE_SIGNERS))
    return {column.key: column for column in (*OF_EVERY_CAMPAIGN, *of_this_one)}


def allowed(campaign: Campaign, held: Collection[Right]) -> dict[str, Column]:
    """The columns that somebody with these rights may take."""
    return {key: column for key, column in columns_of(campaign).items() if column.right is None or column.right in held}
