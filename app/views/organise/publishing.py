"""The desk: a campaign's way into the public, its end, and its return."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, links, mailboxes
from app.domain import campaigns, deadlines, publication_plans, reviews
from app.domain.refused import Refused
from app.domain.rights import Right
from app.forms.campaign_life import AskReviewForm, DecideForm
from app.forms.organise import Confirm, OutcomeForm, PublishForm, ReopenForm
from app.models import Campaign
from app.views import access
from app.views.access import needs
from app.views.organise import bp, done


@bp.get("/<organisation>/campaigns/<slug>/publish")
@needs(Right.EDIT)
def publish(organisation: str, slug: str) -> str:
    """What is missing, or what publishing means; and one button. Where somebody else has to look first, the way to ask."""
    return publish_page(access.campaign(slug))


@bp.post("/<organisation>/campaigns/<slug>/publish")
@needs(Right.EDIT)
def publish_now(organisation: str, slug: str) -> ResponseReturnValue:
    """The working copy is public: the first time, or as a new version."""
    return publish_as_seen(access.campaign(slug), DecideForm().read_review() or None)


def publish_as_seen(campaign: Campaign, review_id: int | None) -> ResponseReturnValue:
    """Publish what the person looked at, in answer to a review where one is named."""
    form = PublishForm()
    if not form.validate():
        return publish_page(campaign, form), 422
    try:
        version = campaigns.publish(
            campaign,
            by=access.account(),
            reason=form.reason.data or "",
            locales=current_app.config["LANGUAGES"],
            now=clock.now(),
            revision=form.read_revision(),
            asks_review=current_app.config["REVIEW_CAMPAIGNS"],
            review_id=review_id,
            key=mailboxes.key,
        )
    except Refused as refused:
        form.revision.data = str(campaign.revision)
        return publish_page(campaign, form, sentence=refused.sentence), refused.status
    address = links.to("public.campaign", slug=campaign.slug)
    if version.number == 1:
        return done(campaign, _("Published. Everybody can sign at %(address)s", address=address))
    return done(campaign, _("Version %(number)d is public.", number=version.number))


def publish_page(
    campaign: Campaign,
    form: PublishForm | None = None,
    *,
    ask: AskReviewForm | None = None,
    decide: DecideForm | None = None,
    sentence: str = "",
) -> str:
    """Publishing, for whoever may; asking for a review, for whoever may not; and the review that waits, for both."""
    asks_review = current_app.config["REVIEW_CAMPAIGNS"]
    review = reviews.waiting(campaign.id)
    number = str(review.id) if review else ""
    return render_template(
        "organise/publish.html",
        campaign=campaign,
        form=form or PublishForm(formdata=None, revision=campaign.revision),
        ask=ask or AskReviewForm(formdata=None),
        decide=decide or DecideForm(formdata=None, review=number),
        review=review,
        may_publish=campaigns.may_publish(campaign, access.account(), asks_review=asks_review),
        plan=publication_plans.of(campaign),
        sentence=sentence,
    )


@bp.get("/<organisation>/campaigns/<slug>/close")
@needs(Right.EDIT)
def close(organisation: str, slug: str) -> str:
    """A page that asks how it ended, and one button."""
    campaign = access.campaign(slug)
    return _outcome_page(campaign, OutcomeForm(obj=campaign), "close")


@bp.post("/<organisation>/campaigns/<slug>/close")
@needs(Right.EDIT)
def close_now(organisation: str, slug: str) -> ResponseReturnValue:
    """Nobody can sign any more; the page says how it ended."""
    campaign, form = access.campaign(slug), OutcomeForm()
    if not form.validate():
        return _outcome_page(campaign, form, "close"), 422
    campaigns.close(campaign, outcome=form.read_outcome(), outcome_text=form.outcome_text.data or "", now=clock.now())
    return done(campaign, _("Closed. The page stays public and says how it ended."))


@bp.get("/<organisation>/campaigns/<slug>/outcome")
@needs(Right.EDIT)
def outcome(organisation: str, slug: str) -> str:
    """How a closed campaign ended."""
    campaign = access.campaign(slug)
    return _outcome_page(campaign, OutcomeForm(obj=campaign), "outcome")


@bp.post("/<organisation>/campaigns/<slug>/outcome")
@needs(Right.EDIT)
def save_outcome(organisation: str, slug: str) -> ResponseReturnValue:
    """The page says so."""
    campaign, form = access.campaign(slug), OutcomeForm()
    if not form.validate():
        return _outcome_page(campaign, form, "outcome"), 422
    said = form.outcome_text.data or ""
    try:
        campaigns.set_outcome(campaign, outcome=form.read_outcome(), outcome_text=said, now=clock.now())
    except Refused as refused:
        form.form_errors.append(refused.sentence)
        return _outcome_page(campaign, form, "outcome"), refused.status
    return done(campaign, _("The outcome is on the page."))


def _outcome_page(campaign: Campaign, form: OutcomeForm, act: str) -> str:
    return render_template("organise/outcome.html", campaign=campaign, form=form, act=act)


@bp.get("/<organisation>/campaigns/<slug>/reopen")
@needs(Right.EDIT)
def reopen(organisation: str, slug: str) -> str:
    """A page that asks until when."""
    campaign = access.campaign(slug)
    day = deadlines.last_day(campaign.closes_at, campaign.closes_zone)
    ahead = campaign.closes_at is not None and campaign.closes_at > clock.now()
    return _reopen_page(campaign, ReopenForm(data={"closes_on": day if ahead else None}))


@bp.post("/<organisation>/campaigns/<slug>/reopen")
@needs(Right.EDIT)
def reopen_now(organisation: str, slug: str) -> ResponseReturnValue:
    """People can sign again."""
    campaign, form = access.campaign(slug), ReopenForm()
    if not form.validate():
        return _reopen_page(campaign, form), 422
    day = form.closes_on.day
    try:
        closes_at = deadlines.end_of(day, campaign.closes_zone) if day else None
        campaigns.reopen(campaign, closes_at=closes_at, now=clock.now())
    except Refused as refused:
        form.closes_on.errors = [refused.sentence]
        return _reopen_page(campaign, form), refused.status
    return done(campaign, _("Open again. Everybody can sign."))


def _reopen_page(campaign: Campaign, form: ReopenForm) -> str:
    return render_template("organise/reopen.html", campaign=campaign, form=form)


@bp.get("/<organisation>/campaigns/<slug>/discard")
@needs(Right.EDIT)
def ask_discard(organisation: str, slug: str) -> str:
    """A page that asks once more."""
    return render_template("organise/discard.html", campaign=access.campaign(slug), form=Confirm())


@bp.post("/<organisation>/campaigns/<slug>/discard")
@needs(Right.EDIT)
def discard(organisation: str, slug: str) -> ResponseReturnValue:
    """The draft, or the template, is gone."""
    campaign = access.campaign(slug)
    is_template = campaign.is_template
    campaigns.discard(campaign, now=clock.now())
    flash(_("The template was deleted.") if is_template else _("The draft was thrown away."))
    if is_template:
        return redirect(url_for(".templates", organisation=organisation), 303)
    return redirect(url_for(".campaigns", organisation=organisation), 303)
