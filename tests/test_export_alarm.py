"""Where unusually many signers leave within a day the owners are warned, also the one in whose name it was done (EXP-07)."""

from __future__ import annotations

from app.mail import compose, subjects
from app.models import Activity, Deed, Export, Mail, Role
from tests.test_exports import NOON, olive, take

__all__ = ["olive"]


def test_owners_are_warned_when_unusually_much_leaves_within_a_day(app, client, make, olive, clock, stored):
    clock.set(NOON)
    app.config["EXPORT_ALARM_ROWS"] = 3
    campaign = make.campaign(olive)
    for _n in range(2):
        make.signature(campaign)
    make.account(Role.DATA_OFFICER, olive)
    take(client, olive, campaign).get_data()
    assert stored(Mail) == []  # two of three, and olive is the only owner
    take(client, olive, campaign).get_data()
    clock.forward(hours=25)
    take(client, olive, campaign).close()
    assert [export.day_rows for export in stored(Export)] == [None, 4, None]
    assert stored(Export)[2].row_count == 0  # broken off before the first row, which is no row that left
    take(client, olive, campaign).get_data()
    (mail,) = stored(Mail)
    assert (mail.kind, mail.account_id) == ("exported", stored(Export)[0].account_id)
    with app.app_context():
        (loaded,) = compose.loaded([mail.id])
        subject, text, html = compose.words(app, mail.kind, "en", subjects.of(loaded, NOON))
    assert subject.startswith("Unusually many signers were exported: ")
    for written in (text, html):
        assert "Within 24 hours 4 rows of signers left" in " ".join(written.split())
    assert "Unusually much: 4 rows within 24 hours." in client.get(f"/desk/{olive.slug}/exports").text
    assert [entry.details.get("day_rows") for entry in stored(Activity, deed=Deed.TOOK_LIST)] == [None, 4, None, None]
    log = client.get(f"/desk/{olive.slug}/log").text
    assert "unusually much: 4 rows within 24 hours" in log
