"""The gate of the organiser's desk: who is asking, for which organisation, with which right. The only view module that others import.

Every route of the desk says which right it needs, once, with `@needs(...)`; a test walks the URL map and fails for one that does
not. Whatever is asked for in another organisation answers 404, as if it did not exist (ROLE-03).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy import select
from werkzeug.exceptions import Forbidden

from app.domain import rights
from app.domain.refused import NotFound
from app.domain.rights import Right
from app.extensions import db
from app.models import Account, Campaign, CampaignSlug, Organisation

View = TypeVar("View", bound=Callable[..., object])


def needs(right: Right | None) -> Callable[[View], View]:
    """Declare the right that a desk view needs. None: being signed in is enough."""

    def declare(view: View) -> View:
        view.needed_right = right  # type: ignore[attr-defined]  # read by `gate` and by the test
        return view

    return declare


def gate() -> ResponseReturnValue | None:
    """Runs before every desk view: sign in first, then the declared right in the organisation that the address names."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=request.full_path.rstrip("?") if request.method == "GET" else None))
    view = current_app.view_functions[request.endpoint or ""]
    right: Right | None = view.needed_right  # type: ignore[attr-defined]  # a view without one fails here, on purpose
    slug = (request.view_args or {}).get("organisation")
    if right is None or slug is None:
        return None
    g.organisation = db.session.scalar(Organisation.by_slug(slug))
    g.rights = rights.of(current_user, g.organisation.id) if g.organisation else frozenset()
    if not g.rights:
        raise NotFound
    if right not in g.rights:
        raise Forbidden
    return None


def account() -> Account:
    """Who is signed in."""
    return current_user._get_current_object()  # type: ignore[no-any-return]  # a proxy of Flask-Login's


def can(right: Right) -> bool:
    """Whether the person asking has this right here; templates show only what works."""
    return right in g.get("rights", frozenset())


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


def organisations() -> list[Organisation]:
    """The organisations of the person asking, by name."""
    return sorted((membership.organisation for membership in account().memberships), key=lambda o: o.name.casefold())
