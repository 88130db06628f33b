"""The desk: the campaign's picture."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, uploads
from app.domain import campaigns
from app.domain.rights import Right
from app.forms.organise import Confirm, PictureForm
from app.models import Campaign
from app.uploads import PictureRefused
from app.views import access
from app.views.access import needs
from app.views.organise import bp, saved


@bp.get("/<organisation>/campaigns/<slug>/picture")
@needs(Right.EDIT)
def edit_picture(organisation: str, slug: str) -> str:
    """The picture with its description, caption and credit."""
    campaign = access.campaign(slug)
    words = {"alt": campaign.picture_alt, "caption": campaign.picture_caption, "credit": campaign.picture_credit}
    return _page(campaign, PictureForm(formdata=None, data=words))


@bp.post("/<organisation>/campaigns/<slug>/picture")
@needs(Right.EDIT)
def save_picture(organisation: str, slug: str) -> ResponseReturnValue:
    """A new picture is checked, encoded anew and shown; without one, only the words change."""
    campaign = access.campaign(slug)
    form = PictureForm()
    if not (form.file.data or campaign.picture_id or form.alt.data or form.caption.data or form.credit.data):
        return saved(campaign, "picture")  # a campaign may do without a picture
    status = 200 if form.validate() else 422
    new = None
    if form.file.data:
        try:
            new = uploads.read(form.file.data.stream)
        except PictureRefused as refused:
            form.file.errors, status = [refused.sentence], refused.status
    elif not campaign.picture_id:
        form.file.errors, status = [_("Choose a picture.")], 422
    if status != 200:
        return _page(campaign, form), status
    campaigns.set_picture(
        campaign,
        picture_id=campaign.picture_id,
        new=new,
        alt=form.alt.data or "",
        caption=form.caption.data or "",
        credit=form.credit.data or "",
        now=clock.now(),
    )
    return saved(campaign, "picture")


def _page(campaign: Campaign, form: PictureForm) -> str:
    return render_template("organise/edit_picture.html", campaign=campaign, form=form)


@bp.get("/<organisation>/campaigns/<slug>/picture/remove")
@needs(Right.EDIT)
def ask_remove_picture(organisation: str, slug: str) -> str:
    """A page that asks once more."""
    return render_template("organise/remove_picture.html", campaign=access.campaign(slug), form=Confirm())


@bp.post("/<organisation>/campaigns/<slug>/picture/remove")
@needs(Right.EDIT)
def remove_picture(organisation: str, slug: str) -> ResponseReturnValue:
    """The picture is gone, and deleted."""
    campaign = access.campaign(slug)
    campaigns.set_picture(campaign, picture_id=None, alt="", caption="", credit="", now=clock.now())
    return saved(campaign, "picture")
