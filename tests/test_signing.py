"""Signing: a signature is kept, asked for by mail, confirmed once, counted once."""

from __future__ import annotations

import threading

from app import tokens
from app.models import Mail, Signature
from tests.factories import form


def post(client, campaign, **values):
    return client.post(
        f"/campaigns/{campaign.slug}/signatures",
        data=form(**values),
        headers={"Origin": client.application.config["BASE_URL"]},
    )


def link(app, signature, purpose=tokens.Purpose.CONFIRM):
    with app.app_context():
        return tokens.issue(purpose, signature.public_id)


def count(client, campaign):
    return client.get(f"/campaigns/{campaign.slug}/count.json").json["signatures"]


def test_sam_signs_and_is_pending_with_one_mail(client, make, stored):
    campaign = make.campaign()
    answer = post(client, campaign, email="Sam+news@Example.org")
    assert answer.status_code == 303
    assert answer.location.endswith("/check-inbox")
    (signature,) = stored(Signature)
    assert (signature.state, signature.email) == ("pending", "Sam+news@Example.org")
    (mail,) = stored(Mail)
    assert (mail.kind, mail.recipient) == ("confirm", "Sam+news@Example.org")
    assert count(client, campaign) == 0


def test_fifty_posts_at_once_make_one_signature_and_one_mail(app, make, stored):
    """SIG-03."""
    campaign = make.campaign()
    answers = []
    spellings = ["sam@example.org", "SAM@example.org", "sam+a@example.org", "Sam+b@EXAMPLE.org"]

    def go(n):
        answers.append(post(app.test_client(), campaign, email=spellings[n % 4]).status_code)

    threads = [threading.Thread(target=go, args=(n,)) for n in range(50)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert answers == [303] * 50
    assert len(stored(Signature)) == 1
    assert len(stored(Mail)) == 1


def test_two_hundred_people_confirm_at_once(app, client, make, stored):
    campaign = make.campaign()
    signatures = [make.signature(campaign, "pending") for _ in range(200)]
    links = [link(app, signature) for signature in signatures]
    answers = []

    def go(token):
        answers.append(app.test_client().post(f"/confirm/{token}").status_code)

    threads = [threading.Thread(target=go, args=(token,)) for token in links]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert answers == [303] * 200
    assert count(client, campaign) == 200
    assert len(stored(Mail, kind="thanks")) == 200


def test_the_signer_of_an_arabic_campaign_gets_arabic_mail(client, make, stored):
    campaign = make.campaign(locale="ar", ask="اكبحوا جماح الميليشيات")
    page = client.get(f"/campaigns/{campaign.slug}").text
    assert '<html lang="ar" dir="rtl">' in page
    address = page.split('<form class="form" method="post" action="')[1].split('"')[0]
    client.post(address, data=form(), headers={"Origin": client.application.config["BASE_URL"]})
    assert [mail.locale for mail in stored(Mail)] == ["ar"]
    assert [signature.locale for signature in stored(Signature)] == ["ar"]


def test_a_flood_from_one_network_is_told_to_wait(app, client, make, stored, monkeypatch):
    """RATE-06, RATE-02: one IPv6 household is one network; others are not held up."""
    monkeypatch.setitem(app.config, "SIGN_LIMIT", 3)
    monkeypatch.setattr("app.floods.WINDOW_SECONDS", 60)
    monkeypatch.setattr("app.floods.time.monotonic", lambda: 30.0)  # all in one minute
    campaign = make.campaign()
    headers = {"Origin": app.config["BASE_URL"]}

    def sign_from(address, n):
        data = form(email=f"sam{n}@example.org")
        where = {"REMOTE_ADDR": address}
        return client.post(f"/campaigns/{campaign.slug}/signatures", data=data, headers=headers, environ_base=where)

    answers = [sign_from(f"2001:db8:7:8::{n}", n).status_code for n in range(5)]
    assert answers == [303, 303, 303, 429, 429]
    assert sign_from("2001:db8:7:9::1", 9).status_code == 303
    late = sign_from("2001:db8:7:8::1", 10)
    assert late.headers["Retry-After"] == "30"
    assert "Nothing was stored. Try again in 30 seconds." in late.text
    assert len(stored(Signature)) == 4


def test_a_forwarded_address_is_believed_only_from_a_proxy_of_ours(app, client, make, monkeypatch):
    """RATE-01."""
    monkeypatch.setitem(app.config, "SIGN_LIMIT", 1)
    monkeypatch.setattr("app.floods.time.monotonic", lambda: 3030.0)
    campaign = make.campaign()
    answers = []
    for n in range(3):
        headers = {"Origin": app.config["BASE_URL"], "X-Forwarded-For": f"1.2.3.{n}"}
        where = {"REMOTE_ADDR": "198.51.100.7"}
        data = form(email=f"sam{n}@example.org")
        answers.append(
            client.post(
                f"/campaigns/{campaign.slug}/signatures", data=data, headers=headers, environ_base=where
            ).status_code
        )
    assert answers == [303, 429, 429]
