"""The campaign page weighs under 60 kB compressed, without its picture, in whatever languages it is written and signed."""

from __future__ import annotations

from typing import Any

import pytest

from app.demo import content, publications
from tests.factories import Make

pytestmark = pytest.mark.browser

MOST = 60_000
BOLD = "**No community has reason to trust the forces meant to protect it.**"
# With every letter that the language has beyond Latin-1, and with capitals.
POLISH = "Zażółć gęślą jaźń, Ćma i Łoś, ŻÓŁĆ, ŹREBIĘ, ŚWIĄTEK, MĘŻNY, TOŃ"
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy, ŘÍČANY, ŽĎÁR, TŘEBOŇ, ŠŤÁVA, MĚSTO, DŮM"
TURKISH = "Pijamalı hasta yağız şoföre çabucak güvendi, İSTANBUL, IĞDIR, ŞIRNAK"
ROMANIAN = "Înspăimântător și țanțoș în Brașov, ȘTIINȚĂ, ȚARĂ, Timişoara, Piaţa"
ASK = "Zażółć gęślą jaźń ŁŚŻĆ, příliš žluťoučký kůň ďábelsky ĎŘČŠŤŽ, yağız şoför ığdır İŞĞ, țanțoș înspăimântat ȘȚĂ"
ALL = f"{POLISH}. {CZECH}. {TURKISH}. {ROMANIAN}."

ENGLISH_NAMES = ("Rana Haddad", "Agnes Whitcombe", "Tomás Arce")
POLISH_NAMES = ("Małgorzata Wójcik-Dąbrowska", "Agnes Whitcombe", "Tomás Arce")
ALL_NAMES = (
    "Małgorzata Wójcik-Dąbrowska",
    "İpek Yıldız-Şahin",
    "Ștefan Řehoř-Țepeș",
    "Gülşen Ďuričková-Ňu",
    "Łukasz Čížek",
)

STATES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "plain": (ENGLISH_NAMES, {}),
    "bold-and-a-polish-name": (POLISH_NAMES, {"text": f"{content.MILITIAS_TEXT}\n\n{BOLD}"}),
    "all-of-central-europe": (
        ALL_NAMES,
        {"ask": ASK, "summary": ALL, "text": f"{content.MILITIAS_TEXT}\n\n{BOLD}\n\n{ALL}\n\n**{ALL}**\n\n## {ASK}"},
    ),
    "with-common-signs": (
        ENGLISH_NAMES,
        {
            "ask": "Give § 12 its £9 back",
            "text": f"{content.MILITIAS_TEXT}\n\n**£5, 5 ₺ and § 3**: 9 m², 5 €, ½, 3ª, ™, < 7",
        },
    ),
}


@pytest.fixture
def campaign(make: Make) -> Any:
    """campaign(slug, names, ask=...) is a campaign as large as the demonstration's."""

    def made(slug: str, names: tuple[str, ...], words: dict[str, str]) -> None:
        campaign = make.campaign(
            make.organisation(**content.ORGANISATION),
            slug=slug,
            decision_makers=content.DECISION_MAKERS,
            signature_target=5000,
            **{
                "ask": content.MILITIAS_ASK,
                "summary": content.MILITIAS_SUMMARY,
                "text": content.MILITIAS_TEXT,
                **words,
            },
        )
        for number, (kind, title, publisher, date, note) in enumerate(content.REPORTS):
            url = f"{content.CRISIS_PAGE}?{number}"
            known = {
                "kind": kind,
                "title": title,
                "publisher": publisher,
                "published_on": date,
                "note": note,
                "url": url,
            }
            make.report(campaign, **{**known, **publications.DETAILS[title]})
        for title, outlet, byline, date, excerpt, url, warning in content.NEWS:
            item = {"title": title, "outlet": outlet, "byline": byline, "published_on": date, "excerpt": excerpt}
            make.news(campaign, **item, url=url, content_warning=warning)
        for name in names:
            given, family = name.rsplit(" ", 1)
            make.signature(campaign, given_name=given, family_name=family, show_name=True)

    return made


@pytest.mark.parametrize("state", STATES)
def test_sam_loads_a_light_page_in_every_language_of_central_europe(
    campaign: Any, live: str, page: Any, state: str
) -> None:
    names, words = STATES[state]
    campaign(state, names, words)
    weights: dict[str, int] = {}

    def weigh(request: Any) -> None:
        weights[request.url.removeprefix(live).partition("?")[0]] = request.sizes()["responseBodySize"]

    page.on("requestfinished", weigh)
    page.goto(f"{live}/campaigns/{state}", wait_until="networkidle")
    assert f"/campaigns/{state}" in weights
    assert sum(weights.values()) < MOST, weights
    assert not [path for path in weights if path.endswith(("-ext.woff2", "-vi.woff2"))]
