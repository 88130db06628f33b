"""Large lists are written by the worker, taken once by whoever asked, and not kept for longer than that."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

import pytest

from app import export_worker, signer_workbook
from app.domain import export_handing, export_work, questions
from app.domain.questions import Words
from app.extensions import db
from app.handover import NotTheirs
from app.models import Campaign, Export, ExportCoverage, Mail, Question, QuestionKind, Role
from tests import handed
from tests.factories import PASSWORD
from tests.test_exports import NOON, many, olive, take

__all__ = ["olive"]


@pytest.fixture
def campaign(app, make, olive, clock, tmp_path):
    clock.set(NOON)
    app.config["INSTANCE_PATH"] = str(tmp_path)
    campaign = make.campaign(olive, slug="rein-in")
    make.signature(campaign, given_name="=1+1", family_name="x & <y>", country="IQ", postcode="00123")
    return campaign


def write(app, clock):
    with app.app_context():
        export_worker.write_due(clock.now())


def there(tmp_path):
    return sorted(file for file in (tmp_path / "exports").rglob("*") if file.is_file())


def test_a_large_list_is_written_by_the_worker_and_taken_once(app, client, olive, campaign, clock, stored, tmp_path):
    app.config["EXPORT_AT_ONCE"] = 1
    many(app, campaign, 2500)
    answer = take(client, olive, campaign, made_for="crm")
    assert answer.status_code == 303
    (export,) = stored(Export)
    assert (export.state, export.row_count, export.choice["expected_rows"]) == ("queued", 0, 2501)
    assert "Waits to be written" in client.get(answer.location).text
    write(app, clock)
    (export,) = stored(Export)
    assert (export.state, export.row_count) == ("ready", 2501)
    (file,) = there(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    (mail,) = stored(Mail, kind="export_ready")
    assert mail.account_id == export.account_id
    page = client.get(answer.location).text
    assert "The file is ready: 2,501 rows" in page
    assert client.post(answer.location, data={"password": "wrong"}).status_code == 422
    broken = client.post(answer.location, data={"password": PASSWORD})
    next(broken.iter_encoded())
    broken.close()
    whole = client.post(answer.location, data={"password": PASSWORD})
    body = whole.get_data()
    assert hashlib.sha256(body).hexdigest() == export.sha256
    assert len(body.splitlines()) == 2502
    assert "signers-rein-in-crm-2026-11-22.csv" in whole.headers["Content-Disposition"]
    assert stored(Export)[0].state == "finished"
    assert there(tmp_path) == []
    assert client.post(answer.location, data={"password": PASSWORD}).status_code == 410


def test_nobody_else_opens_it_and_it_is_deleted_after_a_day_or_with_the_right(
    app, client, make, olive, campaign, clock, stored, sign_in, tmp_path
):
    officer = make.account(Role.DATA_OFFICER, olive)
    mine, browser = take(client, olive, campaign, when="later").location, app.test_client()
    sign_in(browser, officer)
    theirs = take(browser, olive, campaign, when="later").location
    write(app, clock)
    assert len(there(tmp_path)) == 2
    for answer in (browser.get(mine), browser.post(mine, data={"password": PASSWORD}), client.get(theirs)):
        assert answer.status_code == 404
    with app.app_context():
        db.session.execute(
            db.text("UPDATE membership SET role = 'analyst', may_export = true WHERE account_id = :n"),
            {"n": officer.id},
        )
        db.session.commit()
        export_worker.clear(clock.now())
    assert [export.state for export in stored(Export)] == ["ready", "expired"]
    assert len(there(tmp_path)) == 1
    assert "your rights in this organisation changed" in browser.get(theirs).text
    clock.forward(hours=24, minutes=1)
    assert client.post(mine, data={"password": PASSWORD}).status_code in {302, 410}
    with app.app_context():
        export_worker.clear(clock.now())
    assert [export.state for export in stored(Export)] == ["expired", "expired"]
    assert there(tmp_path) == []


def test_a_worker_that_was_killed_leaves_it_to_the_next_and_what_fails_thrice_is_said(
    app, client, olive, campaign, clock, stored, tmp_path, monkeypatch
):
    take(client, olive, campaign, when="later")
    with app.app_context():
        claimed = export_work.claim(clock.now())
        folder = export_worker.place() / claimed.folder
        folder.mkdir()
        (folder / "half").write_text("x")
        assert export_work.claim(clock.now()) is None
    clock.forward(seconds=91)
    write(app, clock)
    with app.app_context():
        assert not export_work.renew(claimed, row_count=7, now=clock.now())
        export_worker.clear(clock.now())
    assert stored(Export)[0].state == "ready"
    assert [file.name for file in there(tmp_path)] == ["file"]

    monkeypatch.setattr(export_worker, "_save", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    location = take(client, olive, campaign, when="later").location
    for _time in range(3):
        write(app, clock)
        clock.forward(seconds=91)
    assert stored(Export)[1].state == "failed"
    assert len(stored(Mail, kind="export_ready")) == 2
    assert "could not be written. Nothing left the house" in client.get(location).text
    with app.app_context():
        handed.taken(campaign, finished=False)  # and then the server was killed
        clock.forward(hours=25)
        export_worker.clear(clock.now())
    assert stored(Export)[2].state == "aborted"


def test_a_workbook_holds_texts_dates_and_goes_on_in_a_next_sheet(app, client, olive, campaign, monkeypatch):
    many(app, campaign, 5)
    monkeypatch.setattr(signer_workbook, "SHEET_ROWS", 4)
    columns = ["given_name", "family_name", "postcode", "signed_at", "show_name", "text_version"]
    answer = take(client, olive, campaign, made_for="xlsx", columns=columns)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as book:
        sheets = [name for name in book.namelist() if "worksheets/sheet" in name]
        first, second = book.read(sheets[0]).decode(), book.read(sheets[1]).decode()
    assert len(sheets) == 2
    assert "<f>" not in first
    assert "<t>=1+1</t>" in first
    assert "<t>x &amp; &lt;y&gt;</t>" in first
    assert "<t>00123</t>" in first
    assert [len(re.findall("<row ", sheet)) for sheet in (first, second)] == [4, 4]
    assert "<t>given_name</t>" in second
    assert "<v>46327.5</v>" in second  # noon of the first of November 2026, as spreadsheets count days
    assert 't="b"' in first


def test_a_column_that_is_gone_ends_its_file_and_keeps_no_other_from_ending(
    app, client, olive, campaign, clock, stored, tmp_path
):
    with app.app_context():
        own = db.session.get_one(Campaign, campaign.id)
        why = questions.add(own, QuestionKind.LINE, Words("en", "Why?"), is_required=False, now=clock.now()).id
    take(client, olive, campaign, when="later", columns=["given_name", f"question:{why}"])
    take(client, olive, campaign, when="later")
    write(app, clock)
    assert len(there(tmp_path)) == 2
    with app.app_context():
        gone = db.session.get_one(Question, why)
        questions.remove(db.session.get_one(Campaign, campaign.id), gone, now=clock.now())
        export_worker.clear(clock.now())
    assert [export.state for export in stored(Export)] == ["expired", "ready"]
    clock.forward(hours=24, minutes=1)
    with app.app_context():
        export_worker.clear(clock.now())
    assert there(tmp_path) == []


def test_a_hand_over_that_breaks_off_is_on_record_and_nobody_takes_the_file_beside(
    app, client, olive, campaign, clock, stored, tmp_path
):
    location = take(client, olive, campaign, when="later").location
    write(app, clock)
    first = client.post(location, data={"password": PASSWORD})
    assert first.status_code == 200
    have = next(first.iter_encoded())  # all of it, and then the line goes dead
    beside = client.post(location, data={"password": PASSWORD})
    assert beside.status_code == 409
    assert "is being taken at this moment" in beside.text
    first.close()
    (export,) = stored(Export)
    assert hashlib.sha256(have).hexdigest() == export.sha256
    assert (export.state, export.handed_count) == ("ready", 1)
    assert "part of the file may have left, or all of it" in client.get(location).text
    late = client.post(location, data={"password": PASSWORD})
    clock.forward(seconds=61)  # no sign of whoever took it
    again = client.post(location, data={"password": PASSWORD})
    with pytest.raises(NotTheirs):
        late.get_data()
    assert there(tmp_path)
    again.close()
    clock.forward(hours=23, minutes=58, seconds=30)
    with app.app_context():
        export_handing.begin(export.id, clock.now())
        clock.forward(seconds=45)
        export_worker.clear(clock.now())  # whoever begins in the last minute gets it to its end
        assert there(tmp_path)
        clock.forward(minutes=1)
        export_worker.clear(clock.now())
    (export,) = stored(Export)
    assert (export.state, export.handed_count, there(tmp_path)) == ("aborted", 4, [])
    listed = client.get(f"/desk/{olive.slug}/exports").text
    assert "begun to be taken, maybe whole: one row" in " ".join(listed.split())
    assert stored(ExportCoverage) == []
