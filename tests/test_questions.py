"""A campaign's own questions: asked, answered, changed, closed, and forgotten with the signature."""

from __future__ import annotations

import datetime as dt
import html

import pytest

from app import clock as app_clock
from app import jobs, tokens
from app.domain import answers, forgetting, questions
from app.domain.questions import Words
from app.extensions import db
from app.models import Answer, Campaign, Question, QuestionKind, Signature
from tests import desk
from tests.factories import PASSWORD
from tests.test_signing import link, post

olive = desk.olive
COLOURS = Words(
    "en", "Which bus?", "The one you take.", ("Red", "Blue"), {"ar": {"label": "أي حافلة؟", "options": ["أحمر"]}}
)


@pytest.fixture
def ask(app):
    """ask(campaign, kind, words, is_required) → the number of the question."""

    def asked(campaign, kind="line", words=None, *, is_required=False):
        with app.app_context():
            own, words = db.session.get_one(Campaign, campaign.id), words or Words("en", "Why?")
            now = app_clock.now()
            return questions.add(own, QuestionKind(kind), words, is_required=is_required, now=now).id

    return asked


def said(stored):
    return {(answer.question_id, answer.version, answer.value) for answer in stored(Answer)}


def shown(*numbers, version=1):
    return {"questions": " ".join(f"{number}.{version}" for number in numbers)}


def test_sam_answers_and_sees_what_is_kept(app, client, make, stored, ask):
    campaign = make.campaign()
    line, text = ask(campaign), ask(campaign, "text", Words("en", "Tell us more", "As long as you like"))
    choice, box = ask(campaign, "choice", COLOURS, is_required=True), ask(campaign, "box", Words("en", "I am over 16"))
    page = client.get(f"/campaigns/{campaign.slug}").text
    assert f'name="questions" value="{line}.1 {text}.1 {choice}.1 {box}.1"' in page
    assert '<option value="Blue">Blue</option>' in page
    assert "As long as you like" in page
    assert f'name="q-{choice}" required' in page
    assert f'name="q-{box}" value="1"><label' in page  # a browser lets it be empty: nobody has to say yes
    arabic = client.get(f"/campaigns/{campaign.slug}?lang=ar").text
    assert '<option value="Red">أحمر</option>' in arabic
    assert '<span lang="en" dir="ltr">Why?</span>' in arabic
    typed = {f"q-{line}": "=1+1", f"q-{text}": "One\r\n<b>two</b>", f"q-{box}": "y"}
    answer = post(client, campaign, **typed, **shown(line, text, choice, box))
    assert answer.status_code == 422
    again = html.unescape(answer.text)
    assert f'<a href="#q-{choice}">Which bus?: Choose one of the answers.</a>' in again
    assert 'value="=1+1"' in again
    assert "&lt;b&gt;two" in answer.text
    assert not stored(Signature)
    taken = post(client, campaign, **typed, **{f"q-{choice}": "Red"}, **shown(line, text, choice, box))
    assert taken.status_code == 303
    kept = {(line, 1, "=1+1"), (text, 1, "One\n<b>two</b>"), (choice, 1, "Red"), (box, 1, "yes")}
    assert said(stored) == kept
    (signature,) = stored(Signature)
    before = client.get(f"/confirm/{link(app, signature)}").text
    assert "One\n&lt;b&gt;two" in before
    client.post(f"/confirm/{link(app, signature)}")
    manage = f"/manage/{link(app, signature, tokens.Purpose.MANAGE)}"
    assert '<dt>Which bus?</dt><dd class="said"><bdi>Red</bdi></dd>' in client.get(manage).text
    client.post(manage + "/withdraw")
    assert said(stored) == set()


