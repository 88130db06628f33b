"""For everybody: reading. No cookies, no session, kept for a few seconds."""

from __future__ import annotations

from flask import Blueprint, Response, request

bp = Blueprint("public", __name__)

ANYWHERE = {
    "public.count",
    "public.numbers_json",
    "public.campaign_feed",
    "public.topic_feed",
    "public.site_feed",
    "public.register_csv",
    "public.register_json",
    "public.manifest_json",
    "public.manifest_signature",
    "public.manifest_key",
}  # machines of other sites may read these: they are public and belong to nobody's session


@bp.after_request
def readable_from_anywhere(response: Response) -> Response:
    """Let other sites show what is in `ANYWHERE`."""
    if request.endpoint in ANYWHERE:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


from app.views.public import (  # noqa: E402, F401 (they add their routes to bp)
    campaigns,
    feeds,
    figures,
    manifests,
    news,
    registers,
    reports,
    search,
    site,
    timeline,
    topics,
    updates,
)
