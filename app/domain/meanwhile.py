"""Two people who write at once do not overwrite each other: what is saved replaces only what its writer saw.

For rows without a revision of their own. A form carries the digest of what stood there when it was opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.domain.refused import EditedMeanwhile
from app.extensions import Model


def digest(row: Model, fields: Sequence[str]) -> str:
    """What stands in these fields of a row, short enough for a form to carry."""
    said = repr([getattr(row, name) for name in fields])
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _refuse(row: Model, values: Mapping[str, Any], fields: Sequence[str], seen: str | None) -> None:
    """Raises EditedMeanwhile where `values` would replace what somebody saved since whoever writes saw the digest `seen`; None asks
    nothing."""
    is_new = any(getattr(row, name) != value for name, value in values.items())
    if seen is not None and is_new and seen != digest(row, fields):
        raise EditedMeanwhile(
            _("Somebody else saved this after you opened it. Your words are kept; compare, then save again.")
        )
