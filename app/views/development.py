"""For developers: the mails that would have been sent. Registered only outside production and without a listener, else 404."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template

from app import mail_frame
from app.domain.refused import NotFound
from app.mail import folder
from app.mail.folder import Kept

bp = Blueprint("development", __name__)


def _kept(name: str) -> Kept:
    found = folder.read(current_app, name)
    if found is None:
        raise NotFound
    return found


@bp.get("/mailbox")
def mailbox() -> str:
    """The mails kept, the newest first."""
    return render_template("development/mailbox.html", mails=folder.newest(current_app))


@bp.get("/mailbox/<name>")
def mail(name: str) -> Response:
    """One mail: its headers, its HTML in a frame, its plain text; its links work."""
    return mail_frame.around(render_template("development/mail.html", mail=_kept(name)))


@bp.get("/mailbox/<name>/html")
def html(name: str) -> Response:
    """The HTML of a mail, for the frame."""
    return mail_frame.content(_kept(name).part("html"))
