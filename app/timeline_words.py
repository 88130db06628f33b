"""What happened, in the reader's language: the names of its kinds, what the organiser did not write a title for, and where it leads.

Pages and feeds say it in the same words. Names of people stand between isolates, so that the line keeps its direction.
"""

from __future__ import annotations

import re

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock, delivery_words, links, markdown
from app.domain.timeline import Entry, EntryKind
from app.models import Campaign, Delivery, Milestone, MilestoneKind, Outcome, Pause
from app.templating import day, number

EXCERPT = 280  # characters of an update in a list


def init_app(app: Flask) -> None:
    """Let templates say it."""
    app.jinja_env.globals.update(
        entry_kind=kind_name,
        entry_title=title,
        entry_note=note,
        entry_link=page_link,
        entry_excerpt=excerpt,
        ending=ending,
        beginning=beginning,
    )


def kind_name(kind: EntryKind) -> str:
    """What sort of thing happened, in a word or two."""
    return {
        EntryKind.NEWS: _("News"),
        EntryKind.PAUSED: _("A pause"),
        EntryKind.VERSION: _("New wording"),
        EntryKind.MILESTONE: _("Milestone"),
        EntryKind.UPDATE: _("Update"),
        EntryKind.DELIVERED: _("Handing over"),
        EntryKind.ANSWERED: _("Answer"),
        EntryKind.ENDED: _("Outcome"),
    }[kind]


def title(entry: Entry) -> str:
    """One line that says what happened."""
    if isinstance(entry.row, Milestone):
        count = entry.row.number
        return ngettext("%(shown)s signature", "%(shown)s signatures", count, shown=number(count))
    if isinstance(entry.row, Pause):
        return _pause(entry.row, entry.campaign)
    if entry.kind == EntryKind.VERSION:
        return _("The text was changed")
    if entry.kind == EntryKind.DELIVERED:
        return _("The signatures were handed over")
    if entry.kind == EntryKind.ANSWERED:
        return _("\u2068%(who)s\u2069 answered", who=entry.author)
    if entry.kind == EntryKind.ENDED:
        return ending(entry.campaign.outcome)
    return entry.title


def _pause(pause: Pause, campaign: Campaign) -> str:
    """From when to when nobody could sign, in days of the campaign's zone."""
    zone = campaign.closes_zone
    ended_at = pause.ended_at or (campaign.ended_at if campaign.is_over(clock.now()) else None)
    first = day(pause.paused_at, zone)
    if ended_at is None:
        return _("Signing is paused since %(day)s", day=first)
    last = day(ended_at, zone)
    if first == last:
        return _("Signing was paused on %(day)s", day=first)
    return _("Signing was paused from %(first)s to %(last)s", first=first, last=last)


def ending(outcome: Outcome | None) -> str:
    """How a campaign ended."""
    names = {Outcome.WON: _("Won"), Outcome.PARTLY_WON: _("Partly won"), Outcome.NOT_WON: _("Not won")}
    return names[outcome] if outcome else _("Signing has ended")


def note(entry: Entry) -> str:
    """What a milestone is a milestone of; how and to whom signatures were handed over; nothing for everything else."""
    if isinstance(entry.row, Delivery):
        return delivery_words.line(entry.row)
    if not isinstance(entry.row, Milestone):
        return ""
    if entry.row.kind == MilestoneKind.TARGET:
        return _("The target is reached.")
    if entry.row.kind == MilestoneKind.HALFWAY:
        return _("Half of the target of %(target)s.", target=number(entry.row.target))
    return ""


def excerpt(entry: Entry) -> str:
    """The beginning of what an update says; all of what is short anyway."""
    return beginning(entry.text) if entry.kind == EntryKind.UPDATE else entry.text


def beginning(text: str) -> str:
    """The first words of a text in Markdown, without its marks, on one line; headings end it, and are not read into a sentence."""
    parts = re.split(r"<h[2-4]>.*?</h[2-4]>", str(markdown.render(text)), flags=re.DOTALL)
    said = next((words for part in parts if (words := markdown.words(part))), "") or markdown.plain(text)
    return said if len(said) <= EXCERPT else said[:EXCERPT].rsplit(" ", 1)[0].rstrip(" .,:;–-") + "…"


def page_link(entry: Entry) -> str:
    """Where a reader of the page goes; empty where there is nothing more to read."""
    endpoint, values, anchor = _way(entry)
    if entry.kind == EntryKind.NEWS:
        return entry.url
    return "" if entry.kind in {EntryKind.MILESTONE, EntryKind.PAUSED} else links.page(endpoint, **values) + anchor


def check_link(entry: Entry) -> str:
    """Where anybody can check the list that was handed over; empty for everything else."""
    manifest = entry.row.manifest if isinstance(entry.row, Delivery) else None
    return links.to("public.manifest", public_id=manifest.public_id) if manifest else ""


def public_link(entry: Entry) -> str:
    """The same as an absolute address, for feeds: every entry has one."""
    endpoint, values, anchor = _way(entry)
    return entry.url if entry.kind == EntryKind.NEWS else links.to(endpoint, **values) + anchor


def _way(entry: Entry) -> tuple[str, dict[str, str], str]:
    values = {"slug": entry.campaign.slug}
    if entry.kind == EntryKind.UPDATE:
        return "public.update", values | {"public_id": entry.key.removeprefix("update-")}, ""
    if entry.kind == EntryKind.VERSION:
        return "public.versions", values, f"#{entry.key}"
    anchors = {EntryKind.DELIVERED: f"#{entry.key}", EntryKind.ANSWERED: "#response", EntryKind.ENDED: "#sign"}
    return "public.campaign", values, anchors.get(entry.kind, "")
