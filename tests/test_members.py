"""Members: invited by mail, given roles, removed; there is always an owner."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from app import clock, tokens
from app.domain import members
from app.domain.refused import Refused
from app.extensions import db
from app.models import Account, Invitation, Mail, Membership, Role
from app.tokens import Purpose
from tests import mailing
from tests.factories import PASSWORD


@pytest.fixture
def desk(make):
    return make.organisation(name="Tigris Rights Desk", slug="tigris")


@pytest.fixture
def olive(make, desk, client, sign_in):
    """Owner of the desk, signed in."""
    olive = make.account(organisation=desk, name="Olive", email="olive@example.org")
    sign_in(client, olive)
    return olive


def membership(stored, account):
    return stored(Membership, account_id=account.id)[0]


def change(client, stored, account, role):
    return client.post(f"/desk/tigris/members/{membership(stored, account).id}/role", data={"role": role})


def invite(client, email="mona@example.org", role="editor"):
    return client.post("/desk/tigris/members/invitations", data={"email": email, "role": role})


def link(app, invitation):
    with app.app_context():
        return f"/account/invitations/{tokens.issue(Purpose.INVITE, invitation.public_id)}"


@pytest.mark.sqlite_alone
def test_olive_sees_members_their_roles_and_what_roles_may_do(client, make, desk, olive):
    make.account(organisation=desk, role="data_officer", name="Dana", email="dana@example.org")
    page = client.get("/desk/tigris/members").text
    for words in ("Olive", "Dana", "dana@example.org", "Data officer", "export signers", "Invite somebody"):
        assert words in page


@pytest.mark.sqlite_alone
def test_a_viewer_sees_members_and_neither_their_addresses_nor_a_way_to_invite(client, make, desk, olive, sign_in, app):
    vera = make.account(organisation=desk, role="viewer", name="Vera")
    browser = app.test_client()
    sign_in(browser, vera)
    page = browser.get("/desk/tigris/members").text
    assert "Olive" in page
    assert "olive@example.org" not in page
    assert "Invite somebody" not in page
    assert invite(browser).status_code == 403


def test_olive_invites_mona_by_mail_and_mona_joins(app, client, desk, olive, stored):
    assert invite(client, "Mona@Example.org", "editor").status_code == 303
    (invitation,) = stored(Invitation)
    (mail,) = stored(Mail)
    assert (mail.kind, mail.recipient, mail.invitation_id) == ("invitation", "Mona@Example.org", invitation.id)
    assert "mona@example.org" in client.get("/desk/tigris/members").text
    browser = app.test_client()
    page = browser.get(link(app, invitation)).text
    assert "Olive invites you" in page
    assert "write, publish and close campaigns" in page
    assert browser.post(link(app, invitation), data={"name": "Mona", "password": PASSWORD}).status_code == 303
    (mona,) = stored(Account, email="mona@example.org")
    assert membership(stored, mona).role == "editor"
    assert browser.get("/desk/tigris/members").status_code == 200


def test_an_invitation_answers_the_same_for_an_address_with_an_account_elsewhere(client, make, olive):
    """ENU-03."""
    make.account(email="oscar@example.org")
    answers = [invite(client, email) for email in ("oscar@example.org", "nobody@example.org")]
    assert [answer.status_code for answer in answers] == [303, 303]


def test_a_second_invitation_to_the_same_address_replaces_the_first_only_when_olive_says_so(
    app, client, olive, stored, smtp
):
    invite(client, role="viewer")
    asked = invite(client, "MONA@example.org", "editor")
    (first,) = stored(Invitation)
    assert (asked.status_code, len(stored(Mail))) == (409, 1)
    assert "invited already, in the role “Viewer”. Nothing was sent." in asked.text
    assert '<option value="editor" selected>' in asked.text
    assert f'name="instead" value="{first.public_id}"' in asked.text
    assert "in the role “Viewer”" in asked.text
    data = {"email": "MONA@example.org", "role": "editor", "instead": first.public_id}
    sent = client.post("/desk/tigris/members/invitations", data=data, follow_redirects=True)
    said = "It replaces an earlier invitation, in which the role was “Viewer” and whose link no longer works."
    assert said in sent.text
    first, second = stored(Invitation)
    assert app.test_client().get(link(app, first)).status_code == 410
    page = app.test_client().get(link(app, second)).text
    assert said in page
    assert "write, publish and close campaigns" in page
    app.config["MAIL_URL"] = smtp.url
    mailing.deliver(app)
    (mail,) = smtp.messages
    assert all(said in " ".join(part(mail).split()) for part in (mailing.text, mailing.html))
    log = client.get("/desk/tigris/log").text
    assert "before: Viewer" in log
    assert invite(client, role="owner").status_code == 409  # the earlier one is over, the later one stands


def test_olive_takes_an_invitation_back(app, client, olive, stored):
    invite(client)
    (invitation,) = stored(Invitation)
    address = f"/desk/tigris/members/invitations/{invitation.public_id}/take-back"
    assert client.post(address).status_code == 303
    assert client.post(address).status_code == 303
    assert app.test_client().get(link(app, invitation)).status_code == 410
    assert (
        "mona@example.org"
        not in client.get("/desk/tigris/members").text.split("Not yet accepted")[-1].split("is taken back")[-1]
    )


def test_oscar_cannot_take_back_an_invitation_of_another_organisation(app, client, make, olive, stored, sign_in):
    """ROLE-03."""
    invite(client)
    (invitation,) = stored(Invitation)
    elsewhere = make.organisation(slug="elsewhere")
    oscar = make.account(organisation=elsewhere)
    browser = app.test_client()
    sign_in(browser, oscar)
    browser.post(f"/desk/elsewhere/members/invitations/{invitation.public_id}/take-back")
    assert app.test_client().get(link(app, invitation)).status_code == 200
    assert browser.post(f"/desk/elsewhere/members/{membership(stored, olive).id}/remove").status_code == 404
    assert (
        browser.post(
            f"/desk/elsewhere/members/{membership(stored, olive).id}/role", data={"role": "viewer"}
        ).status_code
        == 404
    )
    assert membership(stored, olive).role == "owner"


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("email", ["", "nonsense", "a@b", "mona@example.org\r\nBcc: x@example.org"])
def test_an_invitation_to_no_address_is_refused_in_words(client, olive, stored, email):
    answer = invite(client, email)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert stored(Mail) == []


def test_a_member_is_not_invited_again(client, make, desk, olive, stored):
    make.account(organisation=desk, role="viewer", email="mona@example.org")
    answer = invite(client)
    assert answer.status_code == 409
    assert "belongs to a member already" in answer.text
    assert stored(Mail) == []


@pytest.mark.sqlite_alone
def test_a_desk_cannot_be_used_to_write_to_many_strangers(client, olive, stored, monkeypatch):
    monkeypatch.setattr("app.domain.invitations.MOST_OPEN", 3)
    answers = [invite(client, f"mona{n}@example.org").status_code for n in range(4)]
    assert answers == [303, 303, 303, 409]
    assert len(stored(Mail)) == 3


def test_a_role_change_counts_from_the_next_click(app, client, make, desk, olive, stored, sign_in):
    """ROLE-04."""
    mona = make.account(organisation=desk, role="owner")
    browser = app.test_client()
    sign_in(browser, mona)
    assert invite(browser).status_code == 303
    assert change(client, stored, mona, "viewer").status_code == 303
    assert invite(browser, "other@example.org").status_code == 403
    assert browser.get("/desk/tigris/members").status_code == 200


def test_a_removed_member_is_outside_at_once(app, client, make, desk, olive, stored, sign_in):
    mona = make.account(organisation=desk, role="editor")
    browser = app.test_client()
    sign_in(browser, mona)
    assert browser.get("/desk/tigris/members").status_code == 200
    client.post(f"/desk/tigris/members/{membership(stored, mona).id}/remove")
    assert browser.get("/desk/tigris/members").location.startswith(
        "/account/login"
    )  # a member of nothing is signed out
    sign_in(browser, mona)
    assert browser.get("/desk/tigris/members").status_code == 404
    assert "belong to no organisation" in browser.get("/account").text


def test_the_last_owner_cannot_be_demoted_removed_or_leave(client, make, desk, olive, stored):
    """ROLE-05."""
    make.account(organisation=desk, role="editor")
    make.account(organisation=desk, role="owner", active=False)  # cannot sign in, so does not count
    answers = [
        change(client, stored, olive, "editor"),
        client.post(f"/desk/tigris/members/{membership(stored, olive).id}/remove"),
        client.post("/desk/tigris/members/leave"),
    ]
    for answer in answers:
        assert answer.status_code == 409
        assert "An organisation needs an owner" in answer.text
    assert membership(stored, olive).role == "owner"


def test_one_of_two_owners_can_leave(client, make, desk, olive, stored):
    make.account(organisation=desk, role="owner")
    make.membership(olive, make.organisation())  # a member of nothing would be signed out
    assert client.post("/desk/tigris/members/leave").location == "/account"
    assert client.get("/desk/tigris/members").status_code == 404


def test_two_owners_who_leave_in_the_same_moment_leave_one_behind(app, make, desk, stored):
    owners = [make.account(organisation=desk, role="owner") for _ in range(6)]
    outcomes = []

    def go(owner):
        with app.app_context():
            try:
                members.leave(desk.id, owner.id, now=clock.now())
                outcomes.append("left")
            except Refused:
                outcomes.append("stays")

    threads = [threading.Thread(target=go, args=(owner,)) for owner in owners]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["left"] * 5 + ["stays"]
    assert len(stored(Membership, role=Role.OWNER)) == 1


def test_an_owner_demoted_in_another_browser_changes_nothing_any_more(app, make, desk):
    """The right is asked for once more inside the transaction."""
    mona, sam = make.account(organisation=desk, role="editor"), make.account(organisation=desk, role="viewer")
    with app.app_context():
        theirs = db.session.scalar(select(Membership.id).where(Membership.account_id == sam.id))
        with app.test_request_context(), pytest.raises(Refused):
            members.remove(desk.id, theirs, by_id=mona.id, now=clock.now())


@pytest.mark.sqlite_alone
def test_the_password_is_asked_again_before_members_change(client, make, desk, olive, stored):
    """AUTH-05. What was done a moment ago does not put that off: whoever has the session of somebody could go on for hours."""
    mona = make.account(organisation=desk, role="viewer")
    assert change(client, stored, mona, "viewer").status_code == 303
    with client.session_transaction("/account") as session:
        session["fs_paa"] -= 600
    answer = change(client, stored, mona, "owner")
    assert answer.location == "/account/verify?next=/desk/tigris/members"
    assert membership(stored, mona).role == "viewer"
    again = invite(client, email="noor@example.org", role="data_officer").location
    assert again == "/account/verify?next=/desk/tigris/members?unsaved%3Dtake"
    back = client.post("/account/verify", data={"password": PASSWORD, "next": "/desk/tigris/members?unsaved=take"})
    typed = client.get(back.location).text  # what she typed is not lost
    assert 'value="noor@example.org"' in typed
    assert '<option value="data_officer" selected>' in typed
    assert change(client, stored, mona, "editor").status_code == 303


@pytest.mark.sqlite_alone
def test_a_role_that_does_not_exist_is_refused(client, olive, stored):
    assert change(client, stored, olive, "emperor").status_code == 404
    assert invite(client, role="emperor").status_code == 422
