"""What is not allowed now. Each refusal carries the sentence that the person reads."""

from __future__ import annotations

import math

from flask_babel import gettext as _
from flask_babel import ngettext

MINUTE, HOUR = 60, 3600


class Refused(Exception):
    """Something that is not allowed now. `status` is the HTTP status that tells machines the same."""

    status = 409

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(Refused):
    """There is nothing here, or nothing for this person."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no such page."))


class Gone(Refused):
    """There was something, and it is over."""

    status = 410


class Paused(Refused):
    """Nobody can sign for now; later it goes on."""


class EditedMeanwhile(Refused):
    """Somebody else saved after this page was opened; both texts are shown, nothing is lost."""


class Incomplete(Refused):
    """Something is not there that the campaign requires."""


def try_again(seconds: float) -> str:
    """When to try again, in words: in seconds up to two minutes, in minutes up to two hours, then in hours. Never too early."""
    left = max(1, math.ceil(seconds))
    if left < 2 * MINUTE:
        return ngettext("Try again in %(num)s second.", "Try again in %(num)s seconds.", left)
    if left <= 2 * HOUR:
        return ngettext("Try again in %(num)s minute.", "Try again in %(num)s minutes.", math.ceil(left / MINUTE))
    return ngettext("Try again in %(num)s hour.", "Try again in %(num)s hours.", math.ceil(left / HOUR))


class TooOften(Refused):
    """It was tried too often; says in how many seconds it works again. `said`: what was too much, where another sentence tells it
    better; `kept`: what was entered still stands on the page."""

    status = 429

    def __init__(self, seconds: float, said: str = "", *, kept: bool = False) -> None:
        stays = [_("What you entered is still here.")] if kept else []
        super().__init__(" ".join([said or _("That was tried too often."), try_again(seconds), *stays]))
        self.seconds = max(1, math.ceil(seconds))
