"""The key with which this installation signs manifests.

The private half is made from `SECRET_KEY` each time and stored nowhere, so neither a copy of the database nor a backup can sign. The
public half is kept with the first manifest that it signs: after a change of `SECRET_KEY` a new key signs, and the earlier
ones go on checking what they signed (app/models/deliveries.py).
"""

from __future__ import annotations

import base64
import functools
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from app import links
from app.domain.manifests import Seal
from app.models import Manifest

PURPOSE = b"undersigned manifests, Ed25519, 1"  # so that nothing else that is made from SECRET_KEY is this key


@functools.lru_cache(maxsize=4)
def _private(secret: str) -> Ed25519PrivateKey:
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(made)


def seal() -> Seal:
    """What signs now."""
    key = _private(current_app.config["SECRET_KEY"])
    public = key.public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return Seal(
        fingerprint=hashlib.sha256(public.public_bytes(serialization.Encoding.DER, form)).hexdigest(),
        public_key=public.public_bytes(serialization.Encoding.PEM, form).decode(),
        sign=key.sign,
        manifest_address=lambda public_id: links.to("public.manifest", public_id=public_id),
        campaign_address=lambda slug: links.to("public.campaign", slug=slug),
    )


def is_genuine(manifest: Manifest) -> bool:
    """Whether its text is the one that was signed with its key."""
    key = serialization.load_pem_public_key(manifest.key.public_key.encode())
    assert isinstance(key, Ed25519PublicKey)
    try:
        key.verify(manifest.signature, manifest.document.encode())
    except InvalidSignature:
        return False
    return True


def in_letters(signature: bytes) -> str:
    """A signature as it is printed."""
    return base64.b64encode(signature).decode()
