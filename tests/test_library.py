"""The evidence library: publications are kept once, cited where they are needed, in the order that the organiser sets."""

from __future__ import annotations

import datetime as dt

import pytest

from app import clock
from app.domain import library, news, topics
from app.domain.refused import NotFound, Refused
from app.extensions import db
from app.models import Campaign, NewsItem, Report, Topic


def report(title="Graves without names", **values):
    known = {"kind": "report", "publisher": "Example Watch", "published_on": dt.date(2015, 6, 9)}
    return {"title": title, "url": "https://reports.example.org/graves", **known, **values}


def order(place):
    return [report.title for report in db.session.get_one(type(place), place.id).reports]


def test_one_publication_serves_campaigns_and_topics_in_an_order_of_each(app, make):
    organisation = make.organisation()
    campaign, topic = make.campaign(organisation), make.topic(organisation)
    with app.app_context():
        campaign, topic = db.session.get_one(Campaign, campaign.id), db.session.get_one(Topic, topic.id)
        first, second, third = library.add_many(
            organisation.id, [report(f"Report {n}") for n in (1, 2, 3)], now=clock.now(), at=campaign
        )
        for one in (third, first):
            library.cite(topic, one, now=clock.now())
        library.cite(topic, first, now=clock.now())
        assert order(campaign) == ["Report 1", "Report 2", "Report 3"]
        assert order(topic) == ["Report 3", "Report 1"]
        library.arrange(campaign, library.moved(campaign, third.id, -1), now=clock.now())
        assert order(campaign) == ["Report 1", "Report 3", "Report 2"]
        library.arrange(campaign, [second.id, 999], now=clock.now())
        assert order(campaign) == ["Report 2", "Report 1", "Report 3"]
        assert order(topic) == ["Report 3", "Report 1"]
        library.uncite(campaign, first.id, now=clock.now())
        assert order(campaign) == ["Report 2", "Report 3"]
        assert order(topic) == ["Report 3", "Report 1"]


def test_what_is_removed_is_out_of_sight_everywhere_and_comes_back_where_it_stood(app, make):
    campaign = make.campaign()
    with app.app_context():
        campaign = db.session.get_one(Campaign, campaign.id)
        one, two = library.add_many(
            campaign.organisation_id, [report("One"), report("Two")], now=clock.now(), at=campaign
        )
        library.remove(one, now=clock.now())
        assert order(campaign) == ["Two"]
        with pytest.raises(NotFound):
            library.find(one.slug)
        library.restore(one, now=clock.now())
        assert order(campaign) == ["One", "Two"]
        assert library.find(one.slug) == one


def test_what_was_removed_is_forgotten_after_thirty_days(app, make, stored):
    campaign = make.campaign()
    kept, gone = make.report(campaign, title="Kept"), make.report(campaign, title="Gone")
    item = make.news(campaign)
    with app.app_context():
        long_ago = clock.now() - dt.timedelta(days=31)
        library.remove(db.session.get_one(Report, gone.id), now=long_ago)
        library.remove(db.session.get_one(Report, kept.id), now=clock.now())
        news.remove(db.session.get_one(NewsItem, item.id), now=long_ago)
        assert library.forget_removed(now=clock.now()) == 1
        assert news.forget_removed(now=clock.now()) == 1
    assert [row.title for row in stored(Report)] == ["Kept"]
    assert stored(NewsItem) == []


def test_strangers_read_of_publications_that_something_public_cites(app, make):
    organisation = make.organisation()
    draft, public = make.campaign(organisation, published=False), make.campaign(organisation)
    hidden, shown = make.report(draft, title="Hidden"), make.report(public, title="Shown")
    with app.app_context():
        assert [row.id for row in db.session.scalars(library.public())] == [shown.id]
        topic = topics.create(organisation.id, topics.Words("Iraq", "Summary", ""), locale="en", now=clock.now())
        library.cite(topic, db.session.get_one(Report, hidden.id), now=clock.now())
        assert [row.id for row in db.session.scalars(library.public())] == [shown.id]
        topics.publish(topic, now=clock.now())
        assert {row.id for row in db.session.scalars(library.public())} == {shown.id, hidden.id}


def test_the_same_title_gets_another_address_which_stays(app, make, stored):
    campaign = make.campaign()
    for title in ("Graves without names", "Graves without names", "قبور بلا أسماء"):
        make.report(campaign, title=title)
    assert [row.slug for row in stored(Report)] == ["graves-without-names", "graves-without-names-2", "report"]
    with app.app_context():
        first = db.session.get_one(Report, 1)
        library.change(first, report("Another title"), now=clock.now())
        assert (first.title, first.slug) == ("Another title", "graves-without-names")


def test_nobody_cites_what_another_organisation_keeps(app, make):
    theirs, mine = make.report(make.campaign()), make.campaign()
    with app.app_context():
        with pytest.raises(NotFound):
            library.cite(db.session.get_one(Campaign, mine.id), db.session.get_one(Report, theirs.id), now=clock.now())
        with pytest.raises(NotFound):
            library.own(mine.organisation_id, theirs.id)
        with pytest.raises(Refused):
            library.add_many(mine.organisation_id, [report()] * 201, now=clock.now())
        topic = topics.create(mine.organisation_id, topics.Words("A", "B", ""), locale="en", now=clock.now())
        with pytest.raises(NotFound):
            topics.gather(topic, [1], now=clock.now())
