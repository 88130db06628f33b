"""Which links lead to a video that can be played in a frame, and the address of the player that sets no cookie.

Nothing here asks anybody. The page that shows a player lets exactly `origin` into its frame, and no other page lets anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

YOUTUBE = {"youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com"}
YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
YOUTUBE_PATH = re.compile(r"/(?:embed|shorts|live|v)/([\w-]{11})/?", re.ASCII)
VIMEO_PATH = re.compile(
    r"/(?:(?:channels/[\w-]{1,80}|groups/[\w-]{1,80}/videos|video)/)?(\d{5,12})(?:/([0-9a-f]{6,20}))?/?", re.ASCII
)
VIMEO_HASH = re.compile(r"[0-9a-f]{6,20}", re.ASCII)  # what makes an unlisted video's address complete
# A PeerTube site can have any name, so its videos are known by their path: a short UUID or a UUID at one of two places.
PEERTUBE_ID = r"[1-9A-HJ-NP-Za-km-z]{22}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PEERTUBE_PATH = re.compile(rf"/(?:w|videos/watch|videos/embed)/({PEERTUBE_ID})/?", re.ASCII)
# What may stand in a policy: no wildcard, no space, no semicolon; and a name, since a number may be a machine in the visitor's house.
HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+", re.ASCII)


@dataclass(frozen=True)
class Video:
    """A video elsewhere: what its site is called, and where its player is."""

    host: str  # as people know it: "youtube.com"
    origin: str  # of the player: "https://www.youtube-nocookie.com"
    player: str
    referrer: str = "no-referrer"  # how much the player's site is told of the page that it plays in
    is_of_any_site: bool = False  # known by the form of its address alone


def recognise(url: str) -> Video | None:
    """The video behind a link, None where it is none that can be played in a frame."""
    try:
        parts = urlsplit(url)
        name, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or port not in {None, 80, 443} or "@" in parts.netloc:
        return None
    host = name.removeprefix("www.")
    if host in YOUTUBE or host == "youtu.be":
        return _youtube(host, parts.path, parts.query)
    if host in {"vimeo.com", "player.vimeo.com"}:
        return _vimeo(parts.path, parts.query)
    found = PEERTUBE_PATH.fullmatch(parts.path)
    if found is None or not HOST.fullmatch(name):
        return None
    return Video(name, f"https://{name}", f"https://{name}/videos/embed/{found[1]}?p2p=0", is_of_any_site=True)


def _youtube(host: str, path: str, query: str) -> Video | None:
    """YouTube's player without cookies. Since 2025 it plays nothing for a page that does not say on which site it is (error
    153); so it is told the site, and not the page."""
    at_path = YOUTUBE_PATH.fullmatch(path)
    said = at_path[1] if at_path else path.strip("/") if host == "youtu.be" else _first(query, "v")
    if not YOUTUBE_ID.fullmatch(said):
        return None
    origin = "https://www.youtube-nocookie.com"
    return Video("youtube.com", origin, f"{origin}/embed/{said}?rel=0", referrer="strict-origin")


def _vimeo(path: str, query: str) -> Video | None:
    found = VIMEO_PATH.fullmatch(path)
    if found is None:
        return None
    key = found[2] or _first(query, "h")
    player = f"https://player.vimeo.com/video/{found[1]}?dnt=1" + (f"&h={key}" if VIMEO_HASH.fullmatch(key) else "")
    return Video("vimeo.com", "https://player.vimeo.com", player)


def _first(query: str, name: str) -> str:
    try:
        return parse_qs(query, max_num_fields=50).get(name, [""])[0]
    except ValueError:
        return ""
