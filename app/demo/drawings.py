"""The demonstration's pictures, as an upload would be kept."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from app.domain.pictures import Encoded

FOLDER = Path(__file__).parent / "pictures"


def encoded(name: str) -> Encoded:
    """One of them, in both widths."""
    body = (FOLDER / f"{name}.webp").read_bytes()
    image = Image.open(io.BytesIO(body))
    small = io.BytesIO()
    image.resize((800, image.height * 800 // image.width)).save(small, "WEBP", quality=82)
    return Encoded(image.width, image.height, large=body, small=small.getvalue())
