"""Links of imported items, each in one form, so that the same article is the same however it is pointed to."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

LONGEST = 2_000
PORTS = {"http": ":80", "https": ":443"}
# What says by which way somebody came. Kept, it would make two of one article, and tell the outlet's statistics of our visitors.
TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|_hsenc|_hsmi|at_(?:medium|campaign)|cmpid)", re.I
)


def canonical(link: str, base: str) -> str:
    """The absolute web address of a link on `base`, without tracking and fragment; "" where it leads to no web page."""
    try:
        parts = urlsplit(urljoin(base, link.strip()))
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return ""
    if parts.scheme not in PORTS or not host or "@" in parts.netloc:
        return ""
    kept = "&".join(part for part in parts.query.split("&") if not TRACKING.fullmatch(part.partition("=")[0]))
    place = parts.netloc.lower().removesuffix(PORTS[parts.scheme])
    url = urlunsplit((parts.scheme, place, parts.path or "/", kept, ""))
    unfit = re.search(r"[\s\x00-\x1f\x7f-\x9f<>\"\\\ud800-\udfff\ufffe\uffff]", url)
    return url if len(url) <= LONGEST and not unfit else ""
