"""What people type: addresses (table 3.1) and names (table 3.2). The same answer on both databases, never a server error."""

from __future__ import annotations

import pytest

from app import mailboxes
from app.models import Signature
from tests.factories import form

LONG_LOCAL = "a" * 64
GOOD_ADDRESSES = [
    ("laura@example.com", "laura@example.com"),
    (" laura@example.com ", "laura@example.com"),
    ("\tlaura@example.com\n", "laura@example.com"),
    ("\u200blaura@example.com\u200b", "laura@example.com"),
    ("Laura@EXAMPLE.com", "laura@example.com"),
    ("laura+x@example.com", "laura@example.com"),
    ("l.a.u.r.a@gmail.com", "laura@gmail.com"),
    ("laura@googlemail.com", "laura@gmail.com"),
    ("l.a@example.com", "l.a@example.com"),
    ("firstname.o'lastname@domain.com", "firstname.o'lastname@domain.com"),
    ("_______@domain.com", "_______@domain.com"),
    ("1234567890@domain.com", "1234567890@domain.com"),
    ("email@domain.superlongtld", "email@domain.superlongtld"),
    ("email@double--hyphen.com", "email@double--hyphen.com"),
    ("japanese-info@例え.テスト", "japanese-info@xn--r8jz45g.xn--zckzah"),
    ("a@straße.de", "a@xn--strae-oqa.de"),
    (f"{LONG_LOCAL}@example.com", f"{LONG_LOCAL}@example.com"),
    ("a@gmial.com", "a@gmial.com"),
]
BAD_ADDRESSES = [
    "a＠x.com",
    "K\u0049m\u212a@x.com",
    "\u212aim@x.com",
    "ADM\u0130N@x.com",
    "adm\u0131n@x.com",
    "é@x.com",
    "e\u0301@x.com",
    '"quoted local"@x.com',
    '"a@b"@x.com',
    "a@[127.0.0.1]",
    "a@123.123.123.123",
    "a@localhost",
    "a@domain",
    "a@b@c.com",
    "@x.com",
    "a@",
    "plain",
    "a b@x.com",
    "a@dom ain.com",
    ".a@x.com",
    "a.@x.com",
    "a..b@x.com",
    "a@.x.com",
    "a@x..com",
    "a@-x.com",
    "a@x_y.com",
    "a" * 65 + "@example.com",
    "a" * 60 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + "." + "e" * 12 + ".com",
    "a" * 320,
    "a" * 10_000,
    "a@xn---something.com",
    "a@" + "b" * 64 + ".com",
    "a@b.c, d@e.f",
    "a@b.c;d@e.f",
    "a@b.c>, <d@e.f",
    "Bob <a@b.c>",
    "a@x.com\nBcc: z@z.z",
    "a@x.com\r\n\r\nhi",
    "a@x.com%0ABcc:z@z.z",
    "a\x00@x.com",
    "=?utf-8?q?a=0ABcc:z?=@x.com",
    "a@x.com\u202e",
    "a\u00ad@x.com",
    "a\u200b@x.com",
    "<script>@x.com",
    "a@x.com<img>",
    "",
    "   ",
]
GOOD_NAMES = [
    "José Ñandú",
    "Nguyễn Văn A",
    "محمد",
    "王伟",
    "O'Brien",
    "Jean-Luc",
    "van der Berg",
    "X Æ A-12",
    "Y",
    "עברית Latin",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${7*7}",
    "%s%n",
    "NULL",
    "None",
    "0",
    "' OR 1=1;--",
    "Robert'); DROP TABLE signatures;--",
    "100%",
    "a_b\\",
    "admin",
    "a" * 255,
]
BAD_NAMES = [
    "\u200b\u00a0\u3164 ",
    "a" + "\u0301" * 500,
    "a" * 256,
    "a" * 10_000,
    "a\x00b",
    "=1+1",
    "+44 1",
    "-5",
    "@SUM(A1)",
    "＝1",
    "Win at http://spam.example",
    "www.spam.example",
    "spam.example/x",
    "Bob\r\nBcc: z@z.z",
    "Bob\u2028X: y",
    "Bob\x0bX",
    "Bob\x85X",
    "=?UTF-8?Q?=0A?=Bcc: injected@example.com",
    "a =?UTF-8?Q?x=0D=0ABcc=3A_i=40e.com?= b",
]


