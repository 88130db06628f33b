"""Links that organisers paste: read by the worker while they go on writing, and looked at once a week as long as they are cited."""

from __future__ import annotations

import datetime as dt
import os
import re
import textwrap
import threading

import pytest

from app import clock as app_clock
from app.domain import library, link_readings
from app.extensions import db
from app.link_reader import LinkReader, gone
from app.models import LinkReading, Report
from tests import desk
from tests.processes import Started
from tests.site import Site, http, moved, running, until

olive = desk.olive
PAGE = """<html lang="en-GB"><head><title>Graves without names | Example Watch</title>
<meta property="og:site_name" content="Example Watch"><meta property="og:description" content="They dig &lt;b&gt;at night&lt;/b&gt;.">
<meta property="article:published_time" content="2015-06-09T10:00:00Z"></head><body>…</body></html>""".encode()
FORM = {"kind": "report", "title": "", "publisher": "", "published_on": "", "language": "", "summary": ""}
NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


@pytest.fixture
def site(app):
    with running() as site:
        app.config["FETCH_ALSO"] = site.opening
        site.pages["/graves"] = http(PAGE)
        yield site


@pytest.fixture
def work(app):
    """work() is a worker that visits what is due now; work("name") another one."""

    def visit() -> int:
        with app.app_context():
            return LinkReader(app).do_due()

    return visit


def value(page, name):
    field = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page) or re.search(
        rf'<textarea[^>]*name="{name}"[^>]*>\n([^<]*)<', page
    )
    return field[1]


def ask(olive, url, **typed):
    return olive.post("/library/new", 200, **{**FORM, **typed, "url": url, "then": "read"}).text


def look(olive, page, url, **typed):
    typed = {**FORM, **typed, "url": url, "then": "look", "reading": value(page, "reading")}
    return olive.post("/library/new", 200, **typed).text


def test_a_pasted_link_fills_the_form_once_the_worker_has_read_the_page(olive, site, work, stored):
    page = ask(olive, site.url("/graves"))
    assert "The page is being read." in page
    assert site.requests == []  # the request waited for nobody
    assert "The page is being read." in look(olive, page, site.url("/graves"))
    assert work() == 1
    page = look(olive, page, site.url("/graves"))
    assert "The page was read." in page
    filled = {name: value(page, name) for name in ("title", "publisher", "published_on", "summary")}
    assert filled == {
        "title": "Graves without names",
        "publisher": "Example Watch",
        "published_on": "2015-06-09",
        "summary": "They dig at night .",
    }
    assert '<option value="en" selected>' in page
    assert stored(Report) == []  # offered, not saved
    assert len(stored(LinkReading)) == 1
    assert len(site.requests) == 1


def test_what_was_typed_stays_and_the_page_is_quoted_beside_it(olive, site, work):
    typed = {"title": "My own title", "language": "ar"}
    page = ask(olive, site.url("/graves"), **typed)
    work()
    page = look(olive, page, site.url("/graves"), **typed)
    assert value(page, "title") == "My own title"
    assert "The page says: <bdi>Graves without names</bdi>" in page
    assert '<option value="ar" selected>' in page
    assert value(page, "publisher") == "Example Watch"


def test_a_publication_in_the_library_is_read_again_without_changing_it(olive, make, site, work, stored):
    report = make.report(make.campaign(olive.organisation), url=site.url("/graves"))
    at, typed = f"/library/{report.id}", {**FORM, "title": report.title, "url": report.url}
    page = olive.post(at, 200, **typed, then="read").text
    work()
    page = olive.post(at, 200, **typed, then="look", reading=value(page, "reading")).text
    assert "The page says: <bdi>Graves without names</bdi>" in page
    assert stored(Report)[0].edited_at == report.edited_at


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (http(b"", "404 Not Found"), "There is no page at this address any more."),
        (http(b"", "403 Forbidden"), "The site does not let us read this page."),
        (http(b"", "500 Oops"), "The site answered with an error."),
        (moved("http://10.0.0.1/"), "There is no public site at this address."),
        (b"nonsense", "damaged or incomplete"),
    ],
)
def test_what_cannot_be_read_is_said_in_words_and_can_be_tried_again(olive, site, work, stored, answer, said):
    site.pages["/x"] = answer
    page = ask(olive, site.url("/x"), title="Typed")
    work()
    page = look(olive, page, site.url("/x"), title="Typed")
    assert said in page
    assert value(page, "title") == "Typed"
    site.pages["/x"] = http(PAGE)
    page = olive.post("/library/new", 200, **FORM, url=site.url("/x"), then="read", reading=value(page, "reading")).text
    assert "being read" in page
    work()
    assert value(look(olive, page, site.url("/x")), "title") == "Graves without names"
    assert len(stored(LinkReading)) == 2


