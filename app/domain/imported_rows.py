"""The rows of a batch of signers from elsewhere: which are new, and which are somebody who signed already.

A mailbox tells surely. Where a sheet has none, the same name is a likeness where postcode and country do not differ; what one of
the two does not say cannot differ. It is reported and, unless the organiser says otherwise, left out.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from app.domain.folding import fold, name_keys
from app.domain.outbox import Mailbox
from app.extensions import db
from app.models import Campaign, Channel, Refusal, Signature, SignatureState, SignerImport, SourceKind

KEY_BYTES = 32
CHUNK = 400
ANY = "*"  # stands for whatever somebody may have said
Likeness = tuple[str, str, str]  # name, postcode and country, folded; empty where it is not said


@dataclass(frozen=True)
class ImportedRow:
    """One person as a sheet or a list has them, already checked. `consent_words` is empty unless consent is proven."""

    line_number: int
    given_name: str
    family_name: str
    country: str
    postcode: str = ""
    mailbox: Mailbox | None = None
    signed_on: dt.date | None = None
    consent_on: dt.date | None = None
    consent_words: str = ""
    is_corrected: bool = False  # by hand, before it was taken

    @property
    def has_proven_consent(self) -> bool:
        """Whether it is known that they agreed to hear more, when, and to which words; and where to write."""
        return self.mailbox is not None and self.consent_on is not None and bool(self.consent_words)

    @property
    def likeness(self) -> Likeness:
        """What tells two rows of one person."""
        return _likeness(name_keys(self.given_name, self.family_name)["name_key"], self.postcode, self.country)


def _likeness(name_key: str, postcode: str, country: str) -> Likeness:
    return name_key, fold(postcode).replace(" ", ""), country


class Likenesses:
    """People who are looked for by their likeness, however many there are: each is kept under all that others may say of them."""

    def __init__(self) -> None:
        self._kept: set[Likeness] = set()

    def add(self, one: Likeness) -> None:
        """Somebody who is known."""
        name, postcode, country = one
        self._kept |= {(name, p, c) for p in (postcode, ANY) for c in (country, ANY)}

    def __contains__(self, one: Likeness) -> bool:
        """Whether somebody of this name is known who does not say another postcode or country."""
        name, postcode, country = one
        postcodes, countries = ((said, "") if said else (ANY,) for said in (postcode, country))
        return any((name, p, c) in self._kept for p in postcodes for c in countries)


class Fate(StrEnum):
    """What becomes of a row."""

    TAKEN = "taken"
    IN_FILE = "in_file"  # the same mailbox stands further up
    SIGNED = "signed"  # this mailbox signed the campaign
    WAITING = "waiting"  # it signed online and has not confirmed yet
    TAKEN_OUT = "taken_out"  # its signature was held or invalidated
    REFUSED = "refused"  # its owner said "this wasn't me"
    ALIKE_IN_FILE = "alike_in_file"
    ALIKE = "alike"  # somebody of this name signed, and postcode and country do not differ as far as both are said


BY_STATE = {
    SignatureState.CONFIRMED: Fate.SIGNED,
    SignatureState.PENDING: Fate.WAITING,
    SignatureState.HELD: Fate.TAKEN_OUT,
    SignatureState.INVALIDATED: Fate.TAKEN_OUT,
}


@dataclass(frozen=True)
class Plan:
    """What becomes of each row, in their order; and which of those that are taken look like somebody who signed."""

    fates: list[Fate]
    alike: frozenset[int] = frozenset()

    @property
    def taken(self) -> int:
        """How many are counted."""
        return sum(fate == Fate.TAKEN for fate in self.fates)

    @property
    def left_out(self) -> int:
        """How many are somebody who signed already."""
        return len(self.fates) - self.taken


def plan(campaign: Campaign, rows: Sequence[ImportedRow], *, take_alike: bool) -> Plan:
    """What would become of these rows now. Reads only."""
    keys = _known_keys(campaign.id, {row.mailbox.key for row in rows if row.mailbox})
    likenesses = _known_likenesses(campaign.id, rows)
    seen: set[bytes] = set()
    seen_alike = Likenesses()
    fates, alike = [], set()
    for number, row in enumerate(rows):
        looks = _looks(row.likeness, likenesses, seen_alike)
        if row.mailbox is not None:
            fate = Fate.IN_FILE if row.mailbox.key in seen else keys.get(row.mailbox.key, Fate.TAKEN)
            seen.add(row.mailbox.key)
        else:
            fate = Fate.TAKEN if looks is None or take_alike else looks
        if fate == Fate.TAKEN and looks:
            alike.add(number)
        seen_alike.add(row.likeness)
        fates.append(fate)
    return Plan(fates, frozenset(alike))


def _looks(likeness: Likeness, signed: Likenesses, further_up: Likenesses) -> Fate | None:
    if likeness in signed:
        return Fate.ALIKE
    return Fate.ALIKE_IN_FILE if likeness in further_up else None


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(values)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


def _known_keys(campaign_id: int, keys: set[bytes]) -> dict[bytes, Fate]:
    """What is known here of these mailboxes."""
    found: dict[bytes, Fate] = {}
    for some in _chunks(keys):
        here = select(Refusal.email_key).where(Refusal.campaign_id == campaign_id, Refusal.email_key.in_(some))
        found |= dict.fromkeys(db.session.scalars(here), Fate.REFUSED)
        signed = select(Signature.email_key, Signature.state)
        signed = signed.where(Signature.campaign_id == campaign_id, Signature.email_key.in_(some))
        found |= {key: BY_STATE[state] for key, state in db.session.execute(signed) if key is not None}
    return found


def _known_likenesses(campaign_id: int, rows: Sequence[ImportedRow]) -> Likenesses:
    """Those who signed, as far as they may be somebody of these rows."""
    found = Likenesses()
    for some in _chunks({row.likeness[0] for row in rows}):
        named = select(Signature.name_key, Signature.postcode, Signature.country).where(
            Signature.campaign_id == campaign_id,
            Signature.name_key.in_(some),
            Signature.state != SignatureState.WITHDRAWN,
        )
        for row in db.session.execute(named):
            found.add(_likeness(*row))
    return found


def moment(day: dt.date | None) -> dt.datetime | None:
    """The noon of a day of which no time is known: the same day nearly everywhere."""
    return dt.datetime.combine(day, dt.time(12), dt.UTC) if day else None


def columns(row: ImportedRow, batch: SignerImport, now: dt.datetime) -> dict[str, Any]:
    """What a row says, as the columns of a signature. Without a mailbox its key is a random number."""
    return {
        "public_id": secrets.token_urlsafe(16),
        "email": row.mailbox.address if row.mailbox else None,
        "email_key": row.mailbox.key if row.mailbox else secrets.token_bytes(KEY_BYTES),
        "given_name": row.given_name,
        "family_name": row.family_name,
        **name_keys(row.given_name, row.family_name),
        "country": row.country,
        "postcode": row.postcode,
        "channel": Channel.PAPER if batch.kind == SourceKind.PAPER else Channel.DIRECT,
        "created_at": min(moment(row.signed_on or batch.collected_to) or now, now),
    }
