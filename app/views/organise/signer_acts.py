"""The desk: what is done to signatures. First a page that says how many, then the act, on record, in batches, and a way back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock, ledger_words, limits, pages
from app.domain import ledger, signer_acts, signers
from app.domain.refused import NotFound, Refused
from app.domain.signer_acts import DryRun
from app.domain.signers import Wanted
from app.forms import signers as forms
from app.forms import values
from app.forms.signers import ActForm, FindForm
from app.models import ActKind, Campaign, SignerAct
from app.views import access
from app.views.access import needs
from app.views.organise import bp
from app.views.organise.signatures import ACTS, LISTS, PAGE_SIZE, asked
from app.views.organise.words import short_moment

ACTS_SHOWN = 30


@dataclass(frozen=True)
class Asked:
    """What somebody wants to be done: to the ticked signatures, or to all that match."""

    kind: ActKind
    find: FindForm
    wanted: Wanted
    public_ids: tuple[str, ...]


def _read(campaign: Campaign) -> Asked:
    """Raises Refused where it is not clear which signatures are meant."""
    said = request.form.get("kind", "")
    if said not in signer_acts.FROM:
        raise Refused(_("Choose what to do with the signatures."))
    find, wanted, _act = asked(campaign, request.form)
    if request.form.get("scope") == "all":
        if find.errors:  # a filter that is not understood filters nothing, and would mean everybody
            raise Refused(_("Correct the filters first."))
        return Asked(ActKind(said), find, wanted, ())
    ticked = tuple(dict.fromkeys(request.form.getlist("id")))[:PAGE_SIZE]
    if not ticked:
        raise Refused(_("Tick at least one signature, or choose all that match."))
    return Asked(ActKind(said), find, replace(Wanted(), public_ids=ticked), ticked)


@bp.post("/<organisation>/campaigns/<slug>/acts/ask")
@needs(ACTS)
def ask_act(organisation: str, slug: str) -> ResponseReturnValue:
    """A dry run: how many would be changed, and what the public will read. Nothing is changed."""
    campaign = access.campaign(slug)
    wish = _read_or_back(organisation, campaign)
    if not isinstance(wish, Asked):
        return wish
    return _page(campaign, wish, ActForm(wish.kind, ledger_words.reason, formdata=None))


def _read_or_back(organisation: str, campaign: Campaign) -> Asked | Response:
    """What is asked; or the way back to the list, with a sentence, where that is not clear."""
    try:
        return _read(campaign)
    except Refused as refused:
        if refused.status == NotFound.status:
            raise
        flash(refused.sentence, "error")
        return _back(organisation, campaign)


def _back(organisation: str, campaign: Campaign) -> Response:
    found: dict[str, Any] = dict(asked(campaign, request.form)[0].arguments())
    return redirect(url_for(".signatures", organisation=organisation, slug=campaign.slug, **found), 303)


def _page(campaign: Campaign, wish: Asked, form: ActForm, sentence: str = "", dry: DryRun | None = None) -> str:
    dry = dry or signer_acts.dry_run(campaign.id, wish.kind, wish.wanted)
    return render_template(
        "organise/act_ask.html",
        section="campaigns",
        campaign=campaign,
        wish=wish,
        form=form,
        dry=dry,
        sentence=sentence,
        asks_password=dry.takes_many_out(wish.kind),
        has_password=access.account().password is not None,
        small=ledger.SMALL,
        state_name=forms.state_name,
    )


@bp.post("/<organisation>/campaigns/<slug>/acts")
@needs(ACTS)
def start_act(organisation: str, slug: str) -> ResponseReturnValue:
    """The act goes on record and begins. A few are done at once; many are done by the worker, and its page shows how far it is."""
    campaign = access.campaign(slug)
    wish = _read_or_back(organisation, campaign)
    if not isinstance(wish, Asked):
        return wish
    form = ActForm(wish.kind, ledger_words.reason)
    dry = signer_acts.dry_run(campaign.id, wish.kind, wish.wanted)
    if not form.validate():
        return _page(campaign, wish, form, dry=dry), 422
    if dry.takes_many_out(wish.kind):
        if sentence := access.too_often("LOGIN_LIMIT", "password for acts"):
            return _page(campaign, wish, form, sentence, dry), 429
        if not access.is_themselves(form.password):
            return _page(campaign, wish, form, dry=dry), 422
    return _started(organisation, campaign, wish, form)


def _started(organisation: str, campaign: Campaign, wish: Asked, form: ActForm) -> ResponseReturnValue:
    expected = values.key(request.form.get("expected", "")) or 0
    try:
        act = signer_acts.start(
            campaign, wish.kind, wish.wanted, form.read(), expected=expected, by=access.account(), now=clock.now()
        )
    except Refused as refused:
        return _page(campaign, wish, form, refused.sentence), refused.status
    public_id = act.public_id
    signer_acts.go_on(act.id, limits.mailing(), now=clock.now())
    pages.forget()
    return redirect(url_for(".act", organisation=organisation, slug=campaign.slug, public_id=public_id), 303)


def _find(campaign: Campaign, public_id: str) -> SignerAct:
    found = signers.act(campaign.id, public_id)
    if found is None:
        raise NotFound
    return found


@bp.get("/<organisation>/campaigns/<slug>/acts/<public_id>")
@needs(LISTS)
def act(organisation: str, slug: str, public_id: str) -> str:
    """What is being done or was done: how far, by whom, why, with which effect; a way to stop it, and one back."""
    campaign = access.campaign(slug)
    found = _find(campaign, public_id)
    return render_template(
        "organise/act.html",
        section="campaigns",
        campaign=campaign,
        act=found,
        undoing=signer_acts.undoing(found),
        can_act=access.can(ACTS),
        what=ledger_words.what,
        reason_name=ledger_words.reason,
        short_moment=short_moment,
    )


@bp.post("/<organisation>/campaigns/<slug>/acts/<public_id>/cancel")
@needs(ACTS)
def cancel_act(organisation: str, slug: str, public_id: str) -> ResponseReturnValue:
    """Stop it where it is. What was done stays, is counted, and can be taken back."""
    campaign = access.campaign(slug)
    _find(campaign, public_id)
    signer_acts.cancel(campaign.id, public_id, now=clock.now())
    return redirect(url_for(".act", organisation=organisation, slug=campaign.slug, public_id=public_id), 303)


@bp.get("/<organisation>/campaigns/<slug>/acts")
@needs(LISTS)
def acts(organisation: str, slug: str) -> str:
    """Everything that was done to this campaign's signatures, the newest first."""
    campaign = access.campaign(slug)
    edge = values.key(request.args.get("before", ""))
    found = signer_acts.past(campaign.id, before=edge, limit=ACTS_SHOWN + 1)
    return render_template(
        "organise/acts.html",
        section="campaigns",
        tab="acts",
        campaign=campaign,
        acts=found[:ACTS_SHOWN],
        older=found[ACTS_SHOWN - 1].id if len(found) > ACTS_SHOWN else None,
        what=ledger_words.what,
        reason_name=ledger_words.reason,
        short_moment=short_moment,
    )
