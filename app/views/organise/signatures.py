"""The desk: who signed, looked for and paged; and one signer's whole record. Which right opens lists and records, and which one acts
on what stands there, is said here, also for `signer_acts` and `signer_deletions`."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app import came_back_words, ledger_words, links, mailboxes
from app.domain import (
    answers,
    questions,
    signer_acts,
    signer_deletions,
    signer_links,
    signer_record,
    signers,
    statistics,
)
from app.domain.refused import NotFound
from app.domain.rights import Right
from app.domain.signers import Matches, Page, Wanted
from app.forms import signers as forms
from app.forms import values
from app.forms.signers import FindForm, MailboxForm
from app.models import Campaign, SignatureState, SignerAct
from app.views import access
from app.views.access import needs
from app.views.organise import bp
from app.views.organise.words import short_moment

PAGE_SIZE = 50
LISTS, SEES_MAILBOXES, ACTS = Right.SEE_SIGNERS, Right.SEE_ADDRESSES, Right.ACT


def asked(campaign: Campaign, said: MultiDict[str, str]) -> tuple[FindForm, Wanted, SignerAct | None]:
    """What an address or a form asks for: the filters, what they mean, and the act whose signatures are meant."""
    form = FindForm.of(questions.of(campaign), said)
    form.validate()
    if not access.can(SEES_MAILBOXES):
        form.domain.data = ""  # whose mailbox is where is part of the address
    act = signers.act(campaign.id, form.act.data) if form.act.data else None
    if form.act.data and act is None:
        raise NotFound
    return form, form.read(campaign.closes_zone, act.id if act else None), act


@bp.get("/<organisation>/campaigns/<slug>/signatures")
@needs(LISTS)
def signatures(organisation: str, slug: str) -> str:
    """Names, countries, postcodes and channels of those who signed, the newest first. Never an address."""
    return _list(access.campaign(slug), request.args)


def _list(campaign: Campaign, said: MultiDict[str, str], **more: Any) -> str:
    form, wanted, act = asked(campaign, said)
    page = signers.page(
        campaign.id,
        wanted,
        before=values.key(said.get("before", "")),
        after=values.key(said.get("after", "")),
        size=PAGE_SIZE,
    )
    totals = statistics.states(campaign.id)
    column = next((q for q in questions.of(campaign) if q.id == form.shown_question()), None)
    return render_template(
        "organise/signatures.html",
        **_shared("signatures"),
        campaign=campaign,
        form=form,
        mailbox_form=more.pop("mailbox_form", None) or MailboxForm(formdata=None),
        act=act,
        page=page,
        found=form.arguments(),
        matches=_matches(campaign.id, wanted, page, totals),
        totals=totals,
        column=column,
        answered=answers.to(column.id, [one.id for one in page.signatures]) if column else {},
        **more,
    )


def _matches(campaign_id: int, wanted: Wanted, page: Page, totals: dict[SignatureState, int]) -> Matches:
    """How many match: read off the totals where only a state is asked for, off the page where all or too few are on it."""
    if not wanted.asks:
        return Matches(sum(totals.get(state, 0) for state in wanted.states), exact=True)
    if page.newer is None and (page.older is None or page.unfinished):
        return Matches(len(page.signatures), exact=not page.unfinished)
    return signers.count(campaign_id, wanted)


def _shared(tab: str) -> dict[str, Any]:
    return {
        "section": "campaigns",
        "tab": tab,
        "can_act": access.can(ACTS),
        "sees_mailboxes": access.can(SEES_MAILBOXES),
        "state_name": forms.state_name,
        "origin_name": forms.origin_name,
        "channel_name": links.channel_heading,
        "short_moment": short_moment,
        "what": ledger_words.what,
        "reason_name": ledger_words.reason,
    }


@bp.post("/<organisation>/campaigns/<slug>/signatures/find")
@needs(SEES_MAILBOXES)
def find_mailbox(organisation: str, slug: str) -> ResponseReturnValue:
    """The record of whoever signed from this mailbox. It is posted, and the record has a random id: no address names a mailbox."""
    campaign, form = access.campaign(slug), MailboxForm()
    nobody: MultiDict[str, str] = MultiDict()
    if not form.validate():
        return _list(campaign, nobody, mailbox_form=form), 422
    try:
        key = mailboxes.read(form.mailbox.data or "").key
    except mailboxes.NotAnAddress:
        form.mailbox.errors = [_("This is not a whole mail address.")]
        return _list(campaign, nobody, mailbox_form=form), 422
    found = signers.of_mailbox(campaign.id, key)
    if found is None:
        return _list(campaign, nobody, mailbox_form=form, nobody=True)
    return redirect(url_for(".signer", organisation=organisation, slug=campaign.slug, public_id=found.public_id), 303)


@bp.get("/<organisation>/campaigns/<slug>/signers/<public_id>")
@needs(LISTS)
def signer(organisation: str, slug: str, public_id: str) -> str:
    """All that is kept about one signature: the words signed, consents, mails, and what was done to it, by whom and why."""
    campaign = access.campaign(slug)
    found = signers.one(campaign.id, public_id)
    if found is None:
        raise NotFound
    kinds = [kind for kind, states in signer_acts.FROM.items() if found.state in states]
    return render_template(
        "organise/signer.html",
        **_shared("signatures"),
        campaign=campaign,
        record=signer_record.of(found),
        why_it_came_back=came_back_words.why,
        kinds=kinds,
        may_be_deleted=signer_deletions.may_be_deleted(found),
        has_link=signer_links.may_be_sent(found),
    )
