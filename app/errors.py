"""Errors as pages or JSON: what happened, in words, and what to do."""

from __future__ import annotations

import sqlite3
import traceback
import uuid

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError, TooManyRequests

from app import waits
from app.domain.refused import Refused, TooOften
from app.extensions import db
from app.security import PRIVATE

RETRY_SECONDS = 5
TOO_OFTEN_SECONDS = 60  # where nobody knows better


def init_app(app: Flask) -> None:
    """Turn what goes wrong into an honest answer."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(CSRFError, session_lost)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, database_away)
    app.register_error_handler(InterfaceError, database_away)
    app.register_error_handler(PoolTimeout, database_away)
    app.register_error_handler(Exception, fault)


def titles() -> dict[int, tuple[str, str]]:
    """What each status means to a person: a headline and what to do."""
    return {
        400: (_("That could not be read"), _("Go back, check what you entered, and send it again.")),
        403: _forbidden(),
        404: (_("There is nothing at this address"), _("It may have been mistyped, or the page was taken down.")),
        405: (_("This address cannot be used like that"), _("Go back to the page you came from and try again.")),
        409: (_("That is not possible now"), ""),
        410: (_("This is no longer possible"), ""),
        413: (
            _("That is too large"),
            _("Go back: what you wrote still stands there. Then send less text or a smaller file."),
        ),
        414: (_("This address is too long"), _("Go to the start page and look for what you need there.")),
        415: (_("This kind of data is not accepted"), _("Use the form on the page.")),
        429: (
            _("Too many attempts"),
            _("Nothing was stored. Wait a minute, then go back and send it again. A busy network can cause this."),
        ),
        500: (_("Something broke here"), _("It is our fault, and it was recorded. Try again in a moment.")),
        503: (_("Not available for a moment"), _("Nothing was stored. Try again in a few seconds.")),
    }


def _forbidden() -> tuple[str, str]:
    """For members, something that their role does not allow. Others only ever meet it where a form was sent from another site's page."""
    if request.path.startswith(PRIVATE):
        return _("This is not open to you"), _("If you think it should be, ask the owner of your organisation.")
    return _("This form was sent from elsewhere"), _("Nothing was stored. Open the campaign here, and sign there.")


def answer(status: int, sentence: str = "", reference: str = "", wait: int = 0) -> Response:
    """An error as a page, or as JSON for whoever asked for that. `reference` finds it in the log; `wait` are the seconds after which
    it can be tried again."""
    headline, advice = titles().get(status, titles()[500 if status >= 500 else 400])
    if request.path.endswith(".json") or request.accept_mimetypes.best == "application/json":
        response = jsonify(error=headline, message=sentence or advice, status=status)
    else:
        page = render_template(
            "error.html", headline=headline, sentence=sentence or advice, status=status, reference=reference
        )
        response = make_response(page)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status in {429, 503}:
        response.headers.setdefault("Retry-After", str(wait or (RETRY_SECONDS if status == 503 else TOO_OFTEN_SECONDS)))
    return response


def refused(error: Refused) -> Response:
    """Something that is not allowed now, in the sentence that it carries."""
    if isinstance(error, TooOften):
        return answer(error.status, waits.sentence(error), wait=error.seconds)
    return answer(error.status, "" if error.status == 404 else error.sentence)


def too_often(seconds: int) -> Response:
    """Somebody, or their network, came too often: in how long the same will be taken, where that is known."""
    if not seconds:
        return answer(429)
    nothing = _("Nothing was stored.")  # not inside of an f-string, where the words are not found for translators
    again = _("Go back: what you entered still stands there. A busy network can cause this.")
    return answer(429, f"{nothing} {waits.try_again(seconds)} {again}", wait=seconds)


def session_lost(error: CSRFError) -> Response:
    """The form's token is missing or old: the page was open for too long, or the sign-in ended."""
    return answer(
        400, _("This page was open for too long. Go back, reload it, and send it again; copy long texts first.")
    )


def http_error(error: HTTPException) -> Response:
    """An error that the framework raised."""
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    if isinstance(error, SecurityError):  # a host name that is not ours (WEB-09): no page can be written without one
        return Response("This site has another name.\n", status, mimetype="text/plain")
    response = too_often(waits.seconds(error)) if isinstance(error, TooManyRequests) else answer(status)
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]  # MethodNotAllowed has it
    return response


def database_away(error: Exception) -> Response:
    """The database did not answer, is full, or is busy for too long: nothing was stored, and the page says so."""
    db.session.rollback()
    return answer(503)


def fault(error: Exception) -> Response:
    """A mistake of ours: recorded in the log, shown without its insides.

    The log gets place and kind, never the error's text: a database's texts quote whole rows, with names and addresses (LOG-01).
    """
    db.session.rollback()
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    reference, route = uuid.uuid4().hex[:8], request.url_rule.rule if request.url_rule else "unknown route"
    places = "".join(traceback.format_tb(error.__traceback__))
    current_app.logger.error("fault %s at %s: %s\n%s", reference, route, type(error).__name__, places)
    damaged = (
        isinstance(error, DBAPIError) and type(error.orig) is sqlite3.DatabaseError
    )  # a file that is no database any more
    return answer(503 if damaged else 500, reference=reference)
