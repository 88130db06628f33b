"""Signers from paper and other platforms: taken whole, counted apart, written to only where consent is proven, taken back whole."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from app import clock as app_clock
from app import ledger_words, mailboxes, recount
from app.domain import batch_returns, consents, counts, forgetting, ledger, signer_acts, signer_imports, signing
from app.domain.imported_rows import Fate, ImportedRow
from app.domain.outbox import Budget
from app.domain.pending import Person
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.signer_acts import Why
from app.domain.signer_batches import Mailing
from app.domain.signer_imports import Provenance
from app.domain.signers import Wanted
from app.extensions import db
from app.models import (
    Account,
    ActKind,
    ActReason,
    Campaign,
    Consent,
    ConsentWording,
    Mail,
    Signature,
    SignerImport,
    SourceKind,
)

DAY = dt.date(2026, 5, 3)
BUDGET = Budget(per_hour=9, per_day=9, per_campaign=dt.timedelta(minutes=1))
GRACE = dt.timedelta(hours=1)


@pytest.fixture
def hall(app, make):
    """A campaign with an online signature, and what happens in a town hall."""
    organisation = make.organisation(slug="tigris")
    campaign = make.campaign(organisation, slug="rein-in")
    olive = make.account()
    make.membership(olive, organisation)
    make.signature(campaign, "confirmed", email="sam@example.org", family_name="Online")
    with app.app_context():
        yield Hall(campaign.id, olive.id)


class Hall:
    def __init__(self, campaign_id, olive_id):
        self.campaign_id, self.olive_id = campaign_id, olive_id

    @property
    def campaign(self):
        return db.session.get(Campaign, self.campaign_id)

    @property
    def olive(self):
        return db.session.get(Account, self.olive_id)

    def begin(self, **more):
        said = Provenance(SourceKind.PAPER, "The reading circle", DAY, DAY, public_words="Town hall", **more)
        return signer_imports.begin(self.campaign, said, b"x", by=self.olive, now=app_clock.now())

    def take(self, *rows, **more):
        batch = self.begin(**more)
        seen = batch.revision
        plan = signer_imports.take(batch, rows, seen=seen, malformed=0, by=self.olive, now=app_clock.now())
        return db.session.get(SignerImport, batch.id), plan

    def parts(self):
        assert recount.everything(fix=False) == []
        found = counts.parts(self.campaign_id)
        return found.total, found.online, found.paper

    def ledger(self):
        return ledger.of(self.campaign, app_clock.now())

    def signs_online(self, address, **more):
        person = Person("Noor", "Typed", "IQ", "", True, True, "en", **more)
        signing.sign("rein-in", person, mailboxes.read(address), budget=BUDGET, now=app_clock.now())


def row(n, address="", **more):
    mailbox = mailboxes.read(address) if address else None
    return ImportedRow(n, "Noor", f"Paper {n}", "IQ", mailbox=mailbox, **more)


def mails(kind=None):
    found = select(func.count()).select_from(Mail)
    return db.session.scalar(found.where(Mail.kind == kind) if kind else found)


def test_a_batch_from_paper_counts_apart_is_told_in_public_and_gets_no_mail(hall, client):
    batch, plan = hall.take(row(1), row(2, "noor@example.org"), row(3, "Sam@example.org"), row(4, "noor+x@example.org"))
    assert plan.fates == [Fate.TAKEN, Fate.TAKEN, Fate.SIGNED, Fate.IN_FILE]
    assert hall.parts() == (3, 1, 2)
    assert (batch.taken_count, batch.duplicate_count, batch.content) == (2, 2, None)
    assert mails() == 0
    (line,) = hall.ledger().lines
    assert (line.delta, line.reason, line.words) == (2, ActReason.PAPER, "Town hall")
    assert hall.ledger().confirmed == 1
    signatures = list(db.session.scalars(select(Signature).where(Signature.import_id == batch.id)))
    assert not any(one.show_name for one in signatures)
    assert sorted(one.email or "" for one in signatures) == ["", "noor@example.org"]
    page = client.get("/campaigns/rein-in").text
    assert "online, 2 on paper" in page
    assert "Paper 1" not in page
    said = client.get("/campaigns/rein-in/count.json").json
    assert (said["signatures"], said["online"], said["paper"]) == (3, 1, 2)
    assert "imported" not in said
    numbers = client.get("/campaigns/rein-in/numbers").text
    assert "Signed on paper" in numbers
    assert "A signature given online counts once" in numbers
    assert "Town hall" in numbers


def test_a_batch_is_taken_back_whole_and_its_people_can_come_again(hall):
    batch, _plan = hall.take(*(row(n) for n in range(7)))
    with pytest.raises(Refused):
        batch_returns.take_back(batch, ActReason.GENUINE, "", by=hall.olive, now=app_clock.now())
    (first, *_others) = db.session.scalars(select(Signature).where(Signature.import_id == batch.id))
    act = signer_acts.start(
        hall.campaign, ActKind.INVALIDATE, Wanted(public_ids=(first.public_id,)), Why(ActReason.MADE_UP),
        expected=1, by=hall.olive, now=app_clock.now(),
    )  # fmt: skip
    signer_acts.go_on(act.id, Mailing(BUDGET, GRACE), now=app_clock.now())
    assert hall.parts() == (7, 1, 6)
    went = batch_returns.take_back(batch, ActReason.MISTAKE, "Wrong hall", by=hall.olive, now=app_clock.now())
    assert went == 7
    assert hall.parts() == (1, 1, 0)
    assert [line.delta for line in hall.ledger().lines] == [-6, -1, 7]
    assert hall.ledger().confirmed == 1
    with pytest.raises(NotFound):
        batch_returns.take_back(batch, ActReason.MISTAKE, "", by=hall.olive, now=app_clock.now())
    _batch, plan = hall.take(*(row(n) for n in range(7)))
    assert plan.taken == 7


def test_without_a_mailbox_who_looks_like_a_signer_is_left_out_unless_said_otherwise(hall):
    hall.take(row(1))
    with pytest.raises(Refused):
        hall.take(row(1))
    _batch, plan = hall.take(row(1), row(2), row(2), take_alike=True)
    assert (plan.fates, plan.alike) == ([Fate.TAKEN] * 3, {0, 2})
    plan = signer_imports.preview(hall.begin(), [row(1), row(5), row(5)])
    assert plan.fates == [Fate.ALIKE, Fate.TAKEN, Fate.ALIKE_IN_FILE]


def test_likeness_compares_only_what_both_say(hall, make):
    """As where a campaign asks for no postcode, or no country, or did not then."""
    make.signature(hall.campaign, given_name="Heba", family_name="Aziz", country="", postcode="")
    make.signature(hall.campaign, given_name="Badr", family_name="Aziz", country="IQ", postcode="10 011")

    def looks(given_name, country, postcode):
        (fate,) = signer_imports.preview(hall.begin(), [ImportedRow(1, given_name, "Aziz", country, postcode)]).fates
        return fate == Fate.ALIKE

    assert looks("Heba", "IQ", "10011")
    assert looks("Badr", "", "")
    assert looks("Badr", "IQ", "")
    assert looks("Badr", "", "10011")
    assert not looks("Badr", "DE", "")
    assert not looks("Badr", "IQ", "10012")
    plan = signer_imports.preview(
        hall.begin(), [ImportedRow(1, "Noor", "Aziz", "IQ"), ImportedRow(2, "Noor", "Aziz", "")]
    )
    assert plan.fates == [Fate.TAKEN, Fate.ALIKE_IN_FILE]


def test_consent_is_recorded_only_where_it_is_proven(hall):
    own = db.session.scalar(select(ConsentWording))
    proven = {"consent_on": DAY, "consent_words": f"{own.locale} {own.version}"}
    batch, _plan = hall.take(
        row(1, "a@example.org", **proven),
        row(2, "b@example.org", consent_on=DAY),
        row(3, "c@example.org", consent_words="Yes, write to me about this"),
        row(4, **proven),
        row(5, "e@example.org", consent_on=DAY, consent_words="Yes, write to me about this"),
    )
    agreed = list(db.session.scalars(select(Consent).order_by(Consent.id)))
    assert batch.consent_count == 2
    assert [one.wording_id == own.id for one in agreed] == [True, False]
    assert {one.agreed_at.date() for one in agreed} == {DAY}
    shown = consents.wording(hall.campaign.organisation_id, "ar")
    assert shown.locale != consents.ELSEWHERE
    assert mails() == 0


def test_whoever_signs_online_with_an_imported_mailbox_makes_the_signature_theirs_and_counts_once(hall, client):
    hall.take(row(1, "noor@example.org"), *(row(n) for n in range(2, 7)))
    imported = db.session.scalar(select(Signature).where(Signature.email == "noor@example.org"))
    hall.signs_online("noor@example.org")
    assert hall.parts() == (7, 1, 6)
    assert (mails("confirm"), mails("already_signed")) == (1, 0)
    db.session.refresh(imported)
    assert (imported.family_name, imported.show_name) == ("Paper 1", False)  # nobody else's typing changes it
    for _twice in range(2):
        signing.confirm(imported.public_id, grace=GRACE, now=app_clock.now())
    assert hall.parts() == (7, 2, 5)
    db.session.refresh(imported)
    assert (imported.family_name, imported.show_name, imported.hears_more) == ("Typed", True, True)
    assert mails("thanks") == 1
    assert (hall.ledger().confirmed, [line.delta for line in hall.ledger().lines]) == (2, [5])
    batch = db.session.scalar(select(SignerImport))
    batch_returns.take_back(batch, ActReason.MISTAKE, "", by=hall.olive, now=app_clock.now())
    assert hall.parts() == (2, 2, 0)  # who made it theirs stays
    assert hall.ledger().confirmed == 2


def test_this_was_not_me_leaves_the_paper_signature_and_what_nobody_confirms_is_forgotten(hall):
    hall.take(row(1, "noor@example.org"), row(2, "nadia@example.org"))
    imported = {one.email: one for one in db.session.scalars(select(Signature).where(Signature.import_id.is_not(None)))}
    for address in ("noor@example.org", "nadia@example.org"):
        hall.signs_online(address)
    signing.refuse(imported["noor@example.org"].public_id, now=app_clock.now())
    late = app_clock.now() + dt.timedelta(days=30)
    forgetting.forget_unconfirmed(older_than=dt.timedelta(days=7), now=late)
    for one in imported.values():
        signing.confirm(one.public_id, grace=GRACE, now=late)
    assert hall.parts() == (3, 1, 2)
    assert mails("thanks") == 0
    hall.signs_online("omar@example.org")
    omar = db.session.scalar(select(Signature).where(Signature.email == "omar@example.org"))
    signing.refuse(omar.public_id, now=late)
    plan = signer_imports.preview(hall.begin(), [row(9, "noor@example.org"), row(10, "omar@example.org")])
    assert plan.fates == [Fate.SIGNED, Fate.REFUSED]


def test_nobody_takes_what_they_did_not_see_and_old_drafts_are_forgotten(hall, make):
    batch = hall.begin()
    seen = batch.revision
    signer_imports.rewrite(batch, content=b"y", seen=seen, now=app_clock.now())
    with pytest.raises(EditedMeanwhile):
        signer_imports.take(batch, [row(1)], seen=seen, malformed=0, by=hall.olive, now=app_clock.now())
    assert signer_imports.forget_old(now=app_clock.now() + dt.timedelta(days=13)) == 0
    assert signer_imports.forget_old(now=app_clock.now() + dt.timedelta(days=15)) == 1
    assert hall.parts() == (1, 1, 0)
    assert ledger_words.in_words(counts.parts(hall.campaign_id)) == ""
    draft = make.campaign(hall.campaign.organisation, published=False)
    db.session.rollback()
    with pytest.raises(Refused, match="Publish the campaign first"):  # nobody can have signed its text
        Hall(draft.id, hall.olive_id).begin()
