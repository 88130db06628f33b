"""Mailers, analysts, single grants, moderators and operators: what each sees and does not see at the desk."""

from __future__ import annotations

import re

import pytest

from app import clock, mailboxes
from app.domain import exports, questions
from app.domain.exports import Choice
from app.domain.questions import Words
from app.domain.refused import Refused
from app.domain.rights import NotAllowed
from app.extensions import db
from app.models import Account, Campaign, Export, Membership, QuestionKind, Role, Signature
from tests import desk
from tests.factories import PASSWORD

olive = desk.olive
# What a list may hold for somebody who sees neither names nor addresses: nothing that says who somebody is, or what they wrote.
HARMLESS = {
    *("signed_at", "text_version", "confirmed_at", "show_name", "hear_more", "opt_out", "mail_status", "agreed_at"),
    *("consent_wording", "channel", "origin", "language", "external_id", "state", "campaign", "campaign_tag"),
}
CHOICE = {"who": "confirmed", "consent": "everybody", "made_for": "crm", "bom": "usual", "reason": "Hand-over"}


@pytest.fixture
def campaign(make, olive):
    campaign = make.campaign(olive.organisation)
    make.signature(campaign, given_name="Zaynab", email="zaynab@example.org", country="JO")
    return campaign


@pytest.fixture
def member(app, make, olive, sign_in):
    """Another member's desk: member("analyst", may_export=True)."""

    def of(role, **grants):
        account, client = make.account(role, olive.organisation, name="Mona"), app.test_client()
        with app.app_context():
            held = db.session.query(Membership).filter_by(account_id=account.id).one()
            for name, value in grants.items():
                setattr(held, name, value)
            db.session.commit()
        sign_in(client, account)
        return desk.Desk(client, olive.organisation)

    return of


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("role", "regions"),
    [("editor", True), ("mailer", True), ("analyst", True), ("viewer", False)],
)
def test_who_sees_where_people_signed_and_nobody_of_them_a_name(member, campaign, role, regions):
    browser = member(role)
    page = browser.get(f"/campaigns/{campaign.slug}")
    assert ("Jordan" in page) == regions
    assert ("At the pace" in page) == regions
    assert ("7 days" in browser.get("/campaigns")) == regions
    assert "of 1,000" in page
    assert "Zaynab" not in page
    browser.get(f"/campaigns/{campaign.slug}/signatures", 403)
    browser.get(f"/campaigns/{campaign.slug}/export", 403)
    browser.post(f"/campaigns/{campaign.slug}/words", 422 if role == "editor" else 403)


def test_a_grant_to_see_names_shows_names_and_no_addresses(member, campaign):
    page = member("analyst", may_see_names=True).get(f"/campaigns/{campaign.slug}/signatures")
    assert "Zaynab" in page
    assert "zaynab@example.org" not in page


@pytest.mark.parametrize(
    ("grants", "column", "status"),
    [
        ((), "country", 403),
        (("may_export",), "signed_at", 200),
        (("may_export",), "country", 422),
        (("may_export",), "postcode", 422),
        (("may_export",), "given_name", 422),
        (("may_export",), "email", 422),
        (("may_export", "may_see_names"), "given_name", 200),
        (("may_export", "may_see_names"), "email", 422),
        (("may_export", "may_see_addresses"), "email", 200),
        (("may_see_names", "may_see_addresses"), "country", 403),
    ],
)
def test_an_export_holds_only_what_its_taker_may_see(member, campaign, stored, grants, column, status):
    browser = member("editor", **dict.fromkeys(grants, True))
    at = f"/campaigns/{campaign.slug}/export"
    answer = browser.post(at, status, columns=[column], password=PASSWORD, **CHOICE)
    assert len(stored(Export)) == (status == 200)
    if status == 200:
        assert answer.text.splitlines()[0].startswith(f'"{column}"')
        page = browser.get(at)
        assert ("Zaynab" in page) == ("may_see_names" in grants)
        assert ('value="given_name"' in page) == ("may_see_names" in grants)
        assert ('value="email"' in page) == ("may_see_addresses" in grants)


@pytest.mark.sqlite_alone
def test_whoever_sees_no_signers_learns_nothing_of_one_by_a_filter_or_a_checksum(app, member, campaign, stored):
    browser, at = member("analyst", may_export=True), f"/campaigns/{campaign.slug}/export"
    with app.app_context():
        own = db.session.get_one(Campaign, campaign.id)
        questions.add(own, QuestionKind.LINE, Words("en", "Why?"), is_required=False, now=clock.now())
    offered = set(re.findall(r'name="columns" value="([^"]+)"', browser.get(at)))
    assert offered == HARMLESS, "a column that says something of a person wants a right (`export_columns`)"
    said = {"columns": ["signed_at"], "country": "JO", **CHOICE}
    assert 'name="country"' not in browser.get(at)
    assert "one row" not in browser.post(f"{at}/preview", 422, **said).text
    browser.post(at, 422, password=PASSWORD, **said)
    assert stored(Export) == []
    member("data_officer").post(at, 200, columns=["email"], password=PASSWORD, **CHOICE).get_data()
    (one,) = stored(Export)
    for page in (browser.get(at), browser.get("/exports")):
        assert "Hand-over" in page
        assert one.sha256 not in page  # names could be tried out against it
    assert one.sha256 in member("owner").get("/exports")


