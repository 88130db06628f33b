"""For supporters: sign, confirm, choose, withdraw. No cookies; mail links open a page with one button."""

from __future__ import annotations

import time

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import abort
from werkzeug.wrappers import Response as Redirect

from app import campaign_page, clock, floods, opened_links, security, settings, tokens
from app.domain import answers, campaigns, claims, consents, questions, shown, signature_states, signing
from app.domain.refused import EditedMeanwhile, Gone, Incomplete, Paused
from app.domain.together import Interrupted
from app.extensions import db
from app.forms import answering, values
from app.forms.signing import SignForm
from app.limits import budget, grace
from app.models import Campaign, Signature, SignatureState
from app.pages import kept
from app.tokens import Purpose

bp = Blueprint("signing", __name__)

ONCE = (
    "given_name",
    "family_name",
    "email",
    "country",
    "postcode",
    "show_name",
    "hear_more",
    "version",
    "wording",
    "via",
    "questions",
)


@bp.after_request
def keep_private(response: Response) -> Response:
    """Pages behind a mail link are nobody else's: not kept, not indexed, and their address goes nowhere (TOK-05)."""
    if request.view_args and "token" in request.view_args:
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def language() -> str | None:
    """The language to carry on in the next address, where it was asked for."""
    asked = request.args.get("lang", "")
    return asked if asked in current_app.config["LANGUAGES"] else None


@bp.get("/campaigns/<slug>/signatures")  # where a form came back with something to correct, opened again
@bp.get("/campaigns/<slug>/sign")
@kept("lang", "via")
def sign_page(slug: str) -> str | Redirect:
    """The sign form as a page of its own."""
    found = campaign_page.find(slug)
    if not isinstance(found, Campaign):
        return found
    return render_template("signing/sign.html", **campaign_page.context(found))


@bp.post("/campaigns/<slug>/signatures")
def sign(slug: str) -> Response | Redirect:
    """Take a signature and have the mailbox asked; the answer is the same for everybody (ENU-01)."""
    begun = time.monotonic()
    _refuse_strange_post(slug)
    form = SignForm()  # takes what any campaign takes, so that most are taken without a look at theirs
    try:
        if request.form.get("questions") or not form.validate():
            found, form = _own_form(slug)
            if not form.validate():
                return _form_again(found, form, 422)
        try:
            _take(slug, form)
        except Incomplete:  # a page that was opened before the campaign asked for more
            found, form = _own_form(slug)
            if not form.validate():
                return _form_again(found, form, 422)
            _take(slug, form)
    except Paused as paused:
        found = campaigns.find(slug)
        g.locale = found.locale
        return _form_again(found, form, paused.status)
    except (DBAPIError, PoolTimeout, Interrupted):
        db.session.rollback()
        return _database_away(slug, form)
    security.rest(begun)
    return redirect(url_for("signing.check_inbox", slug=slug, lang=language()), 303)


def _own_form(slug: str) -> tuple[Campaign, SignForm]:
    """The campaign, and its own form with what was typed. Raises NotFound."""
    found = campaigns.find(slug)
    g.locale = found.locale
    return found, SignForm.of(found, questions.asked(found), request.form)


def _take(slug: str, form: SignForm) -> None:
    person = form.read_person(str(get_locale()), request.form)
    signing.sign(slug, person, form.mailbox, budget=budget(), now=clock.now())


def _refuse_strange_post(slug: str) -> None:
    """Refuse what no form of ours sends: floods, large or other bodies, another site's page, a field twice, a file."""
    floods.refuse_flood()
    if (request.content_length or 0) > settings.FORM_BYTES:
        abort(413)
    if request.mimetype not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        abort(415)
    security.require_own_origin(slug)
    sent = request.form
    if request.files or any(len(sent.getlist(name)) > 1 for name in (*ONCE, *filter(answering.NAMES.fullmatch, sent))):
        abort(400)


