"""What the campaign page shows. The public page, the sign page, the thank-you page and the desk's preview show it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import g, redirect, request, url_for
from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response as Redirect

from app import clock, links, security, timeline_words
from app.domain import campaigns, consents, counts, questions, timeline
from app.domain import thanks as thanking
from app.extensions import db
from app.forms.signing import SignForm
from app.models import Campaign, Channel, Signature, SignatureState, TextVersion

NAMES_SHOWN = 12
STORY_SHOWN, STORY_PAGE = 12, 30  # entries of the timeline: on the campaign's page, and on pages of their own
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
    """What the campaign page, the sign page and the thank-you page show."""
    now, count = clock.now(), counts.parts(campaign.id)
    named = (
        select(Signature)
        .where(Signature.campaign_id == campaign.id, Signature.state == SignatureState.CONFIRMED, Signature.show_name)
        .order_by(Signature.confirmed_at.desc(), Signature.id.desc())
        .limit(NAMES_SHOWN)
    )
    return {
        "campaign": campaign,
        "words": campaign.published_text,
        "count": count.total,
        "origins": count,
        "names": db.session.scalars(named).all(),
        "is_open": campaign.is_open(now),
        "form": form or SignForm.of(campaign, questions.asked(campaign)),
        "wording": consents.wording(campaign.organisation_id, str(get_locale())),
        "stamp": security.stamp(campaign.slug),
        "via": known_channel(request.values.get("via", "")),
        "link": links.to("public.campaign", slug=campaign.slug),
        "shares": links.shares(links.to("public.campaign", slug=campaign.slug), _passed_on(campaign)),
    }


def thanks(campaign: Campaign, locale: str) -> dict[str, Any]:
    """What the thank-you page shows: the same, the campaign's own words, and the one to sign next."""
    said = thanking.said(campaign, locale)
    link = links.to("public.campaign", slug=campaign.slug)
    return context(campaign) | {
        "thanks": said,
        "following": thanking.following(campaign, clock.now()),
        "shares": links.shares(link, _passed_on(campaign), asdict(said.words)),
    }


def page(campaign: Campaign) -> dict[str, Any]:
    """All that the campaign page shows: the same, and what happened so far."""
    return context(campaign) | story(campaign, size=STORY_SHOWN)


def story(campaign: Campaign, *, size: int, number: int = 1) -> dict[str, Any]:
    """One page of what happened around a campaign, and whether there is more."""
    found = timeline.entries([campaign.id], now=clock.now(), limit=size + 1, offset=(number - 1) * size)
    return {"happened": found[:size], "has_more": len(found) > size}


def _passed_on(campaign: Campaign) -> str:
    """What somebody tells others with the link: the ask, and how it ended once that is known."""
    ask = campaign.published_text.ask if campaign.published_text else campaign.ask
    return f"{timeline_words.ending(campaign.outcome)}: {ask}" if campaign.outcome else ask
