"""The desk: words that were typed and not saved. A script sends them while they are written; the page offers them again."""

from __future__ import annotations

from flask import Response, current_app, flash, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app import clock
from app.domain import unsaved
from app.domain.refused import NotFound
from app.domain.rights import Right
from app.models import UnsavedWords
from app.views import access
from app.views.access import needs
from app.views.organise import bp

FIELD = "unsaved"  # of a form whose words are kept: the address of its page
NOT_KEPT = {FIELD, "csrf_token", "then"}


@bp.before_request
def take_up() -> None:
    """Let the form of a page show what its writer typed before: asked for with `?unsaved=take`."""
    if request.method == "GET" and request.args.get(FIELD) == "take":
        found = _here()
        g.unsaved = MultiDict([(name, value) for name, value in found.fields]) if found else None


@bp.context_processor
def words() -> dict[str, object]:
    """What the macros of such forms ask."""
    return {"unsaved_here": _here, "unsaved_at": _at, "taking_up": _taking_up}


@bp.after_request
def forget_saved(answer: Response) -> Response:
    """A form that leads on is saved; what was kept of it is not needed any more."""
    address = request.form.get(FIELD) if request.method == "POST" and answer.status_code == 303 else None
    if address:
        unsaved.drop(access.account().id, address)
    return answer


@bp.post("/<organisation>/unsaved")
@needs(Right.EDIT)
def keep_words(organisation: str) -> ResponseReturnValue:
    """They are kept until the form is saved, for whoever typed them alone."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
    try:
        unsaved.keep(access.account().id, _address(), fields, now=clock.now())
    except unsaved.TooMuch as refusal:
        return jsonify(message=refusal.sentence), refusal.status
    return "", 204


@bp.post("/<organisation>/unsaved/drop")
@needs(Right.EDIT)
def drop_words(organisation: str) -> ResponseReturnValue:
    """They are thrown away; the page shows what is stored."""
    address = _address()
    unsaved.drop(access.account().id, address)
    flash(_("Thrown away."))
    return redirect(request.script_root + address, 303)


def keep_rest(*fields: tuple[str, str]) -> None:
    """Part of a form was stored: from now on these fields are what is not saved of it, instead of all that was kept."""
    if not request.form.get(FIELD):
        return
    try:
        unsaved.keep(access.account().id, _address(), list(fields), now=clock.now())
    except unsaved.TooMuch:
        unsaved.drop(access.account().id, _address())


def _address() -> str:
    """The page that the words belong to: one of this organisation's desk."""
    address = request.form.get(FIELD, "")
    if not address.startswith(f"/desk/{g.organisation.slug}/") or not address.isprintable():
        raise NotFound
    return address


def _taking_up() -> str:
    return url_for(request.endpoint or "", **{**request.args, **(request.view_args or {}), FIELD: "take"})


def _at() -> str:
    """The address of the form on this page. A page that is written a language at a time has a form for each."""
    language = request.args.get("language", "")
    return f"{request.path}?language={language}" if language in current_app.config["LANGUAGES"] else request.path


def _here() -> UnsavedWords | None:
    return unsaved.of(access.account().id, _at())
