"""Copies: a new draft made of a campaign, a template made of one, a new draft that begins with a template.

What is copied are words and choices. Signatures, counts, dates, news, updates and what became of it stay where they are.
"""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import Select, func, insert, select

from app.domain import activity, campaign_states, counts, questions, slugs, thanks
from app.domain.refused import Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, CampaignState, DecisionMaker, Deed, campaign_report, campaign_topic

# Everything that an organiser wrote or chose and that another campaign may begin with. A new column of that kind belongs here.
COPIED = (
    "organisation_id",
    "locale",
    "ask",
    "summary",
    "text",
    "signature_target",
    "asks_family_name",
    "asks_country",
    "asks_postcode",
    "next_campaign_id",
    "closes_zone",
    "picture_id",
    "picture_alt",
    "picture_caption",
    "picture_credit",
)
MOST_TEMPLATES = 50  # of an organisation: they stand in one list


@unit_of_work
def clone(campaign: Campaign, *, with_reports: bool, with_topics: bool, now: dt.datetime) -> Campaign:
    """A new draft with the words, the picture, the decision makers and the target of a campaign; also of one that is over."""
    campaign_states._hold(campaign)
    if campaign.state == CampaignState.TEMPLATE:
        raise Refused(_("This is a template. Begin a campaign with it."))
    made = _copy(campaign, CampaignState.DRAFT, now)
    made.copied_from_id = campaign.id
    if with_reports:
        _cite(campaign.id, made.id)
    if with_topics:
        _join_topics(campaign.id, made.id)
    activity._note(Deed.COPIED, made, now=now)
    return made


@unit_of_work
def save_as_template(campaign: Campaign, name: str, *, now: dt.datetime) -> Campaign:
    """Keep a campaign's words and choices under a name, for new campaigns of the organisation. Raises Refused for a second of a name."""
    campaign_states._hold(campaign)
    _refuse_name(campaign, name)
    if len(db.session.scalars(templates(campaign.organisation_id)).all()) >= MOST_TEMPLATES:
        raise Refused(_("There are %(number)d templates already. Delete one that nobody needs.", number=MOST_TEMPLATES))
    made = _copy(campaign, CampaignState.TEMPLATE, now)
    made.template_name = name
    activity._note(Deed.KEPT_TEMPLATE, campaign, now=now, name=name)
    return made


@unit_of_work
def rename(template: Campaign, name: str, *, now: dt.datetime) -> None:
    """Call a template by another name."""
    campaign_states._hold(template)
    _refuse_other(template)
    if name != template.template_name:
        _refuse_name(template, name)
    template.template_name, template.edited_at = name, now
    activity._note(Deed.RENAMED, template, now=now, name=name)


@unit_of_work
def begin_with(template: Campaign, *, now: dt.datetime) -> Campaign:
    """A new draft that begins as the template is now."""
    campaign_states._hold(template)
    _refuse_other(template)
    made = _copy(template, CampaignState.DRAFT, now)
    activity._note(Deed.CREATED, made, now=now, template=template.template_name)
    return made


def templates(organisation_id: int) -> Select[Campaign]:
    """The templates of an organisation, by name."""
    own = (Campaign.organisation_id == organisation_id, Campaign.state == CampaignState.TEMPLATE)
    return select(Campaign).where(*own).order_by(func.lower(Campaign.template_name), Campaign.id)


def source(campaign: Campaign) -> Campaign | None:
    """What a draft is a copy of, while that belongs to the same organisation."""
    found = db.session.get(Campaign, campaign.copied_from_id) if campaign.copied_from_id else None
    return found if found is not None and found.organisation_id == campaign.organisation_id else None


def _refuse_other(template: Campaign) -> None:
    if template.state != CampaignState.TEMPLATE:
        raise Refused(_("This is no template."))


def _refuse_name(campaign: Campaign, name: str) -> None:
    known = db.session.scalars(templates(campaign.organisation_id))
    if name.casefold() in {template.template_name.casefold() for template in known}:
        raise Refused(_("There is a template of this name. Choose another one, or delete that one first."))


def _copy(campaign: Campaign, state: CampaignState, now: dt.datetime) -> Campaign:
    made = Campaign(**{name: getattr(campaign, name) for name in COPIED}, state=state, created_at=now, edited_at=now)
    slugs._claim(made, "template" if state == CampaignState.TEMPLATE else "")
    counts._open_slots(made.id)
    made.decision_makers = [
        DecisionMaker(position=maker.position, name=maker.name) for maker in campaign.decision_makers
    ]
    questions._copy(campaign.id, made, now)
    thanks._copy(campaign.id, made.id)
    return made


def _cite(from_id: int, to_id: int) -> None:
    """The copy cites what the campaign cites, in the same order."""
    links = campaign_report.c
    cited = db.session.execute(select(links.report_id, links.position).where(links.campaign_id == from_id)).all()
    rows = [{"campaign_id": to_id, "report_id": report_id, "position": place} for report_id, place in cited]
    if rows:
        db.session.execute(insert(campaign_report), rows)


def _join_topics(from_id: int, to_id: int) -> None:
    """The copy stands last in every topic that gathers the campaign."""
    gathered = select(campaign_topic.c.topic_id).where(campaign_topic.c.campaign_id == from_id)
    last = select(campaign_topic.c.topic_id, func.max(campaign_topic.c.position)).group_by(campaign_topic.c.topic_id)
    found = db.session.execute(last.where(campaign_topic.c.topic_id.in_(gathered))).all()
    rows = [{"topic_id": topic_id, "campaign_id": to_id, "position": place + 1} for topic_id, place in found]
    if rows:
        db.session.execute(insert(campaign_topic), rows)
