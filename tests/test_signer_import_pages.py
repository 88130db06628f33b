"""Olive brings signers in from paper and other platforms at her desk: sees every row, takes them with her password, takes them back."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from sqlalchemy import update

from app.extensions import db
from app.models import Consent, ConsentWording, Role, Signature, SignerImport
from tests import desk
from tests.factories import PASSWORD

olive = desk.olive

ABOUT = {
    "kind": "platform",
    "platform": "petition.example.org",
    "collected_by": "The reading circle",
    "collected_from": "2026-05-01",
    "collected_to": "2026-05-31",
    "public_words": "From our earlier page",
    "country": "IQ",
    "are_kept": "1",
}
LIST = """Name;E-mail;Country;Signed;Opt-in;Consent date;Consent wording
Haddad, Noor;noor@example.org;العراق;2026-05-03;yes;2026-05-03;You may write to me about this campaign.
Sam Twice;sam@example.org;Iraq;;;;
Sam Again;SAM+x@example.org;Iraq;;;;
Nadia Paper;;;;yes;;
Badr Bad;=nobody;Iraq;;;;
Mona Future;mona@example.org;Germany;2999-01-01;;;
"""


@pytest.fixture
def at(olive, make):
    """A published campaign that sam signed online."""
    campaign = make.campaign(olive.organisation, slug="rein-in")
    make.signature(campaign, "confirmed", email="sam@example.org")
    return "/campaigns/rein-in/imports"


def begins(olive, at, content=LIST, status=303, **more):
    file = (io.BytesIO(content.encode()), "list.csv")
    return olive.post(at, status, file=file, **{**ABOUT, **more})


def revision(olive, at):
    return re.search(r'name="revision" value="(\d+)"', olive.get(at + "/new"))[1]


def takes(olive, at, status=303, password=PASSWORD):
    return olive.post(at + "/new/take", status, revision=revision(olive, at), password=password)


@pytest.mark.sqlite_alone
def test_a_list_as_long_as_is_promised_can_be_handed_in(olive, at):
    """Whatever was longer than a form of words, some thousand rows, was refused as too large."""
    long = "Given name,Country\n" + f"{'Noor ' * 100},Iraq\n" * 1000
    assert begins(olive, at, long).location.endswith("/imports/new")
    assert "at most 5 MB are read" in begins(olive, at, "x" * 5_000_001, status=422).text


def test_a_list_is_looked_at_row_by_row_taken_with_the_password_and_taken_back(olive, at, stored, client):
    assert begins(olive, at).location.endswith("/imports/new")
    page = olive.get(at + "/new")
    assert "6 rows were read." in page
    assert "2 would count, 2 signed already, 2 cannot be taken." in page
    assert "1 proved consent" in page
    for reason in ("This mailbox has signed", "“=nobody” is not a whole mail address", "“2999-01-01” is still to come"):
        assert reason in page
    assert "so it does not hold" in page
    assert "Mona Future" not in olive.get(at + "/new?show=taken").partition("<tbody>")[2]
    assert len(stored(Signature)) == 1  # a dry run
    file = olive.client.get(olive.base + at + "/new/refused.csv").text
    refused = list(csv.reader(io.StringIO(file.lstrip("\ufeff"))))
    assert [row[0] for row in refused] == ["Line", "3", "4", "6", "7"]
    assert refused[3][3] == "'=nobody"
    takes(olive, at, 422, password="not hers")
    assert len(stored(Signature)) == 1
    taken = takes(olive, at).location
    batch = stored(SignerImport)[0]
    noor = stored(Signature, email="noor@example.org")[0]
    assert (noor.given_name, noor.family_name, noor.country, noor.origin) == ("Noor", "Haddad", "IQ", "imported")
    assert f"{noor.created_at:%Y-%m-%d}" == "2026-05-03"
    assert len(stored(Consent)) == 1
    assert client.get("/campaigns/rein-in/count.json").json["imported"] == 2
    path = taken.partition(olive.base)[2]
    page = olive.get(path)
    assert "2 signatures of this batch count." in page
    assert batch.sha256 in page
    olive.post(path + "/take-back", 422, password=PASSWORD)
    olive.post(path + "/take-back", reason="mistake", password=PASSWORD)
    assert "0 signatures of this batch count." in olive.get(path)
    numbers = client.get("/campaigns/rein-in/numbers").text
    for words in ("From our earlier page", "Signed on another platform", "a whole batch that had been brought in"):
        assert words in numbers
    assert "imported" not in client.get("/campaigns/rein-in/count.json").json


@pytest.mark.sqlite_alone
def test_a_list_as_long_as_the_page_says_is_read(olive, at):
    lines = "".join(f"Sam {n};sam{n}@example.org;Iraq;;;;\n" for n in range(2_500))
    assert len(lines) > 64 * 1024  # which is enough for any other form
    begins(olive, at, LIST + lines)
    assert "2,506 rows were read." in olive.get(at + "/new")


def test_columns_that_were_guessed_wrong_are_corrected(olive, at):
    begins(olive, at, "Name;Where\nNoor Haddad;Iraq\n")
    assert "nobody knows what it is: <bdi>Where</bdi>" in olive.get(at + "/new")  # no column is lost without a word
    begins(olive, at, "A;B;Where\nNoor;Haddad;Iraq\n")
    assert "0 would count" in olive.get(at + "/new")
    chosen = ["given_name", "family_name", "country"]
    olive.post(at + "/new/columns", revision=revision(olive, at), column=chosen, has_header="1", delimiter="semicolon")
    assert "1 would count" in olive.get(at + "/new")


def rows_to_correct(olive, at, show="all"):
    """Where each row is corrected, in their order."""
    return re.findall(r'href="[^"]*(/campaigns[^"]*/imports/new/rows/[^"?]+)', olive.get(f"{at}/new?show={show}"))


def test_a_wrong_row_is_corrected_where_it_stands_and_what_was_typed_is_kept(olive, at, stored):
    begins(olive, at)
    bad, future = rows_to_correct(olive, at, "malformed")
    page = olive.get(bad)
    for shown in ("“=nobody” is not a whole mail address.", 'value="Badr"', 'value="Bad"', 'value="=nobody"'):
        assert shown in page
    wrong = {"given_name": "Badr", "family_name": "al-Badri", "email": "badr@example", "country": "Irak?"}
    assert olive.post(bad, 303, **wrong).location.endswith(bad)  # still wrong, and kept all the same
    page = olive.get(bad)
    assert "“badr@example” is not a whole mail address." in page
    assert 'value="al-Badri"' in page
    assert "badr@example" in olive.client.get(olive.base + at + "/new/refused.csv").text
    before = revision(olive, at)
    olive.post(bad, 303, **wrong | {"email": "badr@example.org", "country": "", "signed_on": "2026-05-04"})
    olive.post(future, 303, given_name="Mona", family_name="Future", email="mona@example.org", signed_on="x")
    olive.post(future, 303, then="back")
    page = olive.get(at + "/new")
    assert "3 would count, 2 signed already, 1 cannot be taken." in page
    assert "1 row was corrected by hand." in page
    olive.post(at + "/new/take", 409, revision=before, password=PASSWORD)  # what she saw is not what there is
    taken = takes(olive, at).location.partition(olive.base)[2]
    (badr,) = stored(Signature, email="badr@example.org")
    assert (badr.given_name, badr.family_name, badr.country) == ("Badr", "al-Badri", "IQ")
    assert f"{badr.created_at:%Y-%m-%d}" == "2026-05-04"
    (batch,) = stored(SignerImport)
    assert (batch.corrected_count, batch.corrections) == (1, None)
    assert "<dt>Corrected by hand</dt><dd>1</dd>" in olive.get(taken)
    olive.get(bad, 404)


def test_lines_of_a_sheet_are_typed_in_ten_at_a_time(app, olive, at, stored):
    with app.app_context():  # the sheet was printed in January; nobody agreed to words that came later
        db.session.execute(update(ConsentWording).values(created_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))
        db.session.commit()
    olive.post(at, **{**ABOUT, "kind": "paper", "platform": ""})
    line = {"given_name": ["Noor", "", "Nadia"], "family_name": ["Haddad", "", "Aziz"], "country": ["Iraq", "", ""],
            "postcode": ["", "", "10001"], "email": ["", "", "nadia@example.org"], "signed_on": ["", "", "2026-05-02"],
            "consent": ["", "", "yes"], "consent_on": ["", "", "2026-05-02"], "consent_words": ["", "", "en 1"]}  # fmt: skip
    olive.post(at + "/new/lines", revision=revision(olive, at), **line)
    assert "2 would count" in olive.get(at + "/new")
    olive.post(at + "/new/lines", revision=revision(olive, at), **{**line, "given_name": ["Mona", "", ""]})
    page = olive.get(at + "/new")
    assert "There is no given name." in page
    assert "3 would count" in page
    takes(olive, at)
    assert len(stored(Consent)) == 1
    assert [one.origin for one in stored(Signature)] == ["online", "paper", "paper", "paper"]
    assert "paper" in olive.get("/campaigns/rein-in/signatures?origin=paper")


def test_nobody_else_brings_signers_in_and_a_provenance_is_needed(olive, at, app, make, sign_in):
    assert "Say who collected" in olive.post(at, 422, **{**ABOUT, "collected_by": ""}).text
    assert "only where you can show" in olive.post(at, 422, **{**ABOUT, "are_kept": ""}).text
    begins(olive, at)
    editor = desk.Desk(app.test_client(), olive.organisation)
    sign_in(editor.client, make.account(Role.EDITOR, olive.organisation))
    editor.get(at, 403)
    editor.post(at + "/new/take", 403)
    editor.get("/campaigns/rein-in/sheet")


def test_a_sheet_is_printed_with_the_words_of_the_consent(olive, at):
    sheet = "/campaigns/rein-in/sheet"
    assert "Signature sheets" in olive.get(sheet)
    for language in ("en", "ar"):
        made = olive.client.get(f"{olive.base}{sheet}.pdf?language={language}&paper=letter&lines=8&sheets=3")
        assert made.mimetype == "application/pdf"
        assert made.data.startswith(b"%PDF")
        assert made.data.count(b"/Type /Page\n") == 3
    olive.get(sheet + ".pdf?lines=99", 422)
