"""For everybody: pictures, colours, what is kept of people, what search engines may read."""

from __future__ import annotations

from flask import Response, current_app, render_template
from sqlalchemy import select

from app import brand as brand_style
from app.domain.refused import NotFound
from app.extensions import db
from app.models import Organisation, Picture
from app.pages import kept
from app.views.public import bp

PICTURE_YEAR = "public, max-age=31536000, immutable"


@bp.get("/pictures/<name>-<any(large, small):size>.webp")
def picture(name: str, size: str) -> Response:
    """A campaign's picture. Its name is random and its content never changes."""
    column = Picture.large if size == "large" else Picture.small
    body = db.session.scalar(select(column).where(Picture.name == name))
    if body is None:
        raise NotFound
    response = Response(body, mimetype="image/webp")
    response.headers["Cache-Control"] = PICTURE_YEAR
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.get("/organisations/<slug>/brand.css")
@kept()
def brand(slug: str) -> Response:
    """An organisation's signal colour, fitted so that it can be read on light and on dark paper."""
    found = db.session.scalar(Organisation.by_slug(slug))
    if found is None:
        raise NotFound
    return Response(brand_style.sheet(found.signal_colour), mimetype="text/css")


@bp.get("/privacy")
@kept("lang")
def privacy() -> str:
    """What is kept, for how long, and what is not promised."""
    return render_template("public/privacy.html", days=current_app.config["CONFIRM_DAYS"])


@bp.get("/robots.txt")
@kept()
def robots() -> Response:
    """Search engines may read campaigns, and nothing that belongs to one person."""
    lines = (
        "User-agent: *",
        "Disallow: /confirm/",
        "Disallow: /manage/",
        "Disallow: /desk",
        "Disallow: /account",
        "Disallow: /search?",
        "",
    )
    return Response("\n".join(lines), mimetype="text/plain")
