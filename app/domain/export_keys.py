"""The keys of an organisation that its exports are encrypted to, and whether every export has to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from app.domain import activity
from app.domain.refused import NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, Deed, ExportKey, Organisation

MOST = 20  # of one organisation
SHOWN = 12  # of a key, at its end, in the log

Named = dict[str, str]  # a key as an export's record has it: its name, and its public half


def of(organisation_id: int) -> list[ExportKey]:
    """The organisation's keys, in the order in which they came."""
    return list(db.session.scalars(ExportKey.of_organisation(organisation_id)))


def own(organisation_id: int, number: int) -> ExportKey:
    """The organisation's key of this number. Raises NotFound."""
    key = db.session.get(ExportKey, number)
    if key is None or key.organisation_id != organisation_id:
        raise NotFound
    return key


@unit_of_work
def add(organisation: Organisation, named: Iterable[tuple[str, str]], *, by: Account, now: dt.datetime) -> None:
    """Encrypt to these keys as well from now on; each comes with its name. All of them, or none.

    Raises Refused where a name or a key is there already, and beyond twenty keys.
    """
    db.session.refresh(organisation, with_for_update=True)
    there = of(organisation.id)
    for name, key in named:
        if any(one.key == key for one in there):
            raise Refused(_("The key of “%(name)s” is in the list already.", name=name))
        if any(one.name == name for one in there):
            raise Refused(_("A key is called “%(name)s” already. Give this one another name.", name=name))
        if len(there) >= MOST:
            raise Refused(_("Remove a key first: more than %(number)d cannot be kept.", number=MOST))
        added = ExportKey(organisation_id=organisation.id, name=name, key=key, added_by=by.name, added_at=now)
        db.session.add(added)
        there.append(added)
        activity._note(Deed.CREATED, added, now=now, by=by, key=_end_of(key))


@unit_of_work
def remove(organisation: Organisation, key: ExportKey, *, by: Account, now: dt.datetime) -> None:
    """Encrypt no longer to this key; files that were encrypted to it can still be opened with it.

    Raises Refused where it is the last one, and every export has to be encrypted.
    """
    db.session.refresh(organisation, with_for_update=True)
    if organisation.requires_encryption and len(of(organisation.id)) == 1:
        raise Refused(_("Every export has to be encrypted, and this is the only key. Add another one first."))
    activity._note(Deed.REMOVED, key, now=now, by=by, key=_end_of(key.key))
    db.session.delete(key)


@unit_of_work
def require(organisation: Organisation, required: bool, *, by: Account, now: dt.datetime) -> None:
    """Have every export encrypted from now on, or leave it to whoever exports. What waits and is not encrypted is given up.

    Raises Refused where there is no key.
    """
    db.session.refresh(organisation, with_for_update=True)
    if required and not of(organisation.id):
        raise Refused(_("Add a key first: without one nothing can be encrypted."))
    if organisation.requires_encryption == required:
        return
    organisation.requires_encryption = required
    word = "required" if required else "optional"
    activity._note(Deed.CHANGED, organisation, now=now, by=by, encryption=word)


def is_required(organisation_id: int) -> bool:
    """Whether every export of the organisation has to be encrypted."""
    required = select(Organisation.requires_encryption).where(Organisation.id == organisation_id)
    return bool(db.session.scalar(required))


def _for_export(organisation_id: int, wanted: bool | None) -> list[Named]:
    """To which keys an export is encrypted that begins now; none where it is not. None: where there are keys.

    Raises Refused where it has to be encrypted, or is wanted so, and there is no key.
    """
    required = is_required(organisation_id)
    if wanted is False and not required:
        return []
    named = [{"name": one.name, "key": one.key} for one in of(organisation_id)]
    if not named and (wanted or required):
        raise Refused(_("There is no key any more that the file could be encrypted to. Look at the keys first."))
    return named


def _refuse_plain(organisation_id: int, encrypted_to: Sequence[Named]) -> None:
    if not encrypted_to and is_required(organisation_id):
        raise Refused(_("Every export of this organisation has to be encrypted. Export again."))


def _end_of(key: str) -> str:
    return f"…{key[-SHOWN:]}"
