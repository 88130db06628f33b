"""What is asked about signers: whom somebody looks for, and why something is done to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, PasswordField, SelectChoice, SelectField, ValidationError

from app import i18n, links, question_words
from app.domain import deadlines, signers
from app.domain.folding import fold
from app.domain.signer_acts import REASONS, Why
from app.domain.signer_deletions import REASONS as DELETED_FOR
from app.domain.signers import Wanted
from app.forms import answering, values
from app.forms.fields import DayField, line
from app.models import ActKind, ActReason, Channel, Origin, Question, QuestionKind, SignatureState
from app.models.questions import NO, YES
from app.models.signer_acts import NOTE_LENGTH, PUBLIC_WORDS_LENGTH

NAME_LENGTH, DOMAIN_LENGTH, POSTCODE_LENGTH = 200, 253, 16


def _choice(label: Any) -> SelectField:
    return SelectField(label, default="", choices=[SelectChoice("", _l("Any"))])


def _answer_choice(question: Question) -> SelectField:
    yes_or_no = [(YES, _("yes")), (NO, _("no"))]
    offered = yes_or_no if question.kind == QuestionKind.BOX else question_words.options(question.wording)
    choices = [SelectChoice("", _("Any")), *(SelectChoice(value, shown) for value, shown in offered)]
    return SelectField(question_words.label(question.wording), default="", choices=choices)


class FindForm(FlaskForm):
    """Filters of the list. They stand in its address, so none of them is a mailbox."""

    class Meta:
        """Looking changes nothing, so there is no token."""

        csrf = False

    name = line(_l("Name begins with"), NAME_LENGTH)
    domain = line(_l("Mail domain"), DOMAIN_LENGTH)
    country = _choice(_l("Country"))
    postcode = line(_l("Postcode begins with"), POSTCODE_LENGTH)
    since = DayField(_l("Signed from"))
    until = DayField(_l("Signed until"))
    state = _choice(_l("State"))
    channel = _choice(_l("Channel"))
    origin = _choice(_l("Signed"))
    consent = _choice(_l("Consent"))
    act = HiddenField(default="")
    column = _choice(_l("Show the answers to"))  # beside each signer; filters nothing
    questions: Sequence[Question] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices += [SelectChoice(code, name) for code, name in i18n.countries()]
        self.state.choices += [SelectChoice(state.value, state_name(state)) for state in signers.LISTED]
        self.channel.choices += [SelectChoice(channel.value, links.channel_heading(channel)) for channel in Channel]
        self.origin.choices += [SelectChoice(origin.value, origin_name(origin)) for origin in Origin]
        self.consent.choices += [
            SelectChoice("yes", _("Agreed to hear more")),
            SelectChoice("no", _("Did not agree")),
        ]

    @staticmethod
    def of(questions: Sequence[Question], formdata: Any) -> FindForm:
        """The filters of a campaign: with those of its questions that have few answers to choose from."""
        few = {q.id: q for q in questions if q.kind in {QuestionKind.CHOICE, QuestionKind.BOX}}
        fields = {answering.name(question): _answer_choice(question) for question in few.values()}
        form: FindForm = (
            type("FindForm", (FindForm,), fields)(formdata=formdata) if few else FindForm(formdata=formdata)
        )
        form.questions = tuple(few.values())
        named = [SelectChoice(str(question.id), question_words.label(question.wording)) for question in questions]
        form.column.choices = [SelectChoice("", _("no question")), *named]
        return form

    def answers(self) -> list[Field]:
        """The filters by answers."""
        return [self[answering.name(question)] for question in self.questions]

    def shown_question(self) -> int | None:
        """The question whose answers stand in the list, if one was chosen."""
        return values.key(self.arguments().get("column", ""))

    def validate_name(self, field: Field) -> None:
        """A mailbox is looked for in its own form, which leaves no trace in addresses."""
        if "@" in (field.data or ""):
            raise ValidationError(_("Look for a mailbox in the field for it, so that it stands in no address."))
        if field.data and not fold(field.data):
            raise ValidationError(_("Write a letter of the name."))

    def validate_domain(self, field: Field) -> None:
        """The part after the @."""
        if "@" in (field.data or "").lstrip("@"):
            raise ValidationError(_("Write only what stands after the @."))

    def arguments(self) -> dict[str, str]:
        """What was understood, as arguments of an address or hidden fields."""
        return {field.name: field.data for field in self if field.data and not field.errors}

    def read(self, zone: str, act_id: int | None = None) -> Wanted:
        """What the domain needs, once this was validated. What was not understood filters nothing, and the page says so."""
        said = self.arguments()
        return Wanted(
            name=said.get("name", ""),
            domain=said.get("domain", ""),
            country=said.get("country", ""),
            postcode=said.get("postcode", ""),
            signed_since=deadlines.start_of(self.since.day, zone) if self.since.day else None,
            signed_until=deadlines.end_of(self.until.day, zone) if self.until.day else None,
            state=SignatureState(said["state"]) if "state" in said else None,
            channel=Channel(said["channel"]) if "channel" in said else None,
            origin=Origin(said["origin"]) if "origin" in said else None,
            consent={"yes": True, "no": False}.get(said.get("consent", "")),
            answers=tuple((q.id, said[name]) for q in self.questions if (name := answering.name(q)) in said),
            act_id=act_id,
        )


def origin_name(origin: Origin) -> str:
    """Where somebody signed, as people say it."""
    return {
        Origin.ONLINE: _("Online"),
        Origin.PAPER: _("On paper"),
        Origin.IMPORTED: _("On another platform"),
    }[origin]


def state_name(state: SignatureState) -> str:
    """A state as people say it."""
    return {
        SignatureState.CONFIRMED: _("Confirmed"),
        SignatureState.PENDING: _("Pending"),
        SignatureState.HELD: _("Held"),
        SignatureState.INVALIDATED: _("Invalidated"),
        SignatureState.WITHDRAWN: _("Withdrawn"),
    }[state]


class MailboxForm(FlaskForm):
    """A whole mailbox, posted, so that it stands in no address and no log."""

    mailbox = line(_l("Mailbox"), 254, _l("Write the whole mail address."))


class DeletionForm(FlaskForm):
    """Why one signer is deleted for good."""

    reason = SelectField(_l("Reason"), default="", choices=[])

    def __init__(self, reason_name: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.choices = [SelectChoice("", ""), *(SelectChoice(r.value, reason_name(r)) for r in DELETED_FOR)]

    def validate_reason(self, field: Field) -> None:
        """It stays on record."""
        if not field.data:
            raise ValidationError(_("Choose a reason. It stays on record."))

    @property
    def why(self) -> ActReason:
        """The reason, once this was validated."""
        return ActReason(self.reason.data)


class ActForm(FlaskForm):
    """Why something is done to signatures; and the password, where much is taken out."""

    reason = SelectField(_l("Reason, for the public"), default="", choices=[])
    public_words = line(_l("More words, for the public"), PUBLIC_WORDS_LENGTH)
    note = line(_l("Note, for the desk alone"), NOTE_LENGTH)
    password = PasswordField(_l("Your password again"))

    def __init__(self, kind: ActKind, reason_name: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.choices = [SelectChoice("", ""), *(SelectChoice(r.value, reason_name(r)) for r in REASONS[kind])]
        self.needs_reason = bool(REASONS[kind])

    def validate_reason(self, field: Field) -> None:
        """The public reads it, so there has to be one."""
        if self.needs_reason and not field.data:
            raise ValidationError(_("Choose a reason. The public reads it beside the change of the count."))

    def validate_public_words(self, field: Field) -> None:
        """Everybody reads it."""
        if "@" in (field.data or ""):
            raise ValidationError(_("Everybody reads this: leave out mail addresses and names of signers."))

    def read(self) -> Why:
        """What the domain needs, once this was validated."""
        reason = ActReason(self.reason.data) if self.reason.data else None
        return Why(reason, self.public_words.data or "", self.note.data or "")
