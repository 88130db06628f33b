"""What is asked about signers from paper sheets and other platforms: where they come from, and who stands for them."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FileField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    ValidationError,
)
from wtforms.validators import DataRequired

from app import i18n
from app.domain.batch_returns import TAKEN_BACK_FOR
from app.domain.signer_imports import Provenance
from app.forms.fields import DayField, line
from app.models import ActReason, SignerImport, SourceKind
from app.models.signer_imports import WORDS_LENGTH
from app.readers.signer_columns import BY_HAND

LONGEST_CELL = 300  # of what is corrected by hand


class ProvenanceForm(FlaskForm):
    """Where a batch comes from, and the list itself; without a file it is typed in."""

    kind = RadioField(
        _l("Where they signed"),
        choices=[SelectChoice("paper", _l("On paper sheets")), SelectChoice("platform", _l("On another platform"))],
        default="paper",
    )
    collected_by = line(_l("Who collected the signatures"), WORDS_LENGTH, _l("Say who collected the signatures."))
    collected_where = line(_l("Where"), WORDS_LENGTH)
    collected_from = DayField(_l("From"), validators=[DataRequired(_l("Choose the first day."))])
    collected_to = DayField(_l("Until"), validators=[DataRequired(_l("Choose the last day."))])
    platform = line(_l("Name or address of the platform"), WORDS_LENGTH)
    public_words = line(_l("Words for the public"), WORDS_LENGTH)
    country = SelectField(_l("Country of rows that name none"), default="")
    take_alike = BooleanField(_l("Also take rows without a mailbox that look like somebody who signed"))
    file = FileField(_l("List as a CSV file"))
    are_kept = BooleanField(
        _l("The sheets, or the list as it came, are kept and can be shown"),
        validators=[DataRequired(_l("They count without a mail only where you can show the sheets or the list."))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = [SelectChoice("", _("None"))]
        self.country.choices += [SelectChoice(code, name) for code, name in i18n.countries()]

    def validate_platform(self, field: Field) -> None:
        """Where it is one, which one."""
        if self.kind.data == SourceKind.PLATFORM and not field.data:
            raise ValidationError(_("Say on which platform people signed."))

    def validate_public_words(self, field: Field) -> None:
        """Everybody reads it."""
        if "@" in (field.data or ""):
            raise ValidationError(_("Everybody reads this: leave out mail addresses and names of signers."))

    def validate_collected_to(self, field: DayField) -> None:
        """The span runs forwards."""
        if self.collected_from.day and field.day and field.day < self.collected_from.day:
            raise ValidationError(_("Choose a last day that is not before the first."))

    def fill(self, batch: SignerImport) -> ProvenanceForm:
        """What was said so far."""
        names = ("collected_by", "collected_where", "platform", "public_words", "country", "take_alike")
        for name in names:
            self[name].data = getattr(batch, name)
        self.kind.data = batch.kind.value
        self.collected_from.data = batch.collected_from.isoformat()
        self.collected_to.data = batch.collected_to.isoformat()
        self.are_kept.data = True
        return self

    def read(self) -> Provenance:
        """What the domain needs, once this was validated."""
        assert self.collected_from.day
        assert self.collected_to.day
        return Provenance(
            kind=SourceKind(self.kind.data),
            collected_by=self.collected_by.data or "",
            collected_from=self.collected_from.day,
            collected_to=self.collected_to.day,
            collected_where=self.collected_where.data or "",
            platform=(self.platform.data or "") if self.kind.data == SourceKind.PLATFORM else "",
            public_words=self.public_words.data or "",
            country=self.country.data or "",
            take_alike=bool(self.take_alike.data),
        )


class SignerRowForm(FlaskForm):
    """One row of a list, as somebody corrects it. What it may say the list's reader decides, so that all of it is kept meanwhile."""

    given_name = line(_l("Given name"), LONGEST_CELL)
    family_name = line(_l("Family name"), LONGEST_CELL)
    email = line(_l("E-mail"), LONGEST_CELL)
    country = line(_l("Country"), LONGEST_CELL)
    postcode = line(_l("Postcode"), LONGEST_CELL)
    signed_on = line(_l("Signed on"), LONGEST_CELL)

    def said(self) -> dict[str, str]:
        """What stands in it, by field."""
        return {one.value: self[one.value].data or "" for one in BY_HAND}


class TakeBatchForm(FlaskForm):
    """The password again, before people are counted."""

    password = PasswordField(_l("Your password again"))


class TakeBackForm(FlaskForm):
    """Why a batch goes out again, and the password."""

    reason = SelectField(_l("Reason, for the public"), default="")
    public_words = line(_l("More words, for the public"), WORDS_LENGTH)
    password = PasswordField(_l("Your password again"))

    def __init__(self, reason_name: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.choices = [SelectChoice("", "")]
        self.reason.choices += [SelectChoice(one.value, reason_name(one)) for one in TAKEN_BACK_FOR]

    def validate_reason(self, field: Field) -> None:
        """The public reads it, so there has to be one."""
        if not field.data:
            raise ValidationError(_("Choose a reason. The public reads it beside the change of the count."))

    def validate_public_words(self, field: Field) -> None:
        """Everybody reads it."""
        if "@" in (field.data or ""):
            raise ValidationError(_("Everybody reads this: leave out mail addresses and names of signers."))

    @property
    def why(self) -> ActReason:
        """The reason, once this was validated."""
        return ActReason(self.reason.data)
