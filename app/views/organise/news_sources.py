"""The desk: feeds that news is imported from, and the items that wait for a decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from app import clock, news_results, pages
from app.domain import news, news_import
from app.domain.places import Place
from app.domain.refused import EditedMeanwhile, Refused
from app.domain.rights import Right
from app.extensions import db
from app.forms import values
from app.forms.news import NewsForm
from app.forms.news_sources import SourceForm
from app.models import Campaign, NewsItem, NewsSource, NewsState, Topic, campaign_news, topic_news
from app.templating import number as in_figures
from app.views.access import needs
from app.views.organise import bp, removed

MOST_WAITING = 100  # on one page; deciding makes room for the next


@bp.context_processor
def waiting() -> dict[str, object]:
    """What the line above a list of news asks."""
    return {"waiting_news": lambda: news_import.waiting_count(g.organisation.id)}


@bp.get("/<organisation>/news-sources")
@needs(Right.EDIT)
def news_sources(organisation: str) -> str:
    """Every feed that is read, what came of it, and how many items wait."""
    sources = db.session.scalars(news_import.of(g.organisation.id)).all()
    rows = [
        (source, news_import.place_of(source), news_results.said(source), news_results.is_trouble(source))
        for source in sources
    ]
    return render_template("organise/news_sources.html", rows=rows, now=clock.now())


@bp.get("/<organisation>/news-sources/new")
@needs(Right.EDIT)
def new_news_source(organisation: str) -> str:
    """A form for one more; `for` names what it is read for."""
    form = _form()
    if not form.is_taken_up:
        form.place.data = request.args.get("for", "")
    return _source_page(form)


@bp.post("/<organisation>/news-sources/new")
@needs(Right.EDIT)
def add_news_source(organisation: str) -> ResponseReturnValue:
    """It is read from now on."""
    form = _form()
    if not form.validate():
        return _source_page(form), 422
    try:
        news_import.add_source(form.read_place(), form.read_values(), now=clock.now())
    except Refused as refused:
        form.form_errors.append(refused.sentence)
        return _source_page(form), refused.status
    flash(_("Saved. The feed is read within a minute; what came of it stands here then."))
    return _back()


@bp.get("/<organisation>/news-sources/<int:number>")
@needs(Right.EDIT)
def edit_news_source(organisation: str, number: int) -> str:
    """How one feed is read."""
    source = news_import.own(g.organisation.id, number)
    return _source_page(_form(source), source)


@bp.post("/<organisation>/news-sources/<int:number>")
@needs(Right.EDIT)
def save_news_source(organisation: str, number: int) -> ResponseReturnValue:
    """It is read so from now on."""
    source = news_import.own(g.organisation.id, number)
    form = _form(source)
    if not form.validate():
        return _source_page(form, source), 422
    try:
        place, read = form.read_place(), form.read_values()
        news_import.change_source(source, place, read, seen=form.seen.data or None, now=clock.now())
    except EditedMeanwhile as refused:
        form.refuse_for(refused.sentence, _form(source, formdata=None))
        return _source_page(form, source), refused.status
    flash(_("Saved."))
    return _back()


@bp.post("/<organisation>/news-sources/<int:number>/fetch")
@needs(Right.EDIT)
def fetch_news_source(organisation: str, number: int) -> ResponseReturnValue:
    """The worker fetches it at its next look; nobody waits for another site here."""
    source = news_import.own(g.organisation.id, number)
    news_import.fetch_now(source, now=clock.now())
    flash(_("“%(outlet)s” is fetched within a minute.", outlet=source.outlet))
    return _back()


@bp.post("/<organisation>/news-sources/<int:number>/remove")
@needs(Right.EDIT)
def remove_news_source(organisation: str, number: int) -> ResponseReturnValue:
    """It is read no more; its items stay."""
    source = news_import.own(g.organisation.id, number)
    news_import.remove_source(source, now=clock.now())
    undo = url_for("organise.restore_news_source", organisation=organisation, number=number)
    said = _("“%(outlet)s” is read no more. Its items stay.", outlet=source.outlet)
    return removed(said, undo, url_for("organise.news_sources", organisation=organisation))


@bp.post("/<organisation>/news-sources/<int:number>/restore")
@needs(Right.EDIT)
def restore_news_source(organisation: str, number: int) -> ResponseReturnValue:
    """It is read again."""
    news_import.restore_source(news_import.own(g.organisation.id, number), now=clock.now())
    flash(_("It is back."))
    return _back()


@bp.get("/<organisation>/news-sources/waiting")
@needs(Right.EDIT)
def waiting_news_items(organisation: str) -> str:
    """Imported items that wait for a decision, the newest first."""
    items = db.session.scalars(news_import.waiting(g.organisation.id).limit(MOST_WAITING)).all()
    total = news_import.waiting_count(g.organisation.id)
    return render_template("organise/waiting_news.html", items=items, total=total, places=_places(items))


@bp.post("/<organisation>/news-sources/waiting")
@needs(Right.EDIT)
def decide_news_items(organisation: str) -> ResponseReturnValue:
    """Publish or refuse one, or all that were ticked."""
    do = next((name for name in ("publish", "refuse") if name in request.form), "")
    one = request.form.get(do, "")
    chosen = request.form.getlist("item") if one == "ticked" else [one]
    numbers = [key for text in chosen[:MOST_WAITING] if (key := values.key(text)) is not None]
    back = url_for("organise.waiting_news_items", organisation=organisation)
    if not (do and numbers):
        flash(_("Tick the items first."), "error")
        return redirect(back, 303)
    state = NewsState.PUBLISHED if do == "publish" else NewsState.REFUSED
    count = news_import.decide(g.organisation.id, numbers, state, now=clock.now())
    if do == "publish":
        said = ngettext("%(n)s item is published.", "%(n)s items are published.", count, n=in_figures(count))
    else:
        said = ngettext("%(n)s item is refused.", "%(n)s items are refused.", count, n=in_figures(count))
    undo = url_for("organise.undecide_news_items", organisation=organisation, items=".".join(map(str, numbers)))
    return removed(said, undo, back)


@bp.post("/<organisation>/news-sources/waiting/<items>")
@needs(Right.EDIT)
def undecide_news_items(organisation: str, items: str) -> ResponseReturnValue:
    """They wait again."""
    numbers = [key for text in items.split(".")[:MOST_WAITING] if (key := values.key(text)) is not None]
    news_import.decide(g.organisation.id, numbers, NewsState.WAITING, now=clock.now())
    pages.forget()
    return redirect(url_for("organise.waiting_news_items", organisation=organisation), 303)


@bp.get("/<organisation>/news-items/<int:number>")
@needs(Right.EDIT)
def edit_news_item(organisation: str, number: int) -> str:
    """One item, wherever it is shown."""
    item = news.own(g.organisation.id, number)
    return render_template("organise/edit_news_item.html", item=item, form=NewsForm(item))


@bp.post("/<organisation>/news-items/<int:number>")
@needs(Right.EDIT)
def save_news_item(organisation: str, number: int) -> ResponseReturnValue:
    """It is corrected, and published where the button said so."""
    item, form = news.own(g.organisation.id, number), NewsForm()
    if not form.validate():
        return render_template("organise/edit_news_item.html", item=item, form=form), 422
    publishes = {"state": NewsState.PUBLISHED} if request.form.get("then") == "publish" else {}
    try:
        news.change(item, {**form.read_values(), **publishes}, seen=form.seen.data or None, now=clock.now())
    except EditedMeanwhile as refused:
        form.refuse_for(refused.sentence, NewsForm(item, formdata=None))
        return render_template("organise/edit_news_item.html", item=item, form=form), refused.status
    pages.forget()
    flash(_("Saved."))
    return redirect(url_for("organise.waiting_news_items", organisation=organisation), 303)


def _form(source: NewsSource | None = None, **more: Any) -> SourceForm:
    own = g.organisation.id
    campaigns = select(Campaign).where(Campaign.organisation_id == own).order_by(Campaign.ask, Campaign.id)
    topics = select(Topic).where(Topic.organisation_id == own).order_by(Topic.title, Topic.id)
    return SourceForm(list(db.session.scalars(campaigns)), list(db.session.scalars(topics)), obj=source, **more)


def _source_page(form: SourceForm, source: NewsSource | None = None) -> str:
    said = news_results.said(source) if source else ""
    trouble = bool(source and news_results.is_trouble(source))
    return render_template("organise/edit_news_source.html", form=form, source=source, said=said, trouble=trouble)


def _back() -> ResponseReturnValue:
    return redirect(url_for("organise.news_sources", organisation=g.organisation.slug), 303)


def _places(items: Sequence[NewsItem]) -> dict[int, list[Place]]:
    """The campaigns and topics in whose feed each item stands."""
    found: dict[int, list[Place]] = defaultdict(list)
    numbers = [item.id for item in items]
    for model, table, column in ((Topic, topic_news, "topic_id"), (Campaign, campaign_news, "campaign_id")):
        links = select(table.c.news_item_id, model).join(model, model.id == table.c[column])
        for number, place in db.session.execute(links.where(table.c.news_item_id.in_(numbers))):
            found[number].append(place)
    return found
