"""Exports: the choice, presets, files that are written or wait, keys: nothing that axe finds wrong, nothing that scrolls sideways."""

from __future__ import annotations

import pyrage
import pytest

from app import export_worker
from app.domain import export_keys, export_presets
from app.domain.export_layouts import LAYOUTS
from app.extensions import db
from app.models import Account, Organisation
from tests import looking
from tests.factories import PASSWORD
from tests.looking import BOTH
from tests.test_exports import chosen

looker = looking.looker
pytestmark = pytest.mark.browser
KEY = str(pyrage.x25519.Identity.generate().to_public())


def test_exports_as_people_and_machines_see_them(app, make, looker, page, clock):
    organisation = make.organisation(slug="tigris")
    account = make.account("owner", organisation, name="Olive Branch-Lindqvist", email="olive@example.org")
    campaign = make.campaign(organisation, slug="full", ask="Rein in militias")
    make.signature(campaign, given_name="W" * 60, family_name="هبة حدّاد")
    with app.app_context():
        mine, by = db.session.get_one(Organisation, organisation.id), db.session.get_one(Account, account.id)
        export_keys.add(mine, [("Olive, office laptop", KEY)], by=by, now=clock.now())
        export_presets.keep(mine, "W" * 80, LAYOUTS["osdi"].choice(), by=by, now=clock.now())
    page.goto(f"{looker.base}/account/login")
    page.fill("#email", account.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    looker.cookies = page.context.cookies()
    here = "/desk/tigris/campaigns/full/export"
    waits = [page.request.post(looker.base + here, form=_flat(when="later"), max_redirects=0) for _n in range(2)]
    queued, ready = (answer.headers["location"] for answer in waits)
    looker.look(queued, languages=BOTH)
    with app.app_context():
        export_worker.write_due(clock.now())
    looker.look(ready, languages=BOTH)
    looker.look(here, lambda p: p.goto(p.url.split("?")[0] + "?preset=osdi"))
    looker.look("/desk/tigris/exports")
    looker.look("/desk/tigris/settings/keys", languages=BOTH)
    assert looker.wrong == []


def _flat(**values):
    """What a form sends, one value a name."""
    return {name: value[0] if isinstance(value, list) else value for name, value in chosen(**values).items()}
