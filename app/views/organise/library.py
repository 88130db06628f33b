"""The desk: the organisation's library of publications, each with all that is known of it and where it is cited."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, fetch, pages
from app.domain import library, library_list, link_readings
from app.domain.library_list import Wanted
from app.domain.places import Place
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.rights import Right
from app.fetch import Trouble
from app.forms import values
from app.forms.library import LibraryForm, kind_names
from app.forms.organise import Confirm
from app.forms.texts import search_words
from app.models import LinkReading, LinkState, Report, ReportKind
from app.views import access
from app.views.access import needs
from app.views.organise import bp, places, removed, saved


@bp.get("/<organisation>/library", endpoint="library")
@needs(Right.VIEW)
def listed(organisation: str) -> str:
    """Every publication of the organisation, or those that are looked for: by words, kind, and what is the matter with them."""
    state = request.args.get("state", "all")
    state = state if state in library_list.STATES else "all"
    kind = request.args.get("kind", "")
    words = search_words(request.args.get("q"))
    wanted = Wanted(words, kind=ReportKind(kind) if kind in tuple(ReportKind) else None)
    chosen = library_list.matching(library_list.of_organisation(g.organisation.id, state), wanted)
    page = library_list.page(chosen, after=values.key(request.args.get("after", "")))
    return render_template(
        "organise/library_list.html",
        page=page,
        cited=library_list.cited_at([report.id for report in page.reports]),
        totals=library_list.totals(g.organisation.id),
        state=state,
        wanted=wanted,
        kinds=kind_names(),
        archived=archived,
        why_gone=why_gone,
    )


@bp.get("/<organisation>/library/new")
@needs(Right.EDIT)
def new_publication(organisation: str) -> str:
    """A form for one more. `at` names the campaign or topic in whose list it is to be cited: campaigns/rein-in."""
    return _page(LibraryForm())


@bp.post("/<organisation>/library/new")
@needs(Right.EDIT)
def add_publication(organisation: str) -> ResponseReturnValue:
    """It is in the library; now its page asks where it is cited. Or its link is to be read first."""
    form = LibraryForm()
    if request.form.get("then") in {"read", "look"}:
        return _with_reading(form)
    if not form.validate():
        return _page(form), 422
    place = _asked_from()
    report = library.add(g.organisation.id, form.read_values(), now=clock.now(), at=place)
    if place is not None:
        return saved(place, "reports", f"row-{report.id}")
    flash(_("It is in the library. Say where it is cited: until then nobody sees it."))
    return redirect(url_for(".publication", organisation=organisation, number=report.id, _anchor="cited"), 303)


@bp.get("/<organisation>/library/<int:number>")
@needs(Right.EDIT)
def publication(organisation: str, number: int) -> str:
    """All that is kept of one publication, where it is cited, and whether its link still works."""
    report = library.own(g.organisation.id, number)
    return _page(LibraryForm(report), report)


@bp.post("/<organisation>/library/<int:number>")
@needs(Right.EDIT)
def save_publication(organisation: str, number: int) -> ResponseReturnValue:
    """It is corrected, everywhere where it is cited. Or its link is to be read first."""
    report, form = library.own(g.organisation.id, number), LibraryForm()
    if request.form.get("then") in {"read", "look"}:
        return _with_reading(form, report)
    if not form.validate():
        return _page(form, report), 422
    try:
        library.change(report, form.read_values(), now=clock.now(), seen=form.read_seen())
    except EditedMeanwhile as error:
        form.seen.data = report.edited_at.isoformat()
        return _page(form, report, meanwhile=error.sentence), 409
    place = _asked_from()
    return saved(place, "reports", f"row-{report.id}") if place is not None else _saved(report)


@bp.post("/<organisation>/library/<int:number>/cited")
@needs(Right.EDIT)
def cite_publication(organisation: str, number: int) -> ResponseReturnValue:
    """It is cited where a box is ticked, and no longer where one is not any more. What the page did not show stays as it is."""
    report, places = library.own(g.organisation.id, number), library_list.places(g.organisation.id)
    known = {f"campaign-{one.id}": one for one in places.campaigns} | {f"topic-{one.id}": one for one in places.topics}
    ticked, was = set(request.form.getlist("at")), set(request.form.getlist("was"))
    if ticked - was - known.keys():
        raise NotFound
    more = [place for key, place in known.items() if key in ticked - was]
    fewer = [place for key, place in known.items() if key in was - ticked]
    library.cite_elsewhere(report, more=more, fewer=fewer, now=clock.now())
    return _saved(report, at="cited")


@bp.get("/<organisation>/library/<int:number>/remove")
@needs(Right.EDIT)
def ask_remove_publication(organisation: str, number: int) -> str:
    """A page that asks once more, and says from where it goes."""
    report = library.own(g.organisation.id, number)
    cited = library_list.cited_at([number])[number]
    return render_template("organise/library_remove.html", report=report, cited=cited, form=Confirm())


@bp.post("/<organisation>/library/<int:number>/remove")
@needs(Right.EDIT)
def remove_publication(organisation: str, number: int) -> ResponseReturnValue:
    """It is out of sight everywhere; for 30 days it can be put back."""
    report = library.own(g.organisation.id, number)
    library.remove(report, now=clock.now())
    undo = url_for(".restore_publication", organisation=organisation, number=number)
    return removed(
        _("“%(title)s” is removed.", title=report.title), undo, url_for(".library", organisation=organisation)
    )


@bp.post("/<organisation>/library/<int:number>/restore")
@needs(Right.EDIT)
def restore_publication(organisation: str, number: int) -> ResponseReturnValue:
    """It stands again where it stood."""
    report = library.own(g.organisation.id, number)
    library.restore(report, now=clock.now())
    pages.forget()
    flash(_("It is back where it stood."))
    return redirect(url_for(".publication", organisation=organisation, number=number), 303)


def archived(report: Report) -> str:
    """Where the Internet Archive may have the page, nearest to its date. Only organisers see this; we never go there."""
    return f"https://web.archive.org/web/{report.published_on:%Y%m%d}/{report.url}"


def why_gone(report: Report) -> str:
    """What the last check of the link found, in words."""
    sentences = {
        Trouble.MISSING: _("The site says that there is no such page any more."),
        Trouble.NO_SITE: _("There is no public site of this name any more."),
        Trouble.AWAY: _("The site does not answer."),
        Trouble.SLOW: _("The site takes too long to answer."),
        Trouble.INSECURE: _("The site’s certificate is not valid; browsers warn of it."),
        Trouble.REDIRECTS: _("The link leads round in circles."),
        Trouble.BROKEN: _("The site answers with an error."),
    }
    known = report.link_trouble in tuple(Trouble)
    return sentences.get(Trouble(report.link_trouble), "") if known else ""


def _asked_from() -> Place | None:
    """The campaign or topic from whose list somebody came here, and goes back to. Raises NotFound for anybody else's."""
    where, _slash, slug = request.args.get("at", "").partition("/")
    return places.of(where, slug) if where in places.FRAMES else None


