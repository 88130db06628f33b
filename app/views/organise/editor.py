"""The desk: writing. Ask, summary and text, saved as one types; the page as the public will see it."""

from __future__ import annotations

from html import unescape

from flask import Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app import campaign_page, clock, markdown
from app.domain import campaigns, readiness
from app.domain.refused import EditedMeanwhile
from app.domain.rights import Right
from app.forms.organise import WordsForm
from app.forms.texts import clean_block
from app.models import Campaign, TextVersion
from app.models.campaigns import TEXT_LENGTH
from app.views import access
from app.views.access import needs
from app.views.organise import bp, saved


@bp.get("/<organisation>/campaigns/<slug>/words")
@needs(Right.EDIT)
def edit_words(organisation: str, slug: str) -> str:
    """Ask, summary and text, with the page beside them."""
    campaign = access.campaign(slug)
    return _page(campaign, WordsForm(obj=campaign))


@bp.post("/<organisation>/campaigns/<slug>/words")
@needs(Right.EDIT)
def save_words(organisation: str, slug: str) -> ResponseReturnValue:
    """The working copy is saved. A script that saves in the background gets JSON, with the new revision."""
    campaign = access.campaign(slug)
    form = WordsForm()
    if not form.validate():
        return _unsaved(campaign, form, 422, next(iter(form.errors.values()))[0])
    try:
        revision = campaigns.save_words(campaign, form.read_words(), revision=form.read_revision(), now=clock.now())
    except EditedMeanwhile as meanwhile:
        form.revision.data = str(campaign.revision)
        return _unsaved(campaign, form, 409, meanwhile.sentence)
    if _for_script():
        consequence = render_template("organise/consequence.html", campaign=campaign, part="words")
        needed = [gap.part for gap in readiness.gaps(campaign)]
        return jsonify(revision=revision, needed=needed, consequence=" ".join(unescape(consequence).split()))
    return saved(campaign, "words")


def _for_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _unsaved(campaign: Campaign, form: WordsForm, status: int, sentence: str) -> ResponseReturnValue:
    if _for_script():
        return jsonify(message=sentence), status
    return _page(campaign, form, meanwhile=sentence if status == 409 else ""), status


def _page(campaign: Campaign, form: WordsForm, **more: object) -> str:
    return render_template("organise/edit_words.html", campaign=campaign, form=form, **more)


@bp.post("/<organisation>/preview")
@needs(Right.EDIT)
def preview_text(organisation: str) -> Response:
    """Markdown as the page will show it; for the preview beside the text."""
    return Response(markdown.render(clean_block(request.form.get("text"))[:TEXT_LENGTH]), mimetype="text/html")


@bp.get("/<organisation>/campaigns/<slug>/preview")
@needs(Right.VIEW)
def preview_campaign(organisation: str, slug: str) -> str:
    """The working copy on the page as the public will see it, with a form that sends nothing."""
    campaign = access.campaign(slug)
    g.locale = campaign.locale
    words = TextVersion(
        number=campaign.current_version + 1,
        ask=campaign.ask,
        summary=campaign.summary,
        text=campaign.text,
        published_at=clock.now(),
    )
    shown = {**campaign_page.page(campaign), "words": words, "preview": True, "stamp": "", "via": ""}
    shown["is_open"] = shown["is_open"] or not campaign.is_public
    return render_template("public/campaign.html", **shown)
