"""Recounts every campaign, one after the other, so that people under one never wait for another."""

from __future__ import annotations

from app.domain import counts, tallies
from app.domain.counts import Drift


def everything(*, fix: bool) -> list[Drift]:
    """The campaigns whose count differed from their confirmed rows; with `fix` they are right afterwards."""
    return [drift for campaign_id in counts.campaign_ids() if (drift := counts.verify(campaign_id, fix=fix))]


def roll_ups(*, fix: bool) -> list[tallies.Drift]:
    """The campaigns whose roll-ups differed from their rows; with `fix` they are counted from the rows until they are summed up anew."""
    return [drift for campaign_id in counts.campaign_ids() if (drift := tallies.verify(campaign_id, fix=fix))]
