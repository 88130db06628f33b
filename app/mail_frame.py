"""A mail as HTML inside a page of ours: a frame that cannot run anything, ask anybody, or be framed by anyone else."""

from __future__ import annotations

from flask import Response, make_response

from app import security

# The one place with inline style: mail clients need it.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)
OPEN_LINKS_ON_TOP = '<base target="_top">'


def content(html: str) -> Response:
    """The mail, for the frame; its links open in the whole window."""
    response = make_response(html.replace("<head>", f"<head>{OPEN_LINKS_ON_TOP}", 1))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def around(page: str) -> Response:
    """A page that holds such a frame."""
    response = make_response(page)
    response.headers["Content-Security-Policy"] = security.policy_with_frame("'self'")
    return response
