"""Why what came is no feed that can be read."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import gettext as _


class FeedTrouble(StrEnum):
    """What is wrong with it; fit to be stored. `said` has the words."""

    NO_FEED = "no_feed"
    BROKEN_FEED = "broken_feed"
    DOCUMENT_TYPE = "document_type"


class NotAFeed(Exception):
    """What came cannot be read as a feed."""

    def __init__(self, trouble: FeedTrouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def said(trouble: FeedTrouble) -> str:
    """What is wrong with it and what to do, in the reader's language."""
    sentences = {
        FeedTrouble.NO_FEED: _(
            "There is no feed at this address, and the page there announces none. Look on the site for a link that says RSS, "
            "Atom or feed, and use its address."
        ),
        FeedTrouble.BROKEN_FEED: _(
            "The feed is damaged, so that it cannot be read. Tell the outlet, or wait until it is mended."
        ),
        FeedTrouble.DOCUMENT_TYPE: _(
            "The feed has a document type in it, which can be misused to attack whoever reads it; such feeds are not read. Look "
            "whether the site offers another one."
        ),
    }
    return sentences[trouble]