def test_the_verb_itself_refuses_what_the_taker_may_not_see(app, olive, member, campaign, stored):
    member("editor", may_export=True)
    mona = stored(Account, name="Mona")[0]
    with app.test_request_context():
        said = {"taken_by": "Mona", "reason": "Because", "expected_rows": 1, "key": mailboxes.key, "now": clock.now()}
        mine, by = db.session.get_one(Campaign, campaign.id), db.session.get_one(Account, mona.id)
        with pytest.raises(NotAllowed):
            exports.start(mine, Choice(columns=("signed_at",), country="JO"), by=by, **said)
        with pytest.raises(Refused, match="only those who agreed"):
            exports.start(mine, Choice(columns=("signed_at",), layout="mailchimp"), by=by, **said)
    assert stored(Export) == []


def test_olive_grants_and_takes_away_and_it_counts_at_once(olive, member, campaign, stored):
    browser = member("viewer")
    number = stored(Membership, role=Role.VIEWER)[0].id
    at = f"/campaigns/{campaign.slug}/signatures"
    browser.get(at, 403)
    olive.post(f"/members/{number}/role", role="viewer", grants=["see_signers"])
    assert "Zaynab" in browser.get(at)
    page = olive.get("/members")
    assert f'id="grant-see_signers-{number}" name="grants" value="see_signers" checked' in " ".join(page.split())
    olive.post(f"/members/{number}/role", role="viewer")
    browser.get(at, 403)
    olive.post(f"/members/{number}/role", 404, role="viewer", grants=["manage"])


@pytest.mark.sqlite_alone
def test_who_sees_names_learns_no_address_and_acts_on_nobody(member, campaign, stored):
    mona, at = member("analyst", may_see_names=True), f"/campaigns/{campaign.slug}"
    (signature,) = stored(Signature)
    assert 'name="domain"' not in mona.get(at + "/signatures")
    assert "Zaynab" in mona.get(at + "/signatures?domain=elsewhere.example")  # filters nothing
    assert "zaynab@example.org" not in mona.get(f"{at}/signers/{signature.public_id}")
    mona.post(at + "/signatures/find", 403, mailbox="zaynab@example.org")
    mona.post(at + "/acts/ask", 403, kind="hold", row=signature.public_id)
    assert "zaynab@example.org" in member("data_officer").get(f"{at}/signers/{signature.public_id}")


@pytest.mark.sqlite_alone
def test_owners_read_who_may_do_what_as_a_table(olive, member):
    member("mailer", may_export=True)
    page = olive.get("/members/rights")
    for words in (
        "Mailer",
        "Analyst",
        "Moderator of the site",
        "Operator of the site",
        "see when, where",
        "export signers",
    ):
        assert words in page
    exporting = page.partition("Who that is here")[2].partition("export signers</dt>")[2].partition("</dd>")[0]
    assert "Olive" in exporting
    assert "Mona" in exporting
    member("editor").get("/members/rights", 403)


def test_moderators_and_operators_are_named_on_the_command_line(app, olive, make, campaign, sign_in, stored):
    mona, client = make.account(None, email="mona@example.org"), app.test_client()
    sign_in(client, mona)
    runner = app.test_cli_runner()
    assert client.get(olive.base + "/campaigns").status_code == 404
    said = runner.invoke(args=["accounts", "site-role", "Mona@example.org", "moderator"]).output
    assert said == "Mona@example.org is moderator of this site.\n"
    start = client.get("/desk").text
    assert olive.organisation.name in start
    page = client.get(f"{olive.base}/campaigns/{campaign.slug}").text
    assert "Jordan" in page
    assert "Zaynab" not in page
    assert client.get(f"{olive.base}/campaigns/{campaign.slug}/signatures").status_code == 403
    assert "Moderator of the site" in client.get("/account").text
    assert "moderator of the site" in runner.invoke(args=["accounts", "list"]).output
    runner.invoke(args=["accounts", "site-role", "mona@example.org", "moderator", "--take-away"])
    assert client.get(olive.base + "/campaigns").status_code == 404
    runner.invoke(args=["accounts", "site-role", "mona@example.org", "operator"])
    assert client.get(olive.base + "/campaigns").status_code == 404
    assert olive.organisation.name not in client.get("/desk").text
    assert "Operator of the site" in client.get("/account").text
    assert stored(Membership, account_id=mona.id) == []
