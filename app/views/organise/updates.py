"""The desk: a campaign's updates. Written, looked at, published, taken back."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, pages
from app.domain import updates as posts
from app.domain.pictures import show as show_picture
from app.domain.refused import EditedMeanwhile, Refused
from app.domain.rights import Right
from app.extensions import db
from app.forms.organise import PictureForm
from app.forms.updates import UpdateForm
from app.models import Campaign, Update, UpdateState
from app.views import access
from app.views.access import needs
from app.views.organise import bp, pictures, removed

UPDATES = "/<organisation>/campaigns/<slug>/updates"
ONE = UPDATES + "/<public_id>"


def _loaded(slug: str, public_id: str) -> tuple[Campaign, Update]:
    campaign = access.campaign(slug)
    return campaign, posts.own(campaign, public_id)


def _link(endpoint: str, campaign: Campaign, update: Update | None = None) -> str:
    public_id = update.public_id if update else None
    return url_for(endpoint, organisation=campaign.organisation.slug, slug=campaign.slug, public_id=public_id)


@bp.get(UPDATES)
@needs(Right.EDIT)
def updates(organisation: str, slug: str) -> str:
    """Drafts first, then what is public."""
    campaign = access.campaign(slug)
    return render_template(
        "organise/updates.html", campaign=campaign, updates=db.session.scalars(posts.of(campaign)).all()
    )


@bp.post(UPDATES + "/new")
@needs(Right.EDIT)
def new_update(organisation: str, slug: str) -> ResponseReturnValue:
    """An empty draft; the editor opens."""
    campaign = access.campaign(slug)
    update = posts.create(campaign, by=access.account().id, now=clock.now())
    return redirect(_link(".edit_update", campaign, update), 303)


@bp.get(ONE)
@needs(Right.EDIT)
def edit_update(organisation: str, slug: str, public_id: str) -> str:
    """Title and text, with the page beside them; the picture below."""
    campaign, update = _loaded(slug, public_id)
    return _page(campaign, update, UpdateForm(obj=update))


@bp.post(ONE)
@needs(Right.EDIT)
def save_update(organisation: str, slug: str, public_id: str) -> ResponseReturnValue:
    """The words are saved, and published if that button was pressed. A script that saves a draft gets JSON."""
    campaign, update = _loaded(slug, public_id)
    form = UpdateForm()
    if not form.validate():
        return _unsaved(campaign, update, form, 422, next(iter(form.errors.values()))[0])
    try:
        revision = posts.save_words(update, form.read_words(), revision=form.read_revision(), now=clock.now())
        if request.form.get("then") == "publish":
            posts.publish(update, now=clock.now())
    except EditedMeanwhile as meanwhile:
        form.revision.data = str(update.revision)
        return _unsaved(campaign, update, form, 409, meanwhile.sentence)
    except Refused as refused:
        form.revision.data = str(update.revision)
        return _refused(campaign, update, form, refused)
    if _for_script():
        return jsonify(revision=revision, needed=[], consequence="")
    pages.forget()
    then = request.form.get("then")
    flash(_("Published. It is on the campaign’s page.") if then == "publish" else _("Saved."))
    return redirect(_link(".edit_update_picture" if then == "picture" else ".edit_update", campaign, update), 303)


def _refused(campaign: Campaign, update: Update, form: UpdateForm, refused: Refused) -> ResponseReturnValue:
    """The page with the reason: at the fields that are empty, or on top of the page where none is."""
    empty = [field for field in (form.title, form.text) if campaign.is_public and not field.data]
    for field in empty:
        field.errors = [refused.sentence]
    return _page(campaign, update, form, sentence="" if empty else refused.sentence), refused.status


def _for_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _unsaved(campaign: Campaign, update: Update, form: UpdateForm, status: int, sentence: str) -> ResponseReturnValue:
    if _for_script():
        return jsonify(message=sentence), status
    return _page(campaign, update, form, meanwhile=sentence if status == 409 else ""), status


def _page(campaign: Campaign, update: Update, form: UpdateForm, **more: object) -> str:
    is_public = update.state == UpdateState.PUBLISHED
    return render_template(
        "organise/edit_update.html", campaign=campaign, update=update, form=form, is_public=is_public, **more
    )


@bp.get(ONE + "/picture")
@needs(Right.EDIT)
def edit_update_picture(organisation: str, slug: str, public_id: str) -> str:
    """The picture with its description, caption and credit."""
    campaign, update = _loaded(slug, public_id)
    return _picture_page(campaign, update, PictureForm(update))


@bp.post(ONE + "/picture")
@needs(Right.EDIT)
def save_update_picture(organisation: str, slug: str, public_id: str) -> ResponseReturnValue:
    """A new picture is checked and encoded anew; without one, only the words change; or it is taken off."""
    campaign, update = _loaded(slug, public_id)
    form = PictureForm()
    if request.form.get("then") == "remove":
        show_picture(update, alt="", caption="", credit="", now=clock.now())
    elif not pictures.nothing_said(form, update.picture_id):
        new, status = pictures.received(form, update.picture_id)
        if status != 200:
            return _picture_page(campaign, update, form), status
        if not pictures.shown(update, form, new):
            return _picture_page(campaign, update, form), 409
    pages.forget()
    flash(_("Saved."))
    return redirect(_link(".edit_update", campaign, update), 303)


def _picture_page(campaign: Campaign, update: Update, form: PictureForm) -> str:
    return render_template("organise/update_picture.html", campaign=campaign, update=update, form=form)


@bp.post(ONE + "/remove")
@needs(Right.EDIT)
def remove_update(organisation: str, slug: str, public_id: str) -> ResponseReturnValue:
    """It is out of sight, and can be put back."""
    campaign, update = _loaded(slug, public_id)
    posts.remove(update, now=clock.now())
    undo = _link(".restore_update", campaign, update)
    return removed(
        _("“%(title)s” was removed.", title=update.title or _("Untitled")), undo, _link(".updates", campaign)
    )


@bp.post(ONE + "/restore")
@needs(Right.EDIT)
def restore_update(organisation: str, slug: str, public_id: str) -> ResponseReturnValue:
    """It stands again where it stood."""
    campaign, update = _loaded(slug, public_id)
    posts.restore(update, now=clock.now())
    pages.forget()
    flash(_("It is back."))
    return redirect(_link(".updates", campaign), 303)
