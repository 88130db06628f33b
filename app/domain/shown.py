"""What a confirm page shows of a signature, so that nobody confirms what was typed after they looked."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from app.domain import answers, signature_states
from app.models import Signature


def fingerprint(signature: Signature) -> str:
    """A fingerprint of what its confirm page shows: whoever presses the button means that, and nothing that was typed since."""
    if signature_states.is_claimed(signature) and signature.claim:
        said: Any = signature.claim.said
    else:
        names = ("given_name", "family_name", "country", "postcode", "show_name", "hears_more", "email")
        given = answers.of(signature) if signature.campaign.has_questions else []
        said = [getattr(signature, name) for name in names], [(one.question_id, one.value) for one in given]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
