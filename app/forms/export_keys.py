"""What is asked about the keys that exports are encrypted to."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from app import encryption
from app.encryption import NotAKey
from app.forms.texts import CONTROL, clean, clean_block
from app.forms.unsaved import KeptForm
from app.models.exports import KEY_NAME_LENGTH

MOST = 8_000  # letters; twenty keys with their names


class KeysForm(KeptForm):
    """Keys to encrypt to, one in each line, with the name of whose it is. `named` gives them."""

    keys = TextAreaField(
        _l("Public keys, one in each line, each with a name"),
        filters=[clean_block],
        validators=[DataRequired(_l("Paste a public key.")), Length(max=MOST)],
    )
    named: Sequence[tuple[str, str]] = ()

    def validate_keys(self, field: Field) -> None:
        """Each line holds one key and its name. Where a secret key is among them, nothing of it all is shown again or kept: it may go
        on over many lines."""
        text = field.data or ""
        if (secret_in := encryption.line_of_secret(text)) is not None:
            field.data = ""
            raise ValidationError(_is_secret(secret_in))
        if len(text) > MOST:
            return
        lines = text.splitlines()
        self.named = [self._read(n, line) for n, line in enumerate(lines, 1) if clean(line) and not _is_remark(line)]
        if not self.named:
            raise ValidationError(_("Paste a public key."))

    def _read(self, number: int, line: str) -> tuple[str, str]:
        try:
            key, beside = encryption.read(line)
        except NotAKey:
            raise ValidationError(
                _(
                    "Line %(number)d holds no public key that can be used. One is age1 with 58 small letters and digits "
                    "after it, or begins with ssh-ed25519. The command age-keygen makes one.",
                    number=number,
                )
            ) from None
        name = clean(CONTROL.sub(" ", beside))
        if not name or len(name) > KEY_NAME_LENGTH:
            raise ValidationError(
                _(
                    "Line %(number)d: write after the key whose it is, in at most %(max)d letters.",
                    number=number,
                    max=KEY_NAME_LENGTH,
                )
            )
        return name, key


def _is_remark(line: str) -> bool:
    """A line of the file that age-keygen writes which says something else than the key."""
    return line.strip().startswith("#") and "age1" not in line


def _is_secret(number: int) -> str:
    return _(
        "Line %(number)d holds a secret key. It was not kept. Nobody but its owner may have it: "
        "paste the public key that belongs to it, and use a new pair if others can have seen this one.",
        number=number,
    )
