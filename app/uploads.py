"""Pictures that people send: checked by decoding, never by name or header, and encoded anew (UPL-01 to UPL-03).

What is kept is WebP made from pixels. So nothing else that was in the file survives: no position, no camera, no script.
"""

from __future__ import annotations

import contextlib
import io
import threading
from typing import IO, Any

from flask_babel import gettext as _
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageStat, UnidentifiedImageError

from app.colours import LIGHT_PAPER
from app.domain.pictures import Encoded
from app.domain.refused import Refused

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 24_000_000
MOST_SCANS = 40  # of a progressive JPEG; ten are usual, and each goes over the whole picture once more
FORMS = ("JPEG", "PNG", "WEBP")
LARGE, SMALL = 1600, 800  # widths in pixels
TALLEST = 2  # times the width; WebP ends at 16383 pixels, and nobody scrolls that far
QUALITY = 80
STANDS_OUT, SEEN = 48, 0.005  # of 255, how far a pixel is from its paper; what part of a mark must be
# By the orientation that a camera notes. Pillow's own way to turn writes all other notes anew, and fails where they are odd.
TURNS: dict[Any, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_turn = threading.Semaphore(2)  # a decoded picture takes up to 100 MB; this many at once in one process


class PictureRefused(Refused):
    """A picture that is too large, damaged, or none. `status` tells which."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def read(stream: IO[bytes]) -> Encoded:
    """The picture in this file, in two widths, transparent ones on white. Raises PictureRefused."""
    return _read(stream, flat=True)


def read_mark(stream: IO[bytes]) -> Encoded:
    """An organisation's mark, which may be transparent. Raises PictureRefused, also for one that cannot be seen on our paper."""
    return _read(stream, flat=False)


def _read(stream: IO[bytes], *, flat: bool) -> Encoded:
    body = stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise PictureRefused(_("The picture is larger than 5 MB. Choose a smaller one."), 413)
    with _turn:
        picture = _decoded(body, flat)
        if not flat and not _can_be_seen(picture):
            sentence = _("The mark cannot be seen on light paper. Choose one in a darker colour, or with a background.")
            raise PictureRefused(sentence, 422)
        width, height = picture.size
        return Encoded(width, height, large=_webp(picture, LARGE), small=_webp(picture, SMALL))


def _decoded(body: bytes, flat: bool) -> Image.Image:
    too_many = PictureRefused(_("The picture has more than 24 megapixels. Choose a smaller one."), 422)
    try:
        image = Image.open(io.BytesIO(body), formats=FORMS)
    except Image.DecompressionBombError:
        raise too_many from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise PictureRefused(
            _("This is not a JPEG, PNG or WebP picture. Choose a file of one of these kinds."), 415
        ) from None
    if image.width * image.height > MOST_PIXELS:
        raise too_many
    try:
        if body.startswith(b"\xff\xd8") and body.count(b"\xff\xda") > MOST_SCANS:
            raise ValueError("scans")
        image.draft("RGB", (LARGE, LARGE * TALLEST))  # a JPEG is decoded at this size, in a fraction of the memory
        image.load()
        picture = _shrinkable(_upright(image))
        picture.thumbnail((LARGE, LARGE * TALLEST), Image.Resampling.LANCZOS, reducing_gap=3.0)
        return _plain(picture, image.info.get("icc_profile"), flat)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, IndexError, Image.DecompressionBombError):
        raise PictureRefused(_("The picture is damaged. Save it again, or choose another one."), 422) from None


def _upright(image: Image.Image) -> Image.Image:
    """The picture as its camera was held. Notes of the camera that cannot be read turn nothing, whatever reading them raises."""
    try:
        turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    except Exception:
        return image
    return image if turn is None else image.transpose(turn)


def _shrinkable(image: Image.Image) -> Image.Image:
    """The same in a mode whose pixels can be averaged; palettes and 16-bit greys cannot."""
    if image.mode.startswith("I;16"):
        return image.point(lambda grey: grey / 256).convert("L")
    if image.mode in {"P", "PA", "LA"}:
        return image.convert("RGBA")
    return image if image.mode in {"RGB", "RGBA", "L", "CMYK"} else image.convert("RGB")


def _plain(picture: Image.Image, profile: bytes | None, flat: bool) -> Image.Image:
    """Pixels in sRGB, with transparency only where it is wanted."""
    clear = picture.mode == "RGBA" or "transparency" in picture.info
    if profile and picture.mode in {"RGB", "RGBA"}:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            picture = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB")) or picture
    if not clear:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    if not flat:
        return picture
    sheet = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(sheet, picture).convert("RGB")


def _can_be_seen(mark: Image.Image) -> bool:
    """Whether anything stands out when the mark is laid on light paper; pages in the dark lay it on light paper, too."""
    paper = Image.new("RGBA", mark.size, LIGHT_PAPER)
    laid = Image.alpha_composite(paper, mark.convert("RGBA"))
    apart = ImageChops.difference(laid.convert("L"), paper.convert("L")).point(lambda far: far > STANDS_OUT and 255)
    return ImageStat.Stat(apart).mean[0] / 255 >= SEEN


def _webp(picture: Image.Image, width: int) -> bytes:
    copy = picture.copy()
    copy.thumbnail((width, width * TALLEST), Image.Resampling.LANCZOS)
    copy.info.clear()
    out = io.BytesIO()
    copy.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
