"""Handing mails over: nothing lost, nothing twice, nobody blocked, whatever the listener does."""

from __future__ import annotations

import collections
import datetime as dt
import logging
import os
import signal
import threading
import time

import pytest
from sqlalchemy.exc import OperationalError

from app import clock as app_clock
from app import jobs, recount
from app.domain import outbox
from app.extensions import db
from app.mail import delivery, smtp, state
from app.mail.delivery import Delivery
from app.models import CampaignTally, Mail, Signature
from tests.listener import Listener
from tests.mailing import deliver, queue_confirmations

pytestmark = pytest.mark.waits


@pytest.fixture
def outside(app, smtp):
    app.config["MAIL_URL"] = smtp.url
    return smtp


@pytest.fixture
def campaign(make):
    return make.campaign()


@pytest.fixture
def working(app):
    """A worker's delivery that runs while the test looks on."""
    runs = []

    def start():
        sending, stop = Delivery(app), threading.Event()

        def run():
            with app.app_context():
                sending.run(stop)

        thread = threading.Thread(target=run)
        thread.start()
        runs.append((sending, stop, thread))
        return sending

    yield start
    for sending, stop, _ in runs:
        stop.set()
        sending.wake.set()
    for _, _, thread in runs:
        thread.join(10)
        assert not thread.is_alive()


