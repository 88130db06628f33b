"""Lists of signers leave the house encrypted to keys that the organisation alone has, where it wants so, or always."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import zipfile

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from app import export_worker
from app.domain import deliveries, export_work
from app.encryption import EncryptedFile, NotEncrypted
from app.extensions import db
from app.manifest_keys import seal
from app.models import (
    Activity,
    Campaign,
    DeliveryWay,
    Export,
    ExportKey,
    Mail,
    Organisation,
    Role,
    UnsavedWords,
)
from app.signer_file import File
from tests.factories import PASSWORD
from tests.test_exports import NOON, olive, take

__all__ = ["olive"]
SECRET = pyrage.x25519.Identity.generate()
KEY, OTHER = str(SECRET.to_public()), str(pyrage.x25519.Identity.generate().to_public())

WEAK = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z"  # well written, and the secret would be zero for everybody


@pytest.fixture
def campaign(app, make, olive, clock, tmp_path):
    clock.set(NOON)
    app.config["INSTANCE_PATH"] = str(tmp_path)
    make.account(Role.OWNER, olive)  # who is told
    campaign = make.campaign(olive, slug="rein-in")
    for n in range(6):
        make.signature(campaign, given_name=f"Zaynab {n}", family_name="Qadir", email=f"zaynab{n}@example.org")
    return campaign


def add(client, desk, *lines):
    return client.post(f"/desk/{desk.slug}/settings/keys", data={"keys": "\n".join(lines)})


def require(client, desk, word="yes"):
    return client.post(f"/desk/{desk.slug}/settings/keys/required", data={"required": word})


def opened(body):
    """The list in an encrypted file."""
    assert b"Zaynab" not in body
    assert body.startswith(b"age-encryption.org/v1\n")
    return pyrage.decrypt(body, [SECRET])


def test_olive_gets_a_file_that_only_her_key_opens_and_its_record_says_so(app, client, olive, campaign, stored):
    assert "Encrypt to the organisation" not in client.get(f"/desk/{olive.slug}/campaigns/rein-in/export").text
    assert add(client, olive, f"{KEY} Olive, office laptop").status_code == 303
    page = client.get(f"/desk/{olive.slug}/campaigns/rein-in/export?preset=osdi").text
    assert 'name="encrypt" value="1" checked' in page
    assert "one of these keys can then open the file: Olive, office laptop (added by" in page
    answer = take(client, olive, campaign, encrypt="1")
    body = answer.get_data()
    plain = opened(body)
    assert len(list(csv.reader(io.StringIO(plain.decode("utf-8-sig"))))) == 7
    assert "filename=signers-rein-in-spreadsheet-2026-11-22.csv.age" in answer.headers["Content-Disposition"]
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(body, [pyrage.x25519.Identity.generate()])
    (export,) = stored(Export)
    sums = [hashlib.sha256(one).hexdigest() for one in (body, plain)]
    assert [export.sha256, export.list_sha256, export.state] == [*sums, "finished"]
    assert (export.row_count, export.encrypted_to) == (6, [{"name": "Olive, office laptop", "key": KEY}])
    listed = client.get(f"/desk/{olive.slug}/exports").text
    for words in ("encrypted to: Olive, office laptop", "of the encrypted file, as it was delivered", *sums):
        assert words in listed
    assert stored(Activity, deed="took_list")[0].details["encrypted_to"] == "Olive, office laptop"
    bare = take(client, olive, campaign).get_data()  # the box was not ticked
    assert bare == plain
    since = take(client, olive, campaign, encrypt="1", since=str(export.id), made_for="crm", columns=["given_name"])
    assert opened(since.get_data()).startswith(b'"change","why"')
    assert [one.list_sha256 != "" for one in stored(Export)] == [True, False, True]


@pytest.mark.parametrize("made_for", ["csv", "xlsx"])
def test_what_waits_on_disk_is_encrypted_and_taken_as_it_is(
    app, client, olive, campaign, clock, stored, tmp_path, made_for
):
    add(client, olive, f"{KEY} Olive", f"{OTHER} Ben")
    made_for = {"csv": "spreadsheet"}.get(made_for, made_for)
    at = take(client, olive, campaign, encrypt="1", when="later", made_for=made_for).location
    keys = f"/desk/{olive.slug}/settings/keys"
    assert client.post(f"{keys}/{stored(ExportKey)[1].id}/remove").status_code == 303
    with app.app_context():
        export_worker.write_due(clock.now())
    (file,) = [one for one in (tmp_path / "exports").rglob("*") if one.is_file()]
    on_disk = file.read_bytes()
    plain = opened(on_disk)
    if made_for == "xlsx":
        with zipfile.ZipFile(io.BytesIO(plain)) as book:
            plain = book.read("xl/worksheets/sheet1.xml")
    assert b"Zaynab 5" in plain
    assert "one of these keys can open it: Olive; Ben." in client.get(at).text
    answer = client.post(at, data={"password": PASSWORD})
    assert answer.get_data() == on_disk
    assert ".age" in answer.headers["Content-Disposition"]
    (export,) = stored(Export)
    assert (export.sha256, export.state) == (hashlib.sha256(on_disk).hexdigest(), "finished")


def test_required_means_every_export_whoever_asks_and_however(app, client, olive, campaign, clock, stored, tmp_path):
    assert require(client, olive).status_code == 409
    assert stored(Organisation)[0].requires_encryption is False
    waits = take(client, olive, campaign, when="later").location
    with app.app_context():
        export_worker.write_due(clock.now())
    add(client, olive, f"{KEY} Olive")
    assert require(client, olive).status_code == 303
    gone = client.post(waits, data={"password": PASSWORD})  # it was written in plain text
    assert gone.status_code == 410
    assert "every export has to be encrypted since" in gone.text
    with app.app_context():
        assert export_work.expire(clock.now()) == 1
    page = client.get(f"/desk/{olive.slug}/campaigns/rein-in/export").text
    assert 'name="encrypt"' not in page
    (key,) = stored(ExportKey)
    readers = "Only whoever has one of these keys can open the file: Olive"
    assert f"{readers} (added by {key.added_by}, 22 November 2026)." in page  # another key may have had this name
    with app.app_context():
        db.session.get_one(ExportKey, key.id).added_at -= dt.timedelta(days=15)
        db.session.commit()
    assert f"{readers}." in client.get(f"/desk/{olive.slug}/campaigns/rein-in/export").text
    assert opened(take(client, olive, campaign).get_data())  # without the box
    assert opened(take(client, olive, campaign, encrypt="", layout="osdi", made_for="jsonl").get_data())
    last = stored(Export)[-1].id
    assert opened(take(client, olive, campaign, since=str(last)).get_data()) is not None
    run = app.test_cli_runner()
    words = ["export", "rein-in", "--out", str(tmp_path / "signers.csv"), "--reason", "For the archive"]
    told = run.invoke(args=[*words, "--plain"])
    assert told.exit_code == 0
    assert "signers.csv.age, encrypted to Olive" in told.output
    assert b"Zaynab" in opened((tmp_path / "signers.csv.age").read_bytes())
    gone = client.post(f"/desk/{olive.slug}/settings/keys/{stored(ExportKey)[0].id}/remove")
    assert gone.status_code == 409
    assert "this is the only key" in gone.text
    assert require(client, olive, "no").status_code == 303
    run.invoke(args=[*words, "--plain"])
    assert b"Zaynab" in (tmp_path / "signers.csv").read_bytes()


@pytest.mark.sqlite_alone
def test_the_manifest_of_an_encrypted_export_is_about_the_list_in_it(app, client, olive, campaign, clock, stored):
    add(client, olive, f"{KEY} Olive")
    body = take(client, olive, campaign, encrypt="1").get_data()
    with app.app_context():
        mine = db.session.get_one(Campaign, campaign.id)
        words = deliveries.Words(clock.now().date(), DeliveryWay.IN_PERSON, to_office="The Ministry")
        given = {"export_id": stored(Export)[0].id, "by": None, "seal": seal(), "now": clock.now()}
        at = f"/manifests/{deliveries.record(mine, words, **given).manifest.public_id}"
    plain = hashlib.sha256(opened(body)).hexdigest()
    assert client.get(f"{at}.json").json["list"]["sha256"] == plain
    page = client.get(f"{at}?sha256={plain}").text
    assert "answer same" in page
    assert "Check the list itself, as it is once that file was opened." in page
    as_taken = client.get(f"{at}?sha256={hashlib.sha256(body).hexdigest()}").text  # whoever checks before opening it
    assert "This is the encrypted file, as it left this site." in as_taken


@pytest.mark.sqlite_alone
def test_bad_keys_are_told_kindly_and_a_secret_one_is_kept_nowhere(client, olive, stored):
    pair = Ed25519PrivateKey.generate().public_key()
    ssh = pair.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    assert add(client, olive, f"Public key: {KEY.upper()} – Olive", "", f"{ssh} ben@laptop").status_code == 303
    assert [(one.name, one.key) for one in stored(ExportKey)] == [("Olive", KEY), ("ben@laptop", ssh)]
    with client.session_transaction("/account") as session:
        session["fs_paa"] -= 600  # when Olive showed that it is her
    for lines, said in (
        ([f"{OTHER[:-1]}q Ann"], "Line 1 holds no public key that can be used. One is age1 with 58"),
        ([f"{WEAK} Eve"], "Line 1 holds no public key that can be used."),
        ([f"{ssh}AAAA Ben"], "Line 1 holds no public key that can be used."),
        (["ssh-rsa AAAA Ann"], "The command age-keygen makes one."),
        ([f"{OTHER} Ann", OTHER], "Line 2: write after the key whose it is"),
        ([f"# public key: {OTHER}", f"{SECRET} Olive"], "Line 2 holds a secret key."),
        ([f"{SECRET} Olive"], "Line 1 holds a secret key. It was not kept."),
    ):
        answer = add(client, olive, *lines)
        assert answer.status_code == 422
        assert said in answer.text
        assert str(SECRET) not in answer.text
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    for broken in (pem, f"{str(SECRET)[:30]}\n{str(SECRET)[30:]}", str(SECRET).replace("KEY", "\nKEY")):
        shown = add(client, olive, f"{OTHER} Ann", broken).text
        assert "Line 2 holds a secret key." in shown
        assert not any(part in shown for part in broken.split())
    assert add(client, olive, f"{OTHER} Ann").location.startswith("/account/verify")
    assert [one.fields for one in stored(UnsavedWords)] == [[["keys", f"{OTHER} Ann"]]]
    assert f"{OTHER} Ann</textarea>" in client.get(f"/desk/{olive.slug}/settings/keys?unsaved=take").text
    assert len(stored(ExportKey)) == 2
    assert client.post(f"/desk/{olive.slug}/settings/keys/1/remove").location.startswith("/account/verify")
    assert require(client, olive).location.startswith("/account/verify")


@pytest.mark.sqlite_alone
def test_officers_set_keys_owners_decide_and_it_is_in_the_log(app, make, olive, campaign, sign_in, stored):
    officer = make.account(Role.DATA_OFFICER, olive, name="Dana")
    client = app.test_client()
    sign_in(client, officer)
    add(client, olive, f"{KEY} Dana")
    again = add(client, olive, f"{KEY} Olive")
    assert (again.status_code, len(stored(ExportKey))) == (409, 1)
    assert "is in the list already" in again.text
    assert "Owners decide about that." in client.get(f"/desk/{olive.slug}/settings/keys").text
    assert require(client, olive).status_code == 403
    take(client, olive, campaign, encrypt="1").get_data()
    client.post(f"/desk/{olive.slug}/settings/keys/{stored(ExportKey)[0].id}/remove")
    assert take(client, olive, campaign, encrypt="1").status_code == 409  # as a page from before would ask
    noted = [(one.by_name, one.deed, one.thing_kind) for one in stored(Activity)[-3:]]
    assert noted[0] == ("Dana", "created", "export_key")
    assert noted[2] == ("Dana", "removed", "export_key")
    assert {one.kind for one in stored(Mail)} == {"exported"}


class Endless(File):
    """Ten thousand pieces of 64 kB, of which nobody wants all."""

    def __iter__(self):
        for _n in range(10_000):
            self._read(500)
            yield self._counted(b"x" * 65_536)


@pytest.mark.sqlite_alone
def test_a_file_is_encrypted_piece_by_piece_and_stops_when_nobody_takes_it():
    file = EncryptedFile(Endless(), [KEY])
    pieces = iter(file)
    got = [next(pieces) for _n in range(20)]
    assert file.row_count <= 20 * 500
    assert sum(map(len, got)) <= 21 * 70_000
    pieces.close()
    assert file.row_count <= 20 * 500


@pytest.mark.sqlite_alone
def test_no_key_keeps_an_export_or_the_worker_waiting_for_ever():
    with pytest.raises(NotEncrypted):
        list(EncryptedFile(Endless(), [KEY, WEAK]))
