"""The desk: a signer who lost our mail gets the link to their signature once more."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, limits
from app.domain import signer_links
from app.domain.refused import NotFound, Refused
from app.domain.rights import Right
from app.views import access
from app.views.access import needs
from app.views.organise import bp


@bp.post("/<organisation>/campaigns/<slug>/signers/<public_id>/link")
@needs(Right.ACT)
def send_link(organisation: str, slug: str, public_id: str) -> ResponseReturnValue:
    """Its mail goes to the address that signed, which nobody at the desk types."""
    campaign = access.campaign(slug)
    try:
        signer_links.send(campaign, public_id, limits.budget(), by=access.account(), now=clock.now())
        flash(_("The link to the signature is on its way to the mailbox that signed."))
    except NotFound:
        raise
    except Refused as refused:
        flash(refused.sentence, "error")
    return redirect(url_for(".signer", organisation=organisation, slug=campaign.slug, public_id=public_id), 303)