def test_answers_go_wherever_a_signature_goes(app, client, make, stored, ask):
    campaign = make.campaign()
    number = ask(campaign)
    for name in ("first", "second"):  # while nothing is confirmed, the last words typed count
        post(client, campaign, **{f"q-{number}": name}, **shown(number))
    assert said(stored) == {(number, 1, "second")}
    (signature,) = stored(Signature)
    client.post(f"/confirm/{link(app, signature)}/refuse")
    assert said(stored) == set()
    post(client, campaign, email="late@example.org", **{f"q-{number}": "late"}, **shown(number))
    with app.app_context():
        later = app_clock.now() + dt.timedelta(days=30)
        assert forgetting.forget_unconfirmed(older_than=dt.timedelta(days=7), now=later) == 1
    assert said(stored) == set()


def test_a_removed_question_is_deleted_by_the_worker_when_it_can_no_longer_be_put_back(app, make, stored, ask):
    campaign = make.campaign()
    gone, answered, _stays = ask(campaign), ask(campaign), ask(campaign)
    signature = make.signature(campaign)
    with app.app_context():
        own, now = db.session.get_one(Campaign, campaign.id), app_clock.now()
        for number in (gone, answered):
            questions.remove(own, questions.own(own, number), now=now)
        db.session.add(Answer(signature_id=signature.id, question_id=answered, version=1, value="at that very moment"))
        db.session.commit()
        jobs.forget_removed(now + questions.REMOVED_KEPT)
        assert len(stored(Question)) == 3
        jobs.forget_removed(now + questions.REMOVED_KEPT + dt.timedelta(seconds=1))
    assert gone not in {question.id for question in stored(Question)}
    assert len(stored(Question)) == 2
    assert len(stored(Answer)) == 1


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("line", "x" * 201, None),
        ("line", "a\x00b", None),
        ("line", "a\nb", None),
        ("line", "e" + "\u0301" * 40, None),
        ("line", "\u202ea\u200bb  c", "ab c"),
        ("line", " \u200b\u3164 ", ""),
        ("text", "x" * 2001, None),
        ("text", "x" * 2000, "x" * 2000),
        ("text", "a\x0bb", None),
        ("choice", "Green", None),
    ],
)
def test_strange_answers_are_refused_or_cleaned(client, make, stored, ask, kind, value, kept):
    """Table 3.2, for answers."""
    campaign = make.campaign()
    number = ask(campaign, kind, COLOURS if kind == "choice" else None)
    answer = post(client, campaign, **{f"q-{number}": value}, **shown(number))
    assert answer.status_code == (422 if kept is None else 303)
    assert [one.value for one in stored(Answer)] == ([kept] if kept else [])


def test_a_page_opened_before_is_taken_and_asked_for_what_is_missing_now(app, client, make, stored, ask):
    campaign, other = make.campaign(), make.campaign()
    number, foreign = ask(campaign, "choice", COLOURS), ask(other)
    assert post(client, campaign).status_code == 303
    assert said(stored) == set()
    with app.app_context():
        own, question = db.session.get_one(Campaign, campaign.id), db.session.get_one(Question, number)
        words = Words("en", "Which bus?", "", ("Green", "Blue"))
        questions.change(own, question, words, is_required=True, seen=1, now=app_clock.now())
    old = {
        f"q-{number}": "Red",
        f"q-{foreign}": "stray",
        "questions": f"{number}.1 {foreign}.1",
        "email": "b@example.org",
    }
    assert post(client, campaign, **old).status_code == 303  # Red stood on the page
    assert said(stored) == {(number, 1, "Red")}
    missing = post(client, campaign, email="c@example.org", given_name="Nour")
    assert missing.status_code == 422
    assert "Choose one of the answers." in missing.text
    assert 'value="Nour"' in missing.text
    twice = f"given_name=a&family_name=b&email=d@example.org&country=IQ&q-{number}=Green&q-{number}=Blue"
    headers = {"Origin": app.config["BASE_URL"], "Content-Type": "application/x-www-form-urlencoded"}
    assert client.post(f"/campaigns/{campaign.slug}/signatures", data=twice, headers=headers).status_code == 400


