"""Pictures: decided by decoding, encoded anew, stored under a random name (UPL-01 to UPL-04)."""

from __future__ import annotations

import datetime as dt
import io
import struct
import time
import zlib

import pytest
from PIL import Image

from app import uploads
from app.models import Campaign, Picture
from app.uploads import PictureRefused
from tests import desk

olive = desk.olive


def encoded(kind="JPEG", size=(2000, 1000), colour="red", mode="RGB", **how):
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **how)
    return out.getvalue()


def with_position():
    """A JPEG that says where it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn a quarter clockwise
    exif[0x010F] = "Secret Camera"
    exif[0x011A] = 72.0  # points an inch
    exif.get_ifd(0x8825)[2] = (36.0, 20.0, 0.0)
    return encoded(size=(600, 300), exif=exif, comment=b"secret comment", xmp=b"<x:xmpmeta>secret xmp</x:xmpmeta>")


def bomb(width=50_000, height=50_000):
    """A PNG of a few bytes that claims to be two and a half thousand megapixels."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


NOT_PICTURES = {
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "moving.gif": encoded("GIF", (40, 40)) + b"/*<script>alert(1)</script>*/",
    "paper.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj",
    "page.jpg": b"<!doctype html><script>alert(1)</script>",
    "old.bmp": encoded("BMP", (40, 40)),
    "scan.tiff": encoded("TIFF", (40, 40)),
    "empty.png": b"",
}


def send(olive, at, body, name="photo.jpg", status=303, **words):
    data = {"file": (io.BytesIO(body), name), "alt": "A red field", "caption": "", "credit": "", **words}
    return olive.post(at + "/picture", status=status, **data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_olive_shows_a_picture_in_two_widths(olive, client, make, stored, kind):
    campaign = make.campaign(olive.organisation)
    send(olive, f"/campaigns/{campaign.slug}", encoded(kind), caption="Before the vote", credit="Sam")
    (picture,) = stored(Picture)
    assert (picture.width, picture.height) == (1600, 800)
    for size, width in (("large", 1600), ("small", 800)):
        answer = client.get(f"/pictures/{picture.name}-{size}.webp")
        image = Image.open(io.BytesIO(answer.data))
        assert (image.format, image.width) == ("WEBP", width)
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "immutable" in answer.headers["Cache-Control"]
    page = client.get(f"/campaigns/{campaign.slug}").text
    assert 'alt="A red field"' in page
    assert "Before the vote" in page


WITH_ODD_NOTES = with_position().replace(b"\x01\x1a\x00\x05", b"\x01\x1a\x00\x02")  # points an inch, as a text


@pytest.mark.parametrize("body", [with_position(), WITH_ODD_NOTES], ids=["usual", "odd"])
def test_nothing_but_pixels_is_kept_and_pictures_stand_upright(app, body):
    assert with_position() != WITH_ODD_NOTES
    with app.app_context():
        kept = uploads.read(io.BytesIO(body))
    assert (kept.width, kept.height) == (300, 600)
    for body in (kept.large, kept.small):
        image = Image.open(io.BytesIO(body))
        assert not dict(image.getexif())
        assert not image.getexif().get_ifd(0x8825)
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
        assert b"ecret" not in body


@pytest.mark.parametrize("name", NOT_PICTURES)
def test_what_is_no_picture_is_refused_whatever_it_is_called(olive, make, stored, name):
    campaign = make.campaign(olive.organisation)
    answer = send(
        olive, f"/campaigns/{campaign.slug}", NOT_PICTURES[name], name="photo.jpg", status=415, credit="Kept words"
    )
    assert "This is not a JPEG, PNG or WebP picture" in answer.text
    assert 'value="Kept words"' in answer.text
    assert not stored(Picture)


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (encoded() + b"\0" * 5_300_000, 413, "larger than 5 MB"),
        (bomb(), 422, "24 megapixels"),
        (encoded("PNG", (6000, 4001), 0, "1"), 422, "24 megapixels"),
        (encoded()[:3000], 422, "damaged"),
        (bomb(3000, 3000), 422, "damaged"),
    ],
    ids=["heavy", "bomb", "large", "cut short", "empty pixels"],
)
def test_a_picture_too_large_or_damaged_is_refused_in_words(olive, make, stored, body, status, sentence):
    campaign = make.campaign(olive.organisation)
    begun = time.process_time()
    assert sentence in send(olive, f"/campaigns/{campaign.slug}", body, status=status).text
    assert time.process_time() - begun < 2
    assert not stored(Picture)


