"""The desk: signature sheets to print, for whoever collects on paper."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app import signature_sheet
from app.domain import consents
from app.domain.rights import Right
from app.forms.signature_sheets import SheetForm
from app.models import Campaign
from app.views import access
from app.views.access import needs
from app.views.organise import bp

AT = "/<organisation>/campaigns/<slug>/sheet"


@bp.get(AT)
@needs(Right.VIEW)
def sheet(organisation: str, slug: str) -> str:
    """What a sheet can have: paper, lines, how many, and in which language."""
    campaign = access.campaign(slug)
    form = SheetForm(formdata=None)
    form.language.data = campaign.locale
    return _page(campaign, form)


def _page(campaign: Campaign, form: SheetForm) -> str:
    return render_template("organise/signature_sheet.html", section="campaigns", campaign=campaign, form=form)


@bp.get(f"{AT}.pdf")
@needs(Right.VIEW)
def sheet_file(organisation: str, slug: str) -> ResponseReturnValue:
    """The sheets themselves."""
    campaign, form = access.campaign(slug), SheetForm(formdata=request.args)
    if not form.validate():
        return _page(campaign, form), 422
    locale = form.language.data
    wording = consents.wording(campaign.organisation_id, locale)
    made = signature_sheet.in_language(campaign, wording, form.read(), locale)
    response = Response(made, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="sheet-{campaign.slug}-{locale}.pdf"'
    return response
