"""Invitations: the only way to an account; and what operators do from the command line."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from sqlalchemy import select

from app import tokens
from app.extensions import db
from app.models import Account, Invitation, Mail, Membership, Organisation
from tests.accounts import NEW, invited, join, signed_in
from tests.factories import PASSWORD


def test_the_first_account_comes_from_the_command_line_by_a_one_time_link(app, client, stored):
    """AUTH-08."""
    link = invited(app)
    assert stored(Account) == []
    assert stored(Mail) == []
    page = client.get(link)
    assert "Tigris Rights Desk" in page.text
    assert "olive@example.org" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert join(client, link).location == "/desk"
    assert signed_in(client)
    (olive,) = stored(Account)
    assert (olive.email, olive.name) == ("olive@example.org", "Olive Tree")
    assert stored(Membership)[0].role == "owner"
    assert stored(Organisation)[0].slug == "tigris-rights-desk"
    again = app.test_client().get(link)
    assert again.status_code == 410
    assert "no longer works" in again.text
    assert join(app.test_client(), link).status_code == 410


def test_the_second_person_of_an_organisation_joins_the_same_one(app, client, stored):
    join(client, invited(app))
    join(app.test_client(), invited(app, "Tigris Rights Desk", "mona@example.org", "--role", "data_officer"), "Mona")
    assert len(stored(Organisation)) == 1
    assert [one.role for one in stored(Membership)] == ["owner", "data_officer"]


@pytest.mark.sqlite_alone
def test_an_invitation_with_mistakes_makes_no_account(app, client, stored):
    link = invited(app)
    for name, password in [
        ("", PASSWORD),
        ("Olive", "short"),
        ("Olive", "passwordpassword"),
        ("Olive", "olive@example.org"),
    ]:
        answer = join(client, link, name, password)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert stored(Account) == []


@pytest.mark.parametrize("how", ["expired", "taken back", "truncated", "another purpose", "invented", "long"])
def test_an_invitation_that_does_not_work_says_one_thing(app, client, clock, how, stored):
    link = invited(app)
    if how == "expired":
        clock.forward(hours=73)
    if how == "taken back":
        with app.app_context():
            db.session.scalar(select(Invitation)).cancelled_at = dt.datetime.now(dt.UTC)
            db.session.commit()
    if how == "truncated":
        link = link[:-3]
    if how == "another purpose":
        with app.app_context():
            link = "/account/invitations/" + tokens.issue(tokens.Purpose.CONFIRM, stored(Invitation)[0].public_id)
    if how == "invented":
        with app.app_context():
            link = "/account/invitations/" + tokens.issue(tokens.Purpose.INVITE, "A" * 22)
    if how == "long":
        link = "/account/invitations/" + "a" * 10_000
    answer = client.get(link)
    assert answer.status_code == 410
    assert "This invitation no longer works" in answer.text
    assert join(client, link).status_code == 410
    assert stored(Account) == []


@pytest.mark.sqlite_alone
def test_looking_at_an_invitation_changes_nothing(app, client, stored):
    link = invited(app)
    for _ in range(5):
        client.get(link)
        client.head(link)
    assert stored(Invitation)[0].accepted_at is None
    assert client.get_cookie("session") is None or not signed_in(client)


def test_whoever_has_an_account_signs_in_and_joins_with_one_button(app, client, make, sign_in, stored):
    mona = make.account(email="mona@example.org")
    link = invited(app, "Second Desk", "Mona@Example.org", "--role", "editor")
    assert "There is an account with this address" in client.get(link).text
    assert join(client, link).status_code == 403
    sign_in(client, mona)
    assert "Join Second Desk" in client.get(link).text
    assert client.post(link).location == "/desk"
    (membership,) = stored(Membership)
    assert (membership.account_id, membership.role) == (mona.id, "editor")


def test_two_invitations_accepted_in_the_same_moment_make_one_account(app, stored):
    with app.app_context():
        links = [invited(app, desk, "olive@example.org") for desk in ("Tigris", "Euphrates", "Marsh Road", "Kestrel")]
    answers = []
    threads = [
        threading.Thread(target=lambda link=link: answers.append(join(app.test_client(), link))) for link in links
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    refused = [answer for answer in answers if answer.status_code != 303]
    assert [answer.status_code in (403, 409) for answer in refused] == [True] * 3  # found before, or while it was made
    assert all("There is an account with this address" in answer.text for answer in refused)
    assert len(stored(Account)) == len(stored(Membership)) == 1


def test_a_forwarded_invitation_does_not_work_in_another_account(app, client, make, sign_in, stored):
    """ROLE-05."""
    sign_in(client, make.account(email="oscar@example.org"))
    link = invited(app)
    assert "This invitation is for another address" in client.get(link).text
    assert client.post(link).status_code == 403
    assert stored(Membership) == []


def test_an_operator_lists_accounts_and_hands_out_a_fresh_link(app, client, make, sign_in):
    desk = make.organisation(name="Tigris Rights Desk")
    olive = make.account(organisation=desk, email="olive@example.org")
    runner = app.test_cli_runner()
    assert "olive@example.org  Olive" in (listed := runner.invoke(args=["accounts", "list"]).output)
    assert "Tigris Rights Desk (owner)" in listed
    link = re.search(r"(/account/reset/\S+)", runner.invoke(args=["accounts", "link", "Olive@example.org"]).output)[1]
    assert client.post(link, data={"password": NEW, "password_confirm": NEW}).location == "/account/login"
    sign_in(client, olive, NEW)
    assert runner.invoke(args=["accounts", "link", "nobody@example.org"]).exit_code == 1
    assert runner.invoke(args=["accounts", "create", "--organisation", "X", "--email", "nonsense"]).exit_code == 1
