"""What the demonstration shows, in our own words. Titles, dates, publishers and links of reports and news are real citations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.models import ReportKind

ORGANISATION = {
    "slug": "tigris-rights-desk",
    "name": "Tigris Rights Desk",
    "about": "A small association in Berlin and Erbil that documents abuse by armed groups and carries what people sign to those who can act.",
    "contact_email": "desk@tigris.example.org",
    "website": "https://tigris.example.org/",
}

MILITIAS_ASK = "Rein in militias in Iraq and ensure accountability for abuses"
MILITIAS_SUMMARY = (
    "Armed groups that answer to no court abduct and kill people, and the state looks away. "
    "The government can end this: by law, and in public."
)
_BODY = """When government forces lost much of northern Iraq in June 2014, militias took their place at checkpoints and on the streets. Many were armed by the state. None was put under the law that binds a soldier.

Families in Baghdad, Samarra and Kirkuk describe what followed. Men were taken from home, from work, from a queue of cars. Ransoms were paid, and bodies were found all the same. Some were killed in revenge for crimes of the Islamic State in which they had no part.

## Why the government must answer

Whoever gives a man a weapon and a free hand shares responsibility for what he does with it. As long as no one is charged, each killing is a promise that the next will also go unpunished, and no community has reason to trust the forces meant to protect it.

## What we ask

