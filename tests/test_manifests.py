"""Manifests: whoever got a list checks it, on the page or without us; nothing of any signer is told, and it stays what it was."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import subprocess

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import update

from app import checksums
from app.domain import deliveries
from app.domain.exports import Choice
from app.domain.refused import Refused
from app.extensions import db
from app.models import Delivery, Manifest, Signature
from app.models.types import table_of
from tests import handed

START = dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC)
SUM = "0123456789abcdef" * 4
PERSON = {"given_name": "Zaynab", "family_name": "Qadir", "email": "zaynab@example.org", "postcode": "10011"}


@pytest.fixture
def signed(make, clock):
    """A campaign with eight signatures of eight days."""
    campaign = make.campaign(make.organisation(name="Tigris Desk"), slug="archive", ask="Open the archive")
    for day in range(8):
        clock.set(START + dt.timedelta(days=day))
        make.signature(campaign, **(PERSON if day == 3 else {}))
    clock.set(START + dt.timedelta(days=20))
    return campaign


def verified(client, address, change=b""):
    """The text of a manifest, held against its signature with nothing but the three files that the page names."""
    text = client.get(f"{address}.json").data + change
    key = load_pem_public_key(client.get(f"/manifests/keys/{json.loads(text)['key']}.pem").data)
    key.verify(client.get(f"{address}.sig").data, text)
    return json.loads(text)


def test_sam_reads_what_the_list_holds_and_nothing_of_any_signer(app, client, signed):
    manifest, _delivery = handed.over(app, signed, public_note="In four boxes.")
    at = f"/manifests/{manifest.public_id}"
    said = verified(client, at)
    assert said["list"]["columns"] == ["given_name", "family_name", "country", "postcode", "signed_at", "text_version"]
    assert (said["list"]["rows"], said["list"]["states"]) == (8, ["confirmed"])
    assert said["period"] == {"first": "2026-04-01", "last": "2026-04-08", "zone": "UTC"}
    assert [version["number"] for version in said["text_versions"]] == [1]
    assert (said["organisation"], said["campaign"]["ask"]) == ("Tigris Desk", "Open the archive")
    assert said["address"] == f"{app.config['BASE_URL']}{at}"
    page = client.get(at).text
    for words in (
        "a list of 8 signatures",
        said["list"]["sha256"],
        "from 1 April 2026 to 8 April 2026",
        "In four boxes.",
        "those that count: confirmed by mail, or brought in from paper or another platform",
    ):
        assert words in page
    assert "To \u2068The Ministry\u2069" in page or "to \u2068The Ministry\u2069" in page
    for address in (at, f"{at}.json"):
        assert not any(value in client.get(address).text for value in PERSON.values())
    with pytest.raises(InvalidSignature):
        verified(client, at, b" ")


def test_few_rows_are_not_sealed_and_files_of_all_states_say_so(app, client, make, clock, stored):
    campaign = make.campaign()
    for state in ("confirmed", "confirmed", "held", "pending"):
        make.signature(campaign, state)
    with pytest.raises(Refused, match="would let others try out who they are"):
        handed.over(app, campaign, Choice(all_states=True))
    assert (stored(Manifest), stored(Delivery)) == ([], [])
    make.signature(campaign, "pending")
    said = json.loads(handed.over(app, campaign, Choice(all_states=True))[0].document)
    assert (said["list"]["rows"], said["list"]["states"]) == (5, ["pending", "confirmed", "held", "invalidated"])


@pytest.mark.parametrize(
    ("pasted", "status", "sentence"),
    [
        ("{sum}", 200, "This is the list."),
        ("SHA256 hash of signers.csv:\n{pairs}\nCertUtil: done", 200, "This is the list."),
        (SUM, 200, "This is not the list."),
        ("{sum}0", 422, "This is no SHA-256 checksum."),
        ("<script>", 422, "This is no SHA-256 checksum."),
    ],
)
def test_whoever_pastes_a_checksum_is_told_in_words(app, client, signed, pasted, status, sentence):
    manifest, _delivery = handed.over(app, signed)
    own = json.loads(manifest.document)["list"]["sha256"]
    pairs = " ".join(own[n : n + 2] for n in range(0, 64, 2)).upper()
    text = pasted.format(sum=own, pairs=pairs)
    answer = client.get(f"/manifests/{manifest.public_id}", query_string={"sha256": text})
    assert answer.status_code == status
    assert f"<title>{sentence} " in answer.text
    assert f"<strong>{sentence}</strong>" in answer.text
    assert "<script>" not in answer.text
    assert len(app.extensions["pages"]._kept) == 0  # strangers' questions push nothing from the shelf


def test_checksums_are_read_as_each_command_prints_them():
    prints = (SUM.upper(), f"{SUM}  signers.csv", f"SHA256 (a.csv) = {SUM}", f"SHA256   {SUM.upper()}   C:\\a.csv")
    assert {checksums.sha256(text) for text in prints} == {SUM}
    assert checksums.sha256(f"{SUM} {SUM[::-1]}") is None


def test_the_file_itself_is_what_the_manifest_names(app, signed, tmp_path, client):
    """The recipe of the page and of docs/manifests.md, with the programs that people have."""
    with app.app_context():
        _number, content = handed.taken(signed)
    manifest, _delivery = handed.over(app, signed)
    assert hashlib.sha256(content).hexdigest() == json.loads(manifest.document)["list"]["sha256"]
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl here")
    at = f"/manifests/{manifest.public_id}"
    (tmp_path / "manifest.json").write_bytes(client.get(f"{at}.json").data)
    (tmp_path / "manifest.sig").write_bytes(client.get(f"{at}.sig").data)
    (tmp_path / "key.pem").write_bytes(client.get(f"/manifests/keys/{manifest.fingerprint}.pem").data)
    command = client.get(at).text.partition("openssl pkeyutl")[2].partition("<")[0].split()
    assert command[0] == "-verify"

    def run(*arguments):
        return subprocess.run(["openssl", *arguments], cwd=tmp_path, capture_output=True, check=False)

    assert b"Signature Verified Successfully" in run("pkeyutl", *command).stdout
    der = run("pkey", "-pubin", "-in", "key.pem", "-outform", "DER").stdout
    assert hashlib.sha256(der).hexdigest() == manifest.fingerprint
    (tmp_path / "manifest.json").write_bytes(manifest.document.replace('"rows":8', '"rows":9').encode())
    assert run("pkeyutl", *command).returncode != 0


def test_another_secret_signs_with_another_key_and_what_was_signed_stays_good(app, client, signed):
    first, _delivery = handed.over(app, signed)
    app.config["SECRET_KEY"] = "another secret of this installation, long enough"
    second, _delivery = handed.over(app, signed)
    assert first.fingerprint != second.fingerprint
    for manifest in (first, second):
        verified(client, f"/manifests/{manifest.public_id}")
    keys = client.get("/manifests/keys").text
    assert keys.index("Signs now") < keys.index(second.fingerprint) < keys.index("An earlier key")
    assert keys.index("An earlier key") < keys.index(first.fingerprint)
    assert client.get(f"/manifests/keys/{SUM}.pem").status_code == 404


def test_what_is_withdrawn_later_is_told_only_of_five_and_the_manifest_stays(app, client, signed, clock, stored):
    manifest, _delivery = handed.over(app, signed)
    at = f"/manifests/{manifest.public_id}"
    rows = [row.id for row in stored(Signature)]
    table = table_of(Signature)

    def withdraw(ids, moment):
        gone = {"state": "withdrawn", "email_key": None, "given_name": "", "withdrawn_at": moment}
        with app.app_context():
            db.session.execute(update(table).where(table.c.id.in_(ids)).values(**gone))
            db.session.commit()

    withdraw(rows[:4], clock.now() + dt.timedelta(days=1))
    clock.set(dt.datetime(2026, 6, 2, 9, tzinfo=dt.UTC))
    assert "Since the list was made" not in client.get(at).text
    app.extensions["pages"].clear()
    withdraw(rows[4:6], dt.datetime(2026, 5, 3, tzinfo=dt.UTC))
    withdraw(rows[6:7], clock.now())  # of a month that is not over
    assert "Since the list was made, 6 signatures of it were withdrawn" in client.get(at).text
    verified(client, at)
    assert stored(Manifest)[0].document == manifest.document


def test_a_hand_over_that_is_taken_back_leaves_the_page_and_says_so(app, client, signed):
    manifest, delivery = handed.over(app, signed)
    with app.app_context():
        mine = db.session.get_one(Delivery, delivery.id)
        deliveries.remove(mine, now=START)
    page = client.get(f"/manifests/{manifest.public_id}").text
    assert "No hand-over of this list is on record at present" in page
    assert client.get("/manifests/x").status_code == 404
