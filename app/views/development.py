"""For developers: the mails that would have been sent. Registered only outside production and without a listener, else 404."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, render_template

from app import security
from app.domain.refused import NotFound
from app.mail import folder
from app.mail.folder import Kept

bp = Blueprint("development", __name__)

# The one place with inline style: a mail, in a frame that cannot run anything, ask anybody, or be framed by anyone else.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)
OPEN_LINKS_ON_TOP = '<base target="_top">'


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
    response = make_response(render_template("development/mail.html", mail=_kept(name)))
    response.headers["Content-Security-Policy"] = f"{security.POLICY}; frame-src 'self'"
    return response


@bp.get("/mailbox/<name>/html")
def html(name: str) -> Response:
    """The HTML of a mail, for the frame."""
    body = _kept(name).part("html").replace("<head>", f"<head>{OPEN_LINKS_ON_TOP}", 1)
    response = make_response(body)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