def test_olive_asks_changes_moves_closes_and_removes(olive, client, stored):
    at = olive.drafts() + "/asked"
    page = olive.get(at + "/questions/new?kind=choice")
    assert "Ask only what you need" in page
    lone = olive.post(
        at + "/questions/new?kind=choice", status=422, label="Bus?", options="Red\nred", options_ar="1\n2"
    )
    assert "Two of these answers are the same." in lone.text
    olive.post(
        at + "/questions/new?kind=choice", label="Bus?", options="Red\r\n Blue ", label_ar="حافلة؟", is_required="y"
    )
    olive.post(at + "/questions/new?kind=line", label="Why?")
    first, second = stored(Question)
    olive.post(at + "/questions/move", number=second.id, to="up")
    page = olive.get(at)
    assert page.index("Why?") < page.index("Bus?")
    olive.post(f"{at}/questions/{first.id}", label="Which bus?", options="Red\nBlue", seen="1", is_required="y")
    assert [question.version for question in stored(Question)] == [1, 1]  # nobody has read it
    olive.post(f"{at}/questions/{second.id}/remove")
    assert "“Why?” is removed." in olive.get(at)
    olive.publishes(at.removesuffix("/asked"))
    assert "Why?" not in client.get(at.removesuffix("/asked")).text
    olive.post(f"{at}/questions/{second.id}/restore")
    (campaign,) = stored(Campaign)
    post(client, campaign, **{f"q-{first.id}": "Red", f"q-{second.id}": "So"}, **shown(first.id, second.id))
    assert len(stored(Answer)) == 2
    refused = olive.post(f"{at}/questions/{first.id}/remove", status=409)
    assert "Somebody has answered this question." in refused.text
    olive.post(f"{at}/questions/{first.id}", label="Bus line?", options="Red\nBlue", seen="1")
    assert stored(Question)[0].version == 2
    assert (
        "Somebody else changed"
        in olive.post(f"{at}/questions/{first.id}", 409, label="x", options="a\nb", seen="1").text
    )
    for number in (first.id, second.id):
        olive.post(f"{at}/questions/{number}/close")
    assert not stored(Campaign)[0].has_questions
    assert "Ask again" in olive.get(at)
    assert "Bus line?" not in client.get(f"/campaigns/{campaign.slug}").text
    assert said(stored) == {(first.id, 1, "Red"), (second.id, 1, "So")}
    olive.post(f"{at}/questions/{first.id}/reopen")
    assert stored(Campaign)[0].has_questions
    assert "question “Which bus?”" in olive.get("/log")


def test_ten_questions_are_enough(olive, ask, stored, make):
    campaign = make.campaign(olive.organisation)
    for _ in range(10):
        ask(campaign)
    at = f"/campaigns/{campaign.slug}/asked"
    assert "All places are taken." in olive.get(at)
    assert "Ask at most 10 questions." in olive.post(at + "/questions/new?kind=line", status=409, label="More?").text
    for way, back in (("remove", "restore"), ("close", "reopen")):
        number = stored(Question)[-1].id
        olive.post(f"{at}/questions/{number}/{way}")
        ask(campaign)
        assert "Ask at most 10 questions." in olive.post(f"{at}/questions/{number}/{back}", status=409).text


def test_an_answer_is_text_for_whoever_takes_it_out(app, make, ask, stored):
    campaign = make.campaign()
    number, (one, _two) = ask(campaign, "choice", COLOURS), [make.signature(campaign) for _ in range(2)]
    with app.app_context():
        db.session.add(Answer(signature_id=one.id, question_id=number, version=1, value="Blue"))
        db.session.commit()
        column = answers.as_text(number)
        assert list(db.session.scalars(db.select(column).select_from(Signature).order_by(Signature.id))) == ["Blue", ""]
        found = db.select(Signature.id).where(answers.answered(number, "Blue"))
        assert list(db.session.scalars(found)) == [one.id]


