"""What an attacker tried, each once and for good: the same on both databases."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace

import pytest
from PIL import Image

from app import mailboxes, security, tokens
from app.extensions import limiter
from app.forms import texts
from app.models import Account, Invitation, Mail, Membership, Signature
from tests import desk
from tests.accounts import join
from tests.factories import form

olive = desk.olive
HEAVY = ["-" * 60_000, "a" * 60_000, "a-" * 30_000, "=?a" * 20_000, "a" + "\u0315" * 10_000 + "\u0334" * 10_000]


def sign(client, campaign, **values):
    own = {"Origin": client.application.config["BASE_URL"]}
    return client.post(f"/campaigns/{campaign.slug}/signatures", data=form(**values), headers=own)


@pytest.mark.parametrize("field", ["given_name", "family_name", "postcode", "country", "email"])
def test_a_stranger_cannot_keep_the_server_busy_with_a_long_name(client, make, field):
    """One post of 60 kB took minutes, and the server was stopped by its own watch."""
    campaign = make.campaign()
    sign(client, campaign, given_name="")
    for text in HEAVY:
        begun = time.process_time()
        assert sign(client, campaign, **{field: text}).status_code in {413, 422}
        assert time.process_time() - begun < 2


def test_an_editor_cannot_keep_the_server_busy_with_a_title(olive):
    at = olive.drafts()
    for text in [" " * 60_000 + "x", *HEAVY]:
        begun = time.process_time()
        answer = olive.client.post(
            f"{olive.base}{at}/words", data={"ask": text, "text": text[:40_000], "revision": "2"}
        )
        assert answer.status_code in {413, 422}
        assert time.process_time() - begun < 2


@pytest.mark.parametrize("path", ["/account/login", "/account/reset", "/desk/x/campaigns/y/words", "/confirm/x"])
def test_a_stranger_cannot_have_a_large_body_read(client, path):
    """WEB-10. To take five megabytes of fields apart takes seconds."""
    assert client.post(path, data={"a": "b" * 600_000}).status_code == 413


@pytest.mark.sqlite_alone
def test_who_is_not_signed_in_has_no_large_upload_read_and_breaks_nothing_by_a_field_without_a_name(client):
    at, kind = "/desk/x/campaigns/y/picture", "multipart/form-data; boundary=b"
    part = b'--b\r\nContent-Disposition: form-data; a="%s"\r\n\r\nx\r\n--b--'
    assert client.post(at, data=part % (b"c" * 70_000), content_type=kind).status_code == 413
    assert client.post(at, data=part % b"c", content_type=kind).status_code == 400


@pytest.mark.sqlite_alone
def test_a_file_or_json_where_a_text_is_expected_breaks_nothing(client, make, olive):
    campaign = make.campaign(olive.organisation)
    for name in ("given_name", "email", "country"):
        assert sign(client, campaign, **{name: (io.BytesIO(b"x"), "x")}).status_code == 400
    at = f"{olive.base}/campaigns/{campaign.slug}/words"
    assert client.post(at, data={"ask": (io.BytesIO(b"x"), "x")}).status_code == 400
    assert client.post(at, json={"ask": 5}).status_code == 415


def test_a_body_that_does_not_say_its_length_is_not_read(client, make):
    campaign = make.campaign()
    answer = client.post(
        f"/campaigns/{campaign.slug}/signatures",
        headers={"Transfer-Encoding": "chunked", "Origin": client.application.config["BASE_URL"]},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 411
    assert answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:80@evil.example", "127.0.0.1.evil.example", "a b", ""])
@pytest.mark.parametrize("path", ["/", "/desk", "/account/login", "/campaigns/x/count.json"])
def test_another_host_name_is_refused_with_all_headers(client, host, path):
    """WEB-09, WEB-06."""
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("referrer", ["http://[::1", "http://[", "//", "https://evil.example\\@127.0.0.1/"])
def test_a_referrer_that_is_no_address_is_refused(client, make, referrer):
    campaign = make.campaign()
    answer = client.post(f"/campaigns/{campaign.slug}/signatures", data=form(), headers={"Referer": referrer})
    assert answer.status_code == 403


def test_a_stranger_has_no_link_to_a_signature_sent_to_another_spelling(client, make, stored):
    """Some providers do not read `+x` as the same mailbox: the manage link goes where the signature was confirmed."""
    campaign = make.campaign()
    make.signature(campaign, email="sam@example.org")
    assert sign(client, campaign, email="sam+mine@example.org").status_code == 303
    (mail,) = stored(Mail)
    assert (mail.kind, mail.recipient) == ("already_signed", "sam@example.org")
    assert stored(Signature)[0].email == "sam@example.org"


def test_an_owner_cannot_fill_a_strangers_mailbox_with_invitations(olive, stored, clock):
    """Each spelling of the same mailbox is an invitation of its own; together they are counted."""
    spellings = ["sam@example.net", "sam+a@example.net", "sam+c@example.net", "sam+b@example.net"]
    answers = []
    for address in spellings:
        data = {"email": address, "role": "viewer"}
        answers.append(olive.client.post(f"{olive.base}/members/invitations", data=data))
        clock.forward(minutes=4)
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert "Try again in 60 minutes. What you entered is still here." in answers[-1].text
    assert answers[-1].headers["Retry-After"] == "3600"  # not when others invited him
    assert len(stored(Mail, kind="invitation")) == 3
    assert len(stored(Invitation)) == 3


@pytest.mark.parametrize("how", ["removed", "demoted", "left"])
def test_an_owner_who_goes_leaves_no_invitation_behind(app, client, make, olive, sign_in, stored, how):
    mona = make.account("owner", olive.organisation)
    hers = app.test_client()
    sign_in(hers, mona)
    hers.post(f"{olive.base}/members/invitations", data={"email": "mona@elsewhere.example", "role": "owner"})
    (invitation,) = stored(Invitation)
    with app.app_context():
        link = f"/account/invitations/{tokens.issue(tokens.Purpose.INVITE, invitation.public_id)}"
    (membership,) = stored(Membership, account_id=mona.id)
    if how == "left":
        assert hers.post(f"{olive.base}/members/leave").status_code == 303
    elif how == "removed":
        olive.post(f"/members/{membership.id}/remove")
    else:
        olive.post(f"/members/{membership.id}/role", role="editor")
    assert join(app.test_client(), link, "Mona Again").status_code == 410
    assert not stored(Account, email="mona@elsewhere.example")


def test_addresses_cannot_be_read_off_the_preview_of_an_export(olive, make):
    """EXP-01: day by day, five rows at a time, without password, record or limit."""
    campaign = make.campaign(olive.organisation)
    make.signature(campaign, email="noor@example.org")
    choice = {"columns": "email", "who": "all", "made_for": "crm", "consent": "everybody", "bom": "usual"}
    page = olive.post(f"/campaigns/{campaign.slug}/export/preview", 200, **choice).text
    assert '<th scope="col">email</th>' in page
    assert "noor@example.org" not in page


def test_a_picture_of_very_many_scans_is_refused_at_once(olive):
    """140 kB of a progressive JPEG kept a processor busy for a minute, five megabytes would for hours."""
    at, file = olive.drafts(), io.BytesIO()
    Image.new("RGB", (2400, 2400)).save(file, "JPEG", progressive=True)
    body = file.getvalue()
    scan = body[body.rfind(b"\xff\xda") : -2]
    begun = time.process_time()
    many = (io.BytesIO(body[:-2] + scan * 300 + body[-2:]), "photo.jpg")
    assert "damaged" in olive.post(f"{at}/picture", 422, alt="A picture", file=many).text
    assert time.process_time() - begun < 2
    usual = (io.BytesIO(body), "photo.jpg")
    assert olive.post(f"{at}/picture", alt="A picture", file=usual).status_code == 303


ODD = [
    "%00",
    "%91",
    "%ED%A0%80",
    "%F0%9F%99%82",
    "a%0d%0aX:y",
    "a%2fb",
    "..",
    "-1",
    "%D9%A3",
    "9" * 26,
    "a" * 3000,
    "'%20or%201=1--",
]


@pytest.mark.every_case
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_no_address_however_odd_breaks_the_server(olive, make, odd):
    """Table 3.3, signed in: whatever is behind the gate is reached too."""
    campaign = make.campaign(olive.organisation)
    at = f"{olive.base}/campaigns/{campaign.slug}"
    public = ["campaigns/{}", "campaigns/{}/count.json", "campaigns/{}/share.png", "organisations/{}", "confirm/{}"]
    public += [
        "manage/{}",
        "pictures/{}-large.webp",
        "static/{}",
        "account/invitations/{}",
        "account/reset/{}",
        "?lang={}",
    ]
    mine = [
        f"{olive.base}/campaigns?q={{}}&after={{}}",
        f"{at}/signatures?q={{}}&state={{}}&before={{}}",
        f"{at}/news/{{}}",
    ]
    for path in [f"/{path}" for path in public] + [*mine, f"{olive.base}/exports?before={{}}", "/desk/{}/campaigns"]:
        assert olive.client.get(path.replace("{}", odd)).status_code < 500, path
    for path in ["members/{}/role", "members/{}/remove", "members/invitations/{}/take-back", "campaigns/{}/close"]:
        answer = olive.client.post(f"{olive.base}/{path.replace('{}', odd)}", data={"role": "viewer"})
        assert answer.status_code < 500, path
    for path in ["campaigns/{}/signatures", "confirm/{}", "confirm/{}/refuse", "manage/{}/withdraw"]:
        answer = olive.client.post(
            "/" + path.replace("{}", odd), data=form(), headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.status_code < 500, path


def test_odd_words_in_the_forms_of_the_account_break_nothing(olive):
    for text in ["a\0b", "\u202e", "a" * 5000, "[]", "\u2028"]:
        for path, field in [
            ("login", "email"),
            ("reset", "email"),
            ("wan-register", "name"),
            ("mf-recovery", "code"),
            ("tf-validate", "code"),
            ("verify", "password"),
            ("change", "new_password"),
            ("name", "name"),
        ]:
            values = {field: text, "usage": "first", "password": text, "new_password_confirm": text}
            answer = olive.client.post(f"/account/{path}", data={**values, field: text})
            assert answer.status_code < 500, (path, text)


@pytest.mark.sqlite_alone
def test_a_guesser_with_a_whole_prefix_of_ipv6_is_stopped(app, monkeypatch):
    """RATE-02: /64 by /64, and all together as the /48 that one customer may have."""
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    monkeypatch.setattr("app.accounts.guard.EVENED_SECONDS", 0.001)
    app.config["LOGIN_LIMIT"] = "2 per 5 minutes"
    guessed = []

    def guess(address):
        guessed.append(f"olive{len(guessed)}@example.org")  # one account has a limit of its own
        data = {"email": guessed[-1], "password": "wrong, wrong, wrong"}
        where = {"REMOTE_ADDR": address}
        return app.test_client().post("/account/login", data=data, environ_overrides=where).status_code

    assert [guess(f"2001:db8:7:{n:x}::1") for n in range(24)] == [200] * 20 + [429] * 4
    assert guess("2001:db8:8:1::1") == 200
    assert [guess("192.0.2.1") for _ in range(3)] == [200, 200, 429]
    limiter.reset()


def test_a_flood_of_signing_from_a_whole_prefix_is_stopped(app, client, make):
    campaign, own = make.campaign(), app.config["BASE_URL"]
    app.config["SIGN_LIMIT"] = 1

    def post(address):
        path = f"/campaigns/{campaign.slug}/signatures"
        where = {"REMOTE_ADDR": address}
        return client.post(path, data=form(), headers={"Origin": own}, environ_overrides=where).status_code

    assert [post(f"2001:db8:7:{n:x}::1") for n in range(12)] == [303] * 10 + [429] * 2
    assert post("2001:db8:8:1::1") == 303


@pytest.mark.parametrize("state", ["new", "pending", "confirmed"])
def test_the_time_of_an_answer_does_not_tell_who_signed(app, client, make, state):
    """ENU-02: an answer waits for a step that is longer than the database needs, whatever it finds."""
    campaign = make.campaign()
    if state != "new":
        with app.app_context():
            key = mailboxes.key("sam@example.org")
        make.signature(campaign, state, email="sam@example.org", email_key=key)
    began = time.monotonic()
    assert sign(client, campaign, email="sam@example.org").status_code == 303
    assert time.monotonic() - began >= security.STEP_SECONDS


@pytest.mark.parametrize(("took", "waits"), [(0.003, 0.017), (0.013, 0.007), (0.025, 0.015)])
def test_an_answer_waits_for_a_whole_number_of_steps(monkeypatch, took, waits):
    slept = []
    monkeypatch.setattr(security, "time", SimpleNamespace(monotonic=lambda: 7.0 + took, sleep=slept.append))
    security.rest(7.0)
    assert slept == [pytest.approx(waits)]


def test_towers_of_marks_are_not_put_in_order():
    """Each of four fields took up to 40 ms of the processor, 300 times a minute from one network."""
    tower = "a" + "\u0315" * 2500 + "\u0334" * 2400
    assert texts.clean(tower) == tower
    assert texts.clean("e\u0301  e\u0301") == "é é"
