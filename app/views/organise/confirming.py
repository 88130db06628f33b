"""The desk: what somebody gets who signs. The mail that asks to confirm, and the page that its button opens, with an invented name."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Response, current_app, g, render_template, request
from flask_babel import force_locale
from flask_babel import gettext as _

from app import clock, links, mail_frame
from app.domain import questions, signing
from app.domain.rights import Right
from app.limits import grace
from app.mail import compose
from app.models import Campaign, MailKind, Question, QuestionKind
from app.models.questions import YES
from app.views import access
from app.views.access import needs
from app.views.organise import bp

AT = "/<organisation>/campaigns/<slug>/confirm"


def _language(campaign: Campaign) -> str:
    """The language that the address names, or the campaign's: signers get the mail in the one that they read the page in."""
    asked = request.args.get("language", "")
    return asked if asked in current_app.config["LANGUAGES"] else campaign.locale


def _sample() -> SimpleNamespace:
    """Whoever signs in a preview; in the language that is set."""
    return SimpleNamespace(given_name=_("Given name"), family_name=_("Family name"), show_name=True, hear_more=True)


def _mail(campaign: Campaign, locale: str) -> tuple[str, str, str]:
    with force_locale(locale):
        signer = _sample()
    about = {
        "organisation": campaign.organisation,
        "ask": campaign.ask,
        "name": f"{signer.given_name} {signer.family_name}",
        "given_name": signer.given_name,
        "link": links.to(
            "organise.preview_confirm", organisation=g.organisation.slug, slug=campaign.slug, language=locale
        ),
        "days": signing.days_to_confirm(campaign, current_app.config["CONFIRM_DAYS"], grace(), clock.now()),
    }
    return compose.words(current_app, MailKind.CONFIRM, locale, about)  # type: ignore[arg-type]  # a proxy of the app


@bp.get(f"{AT}-mail")
@needs(Right.VIEW)
def preview_mail(organisation: str, slug: str) -> Response:
    """The mail that asks to confirm, as it would go out with the words as they are now."""
    campaign = access.campaign(slug)
    locale = _language(campaign)
    subject, text, _html = _mail(campaign, locale)
    page = render_template(
        "organise/preview_mail.html",
        section="campaigns",
        campaign=campaign,
        locale=locale,
        subject=subject,
        text=text,
    )
    return mail_frame.around(page)


@bp.get(f"{AT}-mail/html")
@needs(Right.VIEW)
def preview_mail_html(organisation: str, slug: str) -> Response:
    """The same as a mail program shows it, for the frame."""
    campaign = access.campaign(slug)
    return mail_frame.content(_mail(campaign, _language(campaign))[2])


@bp.get(f"{AT}-page")
@needs(Right.VIEW)
def preview_confirm(organisation: str, slug: str) -> str:
    """The page behind the mail's button, with the campaign's own questions as somebody might have answered them. Nobody signs."""
    campaign = access.campaign(slug)
    g.locale = _language(campaign)
    with force_locale(g.locale):
        signer = _sample()
        signer.country = "" if campaign.asks_country == "off" else "IQ"
        if campaign.asks_family_name == "off":
            signer.family_name = ""
        return render_template(
            "signing/confirm.html",
            campaign=campaign,
            words=campaign,
            signature=signer,
            said=signer,
            may=True,
            token="",
            seen="",
            sentence="",
            answers=[_answer(question) for question in questions.asked(campaign)],
            preview=True,
        )


def _answer(question: Question) -> SimpleNamespace:
    """What somebody might answer."""
    value = {QuestionKind.BOX: YES, QuestionKind.CHOICE: next(iter(question.wording.options), "")}
    words = value.get(question.kind, _("What was written"))
    return SimpleNamespace(question=question, wording=question.wording, version=question.version, value=words)
