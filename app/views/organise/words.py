"""How the numbers and lists of signers say channels and moments."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from flask_babel import format_datetime
from flask_babel import gettext as _

from app.models import Channel


def short_moment(value: dt.datetime, zone: str) -> str:
    """A moment in short: 24 Oct 2026, 14:02."""
    return str(format_datetime(value.astimezone(ZoneInfo(zone)), "d MMM y, HH:mm", rebase=False))


def channel_name(channel: Channel | str) -> str:
    """A channel in the words of the page: where a link was shared, never a person."""
    names = {
        Channel.DIRECT: _("Direct or unknown"),
        Channel.MAIL: _("Mail"),
        Channel.WHATSAPP: "WhatsApp",
        Channel.MASTODON: "Mastodon",
        Channel.BLUESKY: "Bluesky",
        Channel.X: "X",
        Channel.FACEBOOK: "Facebook",
        Channel.LINK: _("Copied link"),
        Channel.NATIVE: _("Shared from a device"),
    }
    return names[Channel(channel)]