1. Bring every armed group under lawful command, or disarm it.
2. Investigate the abductions and killings independently, and publish what is found.
3. Try those responsible, of whatever rank, in fair trials without the death penalty."""
MILITIAS_FIRST_TEXT = _BODY
MILITIAS_TEXT = f"{_BODY}\n4. Tell the families where the missing are."
MILITIAS_REASON = "Added the fourth point, agreed with the families."
DECISION_MAKERS = ["The Prime Minister of Iraq", "The Minister of Justice", "The Council of Representatives"]
PICTURE_ALT = "A wide plain with a river under a low sun. Rows of dark upright strokes stand across it like people; here and there a stroke is missing, and only dots mark its place."
PICTURE_CAPTION = "Those who are left, and the places of those who were taken."
PICTURE_CREDIT = "Illustration: Undersigned studio, drawn for this campaign."

AMNESTY = "Amnesty International"
CRISIS_PAGE = "https://campaigns.amnesty.org/campaigns/iraq-in-crisis"
REPORTS: tuple[tuple[ReportKind, str, str, dt.date, str], ...] = (
    (
        ReportKind.REPORT,
        "Civilians living in the line of fire",
        AMNESTY,
        dt.date(2014, 7, 14),
        "Listed as: Iraq: Evidence of spiralling sectarian killings and abductions",
    ),
    (
        ReportKind.PRESS_RELEASE,
        "A deadly spiral of sectarian violence - a year on from IS onslaught on Iraq",
        AMNESTY,
        dt.date(2015, 6, 9),
        "",
    ),
    (
        ReportKind.PRESS_RELEASE,
        "Iraq: Yezidi women and girls face harrowing sexual violence",
        AMNESTY,
        dt.date(2014, 12, 23),
        "",
    ),
    (
        ReportKind.ARTICLE,
        "Stoking the fire of Iraq’s sectarian conflict",
        AMNESTY,
        dt.date(2014, 11, 3),
        "Donatella Rovera, senior crisis response adviser",
    ),
    (ReportKind.ARTICLE, "Don't they know that winter is coming?", AMNESTY, dt.date(2014, 9, 8), ""),
    (ReportKind.ARTICLE, "Escape from Sinjar Mountain, but what next?", AMNESTY, dt.date(2014, 8, 20), ""),
    (
        ReportKind.TESTIMONY,
        "Testimonies from Kocho: The village ISIS tried to wipe off the map",
        AMNESTY,
        dt.date(2014, 8, 18),
        "",
    ),
    (
        ReportKind.PRESS_RELEASE,
        "Humanitarian efforts failing the hundreds of thousands forced to flee ethnic cleansing in northern Iraq",
        AMNESTY,
        dt.date(2014, 8, 12),
        "",
    ),
    (
        ReportKind.PRESS_RELEASE,
        "Mass exodus from Iraqi towns and cities as ISIS advance prompts panic",
        AMNESTY,
        dt.date(2014, 8, 7),
        "",
    ),
    (
        ReportKind.PRESS_RELEASE,
        "Iraqis displaced by ISIS attacks in Sinjar ‘desperate’ for aid",
        AMNESTY,
        dt.date(2014, 8, 5),
        "",
    ),
    (
        ReportKind.TESTIMONY,
        "The flight from Mosul: “We left everything behind to save our lives”",
        AMNESTY,
        dt.date(2014, 7, 29),
        "",
    ),
    (ReportKind.ARTICLE, "The plight of Iraq's civilian population", AMNESTY, dt.date(2014, 7, 7), ""),
    (ReportKind.ARTICLE, "War crimes in the battle for Mosul", AMNESTY, dt.date(2014, 7, 2), ""),
    (
        ReportKind.ARTICLE,
        "Revenge attacks and killing sprees in Samaara",
        AMNESTY,
        dt.date(2013, 9, 12),
        "Dated 2013 at the source; its place in the list there suggests 2014",
    ),
)

NEWS: tuple[tuple[str, str, str, dt.date, str, str, str], ...] = (
    (
        "Amnesty disputes the coalition’s figure of 1,302 civilian deaths",
        "Iraq Business News",
        "John Lee",
        dt.date(2019, 5, 31),
        "The coalition acknowledged at least 1,302 unintended deaths in Iraq and Syria. Amnesty International and Airwars, who counted more than 1,600 in Raqqa alone, ask for independent inquiries and for reparation.",
        "https://www.iraq-businessnews.com/",
        "",
    ),
    (
        "UN mission: 41 civilians killed in Iraq in November 2018",
        "Iraq Business News",
        "",
        dt.date(2018, 12, 3),
        "Another 73 were injured. Baghdad was hit hardest. The mission calls the figures a minimum, since it could not verify every incident, and notes that they are the lowest since it began publishing them in 2012.",
        "https://www.iraq-businessnews.com/",
        "",
    ),
    (
        "New footage shows soldiers ill-treating children near Mosul",
        "Middle East Monitor",
        "",
        dt.date(2016, 10, 27),
        "The outlet describes several recordings in which soldiers hit and humiliate bound boys whom they accuse of belonging to the armed group. It chose not to publish some of them.",
        "https://www.youtube.com/watch?v=giTxudGNgpU",
        "Violence against children",
    ),
    (
        "US Efforts Fail to Rein in Iraqi Shi’ite Militias",
        "Antiwar.com",
        "Jason Ditz",
        dt.date(2016, 9, 6),
        "Two months after Fallujah was retaken, Reuters counts 66 civilians killed and at least 1,500 beaten by militias; more than 700 people are still missing. Little is done, the author writes, because the state depends on those it would have to charge.",
        "https://www.antiwar.com/",
        "",
    ),
)

# Signatures on each of thirty days; together 214.
MILITIAS_DAYS = (3, 12, 9, 6, 4, 2, 5, 8, 7, 4, 3, 2, 1, 4, 6, 5, 3, 2, 2, 4, 11, 21, 17, 12, 9, 8, 7, 10, 12, 15)
MILITIAS_COUNTRIES = {
    "IQ": 48,
    "DE": 37,
    "GB": 29,
    "SE": 22,
    "FR": 18,
    "JO": 14,
    "PL": 9,
    "TR": 9,
    "GH": 6,
    "NO": 6,
    "CL": 5,
    "JP": 4,
    "IT": 4,
    "US": 3,
}


@dataclass(frozen=True)
class Story:
    """An invented campaign."""

    ask: str
    summary: str
    text: str
    decision_makers: list[str]
    alt: str
    caption: str
    credit: str
    outcome: str = ""


SHELTER = Story(
    ask="Keep the Marsh Road women’s shelter open",
    summary="Nineteen rooms, full every night. The council wants to sell the house in spring and has named no other.",
    text="Last year 212 women and 340 children slept at Marsh Road. The nearest other shelter is an hour away and has four rooms.\n\n## What we ask\n\n1. Withdraw the sale from the budget.\n2. Fund the shelter for three years.\n3. Hear the women who live there before any decision.",
    decision_makers=["Aldermoor Borough Council"],
    alt="Doorways inside doorways, lit from within; two figures at the threshold.",
    caption="The last door.",
    credit="Illustration: Undersigned studio.",
)
WATER = Story(
    ask="Publish the water tests of every school in Kestrel County",
    summary="The county tests the taps of its schools for lead and shows the results to nobody. Parents have a right to know.",
    text="The county has tested school taps for lead since 2019. It answers requests for the results with a form, and the form with silence.\n\n## What we ask\n\n1. Publish every test, school by school, with its date.\n2. Say which taps were closed.\n3. Replace the pipes where the limit is passed.",
    decision_makers=["The Commissioners of Kestrel County"],
    alt="A tap over a glass; the water in it carries small dark strokes.",
    caption="",
    credit="Illustration: Undersigned studio.",
    outcome="The county published 412 tests and replaced the pipes in nine schools.",
)