def _form_again(campaign: Campaign, form: SignForm, status: int, **more: object) -> Response:
    response = make_response(
        render_template("signing/sign.html", **{**campaign_page.context(campaign, form), **more}), status
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _database_away(slug: str, form: SignForm) -> Response:
    """Nothing was stored, and the page says so, with everything typed still in it (REL-05)."""
    typed = {
        name: said for name, said in request.form.items() if name == "questions" or answering.NAMES.fullmatch(name)
    }
    response = make_response(render_template("signing/unavailable.html", slug=slug, form=form, answers=typed), 503)
    response.headers["Retry-After"] = "5"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/campaigns/<slug>/check-inbox")
@kept("lang")
def check_inbox(slug: str) -> str | Redirect:
    """What to do next: one sentence, the same for everybody."""
    found = campaign_page.find(slug)
    if not isinstance(found, Campaign):
        return found
    days = signing.days_to_confirm(found, current_app.config["CONFIRM_DAYS"], grace(), clock.now())
    return render_template("signing/check_inbox.html", campaign=found, words=found.published_text, days=days)


def read_token(purpose: Purpose, token: str, days: float | None = None) -> Signature:
    """The signature that a mail link speaks of. Raises Gone, with one sentence for every link that does not work."""
    try:
        public_id = tokens.read(purpose, token, days=days)
    except tokens.BadToken:
        raise Gone(_dead_link(purpose)) from None
    signature = db.session.scalar(signing.by_public_id(public_id))
    if signature is None:
        raise Gone(_dead_link(purpose))
    g.locale = signature.locale
    return signature


def _dead_link(purpose: Purpose) -> str:
    """What to do: a confirmation is asked for again by signing, and so is a lost way to one's signature."""
    if purpose == Purpose.MANAGE:
        return _(
            "This link does not work. Open the whole link in the mail. If you no longer have that mail, sign the campaign "
            "again with the same address: you are not counted twice, and we send you a link to your signature. Once the "
            "campaign is over, ask the organisation behind it for that link."
        )
    return _(
        "This link does not work, or no longer. Open the whole link in the mail. If that does not help, open the campaign "
        "and sign again: what was never confirmed is deleted by itself."
    )


@bp.get("/confirm/<token>")
def confirm_page(token: str) -> str | Response:
    """One button; once it was pressed, the signature under the letter. Looking changes nothing (TOK-03)."""
    signature = read_token(Purpose.CONFIRM, token, current_app.config["CONFIRM_DAYS"])
    if signature.state == SignatureState.WITHDRAWN:
        return render_template(
            "signing/withdrawn.html", campaign=signature.campaign, words=signature.campaign.published_text
        )
    if signature_states.is_imported_alone(signature):
        raise Gone(_("What was written here is no longer kept. Sign again if you want to."))
    if signature_states.awaits_proof(signature):
        return opened_links.noted(_asks_to_confirm(signature, token), signature.id)
    return _thanks(signature)


def _asks_to_confirm(signature: Signature, token: str, sentence: str = "") -> str:
    claim = signature.claim if signature_states.is_claimed(signature) else None
    return render_template(
        "signing/confirm.html",
        signature=signature,
        said=claims.person(claim) if claim else None,
        campaign=signature.campaign,
        words=signature.campaign.published_text,
        token=token,
        may=signing.may_confirm(signature.campaign, grace(), clock.now()),
        answers=claims.answers_of(claim, signature.campaign_id) if claim else answers.of(signature),
        seen=shown.fingerprint(signature),
        sentence=sentence,
    )


def _thanks(signature: Signature) -> str:
    campaign = signature.campaign
    context = campaign_page.thanks(campaign, str(get_locale()))
    others = [name for name in context["names"] if name.id != signature.id][:2]
    return render_template("signing/thanks.html", **{**context, "signature": signature, "names": others})


@bp.post("/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """The signer proves the mailbox. Twice is once. What was not on the page that they looked at is shown first."""
    signature = read_token(Purpose.CONFIRM, token, current_app.config["CONFIRM_DAYS"])
    try:
        signing.confirm(signature.public_id, grace=grace(), now=clock.now(), seen=request.form.get("seen", ""))
    except EditedMeanwhile as meanwhile:
        return _asks_to_confirm(signature, token, meanwhile.sentence), meanwhile.status
    return redirect(url_for("signing.confirm_page", token=token, lang=language()), 303)


@bp.get("/confirm/<token>/refuse")
def refused_page(token: str) -> str | Response:
    """What became of it, for whoever opens that page again, as telephones do with old tabs. Looking changes nothing."""
    _public_id, signature = _of_confirm_link(token)
    return confirm_page(token) if signature is not None else render_template("signing/refused.html")


def _of_confirm_link(token: str) -> tuple[str, Signature | None]:
    """Whose link it is, and the signature where it is still there; its language is that of the page. Raises Gone."""
    try:
        public_id = tokens.read(Purpose.CONFIRM, token, days=current_app.config["CONFIRM_DAYS"])
    except tokens.BadToken:
        raise Gone(_dead_link(Purpose.CONFIRM)) from None
    signature = db.session.scalar(signing.by_public_id(public_id))
    if signature is not None:
        g.locale = signature.locale
    return public_id, signature


@bp.post("/confirm/<token>/refuse")
def refuse(token: str) -> str | Response:
    """ "This wasn't me": the unconfirmed signature is removed. Twice is once."""
    public_id, _signature = _of_confirm_link(token)
    signing.refuse(public_id, now=clock.now())
    return render_template("signing/refused.html")


@bp.get("/manage/<token>")
def manage_page(token: str) -> str:
    """What is kept about a signature, and how to change it."""
    signature = read_token(Purpose.MANAGE, token)
    if signature.state == SignatureState.WITHDRAWN:
        return render_template(
            "signing/withdrawn.html", campaign=signature.campaign, words=signature.campaign.published_text
        )
    return render_template(
        "signing/manage.html",
        signature=signature,
        campaign=signature.campaign,
        words=signature.campaign.published_text,
        wording=consents.wording(signature.campaign.organisation_id, str(get_locale())),
        token=token,
        answers=answers.of(signature),
        saved="saved" in request.args,
    )


@bp.post("/manage/<token>")
def manage(token: str) -> Redirect:
    """Change whether the name is shown and whether to hear more."""
    signature = read_token(Purpose.MANAGE, token)
    signing.choose(
        signature.public_id,
        show_name="show_name" in request.form,
        hear_more="hear_more" in request.form,
        wording_id=values.key(request.form.get("wording", "")) or 0,
        now=clock.now(),
    )
    return redirect(url_for("signing.manage_page", token=token, saved="", lang=language()), 303)


@bp.post("/manage/<token>/withdraw")
def withdraw(token: str) -> Redirect:
    """Take the signature back. Twice is once."""
    signature = read_token(Purpose.MANAGE, token)
    signing.withdraw(signature.public_id, now=clock.now())
    return redirect(url_for("signing.manage_page", token=token, lang=language()), 303)
