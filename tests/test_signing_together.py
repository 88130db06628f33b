"""Many who sign at the same moment share one transaction; what comes of each is what would have come of it alone."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DataError, OperationalError

from app import clock, mailboxes
from app.domain import pending, signing
from app.domain.outbox import Budget
from app.domain.pending import Person, Wish
from app.domain.signing import Result
from app.domain.together import Together
from app.extensions import db
from app.models import Consent, Mail, Signature
from tests.test_signing import post

BUDGET = Budget(per_hour=3, per_day=6, per_campaign=dt.timedelta(minutes=10))


def wish(campaign, email, **person):
    about = {"given_name": "Sam", "family_name": "Signer", "country": "IQ", "postcode": "", "locale": "en"}
    boxes = {"show_name": False, "hear_more": False}
    slug = campaign if isinstance(campaign, str) else campaign.slug
    return Wish(slug, Person(**{**about, **boxes, **person}), mailboxes.read(email), BUDGET, clock.now())


def test_each_gets_an_answer_of_their_own(app, make, stored):
    campaign, other, closed = make.campaign(), make.campaign(), make.campaign(closed=True)
    draft = make.campaign(published=False)
    make.signature(campaign, "confirmed", email="known@example.org", email_key=key(app, "known@example.org"))
    with app.app_context():
        wishes = [
            wish(campaign, "sam@example.org", given_name="Sam", hear_more=True),
            wish(other, "sam@example.org"),
            wish(closed, "lea@example.org"),
            wish("nowhere", "lea@example.org"),
            wish(draft, "lea@example.org"),
            wish(campaign, "Sam+2@example.org", given_name="Samira"),
            wish(campaign, "known@example.org"),
            wish(campaign, "nour@example.org", given_name="نور", family_name='"\\ O’Neil', hear_more=True),
        ]
        answers = signing.sign_all(wishes)
    taken, gone = Result.TAKEN, Result.NOT_FOUND
    assert answers == [taken, taken, Result.CLOSED, gone, gone, taken, taken, taken]
    kept = {(s.campaign_id, s.given_name, s.family_name, s.email) for s in stored(Signature, state="pending")}
    assert kept == {
        (campaign.id, "Samira", "Signer", "Sam+2@example.org"),
        (other.id, "Sam", "Signer", "sam@example.org"),
        (campaign.id, "نور", '"\\ O’Neil', "nour@example.org"),
    }
    asked = sorted((mail.kind, mail.recipient, mail.campaign_id) for mail in stored(Mail))
    assert asked == [
        ("already_signed", "known@example.org", campaign.id),
        ("confirm", "nour@example.org", campaign.id),
        ("confirm", "sam@example.org", campaign.id),  # the second post within ten minutes asks nobody again
        ("confirm", "sam@example.org", other.id),
    ]
    hears = {s.id: s for s in stored(Signature)}
    assert [hears[consent.signature_id].email for consent in stored(Consent)] == ["nour@example.org"]


def key(app, address):
    with app.app_context():
        return mailboxes.key(address)


def test_a_mailbox_is_not_filled_by_posts_that_arrive_together(app, make, stored):
    """MAIL-01, MAIL-02: the mails of one transaction count against each other."""
    campaigns = [make.campaign() for _ in range(5)]
    with app.app_context():
        signing.sign_all([wish(campaign, f"sam+{n}@example.org") for n, campaign in enumerate(campaigns)])
    assert len(stored(Signature)) == 5
    assert len(stored(Mail)) == BUDGET.per_hour


class Held:
    """A verb whose first call waits until `others` more stand in the line; then everybody goes on."""

    def __init__(self, verb, others):
        self.together, self.verb, self.others, self.calls = Together(self), verb, others, []

    def __call__(self, wishes):
        self.calls.append(list(wishes))
        if len(self.calls) == 1:
            wait_until(lambda: len(self.together._lines[db.engine].waiting) == self.others)
        return self.verb(wishes)


def wait_until(true):
    tick = threading.Event()
    for _ in range(2000):
        if true():
            return
        tick.wait(0.01)
    raise AssertionError("it did not happen in time")


def all_at_once(app, together, wishes):
    """What came of each wish, or the error that it got, each in a thread of its own."""
    came = {}

    def go(wish):
        with app.app_context():
            try:
                came[wish] = together(wish)
            except Exception as error:
                came[wish] = error

    threads = [threading.Thread(target=go, args=(wish,), daemon=True) for wish in wishes]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    assert len(came) == len(wishes), "somebody waits for ever"
    return came


def test_everybody_who_waits_is_in_the_next_transaction(app, make, stored, monkeypatch):
    campaign, commits = make.campaign(), []
    held = Held(signing.sign_all, others=11)
    monkeypatch.setattr(signing, "_together", held.together)
    with app.app_context():
        event.listen(db.engine, "commit", commits.append)
    codes = []

    def go(n):
        codes.append(post(app.test_client(), campaign, email=f"sam{n}@example.org").status_code)

    threads = [threading.Thread(target=go, args=(n,), daemon=True) for n in range(12)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    assert codes == [303] * 12
    assert [len(wishes) for wishes in held.calls] == [1, 11]
    assert len(stored(Signature)) == len(stored(Mail)) == 12
    assert len(commits) == 2


def test_one_that_the_database_refuses_spoils_it_for_nobody_else(app):
    def verb(wishes):
        if 3 in wishes:
            raise DataError("INSERT", {}, Exception("not a text"))
        return [wish * 10 for wish in wishes]

    held = Held(verb, others=5)
    came = all_at_once(app, held.together, range(6))
    assert isinstance(came.pop(3), DataError)
    assert came == {n: n * 10 for n in (0, 1, 2, 4, 5)}


def test_a_database_that_is_away_is_asked_once_for_all(app):
    """REL-05: nobody waits for the others' timeouts one after the other."""

    def verb(_wishes):
        raise OperationalError("INSERT", {}, Exception("the server closed the connection"))

    held = Held(verb, others=5)
    came = all_at_once(app, held.together, range(6))
    assert {type(error) for error in came.values()} == {OperationalError}
    assert len(held.calls) == 2