@pytest.mark.sqlite_alone
def test_a_link_into_the_private_network_reads_like_an_unknown_name(olive, work):
    for url in ("http://10.0.0.1/", "http://169.254.169.254/latest"):
        page = ask(olive, url)
        work()
        assert "There is no public site at this address." in look(olive, page, url)


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "https://a@b.example/", "x" * 10_000, "nothing"])
def test_what_is_no_link_is_not_read(olive, stored, url):
    answer = olive.post("/library/new", 422, **{**FORM, "url": url, "title": "Typed", "then": "read"})
    assert 'href="#url"' in answer.text
    assert value(answer.text, "title") == "Typed"
    assert stored(LinkReading) == []


@pytest.mark.sqlite_alone
def test_a_page_that_attacks_is_text(olive, site, work):
    site.pages["/x"] = http(b"<title>\xe2\x80\xaeevil&lt;script&gt;alert(1)&lt;/script&gt;</title>" + b"<a " * 200_000)
    page = ask(olive, site.url("/x"))
    work()
    page = look(olive, page, site.url("/x"))
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_an_editor_cannot_make_a_crawler_of_us(olive, stored, monkeypatch):
    monkeypatch.setattr(link_readings, "MOST_AN_HOUR", 3)
    for n in range(3):
        ask(olive, f"https://example.org/{n}")
    answer = olive.post(
        "/library/new", 429, **{**FORM, "url": "https://example.org/3", "title": "Kept", "then": "read"}
    )
    assert "Many pages were read in the last hour." in answer.text
    assert "Try again in 60 minutes." in answer.text
    assert value(answer.text, "title") == "Kept"
    assert len(stored(LinkReading)) == 3


def test_nobody_reads_what_another_organisation_had_read(app, olive, make, site, work):
    with app.app_context():
        theirs = link_readings.ask(make.organisation().id, site.url("/graves"), now=app_clock.now()).id
    work()
    typed = {**FORM, "url": site.url("/graves"), "then": "look"}
    for number in (theirs, 10**30, "x", ""):
        page = olive.post("/library/new", 200, **typed, reading=number).text
        assert "being read" in page  # asked anew, in our own name
        assert value(page, "title") == ""


def test_a_worker_notices_within_about_a_second(app, olive, site):
    ask(olive, site.url("/graves"))
    stop, reader = threading.Event(), LinkReader(app)
    began = app_clock.now()
    reader.start(stop)
    assert until(lambda: bool(site.requests), 3)
    assert (app_clock.now() - began).total_seconds() < 1.5
    stop.set()
    reader.finish()


@pytest.mark.sqlite_alone
def test_the_worker_that_is_run_visits_links(app, olive, stored, tmp_path):
    """`flask worker` itself, as the service starts it; and it stops when it is told to."""
    kept = ("DATABASE_URL", "SECRET_KEY", "EMAIL_PEPPER", "BASE_URL", "MAIL_FROM", "INSTANCE_PATH")
    settings = {**os.environ, **{name: str(app.config[name]) for name in kept}}
    settings |= {"MODE": "development", "FLASK_APP": "wsgi.py"}
    ask(olive, "http://10.0.0.1/")
    process = Started("flask", "worker", environment=settings, log=tmp_path / "worker.log")
    try:
        assert until(lambda: stored(LinkReading)[0].state == "failed", 30)
        assert stored(LinkReading)[0].trouble == "no_site"
        assert process.stop() == 0
    finally:
        process.kill()


