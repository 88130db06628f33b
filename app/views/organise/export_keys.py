"""The desk: the keys that exports are encrypted to, and whether every export has to be."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.domain import export_keys as keys_of
from app.domain.refused import Refused
from app.domain.rights import Right
from app.forms.export_keys import KeysForm
from app.templating import number
from app.views import access
from app.views.access import freshly, needs
from app.views.organise import bp

PAGE = "organise.export_keys"


@bp.get("/<organisation>/settings/keys")
@needs(Right.KEYS)
def export_keys(organisation: str) -> str:
    """Which keys there are, how to make one, and how to open a file."""
    return _page(KeysForm())


@bp.post("/<organisation>/settings/keys")
@needs(Right.KEYS)
def add_export_keys(organisation: str) -> ResponseReturnValue:
    """Exports are encrypted to these as well. What is no key is said at once, before anything typed is kept."""
    form = KeysForm()
    return _added(organisation=organisation) if form.validate() else (_page(form), 422)


@freshly(PAGE, keeps=True)
def _added(organisation: str) -> ResponseReturnValue:
    form = KeysForm()
    form.validate()
    try:
        keys_of.add(g.organisation, form.named, by=access.account(), now=clock.now())
    except Refused as refused:
        form.keys.errors = [refused.sentence]
        return _page(form), refused.status
    count = len(form.named)
    flash(
        ngettext(
            "The key is added. Exports can be encrypted to it.",
            "%(shown)s keys are added. Exports can be encrypted to them.",
            count,
            shown=number(count),
        ),
        "success",
    )
    return _back(organisation)


@bp.post("/<organisation>/settings/keys/<int:key>/remove")
@needs(Right.KEYS)
@freshly(PAGE)
def remove_export_key(organisation: str, key: int) -> ResponseReturnValue:
    """Exports are no longer encrypted to it."""
    gone = keys_of.own(g.organisation.id, key)
    name = gone.name
    return _done(
        lambda: keys_of.remove(g.organisation, gone, by=access.account(), now=clock.now()),
        _(
            "“%(name)s” is removed. Files that were encrypted to this key before can still be opened with it.",
            name=name,
        ),
    )


@bp.post("/<organisation>/settings/keys/required")
@needs(Right.MANAGE)
@freshly(PAGE)
def require_encryption(organisation: str) -> ResponseReturnValue:
    """Every export is encrypted, or whoever exports decides."""
    required = request.form.get("required") == "yes"
    sentence = _("Every export is encrypted from now on.") if required else _("Whoever exports decides from now on.")
    return _done(lambda: keys_of.require(g.organisation, required, by=access.account(), now=clock.now()), sentence)


def _done(verb: Callable[[], None], sentence: str) -> ResponseReturnValue:
    try:
        verb()
    except Refused as refused:
        return _page(KeysForm(formdata=None), refused.sentence), refused.status
    flash(sentence, "success")
    return _back(g.organisation.slug)


def _back(organisation: str) -> ResponseReturnValue:
    return redirect(url_for(PAGE, organisation=organisation), 303)


def _page(form: KeysForm, refused: str = "") -> str:
    return render_template(
        "organise/export_keys.html",
        form=form,
        refused=refused,
        keys=keys_of.of(g.organisation.id),
        required=g.organisation.requires_encryption,
    )
