"""What every answer carries, who may post, and where a session exists at all."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, TimestampSigner

PRIVATE = ("/desk", "/account")  # the only places with a session
STAMP_SECONDS = 24 * 3600
STEP_SECONDS = 0.02  # longer than the database needs, whatever it finds
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Headers on every answer, sessions only where people sign in."""
    secure = urlsplit(app.config["BASE_URL"]).scheme == "https"
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=secure,
    )
    app.session_interface = PrivateSessions()
    usual = {**HEADERS, **({"Strict-Transport-Security": HSTS} if secure else {}), "Cache-Control": "no-store"}
    by_key = {name.lower(): (name, value) for name, value in usual.items()}

    @app.after_request
    def headers(response: Response) -> Response:
        # Looked through once; setdefault would do it for each of them.
        said = {name.lower() for name, _value in response.headers}
        for key, (name, value) in by_key.items():
            if key not in said:
                response.headers.add(name, value)
        return response


def policy_with_frame(origin: str) -> str:
    """The policy of one page that holds a frame of exactly this origin. No other page may hold any."""
    return f"{POLICY}; frame-src {origin}"


class SessionTouched(RuntimeError):
    """A public page used a session. It must not: public pages are cached and know nobody."""


class NoSession(SecureCookieSession):
    """The session of public pages: there is none (WEB-03)."""

    def __getitem__(self, key: Any) -> Any:
        raise SessionTouched(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        raise SessionTouched(key)


class PrivateSessions(SecureCookieSessionInterface):
    """Cookie sessions under `PRIVATE`, none elsewhere."""

    def open_session(self, app: Flask, request: Any) -> SecureCookieSession | None:
        if request.path.startswith(PRIVATE):
            return super().open_session(app, request)
        return NoSession()

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        if not isinstance(session, NoSession):
            super().save_session(app, session, response)


def secret_keys(app: Flask) -> list[str]:
    """The secret keys that count, the present one last: itsdangerous signs with the last and reads with all of them."""
    return [*reversed(app.config["SECRET_KEY_FALLBACKS"]), app.config["SECRET_KEY"]]


def stamp(slug: str) -> str:
    """A signed mark for the sign form: which campaign it is for and when it was made."""
    return _stamper().sign(slug).decode()


def _stamper() -> TimestampSigner:
    return TimestampSigner(secret_keys(current_app), salt="sign form")


def require_own_origin(slug: str) -> None:
    """Refuse a post that another site's page sent (WEB-02). Public pages are cached and carry no session, so there is no token.

    A browser that says where it comes from must come from here. One that says nothing at all must bring a fresh form stamp.
    """
    own = urlsplit(current_app.config["BASE_URL"])
    origins = {f"{own.scheme}://{own.netloc}", request.host_url.rstrip("/")}
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    referrer = request.headers.get("Referer")
    if site is not None and site not in {"same-origin", "none"}:
        abort(403)
    if origin is not None:
        if origin not in origins:
            abort(403)
        return
    if referrer is not None:
        if _origin(referrer) not in origins:
            abort(403)
        return
    if site is None and not _stamp_is_good(slug):
        abort(403)


def _origin(address: str) -> str:
    """The origin of an address that somebody sent; empty for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def rest(begun: float) -> None:
    """Wait until whole steps have passed since `begun`, so that the time of an answer does not say what was found (ENU-02)."""
    time.sleep(-(time.monotonic() - begun) % STEP_SECONDS)


def _stamp_is_good(slug: str) -> bool:
    try:
        return _stamper().unsign(request.form.get("stamp", ""), max_age=STAMP_SECONDS).decode() == slug
    except (BadSignature, UnicodeError):
        return False
