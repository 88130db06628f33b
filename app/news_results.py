"""What became of a news source's last fetch, in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from app import feed_troubles
from app.feed_troubles import FeedTrouble
from app.fetch import Trouble
from app.fetch import said as fetch_said
from app.models import NewsSource
from app.templating import number


def is_trouble(source: NewsSource) -> bool:
    """Whether the last fetch failed."""
    return source.failure_count > 0


def said(source: NewsSource) -> str:
    """The result of the last fetch; empty where there was none yet."""
    if source.result in tuple(FeedTrouble):
        return feed_troubles.said(FeedTrouble(source.result))
    if source.result in tuple(Trouble):
        return fetch_said(Trouble(source.result))
    if source.result == "unchanged":
        return _("Nothing new.")
    return _tally(source.result)


def _tally(result: str) -> str:
    parts = result.split()
    if len(parts) != 5 or parts[0] != "read" or not all(part.isdigit() for part in parts[1:]):
        return ""
    added, changed, same, left_out = (int(part) for part in parts[1:])
    if not (added or changed or same or left_out):
        return _("The feed is empty.")
    sentences = []
    if added:
        sentences.append(ngettext("%(n)s new item.", "%(n)s new items.", added, n=number(added)))
    if changed:
        sentences.append(ngettext("%(n)s item changed.", "%(n)s items changed.", changed, n=number(changed)))
    if left_out:
        sentences.append(
            ngettext("%(n)s left out by keywords.", "%(n)s left out by keywords.", left_out, n=number(left_out))
        )
    return " ".join(sentences) or _("Nothing new.")