def test_a_body_beyond_every_picture_is_refused_before_it_is_read(olive, make):
    campaign = make.campaign(olive.organisation)
    send(olive, f"/campaigns/{campaign.slug}", b"\0" * 7_000_000, status=413)


@pytest.mark.parametrize("name", ["../../x.png", "a\0.png", "con.png", "x" * 300 + ".png", "\u202egnp.jpg", ""])
def test_the_name_of_a_file_means_nothing(olive, make, stored, name):
    campaign = make.campaign(olive.organisation)
    if name:
        send(olive, f"/campaigns/{campaign.slug}", encoded("PNG", (40, 40)), name=name)
        assert len(stored(Picture)[0].name) == 22


def test_a_picture_needs_a_description(olive, make, stored):
    campaign = make.campaign(olive.organisation)
    answer = send(olive, f"/campaigns/{campaign.slug}", encoded(size=(40, 40)), status=422, alt=" ", credit="Sam")
    assert "Describe the picture" in answer.text
    assert "The file has to be chosen again." in answer.text
    assert 'value="Sam"' in answer.text
    assert not stored(Picture)


def test_olive_changes_the_words_replaces_the_picture_and_removes_it(olive, make, stored):
    campaign = make.campaign(olive.organisation)
    at = f"/campaigns/{campaign.slug}"
    send(olive, at, encoded(size=(40, 40)))
    olive.post(at + "/picture", alt="A field, red", caption="", credit="")
    assert stored(Campaign)[0].picture_alt == "A field, red"
    first = stored(Picture)[0].name
    send(olive, at, encoded(size=(50, 50)))
    send(olive, at, encoded(size=(60, 60)))
    assert first not in {p.name for p in stored(Picture)}
    assert {p.width for p in stored(Picture)} == {50, 60}  # the one just replaced: kept pages may still show it
    assert "Remove the picture" in olive.get(at + "/picture/remove")
    olive.post(at + "/picture/remove")
    assert not stored(Picture)
    assert stored(Campaign)[0].picture_alt == ""


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "I;16", "RGBA", "CMYK"])
def test_every_sort_of_pixels_becomes_a_picture(app, mode):
    body = encoded("JPEG" if mode == "CMYK" else "PNG", (300, 200), 0, mode)
    with app.app_context():
        assert uploads.read(io.BytesIO(body)).width == 300


def test_a_see_through_picture_stands_on_white_and_a_mark_stays_see_through(app):
    picture, file = Image.new("RGBA", (40, 40), (0, 0, 0, 0)), io.BytesIO()
    picture.paste((20, 30, 60, 255), (20, 20, 40, 40))
    picture.save(file, "PNG")
    body = file.getvalue()
    with app.app_context():
        flat, clear = uploads.read(io.BytesIO(body)), uploads.read_mark(io.BytesIO(body))
    assert Image.open(io.BytesIO(flat.large)).convert("RGB").getpixel((5, 5)) == (255, 255, 255)
    assert Image.open(io.BytesIO(clear.large)).getpixel((5, 5))[3] == 0


def test_refusals_carry_their_sentence(app):
    with app.app_context(), pytest.raises(PictureRefused) as refusal:
        uploads.read(io.BytesIO(b"nothing"))
    assert refusal.value.status == 415


def test_pictures_of_another_organisation_are_not_swept_away(olive, make, stored, app):
    with app.app_context():
        from app.extensions import db

        other = make.organisation()
        db.session.add(
            Picture(
                name="x" * 22,
                organisation_id=other.id,
                width=1,
                height=1,
                byte_count=2,
                large=b"1",
                small=b"1",
                created_at=dt.datetime.now(dt.UTC),
            )
        )
        db.session.commit()
    campaign = make.campaign(olive.organisation)
    send(olive, f"/campaigns/{campaign.slug}", encoded(size=(40, 40)))
    olive.post(f"/campaigns/{campaign.slug}/picture/remove")
    assert [p.name for p in stored(Picture)] == ["x" * 22]
