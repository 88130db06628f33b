"""The log of an organisation: written with the act itself, never changed, looked through and taken by owners."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import io

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from app import activity_words
from app import clock as app_clock
from app.domain import activity, campaigns
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, Activity, Campaign, Deed, Export, Membership, Organisation, Role, Thing
from tests import desk
from tests.factories import PASSWORD, within
from tests.test_shape import DOMAIN, calls, functions, is_verb, named, tree

olive = desk.olive

# Verbs that are no member's act, or have a record of their own. Whatever else changes something is in the log.
NOT_IN_THE_LOG = {
    "signing, its mails and its counts": (
        "signing",
        "outbox",
        "came_back",
        "counts",
        "milestones",
        "together",
        "pending",
        "tallies",
        "funnel",
        "forgetting",
    ),
    "what the worker does by itself": (
        *("link_readings.claim", "link_readings.read", "link_readings.failed", "link_readings.checked"),
        *("link_readings.release", "link_readings.plan_checks", "link_readings.forget_old"),
        *("news_import.claim", "news_import.record", "news_import.unchanged", "news_import.failed"),
        *(
            "signer_imports.forget_old",
            "news_import.forget_removed",
            "news.forget_removed",
            "library.forget_removed",
            "updates.forget_removed",
            "questions.forget_removed",
        ),
        "search_index",
    ),
    "publishing is in the log": ("publication_plans.carry_out",),
    "the beginning of the act is in the log, each change in the record of its signature": ("signer_acts.go_on",),
    "only its writer sees it": ("unsaved",),
    "a record of its own is completed": ("exports.finish", "exports.abort", "export_work", "export_handing"),
    "one's own account, and what operators do to it": (
        "accounts",
        "sessions",
        "account_events",
        "address_changes",
        "provider_bindings",
    ),
    "nothing of the organisation changes": ("link_readings.ask", "news_import.fetch_now"),
    "the import itself is in the log": ("import_drafts.finish",),
}


def said(entry):
    return (entry.by_name, entry.deed, entry.thing_kind, entry.thing)


def notes(file):
    """The functions of a module that write into the log, by themselves or through another of the same module."""
    known = {}
    for function in functions(file):
        known[function.name] = set(calls(function))
    writing = {name for name, called in known.items() if ("activity", "_note") in called or ("", "_note") in called}
    while more := {n for n, called in known.items() if n not in writing and any(("", w) in called for w in writing)}:
        writing |= more
    return writing


def test_no_verb_of_the_desk_forgets_the_log():
    left_out = {name for names in NOT_IN_THE_LOG.values() for name in names}
    verbs = {
        f"{file.stem}.{function.name}": function.name in notes(file)
        for file in DOMAIN
        for function in functions(file)
        if is_verb(function)
    }
    wrong = [
        f"{verb} changes something and is not in the log: call activity._note, or say in NOT_IN_THE_LOG why not"
        for verb, is_noted in verbs.items()
        if not is_noted and verb not in left_out and verb.split(".")[0] not in left_out
    ]
    assert not wrong, "\n".join(wrong)
    gone = {name for name in left_out if "." in name and name not in verbs}
    assert not gone, f"there is no such verb any more: {gone}"
    assert {"campaigns.publish", "members.remove", "exports.start"} <= {verb for verb, noted in verbs.items() if noted}


@pytest.mark.sqlite_alone
def test_every_deed_and_thing_is_said_in_words_and_every_detail_is_known(app):
    kept = {
        keyword.arg
        for file in DOMAIN
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "_note"
        for keyword in node.keywords
    } - {"now", "by", "by_name", "in_log_of"}
    with app.test_request_context():
        assert all(activity_words.deed_name(deed) for deed in Deed)
        assert all(activity_words.thing_name(kind) for kind in Thing)
        assert kept <= set(activity_words._details()), f"{named(DOMAIN[0])}: a detail without words"


def test_what_olive_does_is_in_the_log_with_her_name(olive, stored):
    at = olive.drafts()
    olive.publishes(at)
    olive.post(f"{at}/close", outcome="", outcome_text="")
    entries = stored(Activity)
    ask = desk.WORDS["ask"]
    done = [(entry.deed, entry.thing_kind, entry.thing) for entry in entries]
    assert done == [(deed, "campaign", ask) for deed in ("created", "wrote", "addressed", "published", "closed")]
    assert {entry.by_name for entry in entries} == {"Olive 2"}
    page = olive.get("/log")
    for words in ("Olive 2", "published", "changed the decision makers", ask, "version 1"):
        assert words in page


@pytest.mark.sqlite_alone
def test_what_is_refused_is_not_in_the_log(olive, stored):
    at = olive.drafts()
    before = len(stored(Activity))
    olive.post("/members/1/role", 404, role="emperor")
    olive.post(f"{at}/publish", 409, revision="99")
    assert len(stored(Activity)) == before


def test_writing_for_a_while_is_one_entry(olive, stored, clock):
    clock.set(dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC))
    at = olive.drafts()
    for n in range(2, 6):
        clock.forward(minutes=1)
        olive.post(f"{at}/words", **{**desk.WORDS, "text": f"Draft {n}", "revision": str(n)})
    assert len(stored(Activity, deed=Deed.WROTE)) == 2  # before the decision makers were named, and after
    clock.forward(minutes=20)
    olive.post(f"{at}/words", **{**desk.WORDS, "text": "Later", "revision": "6"})
    assert len(stored(Activity, deed=Deed.WROTE)) == 3


def test_the_log_never_says_who_signed(olive, make, stored):
    campaign = make.campaign(olive.organisation)
    make.signature(campaign, given_name="Zaynab", family_name="Qadir", email="zaynab@example.org")
    choice = {
        "who": "confirmed",
        "consent": "everybody",
        "made_for": "crm",
        "bom": "usual",
        "password": PASSWORD,
    }
    olive.post(
        f"/campaigns/{campaign.slug}/export", 200, columns=["given_name", "email"], reason="Zaynab asked", **choice
    )
    assert len(stored(Export)) == 1
    (entry,) = stored(Activity, deed=Deed.TOOK_LIST)
    assert entry.details == {"rows": 1, "form": "crm"}
    held = " ".join(f"{entry.thing} {entry.folded} {entry.details}" for entry in stored(Activity))
    assert not [word for word in ("Zaynab", "zaynab", "Qadir") if word in held]


@pytest.mark.every_case
@pytest.mark.parametrize("change", ["words", "person", "gone"])
def test_the_database_refuses_to_rewrite_the_past(app, olive, make, stored, change):
    make.campaign(olive.organisation)
    statements = {
        "words": update(Activity).values(thing="Something else"),
        "person": update(Activity).values(account_id=1, by_name="Oscar"),
        "gone": delete(Activity),
    }
    before = [said(entry) for entry in stored(Activity)]
    with app.app_context(), pytest.raises(DBAPIError, match="only added to"):
        db.session.execute(statements[change])
    assert [said(entry) for entry in stored(Activity)] == before


def test_a_whole_log_cannot_be_emptied_at_once(app, olive, engine):
    if engine == "sqlite":
        return  # has no TRUNCATE
    with app.app_context(), pytest.raises(DBAPIError, match="only added to"):
        db.session.execute(text("TRUNCATE activity"))


def test_an_account_that_is_deleted_leaves_its_name(app, olive, make, stored, sign_in):
    mona = make.account("editor", olive.organisation, name="Mona")
    browser = app.test_client()
    sign_in(browser, mona)
    browser.post(f"{olive.base}/campaigns/new", data={"ask": "Open the archive", "locale": "en"})
    with app.app_context():
        db.session.execute(delete(Membership).where(Membership.account_id == mona.id))
        db.session.execute(delete(Account).where(Account.id == mona.id))
        db.session.commit()
    (entry,) = stored(Activity)
    assert (entry.account_id, entry.by_name) == (None, "Mona")
    assert "Mona" in olive.get("/log")


def test_the_log_of_an_organisation_goes_with_it(app, make, stored):
    kept, gone = make.organisation(), make.organisation()
    with app.app_context():
        for one in (kept, gone):
            activity.record_taken(db.session.get_one(Organisation, one.id), rows=0, now=app_clock.now())
        db.session.execute(delete(Organisation).where(Organisation.id == gone.id))
        db.session.commit()
    assert [entry.organisation_id for entry in stored(Activity)] == [kept.id]


def test_olive_looks_for_a_person_a_deed_a_thing_words_and_days(app, olive, make, stored, sign_in, clock):
    clock.set(dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC))
    mona = make.account("editor", olive.organisation, name="Mona Ünal")
    browser = app.test_client()
    sign_in(browser, mona)
    browser.post(f"{olive.base}/campaigns/new", data={"ask": "Open the archive", "locale": "en"})
    clock.forward(days=3)
    olive.post("/campaigns/new", ask="Close the prison", locale="en")
    campaign = stored(Campaign, ask="Close the prison")[0]
    archive, prison = "<bdi>Open the archive</bdi>", "<bdi>Close the prison</bdi>"
    for query, shown in {
        "": (archive, prison),
        "?q=unal": (archive,),
        "?q=PRISON": (prison,),
        "?q=%25": (),
        f"?person={mona.id}": (archive,),
        "?deed=created": (archive, prison),
        "?deed=closed": (),
        "?kind=topic": (),
        f"?kind=campaign&thing={campaign.id}": (prison,),
        "?first=2026-11-02": (prison,),
        "?last=2026-11-01": (archive,),
        "?first=2026-11-01&last=2026-11-04": (archive, prison),
        "?first=nonsense": (archive, prison),
        "?deed=nonsense&kind=nonsense&person=-1&thing=x&before=x": (archive, prison),
    }.items():
        page = olive.get(f"/log{query}")
        assert {one for one in (archive, prison) if one in page} == set(shown), query
    assert "This day cannot be read" in olive.get("/log?first=nonsense")


def test_a_long_log_is_read_a_page_at_a_time(app, olive, stored):
    @unit_of_work
    def much():
        organisation = db.session.get_one(Organisation, olive.organisation.id)
        for n in range(120):
            within(activity.record_taken)(organisation, rows=n, now=app_clock.now())

    with app.app_context():
        much()
    seen, address = [], "/log"
    while address:
        page = olive.get(address)
        seen += [int(part.split("<")[0]) for part in page.split("rows: ")[1:]]
        older = page.partition("?before=")[2].partition('"')[0]
        address = f"/log?before={older}" if older else ""
    assert seen == list(range(119, -1, -1))


def test_olive_takes_what_is_filtered_as_a_file_and_that_is_in_the_log(olive, stored):
    olive.post("/campaigns/new", ask="=HYPERLINK(1)", locale="en")
    olive.post("/campaigns/new", ask="Close the prison", locale="en")
    answer = olive.post("/log/file", 200, q="hyperlink")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=log-")
    header, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert header == ["when_utc", "who", "what", "kind", "thing", "details"]
    assert [row[1:] for row in rows] == [["Olive 2", "created", "Campaign", "'=HYPERLINK(1)", ""]]
    newest = stored(Activity)[-1]
    assert (newest.deed, newest.by_name, newest.details) == (Deed.TOOK_LOG, "Olive 2", {"rows": 1})


@pytest.mark.sqlite_alone
def test_only_owners_read_the_log_and_nobody_of_elsewhere(app, olive, make, sign_in):
    olive.post("/campaigns/new", ask="Open the archive", locale="en")
    for role, status in {**dict.fromkeys(Role, 403), Role.OWNER: 200}.items():
        browser = app.test_client()
        sign_in(browser, make.account(role, olive.organisation))
        assert browser.get(f"{olive.base}/log").status_code == status, role
    oscar, browser = make.account("owner", make.organisation(slug="elsewhere")), app.test_client()
    sign_in(browser, oscar)
    assert "Open the archive" not in browser.get("/desk/elsewhere/log").text
    assert browser.post(f"{olive.base}/log/file").status_code == 404


def test_whoever_joins_and_what_becomes_of_roles_is_in_the_log(olive, make, stored):
    mona = make.account("viewer", olive.organisation, name="Mona")
    membership = stored(Membership, account_id=mona.id)[0]
    olive.post(f"/members/{membership.id}/role", role="mailer", grants=["see_signers"])
    olive.post(f"/members/{membership.id}/role", role="mailer", grants=["see_signers"])
    olive.post(f"/members/{membership.id}/remove")
    assert [(entry.deed, entry.thing) for entry in stored(Activity)] == [("gave_role", "Mona"), ("removed", "Mona")]
    page = olive.get("/log")
    for words in (
        "before: Viewer",
        "role: Mailer",
        "may also: see the names, countries and postcodes of those who signed",
    ):
        assert words in page


def test_without_anybody_asking_it_was_the_site_itself(app, olive, make, stored):
    campaign = make.campaign(olive.organisation)
    with app.app_context():
        campaigns.close(db.session.get_one(Campaign, campaign.id), outcome=None, outcome_text="", now=app_clock.now())
    assert {entry.by_name for entry in stored(Activity)} == {""}
    assert "The site itself" in olive.get("/log")