def test_copies_and_templates_ask_the_same_and_know_no_answers(olive, stored, ask, make):
    campaign = make.campaign(olive.organisation)
    number = ask(campaign, "choice", COLOURS, is_required=True)
    slug = olive.post(f"/campaigns/{campaign.slug}/copy").location.split("/")[-2]
    (copy,) = stored(Campaign, slug=slug)
    assert copy.has_questions
    (asked,) = stored(Question, campaign_id=copy.id)
    assert (asked.kind, asked.is_required, asked.id != number) == ("choice", True, True)
    assert "Which bus?" in olive.get(f"/campaigns/{slug}/asked")
    olive.post(f"/campaigns/{slug}/discard")
    assert [question.id for question in stored(Question)] == [number]


def test_who_sees_signers_finds_reads_and_takes_answers(olive, make, ask, stored):
    campaign = make.campaign(olive.organisation)
    choice, line = ask(campaign, "choice", COLOURS), ask(campaign)
    one, _other = make.signature(campaign, given_name="Nour"), make.signature(campaign, given_name="Layla")
    with olive.client.application.app_context():
        for number, value in ((choice, "Blue"), (line, "=1+1")):
            db.session.add(Answer(signature_id=one.id, question_id=number, version=1, value=value))
        db.session.commit()
    at = f"/campaigns/{campaign.slug}"
    found = olive.get(f"{at}/signatures?q-{choice}=Blue")
    assert "Nour" in found
    assert "Layla" not in found
    assert "Layla" in olive.get(f"{at}/signatures?q-{choice}=Nonsense")  # what is not understood filters nothing
    beside = olive.get(f"{at}/signatures?column={line}")
    assert '<th scope="col">Why?</th>' in beside
    assert beside.count('<td class="answered">') == 2
    assert '<td class="answered"><bdi>=1+1</bdi></td>' in beside
    assert "Layla" in beside
    assert "=1+1" in olive.get(f"{at}/signers/{one.public_id}")
    assert 'name="names" value="Why?"' in olive.client.get(f"{olive.base}{at}/export").text  # what a receiver reads
    columns = ["given_name", f"question:{choice}", f"question:{line}"]
    data = {"columns": columns, "who": "confirmed", "made_for": "spreadsheet", "bom": "usual", "consent": "everybody"}
    file = olive.post(f"{at}/export", 200, **data, reason="Hand-over", password=PASSWORD).text
    assert '"Nour","Blue","\'=1+1"' in file
    assert '"Layla","",""' in file


def test_olive_reads_the_mail_and_the_page_behind_it_before_anybody_gets_them(olive, make, ask, stored):
    campaign = make.campaign(olive.organisation, published=False, ask="Open the <archive>")
    ask(campaign, "choice", COLOURS), ask(campaign, "box", Words("en", "Read my name aloud"))
    at = f"/campaigns/{campaign.slug}"
    for page in (f"{at}/asked", f"{at}/publish"):
        assert f"{olive.base}{at}/confirm-mail" in olive.get(page)
    mail = olive.get(f"{at}/confirm-mail")
    assert "Confirm your signature: Open the <archive>" in mail
    assert "It works for 7 days." in mail
    assert "أكّد توقيعي" in olive.get(f"{at}/confirm-mail?language=ar")
    framed = olive.client.get(f"{olive.base}{at}/confirm-mail/html")
    assert "sandbox" in framed.headers["Content-Security-Policy"]
    assert f"{at}/confirm-page?language=en" in framed.text
    behind = olive.get(f"{at}/confirm-page?language=ar")
    assert "أي حافلة؟" in behind
    assert "<bdi>أحمر</bdi>" in behind
    assert "Read my name aloud" in behind
    assert "<fieldset disabled>" in behind
    assert stored(Signature) == []
