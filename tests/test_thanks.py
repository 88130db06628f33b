"""The thank-you page: a campaign's own words, what is passed on, and the campaign to sign next."""

from __future__ import annotations

from urllib.parse import unquote

from app.models import Campaign, ThankYou
from tests import desk
from tests.test_signing import link

olive = desk.olive


def saves(olive, at, *, status=303, language="en", **words):
    page = olive.get(f"{at}/thanks?language={language}")
    seen = page.partition('name="seen" type="hidden" value="')[2].partition('"')[0]
    return olive.post(f"{at}/thanks?language={language}", status, **{"seen": seen, "next_campaign": "", **words})


def test_sam_reads_the_campaigns_own_thanks_and_is_offered_the_next_one(app, olive, client, make, stored):
    campaign, other = make.campaign(olive.organisation), make.campaign(olive.organisation, ask="Open the archive")
    at = f"/campaigns/{campaign.slug}"
    signature = make.signature(campaign)
    thanked = f"/confirm/{link(app, signature)}"
    usual = client.get(thanked).text
    assert "Open the archive" not in usual
    saves(
        olive,
        at,
        text="**Thank you**, <b>all</b>.",
        next_campaign=str(other.id),
        mail_subject="A letter",
        x="Sign & go",
    )
    page = client.get(thanked).text
    assert "<strong>Thank you</strong>" in page
    assert "<b>all" not in page
    assert "Open the archive" in page
    assert "subject=A%20letter&amp;body=Rein" in page
    assert "https://x.com/intent/post?text=Sign%20%26%20go&amp;url=" in page
    assert "via=x" in unquote(page)
    arabic = client.get(f"{thanked}?lang=ar").text
    assert '<div class="prose after" lang="en" dir="ltr">' in arabic
    saves(olive, at, language="ar", text="شكرا", next_campaign=str(other.id))
    arabic = client.get(f"{thanked}?lang=ar").text
    assert "شكرا" in arabic
    assert "Sign%20%26%20go" in arabic  # what is empty there is said in the campaign's language
    assert "<strong>Thank you</strong>" in olive.get(f"{at}/thanks/preview")
    olive.post(f"/campaigns/{other.slug}/close", outcome="", outcome_text="")
    assert "Open the archive" not in client.get(thanked).text
    saves(olive, at, text="")
    assert [row.locale for row in stored(ThankYou)] == ["ar"]
    assert "changed the thank-you page" in olive.get("/log")


def test_thanks_keep_what_was_typed_and_offer_no_foreign_campaign(olive, make, stored):
    campaign, foreign = make.campaign(olive.organisation), make.campaign(slug="foreign")
    at = f"/campaigns/{campaign.slug}"
    long = saves(olive, at, status=422, text="My words", x="x" * 251)
    assert "Use at most 250 characters." in long.text
    assert "My words" in long.text
    assert saves(olive, at, status=422, next_campaign=str(foreign.id)).status_code == 422
    for where, half in (("thanks", "Half a thought"), ("thanks?language=ar", "نصف فكرة")):  # kept a language at a time
        kept = f"{olive.base}{at}/{where}"
        assert f'name="unsaved" value="{kept}"' in olive.get(f"{at}/{where}")
        olive.post("/unsaved", 204, unsaved=kept, text=half)
    assert "Half a thought" in olive.get(f"{at}/thanks?unsaved=take")
    assert "نصف فكرة" in olive.get(f"{at}/thanks?language=ar&unsaved=take")
    saves(olive, at, text="First", unsaved=f"{olive.base}{at}/thanks")
    assert "and did not save it" not in olive.get(f"{at}/thanks")
    assert "and did not save it" in olive.get(f"{at}/thanks?language=ar")
    late = olive.post(f"{at}/thanks", 409, seen="other", text="Second", next_campaign="")
    assert "Somebody else changed this page" in late.text
    assert [(row.text, row.x) for row in stored(ThankYou)] == [("First", "")]
    slug = olive.post(f"{at}/template", name="Letter").location and stored(Campaign, state="template")[0].slug
    assert "First" in olive.get(f"/campaigns/{slug}/thanks")
