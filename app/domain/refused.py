"""What is not allowed now. Each refusal carries the sentence that the person reads."""

from __future__ import annotations

import math

from flask_babel import gettext as _


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


class TooOften(Refused):
    """It was tried too often, and works again in so many seconds. `said`: what was too much, where another sentence tells it better;
    `kept`: what was entered still stands on the page. `app.waits` says all of it in words."""

    status = 429

    def __init__(self, seconds: float, said: str = "", *, kept: bool = False) -> None:
        super().__init__(said or _("That was tried too often."))
        self.seconds, self.kept = max(1, math.ceil(seconds)), kept
