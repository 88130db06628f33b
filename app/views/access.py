"""The gate of the organiser's desk: who is asking, for which organisation, with which right. The only view module that others import.

Every route of the desk says which right it needs, once, with `@needs(...)`; a test walks the URL map and fails for one that does
not. Whatever is asked for in another organisation answers 404, as if it did not exist (ROLE-03).
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from flask_security.utils import check_and_update_authn_fresh, verify_password
from limits import parse
from sqlalchemy import select
from werkzeug.exceptions import Forbidden
from wtforms import Field

from app import clock, waits
from app.accounts import proof
from app.domain import activity, rights, topics, unsaved
from app.domain.refused import NotFound, Refused, TooOften
from app.domain.rights import Right
from app.extensions import db, limiter, security
from app.models import Account, Campaign, CampaignSlug, Organisation, Topic

View = TypeVar("View", bound=Callable[..., object])
STAYS_FRESH = dt.timedelta(minutes=5)
MOST_PASSWORD = 1024  # characters; checking is slow on purpose, and must stay affordable


def needs(right: Right | None) -> Callable[[View], View]:
    """Declare the right that a desk view needs. None: being signed in is enough."""

    def declare(view: View) -> View:
        view.needed_right = right  # type: ignore[attr-defined]  # read by `gate` and by the test
        return view

    return declare


def gate() -> ResponseReturnValue | None:
    """Runs before every desk view: sign in first, then the declared right in the organisation that the address names."""
    if not current_user.is_authenticated:
        return redirect(
            url_for("security.login", next=request.full_path.rstrip("?") if request.method == "GET" else None)
        )
    activity.acting(account())
    view = current_app.view_functions[request.endpoint or ""]
    right: Right | None = view.needed_right  # type: ignore[union-attr]  # a view without one fails here, on purpose
    slug = (request.view_args or {}).get("organisation")
    if right is None:
        return None
    g.organisation = db.session.scalar(Organisation.by_slug(slug)) if slug else None
    g.rights = rights.of(current_user, g.organisation.id) if g.organisation else frozenset()
    if not g.rights:
        raise NotFound
    if right not in g.rights:
        raise Forbidden
    return _second_step(right)


def _second_step(right: Right) -> ResponseReturnValue | None:
    """Lead to the page about the second step where this right wants one and it is missing (AUTH-03)."""
    if right not in rights.BEHIND_SECOND_STEP or proof.standing(account()).is_enough:
        return None
    if proof.is_required():
        onward = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("account.second_step", next=onward), 303)
    g.shown_without = True
    return None


def second_step_note() -> str:
    """What a desk page says about the second step: "needed" where something stays closed without it, "open" where signers
    are shown without, because this site does not require it; nothing otherwise."""
    if not g.get("rights", frozenset()) & rights.BEHIND_SECOND_STEP:
        return ""
    if not proof.is_required():
        return "open" if "shown_without" in g else ""
    return "" if proof.standing(account()).is_enough else "needed"


def freshly(back: str, *, keeps: bool = False) -> Callable[[View], View]:
    """Declare that a desk view asks for the password again when the last time is longer ago than five minutes (AUTH-05).
    `back` names the page to come back to; nothing was changed until then. `keeps`: what was typed stands there again."""

    def declare(view: View) -> View:
        @functools.wraps(view)
        def answer(**values: Any) -> Any:
            if is_fresh():
                return view(**values)
            page = url_for(back, organisation=values["organisation"])
            if not keeps:
                flash(_("This changes who may do what, so show once more that it is you. Then do it again."), "info")
                return redirect(url_for("security.verify", next=page))
            typed = [
                (name, said) for name, said in request.form.items(multi=True) if name not in {"csrf_token", "unsaved"}
            ]
            unsaved.keep(account().id, page, typed, now=clock.now())
            flash(_("Show once more that it is you. What you typed is kept; then send it again."), "info")
            return redirect(url_for("security.verify", next=f"{page}?unsaved=take"))

        return answer  # type: ignore[return-value]  # the same view, with a question before it

    return declare


def is_fresh() -> bool:
    """Whether somebody showed within the last five minutes that it is them. Asking does not make that last longer: else whoever has
    the session of somebody could keep it fresh until the evening."""
    return bool(check_and_update_authn_fresh(STAYS_FRESH, dt.timedelta(0)))


def account() -> Account:
    """Who is signed in."""
    return current_user._get_current_object()


def too_often(setting: str, act: str, *, kept: bool = True) -> str:
    """Count one more `act` of this account. Once there were as many as the setting allows: what to say, until when; else empty.
    `kept`: what was entered stands on the page that says it."""
    limit, names = parse(current_app.config[setting]), (act, str(account().id))
    if not limiter.enabled or limiter.limiter.hit(limit, *names):
        return ""
    return said_when(TooOften(waits.of_limit(limit, *names), kept=kept))


def said_when(refused: Refused) -> str:
    """The sentence of a refusal for the page of a form; when to try again is told to programs as well."""
    if not isinstance(refused, TooOften):
        return refused.sentence
    waits.tell(refused.seconds)
    return waits.sentence(refused)


def is_themselves(field: Field) -> bool:
    """The password again; without one, a passkey shown within the last minutes."""
    asking = account()
    if asking.password is None:
        return is_fresh()
    typed = security.password_util.normalize((field.data or "")[:MOST_PASSWORD])
    if typed and verify_password(typed, asking.password):
        return True
    field.errors = [_("This is not your password. Write it again.") if typed else _("Write your password.")]
    return False


def can(right: Right) -> bool:
    """Whether the person asking has this right here; templates show only what works."""
    return right in g.get("rights", frozenset())


def reaches(right: Right) -> bool:
    """Whether the person asking has this right here and has shown the second step that it may want: for parts of a page that is open to
    others as well."""
    shown = right not in rights.BEHIND_SECOND_STEP or not proof.is_required() or proof.standing(account()).is_enough
    return can(right) and shown


def campaign(slug: str) -> Campaign:
    """The organisation's campaign of this address. Raises NotFound for anybody else's."""
    found = db.session.scalar(
        select(Campaign)
        .join(CampaignSlug, CampaignSlug.campaign_id == Campaign.id)
        .where(CampaignSlug.slug == slug, Campaign.organisation_id == g.organisation.id)
    )
    if found is None:
        raise NotFound
    return found


def topic(slug: str) -> Topic:
    """The topic of this address in the organisation of the present address. Raises NotFound."""
    return topics.own(g.organisation.id, slug)


def every_organisation() -> list[Organisation]:
    """For moderators of the site: all organisations that they look at without belonging to them, by name. For others none."""
    if not account().is_moderator:
        return []
    mine = {membership.organisation_id for membership in account().memberships}
    return [one for one in db.session.scalars(select(Organisation).order_by(Organisation.name)) if one.id not in mine]


def organisations() -> list[Organisation]:
    """The organisations of the person asking, by name."""
    return sorted((membership.organisation for membership in account().memberships), key=lambda o: o.name.casefold())
