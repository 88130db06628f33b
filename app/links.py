"""Absolute links. Built from BASE_URL, never from a request, so that nobody can make our mails point elsewhere (WEB-09)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from flask import current_app, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from app.models import Channel


def to(endpoint: str, **values: Any) -> str:
    """The public address of a page, in and out of a request."""
    base = urlsplit(current_app.config["BASE_URL"])
    adapter = current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)
    return adapter.build(
        endpoint, {name: value for name, value in values.items() if value is not None}, force_external=True
    )


def page(endpoint: str, **values: Any) -> str:
    """A public page of ours, in the language that somebody is reading where that one would not choose it by itself."""
    reading = str(get_locale())
    asked = request.args.get("lang", "") in current_app.config["LANGUAGES"]
    lang = reading if asked or reading != current_app.config["LANGUAGES"][0] else None
    return url_for(endpoint, lang=lang, **values)


def host() -> str:
    """The host name that people see."""
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"


def channel_name(channel: str) -> str:
    """A way of passing a campaign on, as people call it."""
    names = {
        Channel.MAIL: _("E-mail"),
        Channel.WHATSAPP: _("WhatsApp"),
        Channel.MASTODON: _("Mastodon"),
        Channel.BLUESKY: _("Bluesky"),
        Channel.X: _("X"),
        Channel.FACEBOOK: _("Facebook"),
        Channel.LINK: _("copied link"),
        Channel.NATIVE: _("shared from a device"),
        Channel.PAPER: _("signature sheet"),
    }
    return names.get(Channel(channel), channel)


def channel_heading(channel: Channel | str) -> str:
    """A channel at the head of a row or in a choice: the name that the share links have, or that none is known."""
    if channel == Channel.DIRECT:
        return _("Direct or unknown")
    name = channel_name(channel)
    return name[0].upper() + name[1:]


def shares(url: str, ask: str, own: Mapping[str, str] | None = None) -> list[tuple[str, str, str]]:
    """Plain links that pass a campaign on: channel, name, address. They carry the channel, never a person. `own`: what goes along
    instead of the ask, by channel, and `mail_subject`."""

    def via(channel: str) -> str:
        return quote(f"{url}{'&' if '?' in url else '?'}via={channel}", safe="")

    def words(channel: str) -> str:
        return quote((own or {}).get(channel) or ask, safe="")

    addresses = {
        Channel.MAIL: f"mailto:?subject={words('mail_subject')}&body={words('mail_text')}%0A%0A{via('mail')}",
        Channel.WHATSAPP: f"https://wa.me/?text={words('whatsapp')}%20{via('whatsapp')}",
        Channel.MASTODON: f"https://mastodonshare.com/?text={words('mastodon')}&url={via('mastodon')}",
        Channel.BLUESKY: f"https://bsky.app/intent/compose?text={words('bluesky')}%20{via('bluesky')}",
        Channel.X: f"https://x.com/intent/post?text={words('x')}&url={via('x')}",
        Channel.FACEBOOK: f"https://www.facebook.com/sharer/sharer.php?u={via('facebook')}",
    }
    return [(channel.value, channel_name(channel), address) for channel, address in addresses.items()]
