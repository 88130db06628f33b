"""The desk: the picture of a campaign or topic."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, uploads
from app.domain import pictures
from app.domain.pictures import Encoded
from app.domain.places import Place
from app.domain.refused import EditedMeanwhile
from app.domain.rights import Right
from app.forms.organise import Confirm, PictureForm
from app.models import Update
from app.uploads import PictureRefused
from app.views.access import needs
from app.views.organise import bp, places, saved


@bp.get(places.WHERE + "/picture")
@needs(Right.EDIT)
def edit_picture(organisation: str, where: str, slug: str) -> str:
    """The picture with its description, caption and credit."""
    place = places.of(where, slug)
    return _page(place, PictureForm(place))


@bp.post(places.WHERE + "/picture")
@needs(Right.EDIT)
def save_picture(organisation: str, where: str, slug: str) -> ResponseReturnValue:
    """A new picture is checked, encoded anew and shown; without one, only the words change."""
    place, form = places.of(where, slug), PictureForm()
    if nothing_said(form, place.picture_id):
        return saved(place, "picture")  # it may do without a picture
    new, status = received(form, place.picture_id)
    if status != 200:
        return _page(place, form), status
    if not shown(place, form, new):
        return _page(place, form), 409
    return saved(place, "picture")


def shown(page: Place | Update, form: PictureForm, new: Encoded | None) -> bool:
    """Show what the form says; or False, and the form says why: somebody else saved meanwhile."""
    words, seen = words_of(form), form.seen.data or None
    try:
        pictures.show(page, picture_id=page.picture_id, new=new, **words, seen=seen, now=clock.now())
    except EditedMeanwhile as refused:
        form.refuse_for(refused.sentence, PictureForm(page, formdata=None))
        return False
    return True


def nothing_said(form: PictureForm, picture_id: int | None) -> bool:
    """Whether there is no picture and nothing was written about one."""
    return not (form.file.data or picture_id or form.alt.data or form.caption.data or form.credit.data)


def received(form: PictureForm, picture_id: int | None) -> tuple[Encoded | None, int]:
    """The new picture, checked and encoded anew, None where the present one stays; and the status: 200, or what is wrong."""
    status, new = 200 if form.validate() else 422, None
    if form.file.data:
        try:
            new = uploads.read(form.file.data.stream)
        except PictureRefused as refused:
            form.file.errors, status = [refused.sentence], refused.status
    elif not picture_id:
        form.file.errors, status = [_("Choose a picture.")], 422
    return new, status


def words_of(form: PictureForm) -> dict[str, str]:
    """What is said of the picture."""
    return {name: form[name].data or "" for name in ("alt", "caption", "credit")}


def _page(place: Place, form: PictureForm) -> str:
    return places.shown("organise/edit_picture.html", place, form=form)


@bp.get(places.WHERE + "/picture/remove")
@needs(Right.EDIT)
def ask_remove_picture(organisation: str, where: str, slug: str) -> str:
    """A page that asks once more."""
    return places.shown("organise/remove_picture.html", places.of(where, slug), form=Confirm())


@bp.post(places.WHERE + "/picture/remove")
@needs(Right.EDIT)
def remove_picture(organisation: str, where: str, slug: str) -> ResponseReturnValue:
    """The picture is gone, and deleted."""
    place = places.of(where, slug)
    pictures.show(place, picture_id=None, alt="", caption="", credit="", now=clock.now())
    return saved(place, "picture")
