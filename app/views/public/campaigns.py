"""For everybody: campaigns, their wordings and counts, and the organisations behind them."""

from __future__ import annotations

from flask import Response, jsonify, render_template
from sqlalchemy import func, select
from werkzeug.wrappers import Response as Redirect

from app import campaign_page, clock, ledger_words, share_picture
from app.campaign_page import CARD
from app.domain import campaigns, counts, ledger, transfers
from app.domain.refused import NotFound
from app.extensions import db
from app.models import Campaign, Organisation, Signature, SignatureState
from app.pages import kept
from app.views.public import bp


@bp.get("/")
@kept("lang")
def home() -> str:
    """Campaigns that need names, and what became of the others."""
    now = clock.now()
    live = db.session.scalars(Campaign.live(now).options(*CARD).limit(60)).all()
    ended = db.session.scalars(Campaign.ended(now).options(*CARD).limit(30)).all()
    totals = counts.of_all([campaign.id for campaign in (*live, *ended)])
    return render_template("public/home.html", live=live, ended=ended, counts=totals)


@bp.get("/campaigns/<slug>")
@kept("lang", "via")
def campaign(slug: str) -> str | Redirect:
    """A campaign: the letter, the form at its foot, the evidence, the news, the names."""
    found = campaign_page.find(slug)
    if not isinstance(found, Campaign):
        return found
    return render_template("public/campaign.html", **campaign_page.page(found))


@bp.get("/campaigns/<slug>/versions")
@kept("lang")
def versions(slug: str) -> str | Redirect:
    """Every wording that was ever public, with the number of people who signed it."""
    found = campaign_page.find(slug)
    if not isinstance(found, Campaign):
        return found
    by_version = (
        select(Signature.text_version, func.count())
        .where(Signature.campaign_id == found.id, Signature.state == SignatureState.CONFIRMED)
        .group_by(Signature.text_version)
    )
    signed = dict(db.session.execute(by_version).all())
    return render_template("public/versions.html", campaign=found, signed=signed, handed_over=transfers.accepted(found))


@bp.get("/campaigns/<slug>/count.json")
@kept()
def count(slug: str) -> Response:
    """The count for machines: `signatures`, `target`, `as_of` (UTC); where somebody signed elsewhere also `online`, `paper` and
    `imported`, which add up to it. Readable from any site."""
    found = campaigns.find(slug)
    now = counts.parts(found.id)
    return jsonify(
        signatures=now.total,
        **ledger_words.parts(now),
        target=found.signature_target,
        as_of=clock.now().replace(microsecond=0).isoformat().replace("+00:00", "Z"),
    )


@bp.get("/campaigns/<slug>/numbers")
@kept("lang")
def numbers(slug: str) -> str | Redirect:
    """About the numbers: what is counted, what it is made of, and every change that is not a signature, with its day and reason."""
    found = campaign_page.find(slug)
    if not isinstance(found, Campaign):
        return found
    now = clock.now()
    return render_template(
        "public/numbers.html",
        campaign=found,
        words=found.published_text,
        ledger=ledger.of(found, now),
        as_of=now,
        what=ledger_words.public_what,
        reason_name=ledger_words.reason,
        small=ledger.SMALL,
        in_words=ledger_words.in_words,
    )


@bp.get("/campaigns/<slug>/numbers.json")
@kept()
def numbers_json(slug: str) -> Response:
    """The same for machines. `signatures` is `confirmed`, plus every `delta`, minus every `withdrawn`. Readable from any site."""
    found, now = campaigns.find(slug), clock.now()
    return jsonify(ledger_words.for_machines(ledger.of(found, now), found, now))


@bp.get("/campaigns/<slug>/share.png")
@kept()
def share(slug: str) -> Response:
    """The picture that goes with a shared link: 1200 x 630, the ask and the present count."""
    found = campaigns.find(slug)
    return Response(share_picture.draw(found, counts.of(found.id)), mimetype="image/png")


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
