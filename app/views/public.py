"""For everybody: reading. No cookies, no session, kept for a few seconds."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask_babel import get_locale
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response as Redirect

from app import brand as brand_style
from app import clock, links, security, share_picture
from app.domain import campaigns, consents, counts
from app.domain.refused import NotFound
from app.extensions import db
from app.forms.signing import SignForm
from app.models import Campaign, Channel, Organisation, Picture, Signature, SignatureState, TextVersion
from app.pages import kept

bp = Blueprint("public", __name__)

NAMES_SHOWN = 12
KEPT_ARGUMENTS = ("lang", "via")
PICTURE_YEAR = "public, max-age=31536000, immutable"
CARD = (  # what a card in a list shows of a campaign, in a fixed number of queries
    joinedload(Campaign.organisation),
    joinedload(Campaign.picture),
    selectinload(Campaign.decision_makers),
    joinedload(Campaign.published_text).defer(TextVersion.text),
)


@bp.get("/")
@kept("lang")
def home() -> str:
    """Campaigns that need names, and what became of the others."""
    now = clock.now()
    live = db.session.scalars(Campaign.live(now).options(*CARD).limit(60)).all()
    ended = db.session.scalars(Campaign.ended(now).options(*CARD).limit(30)).all()
    totals = counts.of_all([campaign.id for campaign in (*live, *ended)])
    return render_template("public/home.html", live=live, ended=ended, counts=totals)


def find_campaign(slug: str) -> Campaign | Redirect:
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


def campaign_context(campaign: Campaign, form: SignForm | None = None) -> dict[str, Any]:
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


@bp.get("/campaigns/<slug>")
@kept("lang", "via")
def campaign(slug: str) -> str | Redirect:
    """A campaign: the letter, the form at its foot, the evidence, the news, the names."""
    found = find_campaign(slug)
    if not isinstance(found, Campaign):
        return found
    return render_template("public/campaign.html", **campaign_context(found))


@bp.get("/campaigns/<slug>/versions")
@kept("lang")
def versions(slug: str) -> str | Redirect:
    """Every wording that was ever public, with the number of people who signed it."""
    found = find_campaign(slug)
    if not isinstance(found, Campaign):
        return found
    by_version = (
        select(Signature.text_version, func.count())
        .where(Signature.campaign_id == found.id, Signature.state == SignatureState.CONFIRMED)
        .group_by(Signature.text_version)
    )
    signed = dict(db.session.execute(by_version).all())
    return render_template("public/versions.html", campaign=found, signed=signed)


@bp.get("/campaigns/<slug>/count.json")
@kept()
def count(slug: str) -> Response:
    """The count for machines: `signatures`, `target`, `as_of` (UTC). Readable from any site."""
    found = campaigns.find(slug)
    return jsonify(
        signatures=counts.of(found.id),
        target=found.signature_target,
        as_of=clock.now().replace(microsecond=0).isoformat().replace("+00:00", "Z"),
    )


@bp.after_request
def readable_from_anywhere(response: Response) -> Response:
    """Other sites may show the count; it is public and belongs to nobody's session."""
    if request.endpoint == "public.count":
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@bp.get("/campaigns/<slug>/share.png")
@kept()
def share(slug: str) -> Response:
    """The picture that goes with a shared link: 1200 x 630, the ask and the present count."""
    found = campaigns.find(slug)
    return Response(share_picture.draw(found, counts.of(found.id)), mimetype="image/png")


@bp.get("/pictures/<name>-<any(large, small):size>.webp")
def picture(name: str, size: str) -> Response:
    """A campaign's picture. Its name is random and its content never changes."""
    column = Picture.large if size == "large" else Picture.small
    body = db.session.scalar(select(column).where(Picture.name == name))
    if body is None:
        raise NotFound
    response = Response(body, mimetype="image/webp")
    response.headers["Cache-Control"] = PICTURE_YEAR
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.get("/organisations/<slug>")
@kept("lang")
def organisation(slug: str) -> str:
    """An organisation and its campaigns."""
    found = db.session.scalar(Organisation.by_slug(slug))
    if found is None:
        raise NotFound
    now = clock.now()
    own = Campaign.organisation_id == found.id
    live = db.session.scalars(Campaign.live(now).where(own).options(*CARD)).all()
    ended = db.session.scalars(Campaign.ended(now).where(own).options(*CARD)).all()
    totals = counts.of_all([campaign.id for campaign in (*live, *ended)])
    return render_template("public/organisation.html", organisation=found, live=live, ended=ended, counts=totals)


@bp.get("/organisations/<slug>/brand.css")
@kept()
def brand(slug: str) -> Response:
    """An organisation's signal colour, fitted so that it can be read on light and on dark paper."""
    found = db.session.scalar(Organisation.by_slug(slug))
    if found is None:
        raise NotFound
    return Response(brand_style.sheet(found.signal_colour), mimetype="text/css")


@bp.get("/privacy")
@kept("lang")
def privacy() -> str:
    """What is kept, for how long, and what is not promised."""
    return render_template("public/privacy.html", days=current_app.config["CONFIRM_DAYS"])


@bp.get("/robots.txt")
@kept()
def robots() -> Response:
    """Search engines may read campaigns, and nothing that belongs to one person."""
    lines = ("User-agent: *", "Disallow: /confirm/", "Disallow: /manage/", "Disallow: /desk", "Disallow: /account", "")
    return Response("\n".join(lines), mimetype="text/plain")
