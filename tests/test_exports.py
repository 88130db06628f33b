"""A signer list leaves the house as a recorded act, exactly as chosen, and harmless where a spreadsheet will open it."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app import signer_file
from app.domain import export_columns, exports, signing
from app.domain.dialects import allow_seconds
from app.domain.exports import Choice
from app.extensions import db, limiter
from app.models import Campaign, Consent, ConsentWording, Export, ExportForm, Mail, Role
from app.readers.cells import unguarded
from app.signer_file import SignerFile
from tests.factories import PASSWORD

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
USUAL = ["given_name", "family_name", "country", "postcode", "signed_at", "text_version"]
# Table 3.5: what a spreadsheet must show as text. The last ones are harmless and stay as they are.
FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(1)", " =1", "\ufeff=1", "＝1+1", "＋1", "－1", "＠SUM(1)", "\u00a0=1",
    "\u200b=1", "\u3000+1", '=HYPERLINK("http://x","y")', "=cmd|'/c calc'!A1", "\ttab first", "\rreturn first", " \t x", "-",
]  # fmt: skip
HARMLESS = [
    '"=1"',
    'a"b',
    "a,b",
    "a;b",
    "a\nb",
    "a\r\nb",
    "00123",
    "1E5",
    "2-1",
    "a,=1",
    'x","=1',
    ',"=1',
    ",",
    '"',
    "'=1",
    "Nguyễn",
    "a;'=1",
]
# Where semicolons part lists, a semicolon in a cell begins another one there, and a line end a row; a TAB may anywhere.
INSIDE = {
    "a\n=1": "a\n'=1",
    "a;=1+1;b": "a;'=1+1;b",
    'a; "＝1;': "a;' \"＝1;",
    "a\t\u200b@SUM(1)": "a\t'\u200b@SUM(1)",
    "\t=1": "'\t'=1",
    "\r=1": "'\r'=1",
    "\n=1": "'\n'=1",
}


def chosen(**values):
    """What olive fills in."""
    return {
        "who": "confirmed",
        "consent": "everybody",
        "columns": USUAL,
        "made_for": "spreadsheet",
        "bom": "usual",
        "signed_from": "",
        "signed_to": "",
        "reason": "Hand-over to the committee",
        "password": PASSWORD,
        **values,
    }


@pytest.fixture
def olive(make, client, sign_in):
    desk = make.organisation(name="Tigris Rights Desk")
    account = make.account(Role.OWNER, desk, name="Olive Branch")
    sign_in(client, account)
    return desk


def take(client, desk, campaign, **values):
    return client.post(f"/desk/{desk.slug}/campaigns/{campaign.slug}/export", data=chosen(**values))


def rows(answer):
    """The file as a program reads it."""
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def many(app, campaign, number):
    """So many confirmed signatures, written by the database itself."""
    made = {
        "postgresql": "SELECT n FROM generate_series(1, :number) AS n",
        "sqlite": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :number) SELECT n FROM c",
    }
    with app.app_context():
        allow_seconds(60)
        dialect = db.engine.dialect.name
        key = (
            "decode(lpad(to_hex(n), 64, '0'), 'hex')" if dialect == "postgresql" else "CAST(printf('%032d', n) AS BLOB)"
        )
        db.session.execute(
            text(
                "INSERT INTO signature (public_id, campaign_id, state, email_key, email, given_name, family_name, name_key,"
                " country, postcode, show_name, locale, channel, text_version, created_at, confirmed_at)"
                f" SELECT 'many-' || n, :campaign, 'confirmed', {key}, 'sam' || n || '@example.org', 'Sam', 'Signer ' || n,"
                " 'sam signer ' || n, 'IQ', '10011', false, 'en', 'direct', 1, '2026-11-01 12:00:00.000000',"
                f" '2026-11-01 12:05:00.000000' FROM ({made[dialect]}) AS numbers"
            ),
            {"campaign": campaign.id, "number": number},
        )
        db.session.commit()


def test_olive_takes_the_confirmed_with_the_usual_columns_and_no_address(client, make, clock, olive, stored):
    clock.set(NOON)
    campaign = make.campaign(olive)
    make.signature(
        campaign, given_name="Noor", family_name="al-Jabiri", country="IQ", postcode="10011", email="noor@example.org"
    )
    make.signature(campaign, "pending")
    make.signature(campaign, "held")
    make.signature(campaign, "invalidated")
    make.signature(make.campaign(olive))
    answer = take(client, olive, campaign)
    assert answer.status_code == 200
    assert answer.get_data() == (
        b'\xef\xbb\xbf"given_name","family_name","country","postcode","signed_at","text_version"\r\n'
        b'"Noor","al-Jabiri","IQ","10011","2026-11-22T12:00:00Z","1"\r\n'
    )
    (record,) = stored(Export)
    assert (record.taken_by, record.reason, record.state, record.row_count) == (
        "Olive Branch",
        "Hand-over to the committee",
        "finished",
        1,
    )
    assert record.sha256 == hashlib.sha256(answer.get_data()).hexdigest()
    assert record.choice["columns"] == USUAL
    assert record.choice["expected_rows"] == 1


def test_for_a_spreadsheet_formulas_become_text_and_everything_else_stays(client, make, olive):
    campaign = make.campaign(olive)
    for place, value in enumerate([*FORMULAS, *HARMLESS, *INSIDE]):
        make.signature(
            campaign, given_name=value, family_name=value, postcode=value[:16], email=f"sam{place}@example.org"
        )
    taken = rows(take(client, olive, campaign, columns=["given_name", "family_name", "postcode"]))[1:]
    expected = ["'" + value for value in FORMULAS] + HARMLESS + [*INSIDE.values()]
    assert [row[0] for row in taken] == expected
    assert [row[1] for row in taken] == expected
    short = [("'" + v[:16]) if v in FORMULAS else v[:16] for v in FORMULAS + HARMLESS]
    assert [row[2] for row in taken] == short + [*INSIDE.values()]


def test_for_a_crm_every_value_is_exact_and_there_is_no_byte_order_mark(client, make, olive):
    campaign = make.campaign(olive)
    for place, value in enumerate(FORMULAS + HARMLESS):
        make.signature(campaign, given_name=value, family_name="X", email=f"sam{place}@example.org")
    answer = take(client, olive, campaign, made_for="crm", columns=["given_name", "family_name"])
    assert not answer.get_data().startswith(b"\xef\xbb\xbf")
    assert [row[0] for row in rows(answer)[1:]] == FORMULAS + HARMLESS


@pytest.mark.parametrize("value", ["\x00=1", "\x00", "=" * 40_000, " " * 40_000 + "=1"])
def test_cells_that_no_form_takes_are_harmless_too(value):
    assert signer_file.sample([["first", value, "last"]], guarded=True) == [["first", "'" + value, "last"]]


def test_the_first_look_at_a_cell_passes_over_nothing_that_begins_a_formula():
    begins = re.compile(signer_file._BLANK + b"|" + signer_file._FORMULA)
    letters = [chr(n).encode("utf-8", "surrogatepass") for n in range(0x10000)]
    wrong = [one for one in letters if begins.match(one) and not re.match(signer_file._FIRST, one)]
    assert not wrong


def test_a_row_that_ends_in_a_comma_gets_no_apostrophe():
    """The closing quote after a comma looks like an opening one."""
    for value in ("a,", ",", ",,", "=,", "a,\n"):
        (row,) = signer_file.sample([[value, value]], guarded=True)
        assert row == ["'" + value if value[0] == "=" else value] * 2


@given(
    st.lists(
        st.lists(
            st.text(st.sampled_from("a\"',;=+-@＝ \t\r\n\u00a0\u200b\ufeff\u3000é李"), max_size=6),
            min_size=2,
            max_size=2,
        ),
        max_size=6,
    )
)
def test_whatever_stands_in_the_cells_only_formulas_get_an_apostrophe(cells):
    def guarded(cell):
        begins = cell.lstrip(" \t\r\n\u00a0\u200b\ufeff\u3000")
        blank = cell[: len(cell) - len(begins)]
        inside = re.sub('([;\t\r\n])(?=[ \u00a0\u200b\ufeff\u3000"]*[=+@＝-])', r"\1'", cell)
        return "'" + inside if begins[:1] in set("=+-@＝") or set(blank) & set("\t\r") else inside

    said = signer_file.sample(cells, guarded=True)
    assert said == [[guarded(cell) for cell in row] for row in cells]
    assert signer_file.sample(cells, guarded=False) == cells
    own = [
        (cell, one) for before, after in zip(cells, said, strict=True) for cell, one in zip(before, after, strict=True)
    ]
    assert all(
        unguarded(one) == unguarded(cell) for cell, one in own if "'" not in cell
    )  # read in, it loses them again
    file = signer_file.lines(cells).decode()
    for parted_by in ",;\t":
        for row in csv.reader(io.StringIO(file, newline=""), delimiter=parted_by):
            assert not any(re.match("[ \u00a0\u200b\ufeff\u3000]*[=+@＝-]", cell) for cell in row), (parted_by, row)


@pytest.mark.parametrize(("choice", "begins"), [("with", True), ("without", False), ("usual", False)])
def test_the_byte_order_mark_is_a_choice(client, make, olive, choice, begins):
    campaign = make.campaign(olive)
    answer = take(client, olive, campaign, made_for="crm", bom=choice)
    assert answer.get_data().startswith(b"\xef\xbb\xbf") is begins
    assert answer.get_data().endswith(b'"text_version"\r\n')


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_libreoffice_shows_text_not_results(client, make, olive, tmp_path):
    campaign = make.campaign(olive)
    for place, value in enumerate(FORMULAS):
        make.signature(campaign, given_name=value, family_name="X", email=f"sam{place}@example.org")
    (tmp_path / "list.csv").write_bytes(take(client, olive, campaign).get_data())
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "fods", "--outdir", tmp_path, tmp_path / "list.csv"],
        check=True,
        timeout=120,
    )
    assert "table:formula" not in (tmp_path / "list.fods").read_text()


def test_all_states_come_with_their_state_and_never_the_withdrawn(app, client, make, olive):
    campaign = make.campaign(olive)
    for state in ("confirmed", "pending", "held", "invalidated"):
        make.signature(campaign, state, given_name=state)
    gone = make.signature(campaign, given_name="withdrawn")
    with app.app_context():
        signing.withdraw(gone.public_id, now=NOON)
    taken = rows(take(client, olive, campaign, who="all", columns=["given_name"]))
    assert taken[0] == ["given_name", "state"]
    assert sorted(taken[1:]) == [[state, state] for state in ("confirmed", "held", "invalidated", "pending")]


def test_days_are_days_of_the_campaigns_zone_both_included(client, make, clock, olive):
    campaign = make.campaign(olive, closes_zone="Asia/Baghdad")  # three hours ahead
    for moment in ("2026-11-01T20:59", "2026-11-01T21:00", "2026-11-02T20:59", "2026-11-02T21:00"):
        make.signature(campaign, given_name=moment[8:], created_at=dt.datetime.fromisoformat(moment + ":00+00:00"))
    taken = rows(take(client, olive, campaign, signed_from="2026-11-02", signed_to="2026-11-02"))
    assert [row[0] for row in taken[1:]] == ["01T21:00", "02T20:59"]


def consent(app, campaign, signature, *, ended=False):
    with app.app_context():
        wording = (
            db.session.query(ConsentWording).filter_by(organisation_id=campaign.organisation_id, locale="en").one()
        )
        db.session.add(
            Consent(
                signature_id=signature.id,
                purpose="updates",
                wording_id=wording.id,
                agreed_at=NOON,
                ended_at=NOON if ended else None,
            )
        )
        db.session.commit()


def test_consent_is_a_filter_and_goes_with_every_address(app, client, make, olive):
    campaign = make.campaign(olive)
    yes, no, stopped = (
        make.signature(campaign, given_name=name, email=f"{name}@example.org") for name in ("yes", "no", "stopped")
    )
    consent(app, campaign, yes)
    consent(app, campaign, stopped, ended=True)
    assert [row[0] for row in rows(take(client, olive, campaign, consent="supporters"))[1:]] == ["yes"]
    assert rows(take(client, olive, campaign, columns=["email"])) == [
        ["email", "hear_more"],
        ["yes@example.org", "yes"],
        ["no@example.org", "no"],
        ["stopped@example.org", "no"],
    ]
    assert rows(
        take(
            client,
            olive,
            campaign,
            columns=["given_name", "show_name", "hear_more", "agreed_at", "consent_wording", "channel"],
        )
    )[1:3] == [
        ["yes", "no", "yes", "2026-11-22T12:00:00Z", "en 1", "direct"],
        ["no", "no", "no", "", "", "direct"],
    ]


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_only_owners_and_data_officers_export(client, make, sign_in, stored, role):
    desk = make.organisation()
    campaign = make.campaign(desk)
    sign_in(client, make.account(role, desk))
    base = f"/desk/{desk.slug}"
    assert client.get(f"{base}/campaigns/{campaign.slug}/export").status_code == 403
    assert client.get(f"{base}/exports").status_code == 403
    assert client.post(f"{base}/campaigns/{campaign.slug}/export/preview", data=chosen()).status_code == 403
    assert take(client, desk, campaign).status_code == 403
    assert stored(Export) == []


def test_a_data_officer_may_and_a_stranger_signs_in_first(app, client, make, sign_in):
    desk = make.organisation()
    campaign = make.campaign(desk)
    stranger = take(app.test_client(), desk, campaign)
    assert stranger.status_code == 302
    assert "/account/login" in stranger.location
    sign_in(client, make.account(Role.DATA_OFFICER, desk))
    assert take(client, desk, campaign).mimetype == "text/csv"


@pytest.mark.parametrize(("password", "says"), [("wrong", "This is not your password"), ("", "Write your password")])
def test_without_the_right_password_nothing_leaves_and_only_the_password_is_lost(
    client, make, olive, stored, password, says
):
    campaign = make.campaign(olive)
    make.signature(campaign, given_name="Noor")
    answer = take(
        client,
        olive,
        campaign,
        password=password,
        reason="A reason with “quotes”",
        made_for="crm",
        columns=["given_name", "email"],
    )
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="A reason with “quotes”"' in answer.text
    assert re.search(r'value="crm" checked', answer.text)
    assert re.search(r'value="email" checked', answer.text)
    assert not re.search(r'value="family_name" checked', answer.text)
    assert 'href="#password"' in answer.text
    assert stored(Export) == []
    assert stored(Mail) == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"reason": " "}, "Say why the list is taken"),
        ({"columns": []}, "Choose at least one column"),
        ({"columns": ["email_key"]}, "columns"),
        ({"who": "withdrawn"}, "who"),
        ({"signed_from": "yesterday"}, "Choose a day"),
        ({"signed_from": "2026-11-02", "signed_to": "2026-11-01"}, "not before the first"),
        ({"made_for": "fax"}, "made_for"),
        ({"reason": "a\x00b"}, "control characters"),
    ],
)
def test_what_is_unclear_is_said_at_its_field(client, make, olive, stored, values, says):
    answer = take(client, olive, make.campaign(olive), **values)
    assert answer.status_code == 422
    assert says in answer.text
    assert stored(Export) == []


def test_without_a_password_a_passkey_shown_lately_is_needed(app, client, make, sign_in, clock, stored):
    desk = make.organisation()
    campaign = make.campaign(desk)
    account = make.account(Role.OWNER, desk)
    clock.set(dt.datetime.now(dt.UTC))
    sign_in(client, account)
    with app.app_context():
        db.session.execute(text("UPDATE account SET password = NULL"))
        db.session.commit()
    assert take(client, desk, campaign, password="").status_code == 200
    with client.session_transaction("/desk") as session:
        session["fs_paa"] = 1.0
        session.pop("fs_gexp", None)
    page = client.get(f"/desk/{desk.slug}/campaigns/{campaign.slug}/export").text
    assert "First show once more that it is you" in page
    assert 'name="password"' not in page
    assert take(client, desk, campaign, password="").status_code == 422
    assert len(stored(Export)) == 1


def test_the_record_stands_before_the_first_byte_and_is_whole_before_the_end(client, make, olive, stored):
    campaign = make.campaign(olive)
    make.signature(campaign)
    answer = take(client, olive, campaign)
    (record,) = stored(Export)
    assert (record.state, record.row_count, record.sha256) == ("started", 0, "")
    pieces = answer.iter_encoded()
    first = next(pieces)
    assert stored(Export)[0].state == "started"
    body = first + b"".join(pieces)
    (record,) = stored(Export)
    assert (record.state, record.row_count, record.sha256) == ("finished", 1, hashlib.sha256(body).hexdigest())
    answer.close()
    assert stored(Export)[0].state == "finished"


def test_an_export_that_is_broken_off_says_how_many_rows_left(app, client, make, olive, stored):
    campaign = make.campaign(olive)
    many(app, campaign, 3000)
    answer = take(client, olive, campaign)
    pieces = answer.iter_encoded()
    next(pieces), next(pieces), next(pieces)
    answer.close()
    (record,) = stored(Export)
    assert (record.state, record.row_count, record.sha256) == ("aborted", 1000, "")
    unread = take(client, olive, campaign)
    unread.close()
    assert [(e.state, e.row_count) for e in stored(Export)][1] == ("aborted", 0)
    with app.app_context():
        assert db.engine.pool.checkedout() == 0


def test_a_reader_who_hangs_up_leaves_no_one_busy(app, live, make, client, olive, stored):
    """EXP-06, over a real socket."""
    import socket
    from urllib.parse import urlencode, urlsplit

    campaign = make.campaign(olive)
    many(app, campaign, 60_000)
    cookie = client.get_cookie("session").value
    body = urlencode(chosen(when="now"), doseq=True)
    with socket.create_connection(("127.0.0.1", urlsplit(live).port)) as caller:
        caller.sendall(
            f"POST /desk/{olive.slug}/campaigns/{campaign.slug}/export HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session={cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        assert caller.recv(16, socket.MSG_WAITALL).startswith(b"HTTP/1.1 200")
        caller.recv(200_000, socket.MSG_WAITALL)
    for _attempt in range(100):
        (record,) = stored(Export)
        if record.state != "started":
            break
        time.sleep(0.1)
    assert record.state == "aborted"
    assert 0 < record.row_count < 60_000
    with app.app_context():
        assert db.engine.pool.checkedout() == 0


def test_the_file_is_of_one_moment_while_people_sign_and_withdraw(app, client, make, olive):
    campaign = make.campaign(olive)
    many(app, campaign, 5000)
    last = make.signature(campaign, given_name="Last")
    answer = take(client, olive, campaign)
    pieces = answer.iter_encoded()
    body = next(pieces) + next(pieces)
    make.signature(campaign, given_name="Late")
    with app.app_context():
        signing.withdraw(last.public_id, now=NOON)
    body += b"".join(pieces)
    names = [row[0] for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))][1:]
    assert len(names) == 5001
    assert names[-1] == "Last"
    assert "Late" not in names


def test_fifty_thousand_rows_take_little_memory_and_start_at_once(app, make):
    campaign = make.campaign()
    many(app, campaign, 50_000)

    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

    with app.app_context():
        choice = Choice(columns=export_columns.KEYS)
        file = SignerFile(
            db.engine,
            exports.rows(db.session.get(Campaign, campaign.id), choice),
            choice.header(),
            guarded=True,
            bom=True,
        )
        before, most, first = resident(), 0, None
        for piece in file:
            first = first or file.row_count
            most = max(most, resident() - before)
            assert len(piece) < 1_000_000
    assert file.row_count == 50_000
    assert first < 5_000  # rows that were read when the first bytes left
    assert most < 30_000_000


@pytest.mark.parametrize(
    "ask",
    [
        '"; filename=evil.html',
        "a\r\nSet-Cookie: x=1",
        "../../etc/passwd",
        "Пусть закон действует",
        "\u202elmth.live",
        "%22;x",
        ".",
    ],
)
def test_no_ask_breaks_out_of_the_files_name(client, make, clock, olive, ask):
    clock.set(NOON)
    campaign = make.campaign(olive, ask="Harmless", slug="harmless")
    campaign = make.campaign(olive, ask=ask, slug="harmless-2") if "\n" not in ask else campaign
    answer = take(client, olive, campaign)
    value = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=[a-z0-9-]+\.csv; filename\*=UTF-8''[A-Za-z0-9%._~-]+\.csv", value), value
    assert f"signers-{campaign.slug}-spreadsheet-2026-11-22.csv" in value
    assert not re.search(r"%(22|2F|5C|3B|0D|0A|E2%80%AE)", value, re.I)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_name_says_what_the_file_is_made_for(client, make, clock, olive):
    clock.set(NOON)
    campaign = make.campaign(olive, ask="Straße für alle", slug="strasse")
    value = take(client, olive, campaign, made_for="crm").headers["Content-Disposition"]
    assert "filename=signers-strasse-crm-2026-11-22.csv" in value
    assert "filename*=UTF-8''Stra%C3%9Fe%20f%C3%BCr%20alle%20crm-2026-11-22.csv" in value


def test_the_other_owners_are_told_in_the_same_transaction(client, make, olive, stored):
    other = make.account(Role.OWNER, olive, email="oscar@example.org")
    make.account(Role.DATA_OFFICER, olive)
    make.account(Role.OWNER, make.organisation())
    make.account(Role.OWNER, olive, active=False)
    take(client, olive, make.campaign(olive))
    (mail,) = stored(Mail)
    assert (mail.kind, mail.recipient, mail.account_id, mail.export_id) == (
        "exported",
        other.email,
        other.id,
        stored(Export)[0].id,
    )


def test_five_in_an_hour_are_enough_and_what_was_typed_stays(client, make, olive, stored, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    campaign = make.campaign(olive)
    for _time in range(5):
        assert take(client, olive, campaign).status_code == 200
    sixth = take(client, olive, campaign, reason="The sixth")
    assert sixth.status_code == 429
    assert 'value="The sixth"' in sixth.text
    assert 3590 < int(sixth.headers["Retry-After"]) <= 3600
    assert "Try again in 60 minutes. What you entered is still here." in sixth.text
    assert len(stored(Export)) == 5
    assert client.post(f"/desk/{olive.slug}/campaigns/{campaign.slug}/export/preview", data=chosen()).status_code == 200
    limiter.reset()


def test_a_password_cannot_be_guessed_here(client, make, olive, stored, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    campaign = make.campaign(olive)
    answers = [take(client, olive, campaign, password=f"guess {n}").status_code for n in range(11)]
    assert answers == [422] * 10 + [429]
    assert take(client, olive, campaign).status_code == 429
    limiter.reset()


def test_the_switch_stops_every_export(app, client, make, olive, stored, tmp_path):
    campaign = make.campaign(olive)
    app.config["EXPORTS_DISABLED"] = True
    assert "Exports are switched off" in client.get(f"/desk/{olive.slug}/campaigns/{campaign.slug}/export").text
    assert take(client, olive, campaign).status_code == 403
    told = app.test_cli_runner().invoke(
        args=["export", campaign.slug, "--out", str(tmp_path / "x.csv"), "--reason", "x"]
    )
    assert told.exit_code == 1
    assert stored(Export) == []
    assert list(tmp_path.iterdir()) == []


def test_the_preview_shows_the_rows_as_they_will_be_and_records_nothing(client, make, olive, stored):
    campaign = make.campaign(olive)
    make.signature(campaign, given_name="=1+1", family_name="X", email="noor@example.org")
    address = f"/desk/{olive.slug}/campaigns/{campaign.slug}/export/preview"
    page = client.post(address, data=chosen(columns=["given_name", "email"], password="", reason=""))
    assert page.status_code == 200
    assert "<bdi>&#39;=1+1</bdi>" in page.text
    assert "<bdi>•••@•••</bdi>" in page.text
    assert "noor@example.org" not in page.text
    assert "Export one row, 3 columns" in page.text
    assert "This field is required" not in page.text
    exact = client.post(address, data=chosen(made_for="crm")).text
    assert "<bdi>=1+1</bdi>" in exact
    assert client.post(address, data=chosen(signed_from="x")).status_code == 422
    assert stored(Export) == []


def test_past_exports_stand_beside_the_form_and_on_the_organisations_page(app, client, make, olive, sign_in):
    campaign = make.campaign(olive)
    make.signature(campaign)
    answer = take(client, olive, campaign, reason="Monthly copy")
    digest = hashlib.sha256(answer.get_data()).hexdigest()
    beside = client.get(f"/desk/{olive.slug}/campaigns/{campaign.slug}/export").text
    listed = client.get(f"/desk/{olive.slug}/exports").text
    for page in (beside, listed):
        assert "Monthly copy" in page
        assert "Olive Branch" in page
        assert "one row" in page
    assert digest in listed
    elsewhere, oscar = make.organisation(), app.test_client()
    sign_in(oscar, make.account(Role.OWNER, elsewhere))
    page = oscar.get(f"/desk/{elsewhere.slug}/exports")
    assert page.status_code == 200
    assert "Monthly copy" not in page.text


def test_an_operator_exports_on_record_into_a_file_of_their_own(app, make, stored, tmp_path):
    desk = make.organisation()
    owner = make.account(Role.OWNER, desk)
    campaign = make.campaign(desk)
    make.signature(campaign, given_name="=Noor", email="noor@example.org")
    out = tmp_path / "signers.csv"
    run = app.test_cli_runner().invoke(
        args=[
            "export",
            campaign.slug,
            "--out",
            str(out),
            "--reason",
            "Board",
            "--columns",
            "given_name,email",
            "--form",
            "crm",
            "--state",
            "all",
        ]
    )
    assert run.exit_code == 0, run.output
    assert (
        out.read_bytes()
        == b'"given_name","email","hear_more","state"\r\n"=Noor","noor@example.org","no","confirmed"\r\n'
    )
    assert out.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [out]
    (record,) = stored(Export)
    assert (record.taken_by, record.account_id, record.state, record.row_count) == (
        "operator, command line",
        None,
        "finished",
        1,
    )
    assert record.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert record.form == ExportForm.CRM
    assert [mail.recipient for mail in stored(Mail)] == [owner.email]


@pytest.mark.parametrize(
    ("slug", "options", "says"),
    [
        ("nowhere", [], "No published campaign has the address nowhere."),
        ("here", ["--columns", "email_key"], "email_key is no column"),
        ("here", ["--reason", " "], "Say why the list is taken"),
    ],
)
def test_an_operator_is_told_what_is_wrong_and_no_file_is_left(app, make, stored, tmp_path, slug, options, says):
    make.campaign(slug="here")
    run = app.test_cli_runner().invoke(
        args=["export", slug, "--out", str(tmp_path / "x.csv"), "--reason", "Board", *options]
    )
    assert run.exit_code != 0
    assert says in run.output
    assert list(tmp_path.iterdir()) == []
    assert stored(Export) == []


def test_an_operators_export_that_fails_is_recorded_as_aborted(app, make, stored, tmp_path, monkeypatch):
    campaign = make.campaign()
    monkeypatch.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError("disk full")))
    run = app.test_cli_runner().invoke(
        args=["export", campaign.slug, "--out", str(tmp_path / "x.csv"), "--reason", "Board"]
    )
    assert run.exit_code == 1
    assert "disk full" in run.output
    assert list(tmp_path.iterdir()) == []
    assert [record.state for record in stored(Export)] == ["aborted"]
