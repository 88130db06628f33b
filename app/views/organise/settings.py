"""The desk: what the organisation says about itself, and how it looks."""

from __future__ import annotations

from flask import current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import brand, clock, colours, pages, uploads
from app.domain import organisations
from app.domain.rights import Right
from app.forms.settings import SettingsForm
from app.uploads import PictureRefused
from app.views.access import needs
from app.views.organise import bp


@bp.get("/<organisation>/settings", endpoint="settings")
@needs(Right.MANAGE)
def show(organisation: str) -> str:
    """Name, words, mark, colour."""
    return _page(SettingsForm(obj=g.organisation))


@bp.post("/<organisation>/settings")
@needs(Right.MANAGE)
def save_settings(organisation: str) -> ResponseReturnValue:
    """They are kept, and public pages show them at once."""
    form = SettingsForm()
    status = 200 if form.validate() else 422
    mark = None
    if form.mark.data:
        try:
            mark = uploads.read_mark(form.mark.data.stream)
        except PictureRefused as refused:
            form.mark.errors, status = [refused.sentence], refused.status
    if status != 200:
        return _page(form), status
    organisations.settle(
        g.organisation,
        form.read_profile(),
        mark=mark,
        without_mark=form.without_mark.data,
        locales=current_app.config["LANGUAGES"],
        now=clock.now(),
    )
    pages.forget()
    flash(_("Saved."))
    return redirect(url_for(".settings", organisation=organisation), 303)


def _page(form: SettingsForm) -> str:
    light, dark = brand.signals(form.signal_colour.data or "")
    looks = [
        (_("On light paper"), colours.LIGHT_PAPER, light),
        (_("On dark paper"), colours.DARK_PAPER, dark),
    ]
    swatches = [
        (name, paper, ink, colours.readable_on(ink), colours.contrast(ink, paper)) for name, paper, ink in looks
    ]
    return render_template("organise/settings.html", form=form, swatches=swatches)