def test_two_workers_never_visit_the_same_link(app, make):
    organisation = make.organisation()
    with app.app_context():
        now = app_clock.now()
        asked = {link_readings.ask(organisation.id, f"https://example.org/{n}", now=now).id for n in range(6)}
        taken: list[int] = []

        def claim(worker):
            with app.app_context():
                while visit := link_readings.claim(worker, now):
                    taken.append(visit.id)

        threads = [threading.Thread(target=claim, args=(f"w{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(taken) == sorted(asked)


def test_what_a_killed_worker_had_in_hand_is_read_by_the_next(app, olive, site, work, stored, clock, tmp_path):
    """A process that is really killed, in the middle of a page that does not end."""
    reached = threading.Event()

    def endless():
        reached.set()
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        reached.wait(20)
        threading.Event().wait(20)

    site.pages["/x"] = endless
    page = ask(olive, site.url("/x"))
    names = ("DATABASE_URL", "SECRET_KEY", "EMAIL_PEPPER", "BASE_URL", "INSTANCE_PATH")
    settings = {"MODE": "testing", "MAIL_URL": "", **{name: str(app.config[name]) for name in names}}
    code = f"""
        from app import create_app
        from app.link_reader import LinkReader
        app = create_app({settings!r})
        app.config["FETCH_ALSO"] = {site.opening!r}
        with app.app_context():
            LinkReader(app).do_due()
    """
    process = Started("-c", textwrap.dedent(code), environment=os.environ, log=tmp_path / "worker.log")
    assert reached.wait(20)
    process.kill()
    site.pages["/x"] = http(PAGE)
    assert work() == 0  # leased still
    clock.set(app_clock.now() + link_readings.LEASE)
    assert work() == 1
    assert value(look(olive, page, site.url("/x")), "title") == "Graves without names"


def test_a_worker_that_stops_gives_back_what_it_has_not_done(app, make, stored):
    with app.app_context():
        now = app_clock.now()
        link_readings.ask(make.organisation().id, "https://example.org/", now=now)
        assert link_readings.claim("one", now)
        link_readings.release("one", now)
        assert link_readings.claim("two", now)
        assert not link_readings.read(1, "one", {}, now)
    assert (stored(LinkReading)[0].attempt_count, stored(LinkReading)[0].state) == (1, "waiting")


def test_a_page_that_takes_workers_down_is_left_alone_after_three(app, make, stored):
    with app.app_context():
        now = app_clock.now()
        link_readings.ask(make.organisation().id, "https://example.org/", now=now)
        for _ in range(link_readings.MOST_ATTEMPTS):
            assert link_readings.claim("w", now)
            now += link_readings.LEASE
        assert link_readings.claim("w", now) is None
    assert stored(LinkReading)[0].state == "failed"


def test_readings_are_forgotten_after_a_day(app, make, stored):
    with app.app_context():
        number = make.organisation().id
        now = app_clock.now()
        link_readings.ask(number, "https://example.org/", now=now - dt.timedelta(days=2))
        link_readings.ask(number, "https://example.org/", now=now)
        while visit := link_readings.claim("w", now):
            link_readings.failed(visit.id, "w", "away", now)
        assert link_readings.forget_old(now=now) == 1
    assert len(stored(LinkReading)) == 1


# Links that are cited, looked at once a week.


@pytest.fixture
def check(app, clock, work):
    """check(moment): the job plans, the workers visit; how many links were looked at."""

    def at(moment) -> int:
        clock.set(moment)
        with app.app_context():
            link_readings.plan_checks(moment)
        return work()

    return at


def days(number, **more):
    return dt.timedelta(days=number, **more)


def test_a_link_counts_as_gone_after_two_days_on_which_nothing_was_found(app, make, site, check, stored, olive):
    make.report(make.campaign(olive.organisation), url=site.url("/graves"))
    assert check(NOON) == 1
    (report,) = stored(Report)
    assert (report.link_checked_at, report.link_gone_since, report.link_is_gone) == (NOON, None, False)
    assert check(NOON + days(6)) == 0
    site.pages["/graves"] = http(b"", "404 Not Found")
    first = NOON + days(7)
    assert check(first) == 1
    assert not stored(Report)[0].link_is_gone
    assert "Not found on 11 May 2026" in olive.get("/library")
    assert check(first + dt.timedelta(hours=11)) == 0  # the same day is too soon
    assert check(first + days(1)) == 1
    (report,) = stored(Report)
    assert (report.link_gone_since, report.link_trouble, report.link_is_gone) == (first.date(), "missing", True)
    assert "Gone since 11 May 2026" in olive.get("/library?state=gone")
    site.pages["/graves"] = http(PAGE)
    assert check(first + days(2)) == 1
    (report,) = stored(Report)
    assert (report.link_gone_since, report.link_trouble) == (None, "")


def test_only_what_is_cited_is_looked_at(app, make, olive, site, check):
    values = {"kind": "report", "title": "T", "publisher": "P", "url": site.url("/graves")}
    with app.app_context():
        library.add(olive.organisation.id, {**values, "published_on": NOON.date()}, now=NOON)
    cited = make.report(make.campaign(), url=site.url("/x"))
    with app.app_context():
        library.remove(db.session.get_one(Report, cited.id), now=NOON)
    assert check(NOON) == 0
    assert site.requests == []


def test_one_host_is_asked_once_in_a_while_and_one_link_once(app, make, site, check, stored):
    campaign = make.campaign()
    for path in ("/graves", "/graves", "/x", "/y"):
        make.report(campaign, url=site.url(path))
    assert check(NOON) == 1
    assert check(NOON + dt.timedelta(minutes=1)) == 0
    assert [bool(report.link_checked_at) for report in stored(Report)] == [True, True, False, False]
    assert check(NOON + link_readings.HOST_PAUSE) == 1
    assert check(NOON + 2 * link_readings.HOST_PAUSE) == 1
    assert check(NOON + 3 * link_readings.HOST_PAUSE) == 0
    assert len(site.requests) == 3


def test_two_workers_that_plan_at_once_plan_once(app, make):
    campaign = make.campaign()
    for n in range(3):
        make.report(campaign, url=f"https://site{n}.example/")
    planned: list[int] = []

    def plan():
        with app.app_context():
            planned.append(link_readings.plan_checks(NOON))

    threads = [threading.Thread(target=plan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(planned) == 3


def test_what_somebody_waits_for_goes_before_checks(app, make, olive):
    make.report(make.campaign(olive.organisation), url="https://site.example/")
    with app.app_context():
        link_readings.plan_checks(NOON)
        asked = link_readings.ask(olive.organisation.id, "https://example.org/", now=NOON)
        assert link_readings.claim("w", NOON).id == asked.id
        assert link_readings.claim("w", NOON, checks=False) is None
        assert link_readings.claim("w", NOON).is_check


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        ("200 OK", ""),
        ("401 Unauthorized", ""),
        ("403 Forbidden", ""),
        ("429 Too Many Requests", ""),
        ("503 Service Unavailable", ""),
        ("405 Method Not Allowed", ""),
        ("404 Not Found", "missing"),
        ("410 Gone", "missing"),
        ("500 Oops", "broken"),
    ],
)
def test_a_site_that_only_refuses_us_is_not_gone(app, site, status, trouble):
    site.pages["/x"] = http(b"x" * 100_000, status)
    with app.app_context():
        assert gone(site.url("/x")) == trouble


def test_a_site_that_is_not_there_is_gone_and_our_own_is_not(app, site):
    closed = Site()
    closed.stop()
    with app.app_context():
        app.config["FETCH_ALSO"] = closed.opening
        assert gone(closed.url("/")) == "away"
        assert gone(app.config["BASE_URL"] + "/") == ""
        assert gone("https://example.org:8443/") == ""  # a port where we do not go, and visitors may
