"""What signers are asked, and the thank-you page: nothing that axe finds wrong, nothing that scrolls sideways."""

from __future__ import annotations

import pytest

from app.models import QuestionKind
from tests import looking
from tests.looking import BOTH
from tests.test_axe_campaign_life import LONG, signed_in, tigris
from tests.test_questions import COLOURS, ask
from tests.test_signing import link

looker, tigris, ask = looking.looker, tigris, ask
pytestmark = pytest.mark.browser


def test_what_olive_asks_and_sam_answers(app, make, tigris, looker, page, ask):
    signed_in(make, tigris, looker, page, "owner")
    campaign = make.campaign(tigris, slug="asks", ask=LONG[:110])
    signature = make.signature(campaign)
    numbers = [ask(campaign, kind, COLOURS, is_required=kind == QuestionKind.CHOICE) for kind in QuestionKind]
    at = "/desk/tigris/campaigns/asks"
    for path in ("asked", f"asked/questions/{numbers[2]}", "thanks", "thanks/preview", "confirm-mail", "confirm-page"):
        looker.look(f"{at}/{path}")
    looker.look("/campaigns/asks/sign", languages=BOTH)
    looker.look(f"/confirm/{link(app, signature)}")
    assert looker.wrong == []
