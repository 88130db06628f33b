"""The desk: copies of campaigns, and templates that new ones begin with."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.domain import campaign_copies
from app.domain.refused import Refused
from app.domain.rights import Right
from app.extensions import db
from app.forms.campaign_life import CopyForm, TemplateForm
from app.models import Campaign
from app.views import access
from app.views.access import needs
from app.views.organise import bp


def _write(campaign: Campaign, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for(".edit_words", organisation=g.organisation.slug, slug=campaign.slug), 303)


@bp.get("/<organisation>/campaigns/<slug>/copy")
@needs(Right.EDIT)
def copy(organisation: str, slug: str) -> str:
    """A page that asks what is taken along."""
    campaign = access.campaign(slug)
    return render_template("organise/copy.html", campaign=campaign, form=CopyForm(reports=True, topics=True))


@bp.post("/<organisation>/campaigns/<slug>/copy")
@needs(Right.EDIT)
def copy_now(organisation: str, slug: str) -> ResponseReturnValue:
    """A new draft; the editor opens."""
    campaign, form = access.campaign(slug), CopyForm()
    made = campaign_copies.clone(
        campaign, with_reports=form.reports.data, with_topics=form.topics.data, now=clock.now()
    )
    return _write(made, _("This is a copy, and a draft. Give it an ask of its own before you publish it."))


@bp.get("/<organisation>/templates")
@needs(Right.EDIT)
def templates(organisation: str) -> str:
    """The organisation's templates, and what each begins with."""
    found = db.session.scalars(campaign_copies.templates(g.organisation.id)).all()
    return render_template("organise/templates.html", templates=found)


@bp.get("/<organisation>/campaigns/<slug>/template")
@needs(Right.EDIT)
def keep_as_template(organisation: str, slug: str) -> str:
    """A page that asks for its name: of a new template, or another one for a template."""
    campaign = access.campaign(slug)
    return _name_page(campaign, TemplateForm(name=campaign.template_name))


@bp.post("/<organisation>/campaigns/<slug>/template")
@needs(Right.EDIT)
def keep_as_template_now(organisation: str, slug: str) -> ResponseReturnValue:
    """New campaigns can begin with it; or the template is called so from now on."""
    campaign, form = access.campaign(slug), TemplateForm()
    if not form.validate():
        return _name_page(campaign, form), 422
    act = campaign_copies.rename if campaign.is_template else campaign_copies.save_as_template
    try:
        act(campaign, form.name.data or "", now=clock.now())
    except Refused as refused:
        form.name.errors = [refused.sentence]
        return _name_page(campaign, form), refused.status
    flash(_("Saved. New campaigns can begin with it."))
    return redirect(url_for(".templates", organisation=organisation), 303)


def _name_page(campaign: Campaign, form: TemplateForm) -> str:
    return render_template("organise/template_name.html", campaign=campaign, form=form)


@bp.post("/<organisation>/campaigns/<slug>/begin")
@needs(Right.EDIT)
def begin_with_template(organisation: str, slug: str) -> ResponseReturnValue:
    """A new draft that begins as the template is; the editor opens."""
    template = access.campaign(slug)
    made = campaign_copies.begin_with(template, now=clock.now())
    return _write(made, _("A new draft, made with the template “%(name)s”.", name=template.template_name))
