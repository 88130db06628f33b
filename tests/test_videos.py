"""Which links are videos that can be played on a page of ours, and where their players are."""

from __future__ import annotations

import pytest

from app import videos

NOCOOKIE = "https://www.youtube-nocookie.com/embed/giTxudGNgpU?rel=0"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=giTxudGNgpU",
        "http://youtube.com/watch?feature=share&v=giTxudGNgpU&t=10",
        "https://m.youtube.com/watch?v=giTxudGNgpU",
        "https://youtu.be/giTxudGNgpU?si=x",
        "https://www.youtube.com/shorts/giTxudGNgpU",
        "https://www.youtube.com/embed/giTxudGNgpU",
        "https://www.youtube-nocookie.com/embed/giTxudGNgpU",
    ],
)
def test_youtube_is_played_without_cookies(url):
    video = videos.recognise(url)
    assert video is not None
    assert (video.host, video.player, video.origin) == ("youtube.com", NOCOOKIE, "https://www.youtube-nocookie.com")
    assert video.referrer == "strict-origin"


@pytest.mark.parametrize(
    ("url", "player"),
    [
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
        ("https://vimeo.com/76979871/0a1b2c3d4e", "https://player.vimeo.com/video/76979871?dnt=1&h=0a1b2c3d4e"),
        (
            "https://player.vimeo.com/video/76979871?h=0a1b2c3d4e",
            "https://player.vimeo.com/video/76979871?dnt=1&h=0a1b2c3d4e",
        ),
        ("https://vimeo.com/channels/staffpicks/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
    ],
)
def test_vimeo_is_asked_not_to_track(url, player):
    video = videos.recognise(url)
    assert video is not None
    assert (video.host, video.player, video.referrer) == ("vimeo.com", player, "no-referrer")


@pytest.mark.parametrize(
    "path",
    [
        "/w/9c9de5e8-0a1e-484a-b099-e80766180a6d",
        "/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d",
        "/w/kkGMgK9ZtnKfYAgnEtQxbv",
    ],
)
def test_peertube_is_played_from_its_own_site(path):
    video = videos.recognise(f"https://framatube.example{path}")
    assert video is not None
    assert video.origin == "https://framatube.example"
    assert video.player.startswith("https://framatube.example/videos/embed/")
    assert video.is_of_any_site


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/",
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/watch?v=giTxudGNgp%22",
        "https://youtube.com.evil.example/watch?v=giTxudGNgpU",
        "https://evil.example/?https://www.youtube.com/watch?v=giTxudGNgpU",
        "https://user@youtube.com/watch?v=giTxudGNgpU",
        "https://youtube.com:8443/watch?v=giTxudGNgpU",
        "javascript:alert(1)//youtube.com/watch?v=giTxudGNgpU",
        "https://vimeo.com/about",
        "https://vimeo.com/٧٦٩٧٩٨٧١",
        "https://*.example/w/kkGMgK9ZtnKfYAgnEtQxbv",
        "https://a;script-src/w/kkGMgK9ZtnKfYAgnEtQxbv",
        "https://[::1]/w/kkGMgK9ZtnKfYAgnEtQxbv",
        "https://localhost/w/kkGMgK9ZtnKfYAgnEtQxbv",
        "https://192.168.1.1/w/kkGMgK9ZtnKfYAgnEtQxbv",
        "https://[bad/w/x",
        "https://news.example/article",
        "",
    ],
)
def test_anything_else_is_no_video(url):
    assert videos.recognise(url) is None
