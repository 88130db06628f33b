"""Everything that a supporter can read, and every mail, is there in Arabic: whole, sound, and without a word of English."""

from __future__ import annotations

import datetime as dt
import io
import re
from functools import cache
from gettext import c2py
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app import clock, mailboxes, templating, tokens
from app.domain import milestones, outbox
from app.extensions import db
from app.models import MailKind, Outcome, ReportKind
from tests.factories import form
from tests.mailing import deliver, html, text

ROOT = Path(__file__).parent.parent
ARABIC = ROOT / "app/translations/ar/LC_MESSAGES/messages.po"
READ_BY_SUPPORTERS = (
    "templates/base.html",
    "templates/error.html",
    "templates/macros/",
    "templates/mail/",
    "templates/public/",
    "templates/signing/",
    "app/domain/consents.py",
    "app/domain/refused.py",
    "app/domain/signing.py",
    "app/errors.py",
    "app/forms/signing.py",
    "app/forms/texts.py",
    "app/i18n.py",
    "app/links.py",
    "app/share_picture.py",
    "app/timeline_words.py",
    "app/views/public/",
    "app/views/signing.py",
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
TAG = re.compile(r"</?\w+")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
OUR_OWN = {
    "SHA",
    "Ed",
    "OpenSSL",
    "JSON",
    "Undersigned",
    "UTC",
    "name",
    "example",
    "org",
}  # our name, and the address that shows how one is written


@cache
def arabic() -> Catalog:
    return read_po(io.BytesIO(ARABIC.read_bytes()))


@cache
def public_words() -> tuple[Message, ...]:
    """What supporters' pages and all mails say, found as `make messages` finds it."""
    with (ROOT / "app/translations/babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = Catalog()
    for file, line, message, _, context in extract_from_dir(
        str(ROOT), methods, options, keywords={**DEFAULT_KEYWORDS, "_l": None}, directory_filter=_of_the_project
    ):
        if file.startswith(READ_BY_SUPPORTERS):
            found.add(message, None, [(file, line)], context=context)
    return tuple(message for message in found if message.id)


def _of_the_project(folder: str) -> bool:
    return Path(folder).name in {"", "."} or Path(folder).relative_to(ROOT).parts[0] in {"app", "templates"}


def forms_of(message: Message) -> tuple[str, ...]:
    said = arabic().get(message.id if isinstance(message.id, str) else message.id[0])
    if said is None:
        return ("",)
    return said.string if isinstance(said.string, tuple) else (said.string or "",)


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_everything_that_supporters_read_is_said_in_arabic():
    assert len(public_words()) > 250
    missing = [(key(message), message.locations) for message in public_words() if not all(forms_of(message))]
    assert missing == [], "Run make messages, then translate these."


def test_nothing_is_guessed():
    assert [message.id for message in arabic() if message.fuzzy and message.id] == []


def test_every_number_has_its_six_forms():
    assert arabic().num_plurals == 6
    assert [c2py(arabic().plural_expr)(n) for n in (0, 1, 2, 3, 10, 11, 99, 100, 103, 214)] == [
        0,
        1,
        2,
        3,
        3,
        4,
        4,
        5,
        3,
        4,
    ]
    plurals = [message for message in public_words() if not isinstance(message.id, str)]
    assert [key(message) for message in plurals if len(forms_of(message)) != 6] == []


@pytest.mark.parametrize("index", range(6))
def test_placeholders_are_those_of_the_english(index: int):
    """Where a number says itself (one, two), its figure may be left out; from three on it stands there."""
    wrong = []
    for message in public_words():
        forms = forms_of(message)
        if index >= len(forms):
            continue
        there = set(PLACEHOLDER.findall(forms[index]))
        wanted = set(PLACEHOLDER.findall(message.id if isinstance(message.id, str) else message.id[1]))
        spelled_out = wanted & {"shown", "most"} if len(forms) == 6 and index < 3 else set()
        if not wanted - spelled_out <= there <= wanted:
            wrong.append((key(message), forms[index]))
    assert wrong == []


def test_markup_is_that_of_the_english():
    wrong = [
        key(message)
        for message in public_words()
        for said in forms_of(message)
        if sorted(TAG.findall(said)) != sorted(TAG.findall(key(message)))
    ]
    assert wrong == []


def test_no_english_word_stands_in_the_arabic():
    def words(said: str) -> set[str]:
        return set(LATIN_WORD.findall(re.sub(r"<[^>]*>", "", PLACEHOLDER.sub("", said))))

    wrong = [(key(m), said) for m in public_words() for said in forms_of(m) if words(said) - OUR_OWN]
    assert wrong == []


def test_directions_that_are_turned_are_turned_back():
    """Isolates around names and addresses are closed, or the rest of the line would stand the wrong way round."""
    wrong = [
        (message.id, said)
        for message in arabic()
        for said in (message.string if isinstance(message.string, tuple) else (message.string,))
        if len(re.findall("[\u2066\u2067\u2068]", said)) != said.count("\u2069")
    ]
    assert wrong == []


def test_what_runs_is_what_is_written():
    compiled = io.BytesIO()
    write_mo(compiled, arabic())
    assert ARABIC.with_suffix(".mo").read_bytes() == compiled.getvalue(), "Run make translations."


def test_dates_and_numbers_are_those_of_the_readers(app):
    with app.test_request_context("/?lang=ar"):
        assert templating.day(dt.date(2026, 10, 24)) == "٢٤ تشرين الأول ٢٠٢٦"
        assert templating.short_day(dt.date(2027, 1, 3)) == "٣ كانون الثاني ٢٠٢٧"
        assert templating.moment(dt.datetime(2027, 4, 30, 21, tzinfo=dt.UTC), "Asia/Baghdad") == "١ أيار ٢٠٢٧، ٠٠:٠٠"
        assert templating.number(5000) == "٥٬٠٠٠"
    with app.test_request_context("/"):
        assert templating.day(dt.date(2026, 10, 24)) == "24 October 2026"


class Reader(HTMLParser):
    """Collects what a page says in its own language: what is marked as another's, or isolated as a name, is left out."""

    VOID = {"meta", "link", "input", "img", "br", "hr", "progress"}

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.others: list[bool] = [False]

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        foreign = tag in {"bdi", "script", "style"} or values.get("lang", "ar") != "ar"
        foreign = foreign or values.get("dir") in {"ltr", "auto"}
        if not (foreign or self.others[-1]):
            self.said += [values.get(name) or "" for name in ("aria-label", "alt", "title", "data-copy", "data-left")]
        if tag not in self.VOID:
            self.others.append(self.others[-1] or foreign)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            self.others.pop()

    def handle_data(self, data):
        if not self.others[-1]:
            self.said.append(data)


def english_in(page: str) -> set[str]:
    reader = Reader()
    reader.feed(page)
    return set(LATIN_WORD.findall(" ".join(reader.said))) - OUR_OWN


@pytest.fixture
def iraq(make):
    """A campaign that is Arabic throughout, with everything on it."""
    organisation = make.organisation(name="مكتب دجلة للحقوق", about="جمعية صغيرة.", contact_email="desk@example.org")
    campaign = make.campaign(
        organisation,
        slug="iraq",
        locale="ar",
        ask="أخضعوا الميليشيات للقانون",
        summary="جماعات مسلحة لا تخضع لأي محكمة.",
        text="يُؤخذ الناس من بيوتهم.",
        decision_makers=["رئيس مجلس الوزراء", "مجلس النواب"],
        signature_target=5000,
        closes_at=dt.datetime(2030, 4, 30, 21, tzinfo=dt.UTC),
        closes_zone="Asia/Baghdad",
    )
    for kind in ReportKind:
        make.report(campaign, kind=kind, title="تقرير", claim="قول", summary="نص.", page_count=3)
    make.news(campaign, content_warning="عنف")
    make.update(campaign, "التقينا اللجنة", "استغرق اللقاء ساعتين.")
    return campaign


def test_no_english_word_stands_on_an_arabic_page(app, client, make, iraq):
    arabic_too = {
        "locale": "ar",
        "ask": "ماء نظيف",
        "summary": "للمدارس.",
        "text": "نص.",
        "decision_makers": ["الوزارة"],
    }
    desk = make.organisation(name="مكتب دجلة", about="")
    said = {"response": "نعم.", "response_by": "الوزارة", "response_on": dt.date(2026, 3, 2)}
    said |= {"delivered_on": dt.date(2026, 3, 1), "signature_target": 1}
    won = make.campaign(
        desk, slug="won", closed=True, outcome=Outcome.WON, outcome_text="وافقت الوزارة.", **arabic_too, **said
    )
    make.signature(won)
    with app.app_context():
        assert milestones.mark(won.id, now=clock.now()) == 1
    named = make.signature(iraq, given_name="رنا", family_name="حداد", show_name=True, locale="ar", channel="whatsapp")
    pending = make.signature(iraq, "pending", given_name="يوسف", family_name="دمير", locale="ar")
    with app.app_context():
        confirm = tokens.issue(tokens.Purpose.CONFIRM, pending.public_id)
        thanks = tokens.issue(tokens.Purpose.CONFIRM, named.public_id)
        manage = tokens.issue(tokens.Purpose.MANAGE, named.public_id)
    pages = [
        "/",
        "/campaigns/iraq",
        "/campaigns/won",
        "/campaigns/iraq/sign",
        "/campaigns/iraq/check-inbox",
        "/privacy",
        "/campaigns/iraq/timeline",
        "/campaigns/won/timeline",
        "/campaigns/iraq/updates",
    ]
    pages += ["/campaigns/iraq/versions", "/nothing-here", "/confirm/nothing", f"/manage/{manage}"]
    pages += ["/reports", "/reports/report", "/reports/report-4", "/reports/report-6"]
    pages += [f"/confirm/{confirm}", f"/confirm/{thanks}"]
    found = {path: english_in(client.get(f"{path}?lang=ar").text) for path in pages}
    wrongly = form(given_name="http://a", family_name="=1", email="x", country="", postcode="1" * 17)
    corrected = client.post(
        "/campaigns/iraq/signatures?lang=ar", data=wrongly, headers={"Sec-Fetch-Site": "same-origin"}
    )
    found["nothing"] = english_in(client.get("/reports?q=nothing&lang=ar").text)
    found["errors"] = english_in(corrected.text)
    assert corrected.status_code == 422
    assert "الحد الأقصى ١٦ حرفًا." in corrected.text
    found["refused"] = english_in(client.post(f"/confirm/{confirm}/refuse?lang=ar").text)
    found["withdrawn"] = english_in(client.post(f"/manage/{manage}/withdraw?lang=ar", follow_redirects=True).text)
    assert {path: words for path, words in found.items() if words} == {}


def test_the_count_agrees_with_its_noun(client, make, iraq):
    for _ in range(3):
        make.signature(iraq)
    page = client.get("/campaigns/iraq").text
    assert "<b data-number>٣</b>" in page
    assert "تواقيع" in page
    assert "مؤكَّدة بالبريد" in page
    assert "بقي ٤٬٩٩٧" in page
    assert "٣٠ نيسان ٢٠٣٠، في نهاية اليوم بتوقيت بغداد" in page


def test_no_english_word_stands_in_a_signers_mail(app, make, iraq, smtp):
    app.config["MAIL_URL"] = smtp.url
    kinds = {MailKind.CONFIRM: "pending", MailKind.THANKS: "confirmed", MailKind.ALREADY_SIGNED: "confirmed"}
    for kind, state in kinds.items():
        signature = make.signature(iraq, state, given_name="رنا", family_name="حداد", locale="ar")
        about = {"campaign_id": iraq.id, "signature_id": signature.id}
        with app.app_context():
            outbox._enqueue(kind, mailboxes.read(signature.email), locale="ar", now=clock.now(), **about)
            db.session.commit()
    deliver(app)
    assert len(smtp.messages) == 3
    for message in smtp.messages:
        assert english_in(html(message)) == set()
        assert LATIN_WORD.findall(re.sub(r"https?://\S+", "", text(message))) == []
        assert LATIN_WORD.findall(message["Subject"]) == []
