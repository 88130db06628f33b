"""The demonstration's updates, how its signatures were handed over, and what was answered. All of it is invented."""

from __future__ import annotations

import datetime as dt

from app import mailboxes, manifest_keys
from app.domain import deliveries, exports, responses, updates
from app.domain.exports import Choice
from app.domain.responses import Response
from app.extensions import db
from app.models import Campaign, DeliveryWay
from app.signer_file import SignerFile

MILITIAS = (
    (
        9,
        "Why the letter has a fourth point",
        "Families who have looked for a relative since 2014 asked us to add it. Whoever had signed before can read both "
        "versions on the page.\n\nIf you no longer agree, the mail that thanked you has a link to take your name back.",
    ),
    (
        20,
        "A hundred names, and a place on the agenda",
        "The human rights committee has put the letter on its agenda. We will bring the list of names **on paper**, as the "
        "committee asks.\n\n## What helps now\n\n1. Pass the letter on to somebody who lives in Iraq.\n2. Write to us if "
        "you can lend a meeting room in Erbil.",
    ),
)
SHELTER = (
    (
        11,
        "Three councillors came to look",
        "They walked through all nineteen rooms. Two of them had not known that the nearest other shelter is an hour away. The "
        "budget is voted on at the end of the month.",
    ),
)
WATER = (
    (
        60,
        "The first results are out",
        "Forty schools, with dates. Three taps had more lead than the law allows; they are closed since Monday. We ask for "
        "the others.",
    ),
)


def write(campaign: Campaign, posts: tuple[tuple[int, str, str], ...], opened: dt.datetime) -> None:
    """Publish these posts, so many days after the campaign opened."""
    for days, title, text in posts:
        moment = opened + dt.timedelta(days=days)
        update = updates.create(campaign, by=None, now=moment)
        updates.save_words(update, updates.Words(title, text), revision=None, now=moment)
        updates.publish(update, now=moment)


def answer(campaign: Campaign, by: str, closed: dt.datetime) -> None:
    """The signatures were handed over with a list that anybody can check, and somebody answered."""
    _hand_over(campaign, by, closed - dt.timedelta(days=9))
    responses.record(
        campaign,
        Response(
            response="Every result will be published within a month, and every tap above the limit is closed until its pipe is new.",
            response_by=by,
            response_on=closed.date() - dt.timedelta(days=2),
        ),
        now=closed,
    )


def _hand_over(campaign: Campaign, to: str, now: dt.datetime) -> None:
    choice = Choice(columns=("given_name", "family_name", "country", "postcode", "signed_at", "text_version"))
    export = exports.start(
        campaign,
        choice,
        by=None,
        taken_by="The demonstration",
        reason="Printed for the commissioners",
        expected_rows=exports.count(campaign, choice),
        key=mailboxes.key,
        now=now,
    )
    file = SignerFile(db.engine, exports.rows(campaign, choice), choice.header(), guarded=True, bom=True)
    for _piece in file:
        pass
    exports.finish(export.id, row_count=file.row_count, sha256=file.sha256, now=now)
    words = deliveries.Words(
        now.date(),
        DeliveryWay.IN_PERSON,
        decision_maker=to,
        to_office="Town hall, room 4",
        public_note="Eleven parents carried the list up the stairs, in four boxes. It was taken against a receipt.",
        desk_note="The receipt is in the blue folder.",
    )
    deliveries.record(campaign, words, export_id=export.id, by=None, seal=manifest_keys.seal(), now=now)
