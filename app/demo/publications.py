"""What the demonstration's library says of its publications: what each is cited for, and short summaries, in our own words."""

from __future__ import annotations

from typing import Any

_ENGLISH = {"language": "en"}

# By title. Only what the crisis page and the titles themselves say; who wants more reads the publication.
DETAILS: dict[str, dict[str, Any]] = {
    "Civilians living in the line of fire": {
        **_ENGLISH,
        "claim": "Civilians are abducted and killed for the community that they belong to.",
        "summary": (
            "The report that this campaign rests on: evidence of killings and abductions along sectarian lines in the weeks after "
            "the army lost Mosul in June 2014.\n\n"
            "The publisher’s crisis page lists it under the title of the press release of the same day, which speaks of a spiral."
        ),
        "content_warning": "Describes killings",
    },
    "A deadly spiral of sectarian violence - a year on from IS onslaught on Iraq": {
        **_ENGLISH,
        "claim": "A year after June 2014, violence in revenge answers the crimes of the Islamic State.",
        "summary": (
            "Looks back on the year after the Islamic State took Mosul. Crimes of the armed group and violence in revenge "
            "are told as one story, since each feeds the other."
        ),
    },
    "Iraq: Yezidi women and girls face harrowing sexual violence": {
        **_ENGLISH,
        "claim": "Women and girls of the Yezidi minority were abducted, sold and forced into marriage.",
        "summary": (
            "About those whom the Islamic State abducted in the summer of 2014: hundreds, possibly thousands. Some were sold or "
            "handed to fighters as gifts."
        ),
        "content_warning": "Describes sexual violence",
    },
    "Stoking the fire of Iraq’s sectarian conflict": {
        **_ENGLISH,
        "authors": "Donatella Rovera",
        "note": "",
        "claim": "Arming militias without command or law makes the conflict worse.",
        "summary": (
            "The publisher’s senior crisis response adviser reports from inside Iraq, in the autumn of 2014, on what keeps the "
            "conflict between communities burning."
        ),
    },
    "Don't they know that winter is coming?": {
        **_ENGLISH,
        "claim": "Displaced families went into the winter without shelter that deserves the name.",
    },
    "Escape from Sinjar Mountain, but what next?": {
        **_ENGLISH,
        "claim": "Those who survived the mountain had nowhere to go on to.",
    },
    "Testimonies from Kocho: The village ISIS tried to wipe off the map": {
        **_ENGLISH,
        "claim": "People of one Yezidi village were killed or taken away together.",
        "summary": "People from Kocho tell what happened in their village in August 2014.",
        "content_warning": "Describes a massacre",
    },
    "Humanitarian efforts failing the hundreds of thousands forced to flee ethnic cleansing in northern Iraq": {
        **_ENGLISH,
        "claim": "Aid did not reach hundreds of thousands who had fled.",
    },
    "Mass exodus from Iraqi towns and cities as ISIS advance prompts panic": _ENGLISH,
    "Iraqis displaced by ISIS attacks in Sinjar ‘desperate’ for aid": _ENGLISH,
    "The flight from Mosul: “We left everything behind to save our lives”": {
        **_ENGLISH,
        "claim": "Families left Mosul with what they could carry.",
    },
    "The plight of Iraq's civilian population": _ENGLISH,
    "War crimes in the battle for Mosul": _ENGLISH,
    "Revenge attacks and killing sprees in Samaara": {
        **_ENGLISH,
        "claim": "Revenge killings in one town, by men whom the state does not rein in.",
        "content_warning": "Describes killings",
    },
}
