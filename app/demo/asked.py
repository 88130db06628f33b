"""What the demonstration's shelter campaign asks its signers, what some answered, who signed on paper, and choices kept for exports."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import random

from sqlalchemy import insert, select

from app import signer_reading
from app.domain import export_presets, questions, signer_imports
from app.domain.export_choice import Choice
from app.domain.questions import Words
from app.domain.signer_imports import Provenance
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    Answer,
    Campaign,
    ExportForm,
    Question,
    QuestionKind,
    Signature,
    SourceKind,
)
from app.models.questions import NO, YES

WHERE = ("In the borough", "Elsewhere in the county", "Further away")
WARDS = ("Marsh Road", "Canal Side", "St Brannock’s", "Upper Aldermoor", "the Tanneries")
ASKED = (
    (
        QuestionKind.CHOICE,
        Words(
            "en",
            "Where do you live?",
            "The council listens most to those who vote for it.",
            WHERE,
            {
                "ar": {
                    "label": "أين تسكن؟",
                    "help": "يصغي المجلس أكثر إلى من ينتخبونه.",
                    "options": ["في البلدة", "في مكان آخر من المقاطعة", "أبعد من ذلك"],
                }
            },
        ),
    ),
    (QuestionKind.LINE, Words("en", "Your ward, if you live in the borough")),
    (QuestionKind.BOX, Words("en", "I would come to the council meeting", "We write to you only to say when it is.")),
)
ON_PAPER = 38
AT_THE_MARKET = (  # given and family names that nobody has who signed online, or they would be taken for the same people
    ("Edith", "Gareth", "Hamish", "Nadia", "Rosalind", "Tunde"),
    ("Abernathy", "Castell", "Finch", "Marlowe", "Nowak", "Quill", "Thorne"),
)
SHEET = ("Given name", "Family name", "Country", "Postcode", "E-mail", "Signed on", "Consent", "Agreed on", "Wording")


def ask(campaign: Campaign, now: dt.datetime) -> None:
    """The campaign asks something of its own from now on."""
    for kind, words in ASKED:
        questions.add(campaign, kind, words, is_required=False, now=now)


@unit_of_work
def answer(campaign: Campaign, since: dt.datetime) -> None:
    """Most who signed since the questions were asked answered one, some all."""
    chance = random.Random(7)  # noqa: S311 (invented people, no secret)
    where, ward, comes = db.session.scalars(Question.of(campaign.id)).all()
    own = (Signature.campaign_id == campaign.id, Signature.import_id.is_(None), Signature.created_at >= since)
    rows = []
    for number in db.session.scalars(select(Signature.id).where(*own).order_by(Signature.id)):
        said = {comes.id: YES if chance.random() < 0.06 else NO}
        if chance.random() < 0.8:
            said[where.id] = chance.choices(WHERE, (6, 3, 1))[0]
        if said.get(where.id) == WHERE[0] and chance.random() < 0.7:
            said[ward.id] = chance.choice(WARDS)
        rows += [
            {"signature_id": number, "question_id": one, "version": 1, "value": text} for one, text in said.items()
        ]
    db.session.execute(insert(Answer), rows)


def on_paper(campaign: Campaign, by: Account, now: dt.datetime) -> None:
    """A morning's sheets from the market: some with a mailbox, one person twice, and one line that nobody could read."""
    day = (now - dt.timedelta(days=3)).date()
    said = Provenance(
        kind=SourceKind.PAPER,
        collected_by="Friends of Marsh Road",
        collected_from=day,
        collected_to=day,
        collected_where="The Saturday market in Aldermoor",
        public_words="Signature sheets from the Saturday market",
    )
    batch = signer_imports.begin(campaign, said, _sheet(day), by=by, now=now)
    reading = signer_reading.read(batch, campaign, today=now.date())
    signer_imports.take(
        batch, reading.given, seen=batch.revision, malformed=reading.malformed, by=by, now=now + dt.timedelta(minutes=9)
    )


def _sheet(day: dt.date) -> bytes:
    rows = []
    for number, (given, family) in enumerate(itertools.islice(itertools.product(*AT_THE_MARKET), ON_PAPER)):
        mailbox = f"market{number}@example.org" if number % 3 == 0 else ""
        agreed = ("yes", day.isoformat(), "en 1") if mailbox and number % 2 == 0 else ("", "", "")
        rows.append([given, family, "GB", str(20_000 + number * 7919 % 70_000), mailbox, day.isoformat(), *agreed])
    rows.append(rows[0])
    rows.append(["?", "", "GB", "", "", day.isoformat(), "", "", ""])
    out = io.StringIO()
    csv.writer(out).writerows([SHEET, *rows])
    return out.getvalue().encode()


def keep_choices(by: Account, campaign: Campaign, now: dt.datetime) -> None:
    """Two choices of columns that Olive exports often."""
    council = Choice(columns=("name", "postcode", "signed_at"), form=ExportForm.PAPER)
    letters = Choice(
        columns=("email", "given_name", "family_name", "agreed_at", "consent_wording", "external_id"),
        supporters_only=True,
        form=ExportForm.CRM,
    )
    export_presets.keep(campaign.organisation, "Names for a council", council, by=by, now=now)
    export_presets.keep(campaign.organisation, "Supporters, for our letters", letters, by=by, now=now)
