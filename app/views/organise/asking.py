"""The desk: what signers of a campaign are asked. The usual fields, and questions of its own."""

from __future__ import annotations

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.domain import answers, questions
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.rights import Right
from app.forms import values
from app.forms.asking import FieldsForm, QuestionForm
from app.models import Campaign, Question, QuestionKind
from app.views import access
from app.views.access import needs
from app.views.organise import bp, places, removed, restored, saved

AT = "/<organisation>/campaigns/<slug>/asked"


@bp.get(AT)
@needs(Right.EDIT)
def edit_asked(organisation: str, slug: str) -> str:
    """The fields and questions of the sign form."""
    campaign = access.campaign(slug)
    return _page(campaign, FieldsForm.of(campaign))


@bp.post(AT)
@needs(Right.EDIT)
def save_asked(organisation: str, slug: str) -> ResponseReturnValue:
    """The usual fields are asked like this."""
    campaign, form = access.campaign(slug), FieldsForm()
    if not form.validate():
        return _page(campaign, form), 422
    questions.set_fields(campaign, **form.read_values(), now=clock.now())
    return saved(campaign, "asked")


def _page(campaign: Campaign, form: FieldsForm, sentence: str = "") -> str:
    all_of_them = questions.of(campaign)
    return render_template(
        "organise/edit_asked.html",
        campaign=campaign,
        form=form,
        sentence=sentence,
        asked=[question for question in all_of_them if question.is_open],
        closed=[question for question in all_of_them if not question.is_open],
        answered=answers.counted([question.id for question in all_of_them]),
        kinds=kind_names(),
        most=questions.MOST,
    )


def kind_names() -> dict[QuestionKind, str]:
    """How questions are answered, in words."""
    return {
        QuestionKind.LINE: _("Short text"),
        QuestionKind.TEXT: _("Long text"),
        QuestionKind.CHOICE: _("Choice of one"),
        QuestionKind.BOX: _("Box to tick"),
    }


@bp.get(f"{AT}/questions/new")
@needs(Right.EDIT)
def new_question(organisation: str, slug: str) -> str:
    """A question of the kind that the address names."""
    campaign = access.campaign(slug)
    return _question_page(campaign, _form(campaign, _kind()))


@bp.post(f"{AT}/questions/new")
@needs(Right.EDIT)
def add_question(organisation: str, slug: str) -> ResponseReturnValue:
    """It is asked, last."""
    campaign = access.campaign(slug)
    form = _form(campaign, _kind())
    if not form.validate():
        return _question_page(campaign, form), 422
    try:
        question = questions.add(
            campaign, form.kind, form.read_words(), is_required=form.is_required.data, now=clock.now()
        )
    except Refused as refused:
        return _question_page(campaign, form, sentence=refused.sentence), refused.status
    return saved(campaign, "asked", f"question-{question.id}")


def _kind() -> QuestionKind:
    said = request.args.get("kind", "")
    if said not in tuple(QuestionKind):
        raise NotFound
    return QuestionKind(said)


def _form(campaign: Campaign, kind: QuestionKind, question: Question | None = None) -> QuestionForm:
    return QuestionForm.of(kind, campaign.locale, current_app.config["LANGUAGES"], question)


@bp.get(f"{AT}/questions/<int:number>")
@needs(Right.EDIT)
def edit_question(organisation: str, slug: str, number: int) -> str:
    """One question."""
    campaign = access.campaign(slug)
    question = questions.own(campaign, number)
    return _question_page(campaign, _form(campaign, question.kind, question), question)


@bp.post(f"{AT}/questions/<int:number>")
@needs(Right.EDIT)
def save_question(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is asked in these words."""
    campaign = access.campaign(slug)
    question = questions.own(campaign, number)
    form = _form(campaign, question.kind)
    if not form.validate():
        return _question_page(campaign, form, question), 422
    try:
        questions.change(
            campaign,
            question,
            form.read_words(),
            is_required=form.is_required.data,
            seen=form.read_seen(),
            now=clock.now(),
        )
    except EditedMeanwhile as meanwhile:
        form.seen.data = str(question.version)
        return _question_page(campaign, form, question, sentence=meanwhile.sentence), meanwhile.status
    return saved(campaign, "asked", f"question-{number}")


def _question_page(campaign: Campaign, form: QuestionForm, question: Question | None = None, sentence: str = "") -> str:
    return render_template(
        "organise/edit_question.html",
        campaign=campaign,
        form=form,
        question=question,
        answers=answers.counted([question.id]).get(question.id, 0) if question else 0,
        kind_name=kind_names()[form.kind],
        sentence=sentence,
    )


@bp.post(f"{AT}/questions/move")
@needs(Right.EDIT)
def move_question(organisation: str, slug: str) -> ResponseReturnValue:
    """A question is asked a place earlier or later."""
    campaign, number = access.campaign(slug), values.key(request.form.get("number", "")) or 0
    questions.move(campaign, number, places.steps(), now=clock.now())
    return saved(campaign, "asked", f"question-{number}")


@bp.post(f"{AT}/questions/<int:number>/close")
@needs(Right.EDIT)
def close_question(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is asked no longer; its answers stay."""
    campaign = access.campaign(slug)
    questions.close(campaign, questions.own(campaign, number), now=clock.now())
    undo = places.link(campaign, "organise.reopen_question", number=number)
    return removed(_("Asked no longer. What was answered stays."), undo, places.link(campaign, "organise.edit_asked"))


@bp.post(f"{AT}/questions/<int:number>/reopen")
@needs(Right.EDIT)
def reopen_question(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is asked again."""
    campaign = access.campaign(slug)
    try:
        questions.reopen(campaign, questions.own(campaign, number), now=clock.now())
    except Refused as refused:
        return _page(campaign, FieldsForm.of(campaign), refused.sentence), refused.status
    return saved(campaign, "asked", f"question-{number}")


@bp.post(f"{AT}/questions/<int:number>/remove")
@needs(Right.EDIT)
def remove_question(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """Nobody answered it, and it is gone; it can be put back."""
    campaign = access.campaign(slug)
    question = questions.own(campaign, number)
    try:
        questions.remove(campaign, question, now=clock.now())
    except Refused as refused:
        return _page(campaign, FieldsForm.of(campaign), refused.sentence), refused.status
    undo = places.link(campaign, "organise.restore_question", number=number)
    sentence = _("“%(title)s” is removed.", title=question.wording.label)
    return removed(sentence, undo, places.link(campaign, "organise.edit_asked"))


@bp.post(f"{AT}/questions/<int:number>/restore")
@needs(Right.EDIT)
def restore_question(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is back where it stood."""
    campaign = access.campaign(slug)
    try:
        questions.restore(campaign, questions.own(campaign, number, removed=True), now=clock.now())
    except Refused as refused:
        return _page(campaign, FieldsForm.of(campaign), refused.sentence), refused.status
    return restored(campaign, "asked", f"question-{number}")
