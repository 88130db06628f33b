"""The demonstration's topic: a crisis in our own words, with figures, titles, dates and links that are real citations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.demo import content, drawings
from app.domain import key_figures, library, news, pictures, topics
from app.domain.topics import Words
from app.models import Campaign, NewsKind, Precision, ReportKind, Topic

TITLE = "Iraq in crisis"
SUMMARY = (
    "Since 2014 civilians in Iraq have been bombed, driven out, abducted and killed, by an armed group, by militias and "
    "by those who came to fight them. What is known, who says so, and what can be done."
)
TEXT = """In June 2014 the armed group that calls itself the Islamic State took Mosul, and within weeks much of northern and western Iraq. The war that followed was declared won in December 2017. For many who lived through it, it is not over: they have not come home, they do not know where their relatives are, and nobody has answered for what was done to them.

This page keeps together what is documented. Each number says who published it, as of when, and what it leaves out.

## Driven from home

People left in waves: from Mosul in June 2014, from Sinjar in August, later from Anbar, and from Mosul again when it was retaken. Many walked into places that had no shelter ready for them, and then winter came.

### The north, summer 2014

Yezidis, Christians, Turkmen and Shabak were killed or made to flee because of who they are. Women and girls of the Yezidi minority were abducted and held as slaves. Survivors from the village of Kocho described how the men were led away.

### Camps and return

Whoever returns needs more than a roof: papers, a cleared street, and a neighbour who does not take revenge. Families of men who are accused of having fought for the group are often refused all three.

## Militias outside the law

Where the army had fallen apart, militias took its place. The state armed and paid many of them. Men were taken at checkpoints and from their homes; some were killed although a ransom had been paid. After Fallujah was retaken in 2016, hundreds of men who had fled the city were missing.

## Strikes from the air

A coalition led by the United States began its strikes in August 2014. It publishes reports on civilians whom it has harmed, and in them tells what it finds *credible*, what *not*, and what is still *open*.

### Two ways of counting

The coalition counts deaths that its own assessment found more likely than not. Researchers count from the ground: names, places, witnesses, pictures. For Raqqa in neighbouring Syria, in the same operation, they arrive at more deaths in one city than the coalition acknowledges for the whole war.

## What would help

1. Bring every armed group under the law, or disarm it.
2. Investigate where harm was done, on the spot, and publish what is found.
3. Tell families where the missing are.
4. Pay reparation to survivors, without waiting for a court in another country."""

ALT = "The front of a large building at night: rows of dark windows. A few are lit, here and there."
CAPTION = "A city after its people have left. Here and there somebody has come back."
CREDIT = "Illustration: Undersigned studio."

IBN = "https://www.iraq-businessnews.com/"
COALITION = "Coalition statement, in Iraq Business News"
# number, label, source, link, as of, precision, caveat
FIGURES: tuple[tuple[str, str, str, str, dt.date, Precision, str], ...] = (
    (
        "over 2 million",
        "people forced to flee their homes since January 2014",
        content.AMNESTY,
        content.CRISIS_PAGE,
        dt.date(2015, 6, 9),
        Precision.DAY,
        "Dated by the newest entry on the page that states it. Those who had returned by then are not deducted.",
    ),
    (
        "1,302",
        "civilians killed by its strikes, as the coalition acknowledges, August 2014 to April 2019",
        COALITION,
        IBN,
        dt.date(2019, 5, 31),
        Precision.DAY,
        "Iraq and Syria together, “at least”. Only deaths that the coalition itself found more likely than not.",
    ),
    (
        "more than 1,600",
        "civilians killed in Raqqa alone in 2017, counted by Amnesty International and Airwars",
        "Amnesty International, in Iraq Business News",
        IBN,
        dt.date(2019, 4, 1),
        Precision.MONTH,
        "Syria, in the same operation; it shows how far two ways of counting lie apart.",
    ),
    (
        "34,502",
        "strikes by the coalition from August 2014 to the end of April 2019",
        COALITION,
        IBN,
        dt.date(2019, 4, 30),
        Precision.DAY,
        "Iraq and Syria together. One strike may be several bombs.",
    ),
    (
        "41",
        "civilians killed in Iraq in November 2018, and 73 injured",
        "UNAMI, the United Nations mission",
        IBN,
        dt.date(2018, 11, 1),
        Precision.MONTH,
        "A minimum: the mission could not verify every incident. Figures for Anbar come from its health directorate.",
    ),
)

REPORTS: tuple[dict[str, Any], ...] = (
    {
        "kind": ReportKind.PRESS_RELEASE,
        "title": "US-led Coalition statement on civilian casualties, April 2019",
        "publisher": "Combined Joint Task Force – Operation Inherent Resolve",
        "published_on": dt.date(2019, 5, 31),
        "url": IBN,
        "note": "18 reports assessed: 3 credible, 15 not; 111 still open",
    },
    {
        "kind": ReportKind.DATA,
        "title": "Civilian casualties in Iraq, December 2018",
        "publisher": "UNAMI",
        "published_on": dt.date(2019, 1, 1),
        "precision": Precision.MONTH,
        "url": IBN,
        "note": "32 killed, 32 injured; without Anbar, which could not be verified",
    },
    {
        "kind": ReportKind.VIDEO,
        "title": "Testimonies from hell: Civilians in Mosul caught in the crossfire",
        "publisher": content.AMNESTY,
        "published_on": dt.date(2014, 1, 1),
        "precision": Precision.YEAR,
        "url": content.CRISIS_PAGE,
        "content_warning": "People describe killings that they saw",
    },
)
SHARED = 6  # so many of the campaign's publications stand on the topic's page, too

NEWS: tuple[dict[str, Any], ...] = (
    {
        "kind": NewsKind.STATEMENT,
        "title": "UN mission ends its monthly count of civilian casualties",
        "outlet": "Iraq Business News",
        "published_on": dt.date(2019, 1, 1),
        "precision": Precision.MONTH,
        "excerpt": "32 civilians were killed and 32 injured in December 2018, most of them in Ninewa and Baghdad. "
        "Since the numbers are falling, the mission will publish them only when there is reason to.",
        "url": IBN,
        "source_line": "United Nations",
    },
    {
        "kind": NewsKind.VIDEO,
        "title": "Mosul marks a year since victory was declared",
        "outlet": "Iraq Business News",
        "byline": "AFP",
        "published_on": dt.date(2018, 12, 1),
        "precision": Precision.MONTH,
        "excerpt": "Soldiers parade and people celebrate in the streets of the city.",
        "url": IBN,
    },
)


def load(organisation_id: int, campaign: Campaign, now: dt.datetime) -> Topic:
    """The topic with its figures, publications and news, gathering the campaign; public since a fortnight ago."""
    opened = now - dt.timedelta(days=14)
    topic = topics.create(organisation_id, Words(TITLE, SUMMARY, TEXT), locale="en", now=opened)
    pictures.show(topic, new=drawings.encoded("missing"), alt=ALT, caption=CAPTION, credit=CREDIT, now=opened)
    for number, label, source, url, as_of, precision, caveat in FIGURES:
        values = {"number": number, "label": label, "source": source, "source_url": url, "caveat": caveat}
        key_figures.add(topic, {**values, "as_of": as_of, "precision": precision}, now=opened)
    topics.gather(topic, [campaign.id], now=opened)
    for report in REPORTS:
        library.add(organisation_id, report, now=opened, at=topic)
    for cited in campaign.reports[:SHARED]:
        library.cite(topic, cited, now=opened)
    for item in NEWS:
        news.add(topic, item, now=opened)
    topics.publish(topic, now=opened)
    return topic