def wait_until(true, seconds=60.0):
    """Until it is true. The limit only ends a test that hangs."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def message_ids(listener):
    return collections.Counter(message["Message-ID"] for message in listener.messages)


def test_every_mail_goes_out_once(app, campaign, outside, stored):
    """How fast, `make bench` measures."""
    queue_confirmations(app, campaign, 150)
    deliver(app)
    assert len(outside.messages) == 150
    assert set(message_ids(outside).values()) == {1}
    assert all(len(recipients) == 1 for recipients in outside.recipients)
    assert {mail.state for mail in stored(Mail)} == {"sent"}


def test_two_workers_never_send_one_row(app, campaign, outside, stored, working):
    """REL-04."""
    queue_confirmations(app, campaign, 200)
    for _ in range(3):
        working()
    wait_until(lambda: len(outside.messages) >= 200)
    wait_until(lambda: not stored(Mail, state="queued"))
    assert len(outside.messages) == 200
    assert set(message_ids(outside).values()) == {1}


def test_a_refused_mailbox_is_not_asked_again(app, campaign, outside, stored, clock, caplog):
    queue_confirmations(app, campaign, 1)
    outside.mode = "550"
    deliver(app)
    (mail,) = stored(Mail)
    assert (mail.state, mail.attempt_count) == ("failed", 1)
    assert mail.error == "the listener answers 550 no mailbox (address)"
    outside.mode = "ok"
    clock.forward(days=1)
    deliver(app)
    assert outside.messages == []
    assert "example.org" not in caplog.text


def test_a_mail_put_off_goes_out_later_under_the_same_message_id(app, campaign, outside, stored, clock):
    queue_confirmations(app, campaign, 2)
    outside.mode = "451"
    deliver(app)
    deliver(app)
    assert [(mail.state, mail.attempt_count) for mail in stored(Mail)] == [("queued", 1), ("queued", 1)]
    assert "451" in stored(Mail)[0].error
    outside.mode = "ok"
    deliver(app)
    assert outside.messages == []
    clock.forward(seconds=31)
    deliver(app)
    assert set(message_ids(outside)) == {f"<{mail.message_id}@127.0.0.1>" for mail in stored(Mail)}


@pytest.mark.sqlite_alone
def test_a_mail_is_given_up_after_two_days_and_shows_why(app, campaign, outside, stored, clock):
    queue_confirmations(app, campaign, 1)
    outside.mode = "451"
    tries = 0
    while stored(Mail)[0].state == "queued":
        deliver(app)
        clock.forward(hours=2, seconds=1)
        tries += 1
    assert 20 < tries < 30
    (mail,) = stored(Mail)
    assert (mail.state, mail.attempt_count) == ("failed", tries)
    result = app.test_cli_runner().invoke(args=["mail", "status"])
    assert "failed: 1" in result.output
    assert f"{mail.id}  confirm  attempts: {tries}  the listener answers 451 not now" in result.output
    outside.mode = "ok"
    assert "waiting again: 1" in app.test_cli_runner().invoke(args=["mail", "retry", "--failed"]).output
    deliver(app)
    assert len(outside.messages) == 1


def test_a_mail_that_is_refused_or_cannot_be_composed_holds_up_no_other(app, campaign, outside, stored, monkeypatch):
    queue_confirmations(app, campaign, 60)
    compose = delivery.compose.letter

    def poisoned(app, mail, now):
        if mail.id == 1:
            raise KeyError("Sam Signer")
        return compose(app, mail, now)

    monkeypatch.setattr(delivery.compose, "letter", poisoned)
    deliver(app)
    assert len(outside.messages) == 59
    (failed,) = stored(Mail, state="failed")
    assert (failed.id, failed.error) == (1, "KeyError in our own code")


@pytest.mark.every_case
@pytest.mark.parametrize("how", ["away", "refuse"])
def test_while_the_listener_is_away_mails_wait_and_spend_no_attempt(app, campaign, outside, stored, how, caplog):
    """REL-06."""
    queue_confirmations(app, campaign, 120)
    if how == "away":
        outside.stop()
    else:
        outside.mode = how
    deliver(app)
    assert {(mail.state, mail.attempt_count, mail.lease) for mail in stored(Mail)} == {("queued", 0, None)}
    waiting = app.test_cli_runner().invoke(args=["mail", "status"]).output
    assert "waiting: 120" in waiting
    assert "because: no connection" in waiting
    if how == "away":
        outside.start()
    outside.mode = "ok"
    deliver(app)
    assert len(outside.messages) == 120
    assert set(message_ids(outside).values()) == {1}


@pytest.mark.sqlite_alone
def test_an_outage_causes_no_storm_and_ends_by_itself_oldest_first(
    app, campaign, outside, stored, working, monkeypatch, caplog
):
    monkeypatch.setattr(state, "FIRST_PAUSE", 0.2)
    app.config["MAIL_CONNECTIONS"] = 1
    queue_confirmations(app, campaign, 100)
    outside.stop()
    tried = []
    connect = smtp.Connection._connect

    def counted(self):
        tried.append(time.monotonic())
        return connect(self)

    monkeypatch.setattr(smtp.Connection, "_connect", counted)
    working()
    time.sleep(2.5)
    assert 2 <= len(tried) <= 6
    assert len([record for record in caplog.records if "no mail can be handed over" in record.message]) == len(tried)
    outside.start()
    wait_until(lambda: len(outside.messages) == 100)
    sent = [message["To"] for message in outside.messages]
    assert sent == [f"sam{number}@example.org" for number in range(100)]
    assert {mail.attempt_count for mail in stored(Mail)} <= {0, 1}


@pytest.mark.sqlite_alone
def test_a_listener_that_takes_and_hangs_up_gets_each_mail_once_per_attempt(app, campaign, outside, stored, clock):
    """FI-12: a repeat for each drop, ever later, under the same Message-ID."""
    app.config["MAIL_CONNECTIONS"] = 1
    queue_confirmations(app, campaign, 1)
    outside.mode = "drop"
    for attempts in (1, 2, 3):
        deliver(app)
        assert len(outside.messages) == attempts
        assert stored(Mail)[0].attempt_count == attempts
        deliver(app)
        assert len(outside.messages) == attempts
        clock.forward(minutes=5)
    outside.mode = "ok"
    deliver(app)
    assert len(set(message_ids(outside))) == 1
    assert stored(Mail)[0].state == "sent"


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("mode", ["421", "drop"])
def test_a_listener_that_hangs_up_on_everybody_is_left_alone(app, campaign, outside, stored, mode, monkeypatch):
    """One mail for each connection spends an attempt, the others wait for the listener."""
    monkeypatch.setattr(state, "FIRST_PAUSE", 600)  # seconds: longer than a busy machine takes over this test
    queue_confirmations(app, campaign, 100)
    outside.mode = mode
    deliver(app)
    assert sum(mail.attempt_count for mail in stored(Mail)) <= app.config["MAIL_CONNECTIONS"]
    assert len(outside.messages) <= app.config["MAIL_CONNECTIONS"]


def test_a_slow_listener_does_not_make_a_second_worker_send_the_same(
    app, campaign, outside, stored, working, monkeypatch
):
    """Leases are renewed while their holder lives."""
    monkeypatch.setattr(outbox, "LEASE", dt.timedelta(seconds=1))
    monkeypatch.setattr(delivery, "RENEW_SECONDS", 0.2)
    app.config["MAIL_CONNECTIONS"] = 1
    outside.mode = "slow"
    queue_confirmations(app, campaign, 8)
    working()
    working()
    wait_until(lambda: not stored(Mail, state="queued"))
    assert set(message_ids(outside).values()) == {1}
    assert len(outside.messages) == 8


def test_mails_of_a_worker_that_died_are_sent_by_the_next(app, campaign, outside, stored, clock):
    queue_confirmations(app, campaign, 3)
    with app.app_context():
        assert len(outbox.claim("the dead", 10, app_clock.now())) == 3
    deliver(app)
    assert outside.messages == []
    clock.forward(seconds=16)
    deliver(app)
    assert len(outside.messages) == 3


def test_a_withdrawn_signature_stops_a_mail_that_is_already_in_hand(
    app, campaign, outside, stored, working, monkeypatch
):
    monkeypatch.setattr(delivery, "RENEW_SECONDS", 0.1)
    app.config["MAIL_CONNECTIONS"] = 1
    outside.mode = "slow"
    queue_confirmations(app, campaign, 6)
    working()
    wait_until(lambda: len(outside.messages) == 1)
    with app.app_context():
        from app.domain import signing

        signing.refuse(stored(Signature)[5].public_id, now=app_clock.now())
    wait_until(lambda: not stored(Mail, state="queued"))
    assert "sam5@example.org" not in [message["To"] for message in outside.messages]


def test_an_idle_worker_sees_a_queued_mail(app, campaign, outside, working):
    working()
    time.sleep(0.6)
    queue_confirmations(app, campaign, 1)
    wait_until(lambda: outside.messages, 5)


@pytest.mark.sqlite_alone
def test_connections_are_kept_and_renewed_after_a_hundred_mails(app, campaign, outside, monkeypatch):
    app.config["MAIL_CONNECTIONS"] = 2
    opened = []
    connect = smtp.Connection._connect
    monkeypatch.setattr(smtp.Connection, "_connect", lambda self: opened.append(1) or connect(self))
    queue_confirmations(app, campaign, 205)
    deliver(app)
    assert len(outside.messages) == 205
    assert 2 <= len(opened) <= 4


@pytest.mark.sqlite_alone
def test_a_kept_connection_that_was_closed_meanwhile_costs_nothing(app, campaign, outside, stored, working):
    app.config["MAIL_CONNECTIONS"] = 1
    working()
    queue_confirmations(app, campaign, 1)
    wait_until(lambda: len(outside.messages) == 1)
    outside.stop()
    outside.start()
    with app.app_context():
        db.session.execute(db.update(Mail).values(state="queued", recipient="sam@example.org", due_at=app_clock.now()))
        db.session.commit()
    wait_until(lambda: len(outside.messages) == 2)
    assert stored(Mail)[0].error == ""


def test_the_database_may_go_away_and_come_back(app, campaign, outside, stored, working, monkeypatch, caplog):
    broken = threading.Event()
    for name in ("is_due", "sent", "renew", "claim"):
        verb = getattr(outbox, name)

        def fragile(*args, verb=verb):
            if broken.is_set():
                raise OperationalError("SELECT", {}, Exception("the server closed the connection"))
            return verb(*args)

        monkeypatch.setattr(outbox, name, fragile)
    monkeypatch.setattr(delivery, "DATABASE_SECONDS", 0.1)
    queue_confirmations(app, campaign, 100)
    working()
    wait_until(lambda: len(outside.messages) > 5)
    broken.set()
    time.sleep(1.5)
    broken.clear()
    wait_until(lambda: not stored(Mail, state="queued"))
    assert len(outside.messages) == 100
    assert set(message_ids(outside).values()) == {1}
    said = [record.message for record in caplog.records if "the database" in record.message]
    assert said == [
        "the database does not answer (OperationalError); trying again until it does",
        "the database answers again",
    ]


@pytest.mark.sqlite_alone
def test_where_tls_is_required_mails_wait_for_it(app, campaign, outside, stored):
    """MAIL-12."""
    app.config["MAIL_REQUIRE_TLS"] = True
    queue_confirmations(app, campaign, 3)
    deliver(app)
    assert outside.messages == []
    assert {(mail.state, mail.attempt_count) for mail in stored(Mail)} == {("queued", 0)}
    assert "MAIL_REQUIRE_TLS" in app.test_cli_runner().invoke(args=["mail", "status"]).output


@pytest.mark.sqlite_alone
def test_a_certificate_is_checked_and_the_password_goes_over_tls_only(app, campaign, stored, tls, monkeypatch):
    server, trusted = tls
    taken = []

    def check(_server, _session, _envelope, _mechanism, login):
        from aiosmtpd.smtp import AuthResult

        taken.append((login.login, login.password))
        return AuthResult(success=True)

    options = {"tls_context": server, "require_starttls": True, "auth_required": True, "authenticator": check}
    with Listener(**options) as listener:
        app.config["MAIL_URL"] = listener.url.replace("//", "//us%40er:p%2Fw@")
        app.config["MAIL_REQUIRE_TLS"] = True
        queue_confirmations(app, campaign, 1)
        deliver(app)
        assert listener.messages == []
        assert "no trusted TLS" in stored(Mail)[0].error
        monkeypatch.setattr(smtp.ssl, "create_default_context", lambda: trusted)
        deliver(app)
        assert len(listener.messages) == 1
        assert taken == [(b"us@er", b"p/w")]


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A listener's TLS with a certificate of its own, and the trust in it."""
    import ssl
    import subprocess

    folder = tmp_path_factory.mktemp("tls")
    key, certificate = str(folder / "key.pem"), str(folder / "certificate.pem")
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run(
        [*request, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=certificate)


def test_mail_urls_are_read_whole():
    where = smtp.read_url("smtps://us%40er:p%2Fw@mail.example.org")
    assert where == smtp.Where("mail.example.org", 465, True, "us@er", "p/w")
    for wrong in ("mail.example.org:25", "http://mail.example.org", "smtp://", "smtp://host:port"):
        with pytest.raises(ValueError, match="MAIL_URL cannot be read"):
            smtp.read_url(wrong)


def test_old_mails_and_unconfirmed_signatures_are_forgotten_and_counts_checked(
    app, campaign, make, stored, clock, caplog
):
    caplog.set_level(logging.INFO)
    queue_confirmations(app, campaign, 3)
    make.signature(campaign)
    with app.app_context():
        db.session.execute(db.update(Mail).where(Mail.id == 1).values(state="sent", recipient=None))
        db.session.execute(db.update(CampaignTally).where(CampaignTally.slot == 0).values(confirmed_count=7))
        db.session.commit()
        table = jobs.Table()
        table.do_due(app_clock.now())
        assert len(stored(Signature)) == 4
        assert f"the count of {campaign.slug} is wrong: stored" in caplog.text
        caplog.clear()
        clock.forward(days=7, hours=1)
        table.do_due(app_clock.now())
        assert [signature.state for signature in stored(Signature)] == ["confirmed"]
        assert [mail.state for mail in stored(Mail)] == ["sent"]
        clock.forward(days=24)
        table.do_due(app_clock.now())
        assert stored(Mail) == []
        assert "sam" not in caplog.text.lower().replace("same", "")
        recount.everything(fix=True)


def test_a_job_that_fails_holds_up_no_other(app, clock, caplog):
    done = []

    def broken(_now):
        raise KeyError("sam@example.org")

    table = jobs.Table(
        (jobs.Job("broken", dt.timedelta(hours=1), broken), jobs.Job("sound", dt.timedelta(hours=1), done.append))
    )
    clock.set(dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC))
    with app.app_context():
        for _ in range(3):
            table.do_due(app_clock.now())
        clock.forward(minutes=31)
        table.do_due(app_clock.now())
    assert len(done) == 2
    assert "broken: KeyError" in caplog.text
    assert "sam@" not in caplog.text


