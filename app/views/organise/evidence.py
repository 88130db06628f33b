"""The desk: reports and news under a campaign or on a topic."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import clock
from app.domain import library, library_list
from app.domain import news as news_feed
from app.domain.library_list import Wanted
from app.domain.places import Place
from app.domain.refused import EditedMeanwhile
from app.domain.rights import Right
from app.extensions import db
from app.forms import values
from app.forms.news import NewsForm
from app.forms.texts import search_words
from app.views.access import needs
from app.views.organise import bp, places, removed, restored, saved

NEWS_SHOWN = 50  # on a page
REPORTS, NEWS = places.WHERE + "/reports", places.WHERE + "/news"


@bp.get(REPORTS)
@needs(Right.EDIT)
def reports(organisation: str, where: str, slug: str) -> str:
    """The publications that are cited here, in their order."""
    return places.shown("organise/reports.html", places.of(where, slug))


@bp.post(REPORTS + "/move")
@needs(Right.EDIT)
def move_report(organisation: str, where: str, slug: str) -> ResponseReturnValue:
    """It stands one line higher or lower."""
    place = places.of(where, slug)
    number = library.cited(place, values.key(request.form.get("number", "")) or 0).id
    library.arrange(place, library.moved(place, number, places.steps()), now=clock.now())
    return saved(place, "reports", f"row-{number}")


@bp.post(REPORTS + "/<int:number>/remove")
@needs(Right.EDIT)
def remove_report(organisation: str, where: str, slug: str, number: int) -> ResponseReturnValue:
    """It is taken off this list, and stays in the library; the next page offers to put it back."""
    place = places.of(where, slug)
    report = library.cited(place, number)
    at = [one.id for one in place.reports].index(report.id)
    library.uncite(place, report.id, now=clock.now())
    undo = places.link(place, "organise.cite_report", number=report.id, at=at)
    said = _("“%(title)s” is taken off this list. It stays in the library.", title=report.title)
    return removed(said, undo, places.link(place, "organise.reports"))


@bp.post(REPORTS + "/<int:number>/cite")
@needs(Right.EDIT)
def cite_report(organisation: str, where: str, slug: str, number: int) -> ResponseReturnValue:
    """A publication of the library is cited here: last, or at the place `at` where it stood before."""
    place = places.of(where, slug)
    report = library.own(place.organisation_id, number)
    stood_at = values.key(request.args.get("at", ""))
    library.cite(place, report, now=clock.now(), at=stood_at)
    return (saved if stood_at is None else restored)(place, "reports", f"row-{report.id}")


@bp.get(REPORTS + "/library")
@needs(Right.EDIT)
def choose_report(organisation: str, where: str, slug: str) -> str:
    """The organisation's library, to choose from what is to be cited here."""
    place = places.of(where, slug)
    words, page = asked_of_library(place.organisation_id)
    cited = {report.id for report in place.reports}
    return places.shown("organise/library_choice.html", place, page=page, words=words, cited=cited)


def asked_of_library(organisation_id: int) -> tuple[str, library_list.Page]:
    """The words that are looked for in the library, and a page of what has them."""
    words = search_words(request.args.get("q"))
    found = library_list.matching(library_list.of_organisation(organisation_id, "all"), Wanted(words))
    return words, library_list.page(found, after=values.key(request.args.get("after", "")))


@bp.get(NEWS)
@needs(Right.EDIT)
def news(organisation: str, where: str, slug: str) -> str:
    """A page of the news feed: what waits first, then the newest."""
    place = places.of(where, slug)
    items = news_feed.of(place)
    rows = db.session.scalar(select(func.count()).select_from(items.order_by(None).subquery())) or 0
    number, last = values.page(request.args.get("page", ""), rows, NEWS_SHOWN)
    some = db.session.scalars(items.limit(NEWS_SHOWN).offset((number - 1) * NEWS_SHOWN)).all()
    return places.shown("organise/news.html", place, items=some, number=number, last=last)


@bp.get(NEWS + "/new")
@needs(Right.EDIT)
def new_news(organisation: str, where: str, slug: str) -> str:
    """A form for one more."""
    return _news_page(places.of(where, slug), NewsForm())


@bp.post(NEWS + "/new")
@needs(Right.EDIT)
def add_news(organisation: str, where: str, slug: str) -> ResponseReturnValue:
    """It is in the feed."""
    place, form = places.of(where, slug), NewsForm()
    if not form.validate():
        return _news_page(place, form), 422
    news_feed.add(place, form.read_values(), now=clock.now())
    return saved(place, "news")


@bp.get(NEWS + "/<int:number>")
@needs(Right.EDIT)
def edit_news(organisation: str, where: str, slug: str, number: int) -> str:
    """One news item."""
    place = places.of(where, slug)
    return _news_page(place, NewsForm(news_feed.listed(place, number)), number)


@bp.post(NEWS + "/<int:number>")
@needs(Right.EDIT)
def save_news(organisation: str, where: str, slug: str, number: int) -> ResponseReturnValue:
    """It is corrected."""
    place, form = places.of(where, slug), NewsForm()
    if not form.validate():
        return _news_page(place, form, number), 422
    item = news_feed.listed(place, number)
    try:
        news_feed.change(item, form.read_values(), seen=form.seen.data or None, now=clock.now())
    except EditedMeanwhile as refused:
        form.refuse_for(refused.sentence, NewsForm(item, formdata=None))
        return _news_page(place, form, number), refused.status
    return saved(place, "news")


@bp.post(NEWS + "/<int:number>/remove")
@needs(Right.EDIT)
def remove_news(organisation: str, where: str, slug: str, number: int) -> ResponseReturnValue:
    """It is gone from every feed; the next page offers to put it back."""
    place = places.of(where, slug)
    item = news_feed.listed(place, number)
    news_feed.remove(item, now=clock.now())
    undo = places.link(place, "organise.restore_news", number=item.id)
    return removed(_("“%(title)s” is removed.", title=item.title), undo, places.link(place, "organise.news"))


@bp.post(NEWS + "/<int:number>/restore")
@needs(Right.EDIT)
def restore_news(organisation: str, where: str, slug: str, number: int) -> ResponseReturnValue:
    """It stands where it stood."""
    place = places.of(where, slug)
    news_feed.restore(news_feed.own(place.organisation_id, number), now=clock.now())
    return restored(place, "news")


def _news_page(place: Place, form: NewsForm, number: int | None = None) -> str:
    return places.shown("organise/edit_news.html", place, form=form, number=number)