def _saved(report: Report, at: str | None = None) -> ResponseReturnValue:
    pages.forget()
    flash(_("Saved."))
    return redirect(url_for(".publication", organisation=g.organisation.slug, number=report.id, _anchor=at), 303)


def _with_reading(form: LibraryForm, report: Report | None = None) -> ResponseReturnValue:
    """The form as it was typed, with what the page at its link says, or the news that it is being read."""
    if not form.url.data or not form.url.validate(form):
        form.url.errors = form.url.errors or [_("Write the link.")]
        return _page(form, report), 422
    try:
        reading = _reading(form)
    except Refused as refusal:
        form.url.errors = [access.said_when(refusal)]
        return _page(form, report), refusal.status
    form.offer(reading)
    return _page(form, report, reading)


def _reading(form: LibraryForm) -> LinkReading:
    """The reading that the form speaks of, while it is of the same link and not given up; otherwise a new one."""
    try:
        known = link_readings.own(g.organisation.id, values.key(form.reading.data or ""))
    except NotFound:
        known = None
    is_again = request.form.get("then") == "read" and known is not None and known.state is LinkState.FAILED
    if known is not None and known.url == form.url.data and not is_again:
        return known
    return link_readings.ask(g.organisation.id, form.url.data or "", now=clock.now())


def _page(
    form: LibraryForm, report: Report | None = None, reading: LinkReading | None = None, meanwhile: str = ""
) -> str:
    trouble = reading.trouble if reading is not None and reading.trouble in tuple(Trouble) else Trouble.DAMAGED
    return render_template(
        "organise/library_edit.html",
        form=form,
        asked_from=_asked_from(),
        report=report,
        reading=reading,
        trouble=fetch.said(Trouble(trouble)),
        meanwhile=meanwhile,
        places=library_list.places(g.organisation.id),
        cited=library_list.cited_at([report.id])[report.id] if report else None,
        archived=archived,
        why_gone=why_gone,
        kinds=kind_names(),
    )
