"""What people wrote of themselves, as a mail may carry it."""

from __future__ import annotations

from typing import Any

from app.forms.texts import DOMAIN, LINK

LONGEST_NAME = 60  # MAIL-05: our mail must not carry somebody's text to a stranger
About = dict[str, Any]


def plain_name(name: str) -> str:
    """The name if it is short and nothing but a name, else nothing."""
    return name if len(name) <= LONGEST_NAME and not LINK.search(name) and not DOMAIN.search(name) else ""
