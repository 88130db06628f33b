"""What the campaign page shows. The public page, the sign page, the thank-you page and the desk's preview show it."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request, url_for
from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload, selectinload
from werkzeug.wrappers import Response as Redirect

from app import clock, links, security
from app.domain import campaigns, consents, counts
from app.extensions import db
from app.forms.signing import SignForm
from app.models import Campaign, Channel, Signature, SignatureState, TextVersion, Update

NAMES_SHOWN = 12
UPDATES_SHOWN = 3
KEPT_ARGUMENTS = ("lang", "via")

CARD = (  # what a card in a list shows of a campaign, in a fixed number of queries
    joinedload(Campaign.organisation),
    joinedload(Campaign.picture),
    selectinload(Campaign.decision_makers),
    joinedload(Campaign.published_text).defer(TextVersion.text),
)


def find(slug: str) -> Campaign | Redirect:
    """The public campaign of this address, or the way from an earlier address to the present one."""
    campaign = campaigns.find(slug)
    if campaign.slug != slug:
        assert request.endpoint
        values: dict[str, Any] = {**(request.view_args or {}), "slug": campaign.slug}
        for name in KEPT_ARGUMENTS:  # not all of them: url_for has switches of its own, and strangers write addresses
            values[name] = request.args.get(name)
        return redirect(url_for(request.endpoint, **values), 301)
    g.locale = campaign.locale
    return campaign


def known_channel(text: str) -> str:
    """The channel that a link names, or nothing: what strangers invent is not kept on a page that others get too."""
    return text if text in tuple(Channel) else ""


def context(campaign: Campaign, form: SignForm | None = None) -> dict[str, Any]:
    """All that the campaign page and the sign page show."""
    now = clock.now()
    named = (
        select(Signature)
        .where(Signature.campaign_id == campaign.id, Signature.state == SignatureState.CONFIRMED, Signature.show_name)
        .order_by(Signature.confirmed_at.desc(), Signature.id.desc())
        .limit(NAMES_SHOWN)
    )
    return {
        "campaign": campaign,
        "words": campaign.published_text,
        "count": counts.of(campaign.id),
        "names": db.session.scalars(named).all(),
        "updates": db.session.scalars(
            Update.public(campaign.id).options(defer(Update.text)).limit(UPDATES_SHOWN)
        ).all(),
        "is_open": campaign.is_open(now),
        "form": form or SignForm(formdata=None, family_name_required=campaign.family_name_required),
        "wording": consents.wording(campaign.organisation_id, str(get_locale())),
        "stamp": security.stamp(campaign.slug),
        "via": known_channel(request.values.get("via", "")),
        "link": links.to("public.campaign", slug=campaign.slug),
        "shares": links.shares(
            links.to("public.campaign", slug=campaign.slug),
            campaign.published_text.ask if campaign.published_text else campaign.ask,
        ),
    }
