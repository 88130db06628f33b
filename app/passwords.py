"""Which passwords are taken: twelve characters or more, anything in them, but none that everybody tries first (AUTH-01).

There are no rules about digits and capitals; they make passwords that are hard to remember and easy to guess. The list is our
own and stays here: a password is never looked up elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_security import PasswordUtil

SHORTEST = 12  # characters
MOST_BYTES = 1024  # counted before anything is hashed
FEWEST_DIFFERENT = 5  # characters; "abababababab" is two

# What is left of the usual passwords once digits, punctuation and look-alike signs are taken off.
COMMON = frozenset(
    """
    abc abcd abcdef abcdefgh abcdefghijkl access admin administrator adminadmin amnesty asdf asdfgh asdfghjkl asdfghjklqwer
    baseball batman campaign changeme changemenow charlie chocolate computer default defaultpassword demo dragon facebook
    football freedom google guest hello helloworld hunter internet iloveyou iloveyouso jesus jesuschrist justice letmein
    letmeinplease linkedin login loginlogin love master mercedes michael monkey mypassword newpassword ninja nopassword notapassword
    oneringtorulethemall organisation organization pass passphrase password passwordpassword passwort petition pokemon
    princess qazwsx
    qazwsxedc qwer qwerty qwertyqwerty qwertyui qwertyuiop qwertz qwertzuiop root rootroot samsung secret secretpassword
    security shadow starwars summer sunshine superman supersecret swordfish temp temporary test testing testtest thisisapassword
    trustno undersigned user username welcome welcomehome whatever winter yourpassword zxcv zxcvbn zxcvbnm
    """.split()  # noqa: SIM905 (a hundred words read better as words than as a list of strings)
)
LOOK_ALIKE = str.maketrans({"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t"})
SEQUENCES = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def problem(password: str, *own: str) -> str:
    """Why this password is not taken, in the sentence that the person reads; empty when it is. `own`: name and address."""
    if len(password) < SHORTEST:
        return _("Use at least %(number)d characters. A few words in a row are good.", number=SHORTEST)
    if len(password.encode()) > MOST_BYTES:
        return _("Use fewer characters; a password can be %(number)d bytes long.", number=MOST_BYTES)
    if _guessable(password.casefold(), [part.casefold() for part in own]):
        return _(
            "This is one of the passwords that are tried first. Choose another one; a few words in a row are good."
        )
    return ""


def _guessable(password: str, own: list[str]) -> bool:
    if len(set(password)) < FEWEST_DIFFERENT or any(password in sequence for sequence in SEQUENCES):
        return True
    if password in own or password in {part.partition("@")[0] for part in own}:
        return True
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)
    return any(_core(text) in COMMON for text in (bare, bare.translate(LOOK_ALIKE)))


def _core(password: str) -> str:
    """The letters alone, said once: "Welcome-welcome-2026" is "welcome"."""
    letters = re.sub(r"[\W\d_]+", "", password)
    half = len(letters) // 2
    return letters[:half] if half and letters[:half] == letters[half:] else letters


class Passwords(PasswordUtil):
    """Our rules, for Flask-Security."""

    def normalize(self, password: str) -> str:
        """One form for one password, however a keyboard composes its letters."""
        return unicodedata.normalize("NFKC", password)

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """What is wrong with it, and its normal form."""
        normal = self.normalize(password)
        account = kwargs.get("user")
        wrong = problem(normal, *((account.email, account.name) if account else ()))
        return ([wrong] if wrong else None), normal
