"""Feeds held against the W3C's feed validator (github.com/w3c/feedvalidator, which no package carries). FEED_VALIDATOR names a Python
that has what it needs, and its `src`; where it is not set, this is skipped."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.test_feeds_out import BAD, YOUTUBE

VALIDATOR = os.environ.get("FEED_VALIDATOR", "").split()
JUDGE = """
import sys
sys.path.insert(0, sys.argv[1])
import feedvalidator
from feedvalidator import compatibility
try:
    seen = feedvalidator.validateString(sys.stdin.buffer.read(), base=sys.argv[2])["loggedEvents"]
except feedvalidator.logging.ValidationFailure as failure:
    seen = [failure.event]
for event in compatibility.AA(seen):
    print(type(event).__name__, event.params)
"""
# What it remarks on and the specifications allow: an import writes several items in one second; titles say < and & (XML-escaped).
ALLOWED = {"DuplicateUpdated", "CharacterData"}

pytestmark = pytest.mark.skipif(len(VALIDATOR) != 2, reason="FEED_VALIDATOR is not set")


def complaints(feed: bytes, address: str) -> list[str]:
    python, source = VALIDATOR
    judged = subprocess.run([python, "-c", JUDGE, source, address], input=feed, stdout=subprocess.PIPE, check=True)
    return [line for line in judged.stdout.decode().splitlines() if line.split()[0] not in ALLOWED]


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_the_validator_has_no_complaint(app, client, make, form):
    campaign = make.campaign(
        make.organisation(name="Tigris & Rights"), ask=f"Open {BAD[:3]} the archive", slug="archive"
    )
    arabic, topic = make.campaign(locale="ar", ask="افتحوا الأرشيف", slug="arabic"), make.topic(title="Iraq")
    make.news(campaign, title="Efforts stall", excerpt="One.\n\nTwo.", source_line="UN", disclaimer="Not ours.")
    make.news(campaign, kind="video", url=YOUTUBE, content_warning="Violence", byline="")
    make.news(arabic, title="لا تقدم", language="ar", url="https://news.example.org/2", precision="year")
    make.news(topic, title=BAD.replace("\x07", ""), outlet=BAD, excerpt=BAD, url="https://news.example.org/4?a=1&b=2")
    make.update(
        campaign, title="Heard in court", text="They **listened**, [and](https://example.org/?a=1&b=2):\n\n- one\n- two"
    )
    for at in ("/campaigns/archive/feed", "/campaigns/arabic/feed", "/topics/iraq/feed", "/feed"):
        answer = client.get(f"{at}.{form}")
        assert complaints(answer.data, f"{app.config['BASE_URL']}{at}.{form}") == []
    assert complaints(answer.data.replace(b"title>", b"titel>"), answer.request.url) != []