def post(client, campaign, data):
    headers = {"Origin": client.application.config["BASE_URL"]}
    return client.post(f"/campaigns/{campaign.slug}/signatures", data=data, headers=headers)


@pytest.mark.every_case
@pytest.mark.parametrize(("typed", "canonical"), GOOD_ADDRESSES)
def test_sam_can_sign_with_this_address(client, make, stored, app, typed, canonical):
    campaign = make.campaign()
    assert post(client, campaign, form(email=typed, asked=typed)).status_code == 303
    (signature,) = stored(Signature)
    with app.app_context():
        assert signature.email_key == mailboxes.key(canonical)


@pytest.mark.parametrize("typed", BAD_ADDRESSES)
def test_sam_cannot_sign_with_this_address(client, make, stored, typed):
    campaign = make.campaign()
    answer = post(client, campaign, form(email=typed))
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert stored(Signature) == []


@pytest.mark.every_case
@pytest.mark.parametrize("name", GOOD_NAMES)
def test_sam_can_sign_under_this_name(client, make, stored, name):
    campaign = make.campaign()
    assert post(client, campaign, form(given_name=name)).status_code == 303
    (signature,) = stored(Signature)
    assert signature.given_name == name


@pytest.mark.parametrize("name", BAD_NAMES)
def test_sam_cannot_sign_under_this_name(client, make, stored, name):
    campaign = make.campaign()
    answer = post(client, campaign, form(given_name=name))
    assert answer.status_code == 422
    assert 'href="#given_name"' in answer.text
    assert stored(Signature) == []


def test_a_name_is_stored_composed_and_without_unseen_characters(client, make, stored):
    campaign = make.campaign()
    post(client, campaign, form(given_name="Jose\u0301", family_name="a\u200bb \u202eX"))
    (signature,) = stored(Signature)
    assert (signature.given_name, signature.family_name) == ("José", "ab X")


@pytest.mark.parametrize(
    "data",
    [
        "given_name=a&given_name=b&family_name=c&email=a@example.org&country=IQ",
        "given_name=a&family_name=c&email=a@x.com&email=b@x.com&country=IQ",
    ],
)
def test_a_field_sent_twice_is_refused(client, make, stored, data):
    campaign = make.campaign()
    headers = {"Origin": client.application.config["BASE_URL"]}
    answer = client.post(
        f"/campaigns/{campaign.slug}/signatures",
        data=data,
        headers=headers,
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 400
    assert stored(Signature) == []


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_another_kind_of_body_is_refused(client, make, kind):
    campaign = make.campaign()
    headers = {"Origin": client.application.config["BASE_URL"]}
    answer = client.post(f"/campaigns/{campaign.slug}/signatures", data="{}", headers=headers, content_type=kind)
    assert answer.status_code == 415


def test_a_huge_body_is_refused(client, make):
    campaign = make.campaign()
    assert post(client, campaign, form(given_name="a" * 1_000_000)).status_code == 413


def test_fields_that_are_not_asked_change_nothing(client, make, stored):
    """SIG-15."""
    campaign, other = make.campaign(), make.campaign()
    extra = {"state": "confirmed", "confirmed_at": "2020-01-01", "count": "9", "campaign_id": str(other.id), "id": "77"}
    assert post(client, campaign, form(**extra)).status_code == 303
    (signature,) = stored(Signature)
    assert (signature.state, signature.campaign_id, signature.confirmed_at) == ("pending", campaign.id, None)
    assert signature.id != 77


def test_errors_keep_what_was_typed_and_lead_to_the_fields(client, make):
    campaign = make.campaign()
    answer = post(client, campaign, form(given_name="Leïla", email="leila@", country="", show_name="1"))
    assert answer.status_code == 422
    assert 'value="Leïla"' in answer.text
    assert 'value="leila@"' in answer.text
    assert 'href="#email"' in answer.text
    assert 'href="#country"' in answer.text


def test_a_campaign_without_family_names_takes_none(client, make, stored):
    campaign = make.campaign(asks_family_name="asked")
    assert post(client, campaign, form(family_name="")).status_code == 303
    assert len(stored(Signature)) == 1
    strict = make.campaign()
    assert post(client, strict, form(family_name="", email="b@example.org")).status_code == 422
