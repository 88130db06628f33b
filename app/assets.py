"""Style, scripts, fonts and pictures of our own: served from memory, compressed once, kept by browsers for a year.

The address of each file carries a digest of its content, so a new release is fetched at once. nginx may serve the folder
instead; the addresses are the same.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

FOLDER = Path(__file__).parent / "static"
YEAR = "public, max-age=31536000, immutable"
PACKED = {".css", ".js", ".svg", ".txt", ".json"}

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("image/webp", ".webp")
bp = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """A file as it is sent."""

    body: bytes
    packed: bytes | None
    digest: str
    mimetype: str


def init_app(app: Flask) -> None:
    """Read the folder once."""
    app.extensions["assets"] = {
        str(file.relative_to(FOLDER)): _read(file) for file in FOLDER.rglob("*") if file.is_file()
    }
    app.register_blueprint(bp)
    app.jinja_env.globals["asset"] = address


def _read(file: Path) -> Asset:
    body = file.read_bytes()
    packed = gzip.compress(body, 9) if file.suffix in PACKED else None
    return Asset(
        body,
        packed,
        hashlib.blake2b(body, digest_size=6).hexdigest(),
        mimetypes.guess_type(file.name)[0] or "application/octet-stream",
    )


def address(name: str) -> str:
    """Where a file of ours is found."""
    asset: Asset = current_app.extensions["assets"][name]
    return url_for("assets.file", name=name, v=asset.digest)


@bp.get("/static/<path:name>")
def file(name: str) -> Response:
    """A file of our own, to be kept for a year where its address names its content."""
    asset: Asset | None = current_app.extensions["assets"].get(name)
    if asset is None:
        abort(404)
    packed = asset.packed if asset.packed and "gzip" in request.headers.get("Accept-Encoding", "") else None
    response = Response(packed or asset.body, mimetype=asset.mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if asset.packed:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = YEAR if request.args.get("v") == asset.digest else "public, max-age=3600"
    response.set_etag(asset.digest)
    response.make_conditional(request)
    return response


@bp.get("/favicon.ico")
def favicon() -> Response:
    """The mark, where browsers look for it without being told."""
    return file("img/favicon.ico")