def test_one_whose_mailbox_is_held_by_somebody_else_holds_up_nobody_else(app, engine, make, stored):
    """Another process, or an operator's open transaction, may hold one mailbox; only its owner is asked to try again."""
    if engine == "sqlite":  # has one writer: who holds anything holds everything
        return
    campaign, held = make.campaign(), Held(signing.sign_all, others=5)
    with app.app_context():
        signing.sign_all([wish(campaign, "sam3@example.org")])
        wishes = [wish(campaign, f"sam{n}@example.org") for n in range(6)]
        with db.engine.connect() as somebody:
            somebody.execute(text("SELECT 1 FROM signature FOR UPDATE"))
            came = all_at_once(app, held.together, wishes)
            somebody.rollback()
    assert isinstance(came.pop(wishes[3]), OperationalError)
    assert set(came.values()) == {Result.TAKEN}
    assert len(stored(Signature)) == len(stored(Mail)) == 6


def test_a_database_whose_locks_are_all_held_is_asked_a_few_times_at_most(app):
    class NotFree(Exception):
        sqlstate = "55P03"

    def verb(_wishes):
        raise OperationalError("INSERT", {}, NotFree())

    held = Held(verb, others=5)
    came = all_at_once(app, held.together, range(6))
    assert {type(error) for error in came.values()} == {OperationalError}
    assert [len(wishes) for wishes in held.calls] == [1, 5, 1, 1]


def test_who_signs_again_while_the_old_signature_is_deleted_signs_anew(app, engine, make, stored, monkeypatch):
    if engine == "sqlite":  # nobody else deletes anything while this one writes
        return
    campaign, known, gone = make.campaign(), signing._known, []

    def deleted_after(*about):
        found = known(*about)
        if not gone:
            with db.engine.begin() as worker:
                gone.append(worker.execute(text("DELETE FROM signature")).rowcount)
        return found

    with app.app_context():
        signing.sign_all([wish(campaign, "sam@example.org", given_name="Old")])
        monkeypatch.setattr(signing, "_known", deleted_after)
        about = wish(campaign, "sam@example.org", given_name="New", hear_more=True)
        signing.sign(campaign.slug, about.person, about.mailbox, budget=BUDGET, now=about.now)
    assert gone == [1]
    assert [signature.given_name for signature in stored(Signature)] == ["New"]
    assert len(stored(Mail)) == len(stored(Consent)) == 1


def ended(app, verb):
    """What came of six wishes, the last five of them together, where threads are told to end: words only."""
    held, came, left = Held(verb, others=5), {}, threading.Semaphore(0)

    def go(wish):
        with app.app_context():
            try:
                came[wish] = str(held.together(wish))
            except BaseException as error:
                came[wish] = type(error).__name__
        left.release()

    for wish in range(6):
        threading.Thread(target=go, args=(wish,), daemon=True).start()
    for _ in range(6):
        assert left.acquire(timeout=20), "somebody waits for ever"
    return sorted(came.values())


def test_nobody_waits_for_a_thread_that_had_to_end(app):
    def verb(wishes):
        if len(wishes) > 1:
            raise SystemExit
        return wishes

    assert ended(app, verb)[1:] == ["Interrupted"] * 4 + ["SystemExit"]


def test_nobody_waits_for_a_thread_that_had_to_end_while_it_tried_each_alone(app):
    tries = []

    def verb(wishes):
        tries.append(len(wishes))
        if len(wishes) > 1:
            raise DataError("INSERT", {}, Exception("not a text"))
        if len(tries) == 4:  # one alone, five together, one of these, and the next
            raise SystemExit
        return wishes

    assert ended(app, verb)[1:] == ["Interrupted"] * 4 + ["SystemExit"]


@pytest.fixture
def asked(app):
    """What the database is asked, with the parameters."""
    statements = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        statements.append((statement, parameters))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        yield statements
        event.remove(db.engine, "before_cursor_execute", note)


def test_signing_on_postgresql_reads_through_indexes_also_while_tables_are_small(app, make, asked):
    """The plans are kept: one that reads a whole small table would still do so when thousands have signed."""
    wishes = [wish(make.campaign(), "sam@example.org", hear_more=True)]
    signing.sign_all(wishes)
    if db.engine.dialect.name != "postgresql":
        return
    inserts = [(statement, given) for statement, given in asked if "json_to_recordset" in statement]
    assert len(inserts) == 3
    pending.lock_mailboxes(wishes)
    for statement, given in inserts:
        plan = "\n".join(db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", given).scalars())
        assert "Index" in plan
        assert "Seq Scan" not in plan, plan


def test_mailboxes_are_locked_in_one_order_whoever_came_first(app, make, asked):
    """Two transactions would otherwise wait for each other."""
    campaign = make.campaign()
    signing.sign_all([wish(campaign, f"sam{n}@example.org") for n in range(20)])
    locks = [given["keys"] for statement, given in asked if "advisory" in statement]
    assert [keys == sorted(keys) and len(keys) == 20 for keys in locks] == [True] * len(locks)
    assert len(locks) == (db.engine.dialect.name == "postgresql")
