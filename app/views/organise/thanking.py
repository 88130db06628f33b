"""The desk: what signers read once they have confirmed."""

from __future__ import annotations

from dataclasses import asdict
from types import SimpleNamespace

from flask import current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from app import campaign_page, clock, pages
from app.domain import thanks
from app.domain.refused import EditedMeanwhile, Refused
from app.domain.rights import Right
from app.forms.thanks import BLUESKY, MASTODON, WHATSAPP, ThanksForm, X
from app.models import Campaign
from app.views import access
from app.views.access import needs
from app.views.organise import bp, places, saved

AT = "/<organisation>/campaigns/<slug>/thanks"


def _language(campaign: Campaign) -> str:
    """The language that is written in: the one that the address names, or the campaign's."""
    asked = request.args.get("language", "")
    return asked if asked in current_app.config["LANGUAGES"] else campaign.locale


def _named(campaign: Campaign, locale: str) -> str | None:
    """How an address names it: the campaign's own is not named, so that each language has one address."""
    return None if locale == campaign.locale else locale


@bp.get(AT)
@needs(Right.EDIT)
def edit_thanks(organisation: str, slug: str) -> str:
    """The words of the thank-you page in one language."""
    campaign = access.campaign(slug)
    locale = _language(campaign)
    chosen = {"next_campaign": str(campaign.next_campaign_id or ""), "seen": thanks.fingerprint(campaign, locale)}
    return _page(campaign, ThanksForm(data={**asdict(thanks.words(campaign, locale)), **chosen}))


@bp.post(AT)
@needs(Right.EDIT)
def save_thanks(organisation: str, slug: str) -> ResponseReturnValue:
    """Whoever confirms from now on reads them."""
    campaign = access.campaign(slug)
    locale = _language(campaign)
    form = ThanksForm().offer(thanks.offered(campaign, clock.now()))
    if not form.validate():
        return _page(campaign, form), 422
    try:
        thanks.save(
            campaign,
            locale,
            form.read_words(),
            next_id=form.read_next(),
            seen=form.seen.data or "",
            now=clock.now(),
        )
    except Refused as refused:
        if isinstance(refused, EditedMeanwhile):
            form.seen.data = thanks.fingerprint(campaign, locale)
        return _page(campaign, form, refused.sentence), refused.status
    if request.form.get("then") == "look":
        pages.forget()
        return redirect(places.link(campaign, "organise.preview_thanks", language=_named(campaign, locale)), 303)
    return saved(campaign, "thanks", language=_named(campaign, locale))


def _page(campaign: Campaign, form: ThanksForm, sentence: str = "") -> str:
    locale = _language(campaign)
    return render_template(
        "organise/edit_thanks.html",
        campaign=campaign,
        form=form.offer(thanks.offered(campaign, clock.now())),
        locale=locale,
        named=_named(campaign, locale),
        languages=[(code, _named(campaign, code)) for code in current_app.config["LANGUAGES"]],
        sentence=sentence,
        stands=thanks.words(campaign, locale),
        channels=(("whatsapp", WHATSAPP), ("x", X), ("mastodon", MASTODON), ("bluesky", BLUESKY)),
    )


@bp.get(f"{AT}/preview")
@needs(Right.VIEW)
def preview_thanks(organisation: str, slug: str) -> str:
    """The thank-you page as somebody reads it who has just confirmed. Nobody signed."""
    campaign = access.campaign(slug)
    g.locale = _language(campaign)
    with force_locale(g.locale):
        sample = SimpleNamespace(
            id=0,
            state="confirmed",
            show_name=True,
            hears_more=False,
            name=f"{_('Given name')} {_('Family name')}",
            country="" if campaign.asks_country == "off" else "IQ",
            confirmed_at=clock.now(),
            created_at=clock.now(),
        )
        shown = campaign_page.thanks(campaign, g.locale)
        words = campaign.published_text or campaign  # a draft has its words in itself
        more: dict[str, object] = {"words": words, "signature": sample, "names": [], "preview": True, "is_open": True}
        return render_template("signing/thanks.html", **{**shown, **more})
