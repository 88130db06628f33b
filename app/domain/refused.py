"""What is not allowed now. Each refusal carries the sentence that the person reads."""

from __future__ import annotations

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