def test_a_site_that_does_not_answer_keeps_no_other_job_waiting(app, monkeypatch):
    done, met = threading.Event(), []
    hour = dt.timedelta(hours=1)

    def waits(_now):
        met.append(done.wait(10))
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(jobs, "ELSEWHERE", (jobs.Job("waits for a site", hour, waits),))
    monkeypatch.setattr(jobs, "JOBS", (jobs.Job("own", hour, lambda _now: done.set()),))
    before = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        jobs.run(app)
    finally:
        for number, handler in before:
            signal.signal(number, handler)
    assert met == [True]


def test_operators_see_mails_that_wait_for_long(app, campaign, clock):
    queue_confirmations(app, campaign, 4)
    with app.app_context():
        assert outbox.stuck(app_clock.now()) == 0
        clock.forward(minutes=6)
        assert outbox.stuck(app_clock.now()) == 4
    result = app.test_cli_runner().invoke(args=["mail", "status"])
    assert result.exit_code == 1
    assert "waiting: 4" in result.output


@pytest.mark.parametrize(("patience", "most"), [(10.0, 1), (0.05, 4)])
def test_one_mail_at_a_time_is_taken_but_unmarked_unless_the_listener_hangs(monkeypatch, patience, most):
    monkeypatch.setattr(state, "PATIENCE_SECONDS", patience)
    gap, inside, seen = state.Gap(), [], []

    def go():
        for _ in range(2):
            with gap():
                inside.append(1)
                seen.append(len(inside))
                time.sleep(0.2)
                inside.pop()

    threads = [threading.Thread(target=go) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert max(seen) == 1 if most == 1 else 2 <= max(seen) <= most
