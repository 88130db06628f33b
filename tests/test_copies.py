"""Copies of campaigns, and templates that new ones begin with."""

from __future__ import annotations

import datetime as dt

import pytest

from app.extensions import db
from app.models import Campaign, CampaignState, DecisionMaker, Signature
from tests import desk, standing
from tests.test_campaign_states import gather

olive = desk.olive


def edited(answer):
    """The slug of the campaign whose editor opens."""
    return answer.location.split("/")[-2]


@pytest.fixture
def campaign(app, olive, make):
    """A campaign with all that there is to copy, and all that is not."""
    made = make.campaign(
        olive.organisation,
        ask="Open the archive",
        text="It is in a cellar.",
        decision_makers=["The Minister", "The Keeper"],
        locale="ar",
        signature_target=4321,
        asks_family_name="asked",
        closes_at=dt.datetime(2030, 1, 1, tzinfo=dt.UTC),
        closes_zone="Asia/Baghdad",
        response="No.",
        response_by="The Keeper",
        response_on=dt.date(2026, 1, 1),
        closed=True,
        outcome="not_won",
        outcome_text="They said no.",
    )
    make.signature(made)
    make.news(made)
    make.update(made)
    make.report(made, title="A report")
    gather(app, make.topic(olive.organisation, title="Archives"), [made])
    return made


@pytest.mark.parametrize("along", [True, False])
def test_a_copy_has_the_words_and_choices_and_nothing_that_happened(olive, client, campaign, stored, along):
    along_data = {"reports": "y", "topics": "y"} if along else {}
    slug = edited(olive.post(f"/campaigns/{campaign.slug}/copy", **along_data))
    (copy,) = stored(Campaign, slug=slug)
    for name in ("ask", "summary", "text", "locale", "signature_target", "asks_family_name", "closes_zone"):
        assert getattr(copy, name) == getattr(campaign, name), name
    nothing = ("closes_at", "published_at", "closed_at", "outcome", "response_on", "delivered_on")
    assert [getattr(copy, name) for name in nothing] == [None] * len(nothing)
    assert (copy.state, copy.current_version, copy.outcome_text, copy.response) == ("draft", 0, "", "")
    makers = sorted(stored(DecisionMaker, campaign_id=copy.id), key=lambda maker: maker.position)
    assert [maker.name for maker in makers] == ["The Minister", "The Keeper"]
    assert not stored(Signature, campaign_id=copy.id)
    assert ("A report" in olive.get(f"/campaigns/{slug}/reports")) == along
    assert (olive.get("/topics/archives/campaigns").count(f"/campaigns/{slug}") > 0) == along
    assert client.get(f"/campaigns/{slug}").status_code == 404
    olive.publishes(f"/campaigns/{slug}")
    assert client.get(f"/campaigns/{slug}/count.json").json["signatures"] == 0


def test_a_copy_is_named_as_one_until_it_is_public(app, olive, campaign, make):
    assert f'href="{olive.base}/campaigns/{campaign.slug}/copy"' in olive.get("/campaigns")
    assert f'href="{olive.base}/campaigns/{campaign.slug}/copy"' in olive.get(f"/campaigns/{campaign.slug}")
    slug = edited(olive.post(f"/campaigns/{campaign.slug}/copy"))
    said = "A copy of “<bdi>Open the archive</bdi>”."
    assert said in olive.get(f"/campaigns/{slug}")
    assert '<span class="quiet">copy</span>' in olive.get("/campaigns")
    with app.app_context():
        db.session.get_one(Campaign, campaign.id).organisation_id = make.organisation().id
        db.session.commit()
    assert said not in olive.get(f"/campaigns/{slug}")  # it is others' now
    with app.app_context():
        db.session.get_one(Campaign, campaign.id).organisation_id = olive.organisation.id
        db.session.commit()
    olive.publishes(f"/campaigns/{slug}")
    assert said not in olive.get(f"/campaigns/{slug}")


def test_a_draft_that_was_copied_can_be_thrown_away(olive, stored):
    at = olive.drafts()
    slug = edited(olive.post(at + "/copy"))
    olive.post(at + "/discard")
    assert [(copy.slug, copy.copied_from_id) for copy in stored(Campaign)] == [(slug, None)]


def test_olive_keeps_a_template_and_begins_with_it(olive, campaign, stored):
    assert "Begin with a template" not in olive.get("/campaigns/new")
    olive.post(f"/campaigns/{campaign.slug}/template", name="Letter to a minister")
    (template,) = stored(Campaign, state=CampaignState.TEMPLATE)
    page = olive.get("/campaigns/new")
    assert page.index("Letter to a minister") < page.index("Create the draft")
    olive.post(f"/campaigns/{campaign.slug}/copy")  # another draft: the template is not it
    slug = edited(olive.post(f"/campaigns/{template.slug}/begin"))
    (draft,) = stored(Campaign, slug=slug)
    assert (draft.text, draft.locale, draft.signature_target) == ("It is in a cellar.", "ar", 4321)
    assert (draft.state, draft.template_name, draft.copied_from_id) == ("draft", "", None)
    assert len(stored(DecisionMaker, campaign_id=draft.id)) == 2


def test_a_template_is_edited_renamed_and_deleted_and_campaigns_stay(olive, campaign, stored):
    olive.post(f"/campaigns/{campaign.slug}/template", name="Letter")
    (template,) = stored(Campaign, state=CampaignState.TEMPLATE)
    at = f"/campaigns/{template.slug}"
    slug = edited(olive.post(at + "/begin"))
    page = olive.get(at + "/words")
    assert "Template: Letter" in page
    assert "Publish" not in page
    olive.post(at + "/words", ask="Open it", summary="s", text="Another text.", revision="1")
    olive.post(at + "/template", name="Letter to somebody")
    assert "Letter to somebody" in olive.get("/templates")
    assert olive.post(at + "/discard").location == f"{olive.base}/templates"
    assert stored(Campaign, slug=slug)[0].text == "It is in a cellar."
    assert not stored(Campaign, state=CampaignState.TEMPLATE)


def test_two_templates_never_have_one_name(olive, campaign, stored):
    olive.post(f"/campaigns/{campaign.slug}/template", name="Letter")
    answer = olive.post(f"/campaigns/{campaign.slug}/template", status=409, name="LETTER")
    assert "There is a template of this name." in answer.text
    olive.post(f"/campaigns/{campaign.slug}/template", status=422, name=" ")
    assert len(stored(Campaign, state=CampaignState.TEMPLATE)) == 1


def test_a_template_is_a_template_and_nothing_else(app, olive, make, stored):
    template = standing.campaign(make, CampaignState.TEMPLATE, olive.organisation)
    draft = make.campaign(olive.organisation, published=False)
    at = f"/campaigns/{template.slug}"
    olive.post(at + "/copy", status=409)
    olive.post(f"/campaigns/{draft.slug}/begin", status=409)
    make.topic(olive.organisation, title="Archives")
    for page in ("/campaigns", "/topics/archives/campaigns", "/library/new"):
        assert template.ask not in olive.get(page), page
    assert template.slug.startswith("template-")


def test_oscar_begins_with_no_template_of_another_organisation(app, olive, make, sign_in, stored):
    template = standing.campaign(make, CampaignState.TEMPLATE, olive.organisation)
    oscar = desk.Desk(app.test_client(), make.organisation())
    sign_in(oscar.client, make.account("owner", oscar.organisation))
    oscar.post(f"/campaigns/{template.slug}/begin", status=404)
    assert template.template_name not in oscar.get("/campaigns/new")
    assert len(stored(Campaign)) == 1
