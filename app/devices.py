"""A device in plain words, from what its browser says of itself. Only words of this list are ever kept or shown."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

MOST_SIGNS = 512  # of what a browser says; it is a stranger's text

# The first that fits: many browsers also say the name of those after them.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """A browser and what it runs on; empty where that is not known."""

    browser: str = ""
    system: str = ""


def read(user_agent: str) -> Device:
    """What kind of device calls itself this."""
    said = user_agent[:MOST_SIGNS]
    browser = next((name for mark, name in BROWSERS if mark in said), "")
    return Device(browser, next((name for mark, name in SYSTEMS if mark in said), ""))


def in_words(browser: str, system: str) -> str:
    """Firefox on Windows; what is known of it."""
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("an unknown browser")


def title(browser: str, system: str) -> str:
    """The same standing alone, as in a list."""
    return in_words(browser, system) if browser or system else _("Unknown browser")
