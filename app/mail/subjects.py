"""What each kind of mail is about: the words its templates need, and its one link, made at sending time.

`None` means that it is over: the signature was confirmed or taken back meanwhile, the invitation was accepted. Such a mail is
dropped, not sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask import current_app
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app import account_words, devices, links, tokens
from app.domain import address_changes, claims, invitations, readiness, reviews, rights, signature_states, signing
from app.domain.pending import Person
from app.extensions import db
from app.mail import transfer_subjects
from app.mail.names import About, plain_name
from app.models import (
    Campaign,
    Decision,
    Export,
    ExportState,
    Invitation,
    Mail,
    MailKind,
    Milestone,
    PublicationPlan,
    Signature,
    SignatureState,
)
from app.tokens import Purpose


def query(mail_ids: list[int]) -> Select[Mail]:
    """These mails with all that their words come from, in a handful of statements however many they are."""
    campaign = selectinload(Mail.signature).selectinload(Signature.campaign)
    return (
        select(Mail)
        .where(Mail.id.in_(mail_ids))
        .order_by(Mail.id)
        .options(campaign.selectinload(Campaign.organisation), campaign.joinedload(Campaign.published_text))
    )


def of(mail: Mail, now: dt.datetime) -> About | None:
    """What this mail is about: `organisation` (or None), `link`, and the words of its kind. None: nothing any more."""
    about = KINDS[mail.kind](mail, now)
    return None if about is None else {"organisation": None, **about}


def _language(mail: Mail) -> str | None:
    return mail.locale if mail.locale != current_app.config["LANGUAGES"][0] else None


def _signature(mail: Mail, state: SignatureState, endpoint: str, purpose: Purpose, now: dt.datetime) -> About | None:
    signature = mail.signature
    if signature is None or signature.state != state:
        return None
    return _about(mail, signature, signature, endpoint, purpose, now)


def _about(
    mail: Mail, signature: Signature, said: Signature | Person, endpoint: str, purpose: Purpose, now: dt.datetime
) -> About:
    """What a mail says of a signature, by the name that was `said`."""
    name = plain_name(f"{said.given_name} {said.family_name}".strip())
    token = tokens.issue(purpose, signature.public_id)
    return {
        **_campaign(signature.campaign),
        "name": name,
        "given_name": said.given_name if name else "",
        "shows_name": said.show_name,
        "link": links.to(endpoint, token=token, lang=_language(mail)),
        "days": _days(signature, now),
    }


def _days(signature: Signature, now: dt.datetime) -> int:
    """How many days are left to confirm: fewer where the mail is sent once more, since what nobody confirms is deleted by its age."""
    grace = dt.timedelta(hours=current_app.config["CONFIRM_GRACE_HOURS"])
    asked = signature.claim if signature_states.is_claimed(signature) and signature.claim else signature
    left = current_app.config["CONFIRM_DAYS"] - (now - asked.created_at).days
    return signing.days_to_confirm(signature.campaign, max(1, left), grace, now)


def _campaign(campaign: Campaign) -> About:
    public = campaign.published_text
    return {"ask": public.ask if public else campaign.ask, "organisation": campaign.organisation}


def _confirm(mail: Mail, now: dt.datetime) -> About | None:
    signature = mail.signature
    if signature is not None and signature_states.is_claimed(signature) and signature.claim is not None:
        said = claims.person(signature.claim)
        return _about(mail, signature, said, "signing.confirm_page", Purpose.CONFIRM, now)
    return _signature(mail, SignatureState.PENDING, "signing.confirm_page", Purpose.CONFIRM, now)


def _confirmed(mail: Mail, now: dt.datetime) -> About | None:
    return _signature(mail, SignatureState.CONFIRMED, "signing.manage_page", Purpose.MANAGE, now)


def _invitation(mail: Mail, now: dt.datetime) -> About | None:
    invitation: Invitation | None = mail.invitation
    if invitation is None or not invitation.is_open(now):
        return None
    earlier = invitations.replaced(invitation)
    return {
        "organisation": invitation.organisation,
        "replaces": (lambda: account_words.replaces(earlier.role, invitation.role)) if earlier else str,
        "invited_by": plain_name(invitation.invited_by.name) if invitation.invited_by else "",
        "role": invitation.role,
        "role_name": rights.role_name,  # named by the template, in the reader's language
        "until": invitation.expires_at,
        "link": links.to("account.accept_invitation", token=tokens.issue(Purpose.INVITE, invitation.public_id)),
    }


def _reset(mail: Mail, _now: dt.datetime) -> About | None:
    account = mail.account
    if account is None or not account.active:
        return None
    return {
        "given_name": plain_name(account.name),
        "link": links.to("security.reset_password", token=generate_reset_password_token(account)),
    }


def _password_changed(mail: Mail, _now: dt.datetime) -> About | None:
    account = mail.account
    if account is None or not account.active:
        return None
    return {
        "given_name": plain_name(account.name),
        "changed_at": mail.created_at,
        "link": links.to("security.forgot_password"),
    }


def _new_device(mail: Mail, _now: dt.datetime) -> About | None:
    return _event(mail, links.to("security.forgot_password"))


def _second_step(mail: Mail, _now: dt.datetime) -> About | None:
    return _event(mail, links.to("account.sign_ins"))


def _event(mail: Mail, link: str) -> About | None:
    """What happened to an account, for its owner; named by the template, in the reader's language."""
    account, event = mail.account, mail.account_event
    if account is None or event is None or not account.active:
        return None
    return {
        "given_name": plain_name(account.name),
        "happened_at": event.happened_at,
        "kind": event.kind,
        "said": account_words.event,
        "device": lambda: devices.in_words(event.browser, event.system),
        "has_device": bool(event.browser or event.system),
        "link": link,
    }


