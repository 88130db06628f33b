"""When something of ours breaks: what the person reads, and what the log may know."""

from __future__ import annotations

import logging
import re

from app.extensions import db
from app.models import Signature

ADDRESS = "@".join(["canary", "example.org"])  # not whole in the source, which the log may quote


def test_sam_reads_a_reference_that_finds_the_fault_in_the_log_but_not_sam(app, client, make, monkeypatch, caplog):
    campaign = make.campaign()

    def break_down(*_words, **_more):
        if db.engine.dialect.name == "postgresql":  # its texts quote the whole row
            row = {column.name: None for column in Signature.__table__.columns if column.name != "id"}
            db.session.execute(Signature.__table__.insert().values(**{**row, "email": ADDRESS}))
        raise RuntimeError(f"{ADDRESS} could not be kept")

    monkeypatch.setattr("app.campaign_page.counts.parts", break_down)
    with caplog.at_level(logging.ERROR):
        answer = client.get(f"/campaigns/{campaign.slug}")
    assert answer.status_code == 500
    assert ADDRESS not in answer.text
    assert ADDRESS not in caplog.text
    reference = re.search(r"mention (\w{8})", answer.text)
    assert reference
    assert f"fault {reference[1]} at /campaigns/<slug>: " in caplog.text
    assert "break_down" in caplog.text
