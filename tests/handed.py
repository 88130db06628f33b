"""Lists that were handed over, to test with: an export as the desk takes it, a hand-over, and its manifest."""

from __future__ import annotations

from flask import Flask

from app import clock, mailboxes, manifest_keys
from app.domain import deliveries, exports
from app.domain.exports import Choice
from app.extensions import db
from app.models import Campaign, Delivery, DeliveryWay, Manifest
from app.signer_file import SignerFile


def taken(campaign: Campaign, choice: Choice | None = None, *, finished: bool = True) -> tuple[int, bytes]:
    """An export of a campaign and its bytes."""
    choice = choice or Choice()
    mine = db.session.get_one(Campaign, campaign.id)
    start = {"by": None, "taken_by": "Olive", "reason": "For the ministry", "expected_rows": 0, "key": mailboxes.key}
    export_id = exports.start(mine, choice, now=clock.now(), **start).id
    file = SignerFile(db.engine, exports.rows(mine, choice), choice.header(), guarded=True, bom=choice.bom)
    content = b"".join(file)
    if finished:
        exports.finish(export_id, row_count=file.row_count, sha256=file.sha256, now=clock.now())
    return export_id, content


def over(app: Flask, campaign: Campaign, choice: Choice | None = None, **said: str) -> tuple[Manifest, Delivery]:
    """A hand-over of a new export, today."""
    with app.app_context():
        export_id, _content = taken(campaign, choice)
        words = deliveries.Words(clock.now().date(), DeliveryWay.IN_PERSON, to_office="The Ministry", **said)
        mine = db.session.get_one(Campaign, campaign.id)
        given = {"export_id": export_id, "by": None, "seal": manifest_keys.seal(), "now": clock.now()}
        delivery = deliveries.record(mine, words, **given)
        manifest = delivery.manifest
        assert manifest is not None
        db.session.refresh(manifest)
        db.session.expunge_all()
        return manifest, delivery