def _address_confirm(mail: Mail, now: dt.datetime) -> About | None:
    change = mail.address_change
    if change is None or not address_changes.can_be_confirmed(change, now):
        return None
    token = tokens.issue(Purpose.ADDRESS, change.public_id)
    return {
        "given_name": plain_name(change.account.name),
        "old_email": change.old_email,
        "link": links.to("addresses.confirm_page", token=token),
    }


def _address_changed(mail: Mail, now: dt.datetime) -> About | None:
    change = mail.address_change
    if change is None or not address_changes.can_be_undone(change, now):
        return None
    token = tokens.issue(Purpose.UNDO_ADDRESS, change.public_id)
    return {
        "given_name": plain_name(change.account.name),
        "new_email": change.new_email,
        "changed_at": change.confirmed_at,
        "link": links.to("addresses.undo_page", token=token),
    }


def _exported(mail: Mail, _now: dt.datetime) -> About | None:
    export = db.session.get(Export, mail.export_id) if mail.export_id is not None else None
    if export is None:
        return None
    return {
        **_campaign(export.campaign),
        "organisation": export.organisation,  # whose owners are told, also after the campaign went to another
        "given_name": plain_name(mail.account.name) if mail.account else "",
        "taken_by": export.taken_by,
        "reason": export.reason,
        "started_at": export.started_at,
        "row_count": export.row_count if export.state == ExportState.FINISHED else None,
        "day_rows": export.day_rows,
        "encrypted_to": export.readers,
        "link": links.to("organise.all_exports", organisation=export.organisation.slug),
    }


def _export_ready(mail: Mail, _now: dt.datetime) -> About | None:
    """For whoever asked for the file, while it waits; or where it could not be written."""
    export = db.session.get(Export, mail.export_id) if mail.export_id is not None else None
    if export is None or export.state not in {ExportState.READY, ExportState.FAILED}:
        return None
    return {
        **_campaign(export.campaign),
        "organisation": export.organisation,
        "given_name": plain_name(mail.account.name) if mail.account else "",
        "is_ready": export.state == ExportState.READY,
        "row_count": export.row_count,
        "link": links.to("organise.waiting_export", organisation=export.organisation.slug, public_id=export.public_id),
    }


def _review_asked(mail: Mail, _now: dt.datetime) -> About | None:
    """For whoever may review, while nobody has decided."""
    review = reviews.waiting(mail.campaign_id) if mail.campaign_id is not None else None
    if review is None:
        return None
    return {**_for_organiser(mail, review.campaign, "organise.review"), "review": review}


def _review_decided(mail: Mail, _now: dt.datetime) -> About | None:
    """For whoever asked; taking the question back, or asking again, makes this mail pointless."""
    review = reviews.newest(mail.campaign_id) if mail.campaign_id is not None else None
    if review is None or review.decision not in {Decision.PUBLISHED, Decision.SENT_BACK}:
        return None
    endpoint = "organise.overview" if review.decision == Decision.PUBLISHED else "organise.edit_words"
    return {**_for_organiser(mail, review.campaign, endpoint), "review": review}


def _not_published(mail: Mail, _now: dt.datetime) -> About | None:
    """For organisers, while the moment that was missed is the last one chosen."""
    plan = db.session.get(PublicationPlan, mail.campaign_id) if mail.campaign_id is not None else None
    if plan is None or plan.missed_at is None:
        return None
    about = _for_organiser(mail, plan.campaign, "organise.publish")
    return {**about, "plan": plan, "missing": readiness.missing}  # said by the template, in the reader's language


def _milestone(mail: Mail, _now: dt.datetime) -> About | None:
    """For organisers: a number that was reached, whatever the count is by now."""
    milestone = db.session.get(Milestone, mail.milestone_id) if mail.milestone_id is not None else None
    campaign = db.session.get(Campaign, mail.campaign_id) if mail.campaign_id is not None else None
    if milestone is None or campaign is None:
        return None
    return {**_for_organiser(mail, campaign, "organise.overview"), "milestone": milestone}


def _for_organiser(mail: Mail, campaign: Campaign, endpoint: str) -> About:
    return {
        "ask": campaign.ask,
        "organisation": campaign.organisation,
        "campaign": campaign,
        "given_name": plain_name(mail.account.name) if mail.account else "",
        "link": links.to(endpoint, organisation=campaign.organisation.slug, slug=campaign.slug),
    }


KINDS: dict[MailKind, Callable[[Mail, dt.datetime], About | None]] = {
    MailKind.CONFIRM: _confirm,
    MailKind.ALREADY_SIGNED: _confirmed,
    MailKind.THANKS: _confirmed,
    MailKind.INVITATION: _invitation,
    MailKind.RESET: _reset,
    MailKind.PASSWORD_CHANGED: _password_changed,
    MailKind.EXPORTED: _exported,
    MailKind.EXPORT_READY: _export_ready,
    MailKind.REVIEW_ASKED: _review_asked,
    MailKind.REVIEW_DECIDED: _review_decided,
    MailKind.NOT_PUBLISHED: _not_published,
    MailKind.MILESTONE: _milestone,
    MailKind.NEW_DEVICE: _new_device,
    MailKind.SECOND_STEP: _second_step,
    MailKind.ADDRESS_CONFIRM: _address_confirm,
    MailKind.ADDRESS_CHANGED: _address_changed,
    MailKind.TRANSFER_OFFERED: transfer_subjects.offered,
    MailKind.TRANSFER_ANSWERED: transfer_subjects.answered,
}
