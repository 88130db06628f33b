"""Mail links: confirm, refuse, manage, withdraw; what they must never do, and what nobody can learn from them."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import clock, tokens
from app.domain import forgetting, signature_states, signing
from app.extensions import db
from app.models import Consent, ConsentWording, Mail, Purpose, Refusal, Signature
from tests import mailing
from tests.factories import form
from tests.test_signing import count, link, post
from tests.test_signing_together import wish


def states(stored):
    return [signature.state for signature in stored(Signature)]


def test_sam_confirms_once_however_often_the_button_is_pressed(app, client, make, stored):
    """SIG-06, TOK-04."""
    campaign = make.campaign()
    token = link(app, make.signature(campaign, "pending"))
    threads = [threading.Thread(target=lambda: app.test_client().post(f"/confirm/{token}")) for _ in range(20)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert count(client, campaign) == 1
    assert len(stored(Mail, kind="thanks")) == 1
    assert client.post(f"/confirm/{token}").status_code == 303
    assert count(client, campaign) == 1
    assert "Your signature counts" in client.get(f"/confirm/{token}").text


def test_looking_at_a_mail_link_changes_nothing(app, client, make, stored):
    """TOK-03: a mail scanner opens everything."""
    campaign = make.campaign()
    signature = make.signature(campaign, "pending")
    for address in (f"/confirm/{link(app, signature)}", f"/manage/{link(app, signature, tokens.Purpose.MANAGE)}"):
        for method in ("get", "head", "options"):
            for _ in range(10):
                assert getattr(client, method)(address).status_code == 200
    assert states(stored) == ["pending"]
    assert count(client, campaign) == 0


def test_a_mail_link_is_private(app, client, make):
    """TOK-05, TOK-08."""
    page = client.get(f"/confirm/{link(app, make.signature(make.campaign(), 'pending'))}")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize("made_for", list(Purpose))
@pytest.mark.parametrize("used_for", ["confirm", "manage", "account/invitations"])
def test_a_link_is_good_for_one_purpose(app, client, make, made_for, used_for):
    """TOK-02."""
    token = link(app, make.signature(make.campaign(), "pending"), made_for)
    answer = client.get(f"/{used_for}/{token}")
    own = used_for.startswith(made_for) and made_for != tokens.Purpose.INVITE
    assert answer.status_code == (200 if own else 410)


@pytest.mark.parametrize(
    "token",
    ["x", "a" * 90, "a" * 10_000, "%00", "%91", "..%2f", "a.b.c", "🙂", "A" * 22 + ".AAAAAA." + "A" * 43, "a;.png"],
)
def test_a_made_up_link_is_refused_without_looking_anything_up(client, make, token):
    """TOK-06."""
    for page in ("confirm", "manage"):
        assert client.get(f"/{page}/{token}").status_code in {400, 404, 410, 414}
        assert client.post(f"/{page}/{token}").status_code in {400, 404, 410, 414}


def test_links_of_the_database_alone_open_nothing(app, make, stored):
    """TOK-01: what is stored is not the link."""
    signature = make.signature(make.campaign(), "pending")
    token = link(app, signature)
    with app.app_context():
        rows = str(db.session.execute(text("SELECT * FROM signature")).all())
    assert signature.public_id in rows
    assert token not in rows
    assert token.split(".")[-1] not in rows


def test_a_confirmation_link_runs_out_after_seven_days(app, client, make, clock, stored):
    campaign = make.campaign()
    clock.set(dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    token = link(app, make.signature(campaign, "pending"))
    clock.forward(days=7, seconds=-5)
    assert client.get(f"/confirm/{token}").status_code == 200
    clock.forward(seconds=10)
    assert client.get(f"/confirm/{token}").status_code == 410
    assert client.post(f"/confirm/{token}").status_code == 410
    assert states(stored) == ["pending"]


def test_links_outlive_a_change_of_the_secret_key(app, client, make):
    """TOK-09."""
    token = link(app, make.signature(make.campaign(), "pending"))
    app.config.update(
        SECRET_KEY_FALLBACKS=(app.config["SECRET_KEY"],), SECRET_KEY="a new secret, quite as long as the old"
    )
    assert client.get(f"/confirm/{token}").status_code == 200
    app.config.update(SECRET_KEY_FALLBACKS=())
    assert client.get(f"/confirm/{token}").status_code == 410


def test_grace_after_closing(app, client, make, clock, stored):
    """SIG-10: closing -1 s, 0, + grace, + grace + 1 s."""
    opened, closes = dt.datetime(2026, 11, 1, tzinfo=dt.UTC), dt.datetime(2026, 11, 10, tzinfo=dt.UTC)
    clock.set(opened)
    campaign = make.campaign(closes_at=closes)
    clock.set(closes - dt.timedelta(seconds=1))
    assert post(client, campaign, email="a@example.org").status_code == 303
    late, later = make.signature(campaign, "pending"), make.signature(campaign, "pending")
    late_link, later_link = link(app, late), link(app, later)
    clock.set(closes)
    answer = post(client, campaign, email="b@example.org")
    assert answer.status_code == 410
    assert "closed" in answer.text
    clock.set(closes + dt.timedelta(hours=24))
    assert client.post(f"/confirm/{late_link}").status_code == 303
    clock.forward(seconds=1)
    assert client.post(f"/confirm/{later_link}").status_code == 410
    assert count(client, campaign) == 1


def test_sam_is_told_how_long_the_link_really_works(app, client, make, clock, smtp):
    """A campaign that closes in two days leaves three to confirm, not seven."""
    app.config["MAIL_URL"] = smtp.url
    opened = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    clock.set(opened)
    campaign = make.campaign(closes_at=opened + dt.timedelta(days=2, hours=1))
    post(client, campaign, email="sam@example.org")
    mailing.deliver(app)
    assert "It works for 3 days." in mailing.text(smtp.messages[0])
    assert "kept for you for 3 days" in client.get(f"/campaigns/{campaign.slug}/check-inbox").text


def test_drafts_and_nothing_answer_alike(client, make, stored):
    """SIG-11."""
    draft = make.campaign(published=False)
    headers = {"Origin": client.application.config["BASE_URL"]}
    bodies = set()
    for slug in (draft.slug, "nothing-here"):
        for path in ("", "/sign", "/check-inbox", "/count.json", "/share.png", "/versions"):
            answer = client.get(f"/campaigns/{slug}{path}")
            assert answer.status_code == 404
            bodies.add((path, answer.text.replace(slug, "slug")))
        answer = client.post(f"/campaigns/{slug}/signatures", data=form(), headers=headers)
        assert answer.status_code == 404
        bodies.add(("post", answer.text.replace(slug, "slug")))
    assert len(bodies) == 7
    assert stored(Signature) == []


def test_from_outside_every_mailbox_looks_the_same(app, client, make, stored):
    """ENU-01: new, pending, confirmed, withdrawn, refused, over the limit of mails."""
    campaign = make.campaign()
    make.signature(campaign, "pending", email="pending@example.org")
    make.signature(campaign, "confirmed", email="confirmed@example.org")
    gone = make.signature(campaign, "confirmed", email="withdrawn@example.org")
    client.post(f"/manage/{link(app, gone, tokens.Purpose.MANAGE)}/withdraw")
    refused = make.signature(campaign, "pending", email="refused@example.org")
    client.post(f"/confirm/{link(app, refused)}/refuse")
    answers = set()
    for email in ("new", "pending", "confirmed", "withdrawn", "refused", "pending"):
        answer = post(client, campaign, email=f"{email}@example.org")
        answers.add((answer.status_code, answer.data, tuple(sorted(answer.headers))))
    assert len(answers) == 1


def test_whoever_signed_already_is_told_by_mail(client, make, stored):
    campaign = make.campaign()
    make.signature(campaign, "confirmed", email="sam@example.org")
    post(client, campaign, email="sam@example.org")
    (mail,) = stored(Mail)
    assert mail.kind == "already_signed"
    assert len(stored(Signature)) == 1


def test_the_second_person_at_a_mailbox_is_told_by_mail_at_once(app, client, make, stored):
    """Two people, one mailbox, one phone: the second is not left waiting for a mail that never comes."""
    campaign = make.campaign()
    post(client, campaign, email="sam@example.org")
    client.post(f"/confirm/{link(app, stored(Signature)[0])}")
    for _try in range(2):
        post(client, campaign, email="sam@example.org", given_name="Mona")
    assert [mail.kind for mail in stored(Mail)] == ["confirm", "thanks", "already_signed"]


def test_whoever_withdrew_can_sign_again_at_once(app, client, make, stored):
    """The page says that mail is on its way, so it is."""
    campaign = make.campaign()
    post(client, campaign, email="sam@example.org")
    client.post(f"/manage/{link(app, stored(Signature)[0], tokens.Purpose.MANAGE)}/withdraw")
    post(client, campaign, email="sam@example.org")
    (again,) = stored(Signature, state="pending")
    assert [mail.kind for mail in stored(Mail, signature_id=again.id)] == ["confirm"]


def test_while_pending_the_last_words_count(client, make, stored):
    campaign = make.campaign()
    post(client, campaign, given_name="Jhon", hear_more="1")
    post(client, campaign, given_name="John")
    (signature,) = stored(Signature)
    assert signature.given_name == "John"
    assert stored(Consent) == []
    assert len(stored(Mail)) == 1


def test_a_stranger_cannot_change_a_confirmed_signature(client, make, stored):
    campaign = make.campaign()
    make.signature(campaign, "confirmed", email="sam@example.org", given_name="Sam")
    post(client, campaign, email="sam@example.org", given_name="Mallory", show_name="1")
    (signature,) = stored(Signature)
    assert (signature.given_name, signature.show_name) == ("Sam", False)


def test_a_link_that_was_cut_short_says_what_to_do(client, make):
    make.campaign()
    assert "Open the whole link in the mail" in client.get("/confirm/cut.short.link").text
    assert "we send you a link to your signature" in client.get("/manage/cut.short.link").text


def test_sam_is_asked_once_about_an_address_that_looks_mistyped(client, make, stored):
    campaign = make.campaign()
    asked = post(client, campaign, email="sam@gmial.com")
    assert "Did you mean sam@gmail.com?" in asked.text
    assert 'name="asked" value="sam@gmial.com"' in asked.text
    assert stored(Signature) == []
    post(client, campaign, email="sam@gmial.com", asked="sam@gmial.com")
    (signature,) = stored(Signature)
    assert signature.email == "sam@gmial.com"


def test_this_was_not_me(app, client, make, stored):
    campaign, other, third = make.campaign(), make.campaign(), make.campaign()
    post(client, campaign, email="sam@example.org")
    (signature,) = stored(Signature)
    token = link(app, signature)
    assert client.post(f"/confirm/{token}/refuse").status_code == 200
    assert client.post(f"/confirm/{token}/refuse").status_code == 200
    assert stored(Signature) == []
    assert stored(Mail) == []
    assert len(stored(Refusal)) == 1
    post(client, campaign, email="sam@example.org")
    assert stored(Signature) == []
    post(client, other, email="sam@example.org")
    (signature,) = stored(Signature)
    client.post(f"/confirm/{link(app, signature)}/refuse")
    post(client, third, email="Sam+x@example.org")
    assert stored(Signature) == []


def test_who_refused_twice_is_not_written_to_about_a_third_campaign_either(app, client, make, stored, clock):
    """MAIL-03: also where a pending signature stands there since before."""
    third, *others = [make.campaign() for _ in range(3)]
    for campaign in (third, *others):
        post(client, campaign, email="noor@example.org")
    for campaign in others:
        (signature,) = stored(Signature, campaign_id=campaign.id)
        client.post(f"/confirm/{link(app, signature)}/refuse")
    before = len(stored(Mail))
    clock.forward(days=2)
    assert post(client, third, email="noor@example.org").status_code == 303
    assert len(stored(Mail)) == before


def test_a_confirmed_signature_cannot_be_refused_by_an_old_link(app, client, make, stored):
    token = link(app, make.signature(make.campaign(), "confirmed"))
    assert client.post(f"/confirm/{token}/refuse").status_code == 409
    assert states(stored) == ["confirmed"]


def test_sam_sees_changes_and_withdraws(app, client, make, stored):
    """SIG-09."""
    campaign = make.campaign()
    post(client, campaign, email="sam@example.org", given_name="Leyla", hear_more="1", postcode="10405")
    (signature,) = stored(Signature)
    client.post(f"/confirm/{link(app, signature)}")
    token = link(app, signature, tokens.Purpose.MANAGE)
    page = client.get(f"/manage/{token}").text
    for shown in ("Leyla", "sam@example.org", "10405"):
        assert shown in page
    client.post(f"/manage/{token}", data={"show_name": "1"})
    (changed,) = stored(Signature)
    (consent,) = stored(Consent)
    assert changed.show_name
    assert consent.ended_at is not None
    assert "Leyla" in client.get(f"/campaigns/{campaign.slug}").text
    for _ in range(2):
        assert client.post(f"/manage/{token}/withdraw").status_code == 303
        assert count(client, campaign) == 0
    (row,) = stored(Signature)
    assert (row.state, row.email, row.email_key, row.given_name, row.postcode) == ("withdrawn", None, None, "", "")
    assert "Leyla" not in client.get(f"/manage/{token}").text
    assert "Leyla" not in client.get(f"/campaigns/{campaign.slug}").text


def test_sam_may_sign_again_after_withdrawing(app, client, make, stored):
    campaign = make.campaign()
    gone = make.signature(campaign, "confirmed", email="sam@example.org")
    client.post(f"/manage/{link(app, gone, tokens.Purpose.MANAGE)}/withdraw")
    post(client, campaign, email="sam@example.org")
    assert sorted(states(stored)) == ["pending", "withdrawn"]


def test_consent_is_kept_with_the_wording_that_was_shown(app, client, make, stored):
    campaign = make.campaign()
    page = client.get(f"/campaigns/{campaign.slug}").text
    wording = page.split('name="wording" value="')[1].split('"')[0]
    post(client, campaign, hear_more="1", wording=wording)
    (consent,) = stored(Consent)
    assert str(consent.wording_id) == wording


@pytest.mark.parametrize(
    ("shown", "locale", "agreed"),
    [
        ("older", "en", "older"),
        (None, "en", "newer"),
        (None, "ar", "arabic"),
        (None, "de", "newer"),
        ("other", "en", None),
    ],
)
def test_consent_is_to_the_words_that_were_read(app, make, stored, shown, locale, agreed):
    """Also where they changed while the form was open. A form that names none is agreed to in the signer's language, or else in any;
    one with the words of an organisation that had the campaign before is agreed to with nobody."""
    campaign, other = make.campaign(), make.campaign()
    with app.app_context():
        ours = {"organisation_id": campaign.organisation_id, "purpose": Purpose.UPDATES, "created_at": clock.now()}
        db.session.add(ConsentWording(**ours, locale="en", version=2, text="New words"))
        db.session.commit()
        (older, newer), (arabic,) = (
            stored(ConsentWording, organisation_id=campaign.organisation_id, locale=code) for code in ("en", "ar")
        )
        (others,) = stored(ConsentWording, organisation_id=other.organisation_id, locale="en")
        ids = {"older": older.id, "newer": newer.id, "arabic": arabic.id, "other": others.id}
        signing.sign_all([wish(campaign, "sam@example.org", hear_more=True, locale=locale, wording_id=ids.get(shown))])
    assert [consent.wording_id for consent in stored(Consent)] == ([ids[agreed]] if agreed else [])


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("before", "after"),
    [("confirmed", "pending"), ("withdrawn", "confirmed"), ("withdrawn", "pending"), ("withdrawn", "held")],
)
def test_the_database_refuses_a_jump_between_states(app, make, before, after):
    """SIG-05."""
    make.signature(make.campaign(), before, **({"email_key": None} if before == "withdrawn" else {}))
    with app.app_context(), pytest.raises(DBAPIError):
        db.session.execute(text(f"UPDATE signature SET state = '{after}', email_key = 'x', confirmed_at = created_at"))


def test_the_database_knows_the_same_jumps_as_the_code():
    from importlib import import_module

    migration = import_module("migrations.versions.0011_signer_list_and_ledger")
    assert {old: set(new) for old, new in migration.JUMPS.items()} == {
        str(old): {str(state) for state in new} for old, new in signature_states.TRANSITIONS.items() if new
    }


def test_the_same_mailbox_twice_is_refused_by_the_database(app, make):
    """SIG-01."""
    campaign = make.campaign()
    make.signature(campaign, "pending", email="sam@example.org")
    with pytest.raises(DBAPIError):
        make.signature(campaign, "pending", email="Sam+x@example.org")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Referer": "https://evil.example/page"}, 403),
        ({}, 403),
    ],
)
def test_another_site_cannot_sign_for_sam(client, make, stored, headers, status):
    """WEB-02."""
    campaign = make.campaign()
    answer = client.post(f"/campaigns/{campaign.slug}/signatures", data=form(), headers=headers)
    assert answer.status_code == status
    assert stored(Signature) == []


def test_an_old_browser_that_says_nothing_signs_with_the_stamp_of_the_page(client, make, stored, clock):
    campaign = make.campaign()
    stamp = client.get(f"/campaigns/{campaign.slug}").text.split('name="stamp" value="')[1].split('"')[0]
    assert client.post(f"/campaigns/{campaign.slug}/signatures", data=form(stamp=stamp)).status_code == 303
    other = make.campaign()
    assert client.post(f"/campaigns/{other.slug}/signatures", data=form(stamp=stamp)).status_code == 403


def test_unconfirmed_signatures_are_forgotten(app, client, make, stored, clock):
    campaign = make.campaign()
    clock.set(dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    post(client, campaign, email="old@example.org")
    make.signature(campaign, "confirmed")
    clock.forward(days=8)
    post(client, campaign, email="new@example.org")
    with app.app_context():
        assert forgetting.forget_unconfirmed(older_than=dt.timedelta(days=7), now=clock.now()) == 1
    assert sorted(s.state for s in stored(Signature)) == ["confirmed", "pending"]
    assert [m.recipient for m in stored(Mail)] == ["new@example.org"]
