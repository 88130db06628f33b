"""What the pages of a register say of incidents: names of assessments, what is filtered, numbers that nobody knows."""

from __future__ import annotations

from flask_babel import gettext as _

from app.domain.incident_search import Filters
from app.i18n import country_name
from app.models import Assessment, Incident, Register
from app.templating import day, partial_day

# In the order in which pages show them; the most certain first.
ORDER = (Assessment.CREDIBLE, Assessment.REOPENED, Assessment.OPEN, Assessment.NON_CREDIBLE)


def usual_names() -> dict[Assessment, str]:
    """What the assessments are called where a register does not say otherwise."""
    return {
        Assessment.CREDIBLE: _("Credible"),
        Assessment.REOPENED: _("Reopened"),
        Assessment.OPEN: _("Open"),
        Assessment.NON_CREDIBLE: _("Non-credible"),
    }


def names(register: Register) -> dict[Assessment, str]:
    """What the assessments of a register are called."""
    return {one: getattr(register, f"{one.value}_name") or usual for one, usual in usual_names().items()}


def sorts() -> dict[str, str]:
    """The orders of a list, by name."""
    return {
        "newest": _("Newest first"),
        "oldest": _("Oldest first"),
        "place": _("By place"),
        "assessment": _("By assessment"),
        "changed": _("Last changed first"),
    }


def said(filters: Filters, register: Register) -> list[tuple[str, str]]:
    """What is filtered, each with the name of the argument that says it, for people."""
    found = []
    if filters.assessment:
        found.append(("assessment", names(register)[Assessment(filters.assessment)]))
    if filters.country:
        found.append(("country", country_name(filters.country)))
    for name in ("place", "source"):
        if value := getattr(filters, name):
            found.append((name, value))
    if filters.since:
        found.append(("from", _("from %(day)s", day=day(filters.since))))
    if filters.until:
        found.append(("to", _("until %(day)s", day=day(filters.until))))
    if filters.words:
        found.append(("q", _("“%(words)s”", words=filters.words)))
    return found


def where(incident: Incident) -> str:
    """Place, region and country, as far as they are known; what is called like the one before it is said once."""
    country = country_name(incident.country) if incident.country else ""
    return _(", ").join(dict.fromkeys(part for part in (incident.place, incident.region, country) if part))


def citation(register: Register, incident: Incident, link: str) -> str:
    """One line to copy: where and when it happened, in which register, what it was assessed as and when that was so, link."""
    return _(
        "“%(where)s, %(date)s.” %(register)s, %(publisher)s. Assessed as “%(assessment)s”, as of %(day)s. %(link)s",
        where=where(incident),
        date=partial_day(incident.date),
        register=register.title,
        publisher=register.topic.organisation.name,
        assessment=names(register)[incident.assessment],
        day=day(incident.changed_at),
        link=link,
    )
