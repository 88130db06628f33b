"""What people with an account are asked. Flask-Security checks addresses, passwords and codes; the words are ours."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security.forms import (
    ChangePasswordForm,
    EmailValidation,
    ForgotPasswordForm,
    LoginForm,
    ResetPasswordForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    valid_user_email,
)
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.webauthn import WebAuthnRegisterForm, WebAuthnSigninForm, WebAuthnSigninResponseForm
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    Field,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, EqualTo, Length, StopValidation, ValidationError

from app import mailboxes, passwords
from app.domain.outbox import Mailbox
from app.forms.texts import at_most, clean, plain_name, readable, some_letter
from app.forms.unsaved import KeptForm

NAME_LENGTH = 120


def short_enough(_form: Form, field: Field) -> None:
    """Refuse, before anything is hashed, what no password can be."""
    if len((field.data or "").encode("utf-8", "replace")) > passwords.MOST_BYTES:
        raise StopValidation(_("Use fewer characters."))


def current_password() -> PasswordField:
    """The password that somebody has."""
    return PasswordField(_l("Password"), validators=[DataRequired(_l("Write your password.")), short_enough])


def new_password(label: str = "") -> PasswordField:
    """The password that somebody chooses."""
    return PasswordField(
        label or _l("New password"), validators=[DataRequired(_l("Write a new password.")), short_enough]
    )


def again(field: str) -> PasswordField:
    """The new password, once more."""
    return PasswordField(
        _l("The same again"),
        validators=[
            DataRequired(_l("Write the new password a second time.")),
            EqualTo(field, _l("The two passwords differ. Write the same one twice.")),
        ],
    )


class LocalNext:
    """Where to go afterwards is checked when we go; here a strange one must not stand in the way."""

    def validate_next(self, field: Field) -> None:
        """Take anything."""


class SignInForm(LocalNext, LoginForm):
    """Address and password. Nobody is remembered: a public page must never meet a cookie that signs in."""

    email = EmailField(_l("E-mail"), validators=[DataRequired(), EmailValidation(verify=False)])
    password = current_password()
    remember = None


class AgainForm(LocalNext, VerifyForm):
    """The password once more."""

    password = current_password()


class OwnAccountForm(FlaskForm):
    """The password of the account that is to be connected with a sign-in provider."""

    password = current_password()


class ForgottenForm(ForgotPasswordForm):
    """The address that a reset link goes to."""

    email = EmailField(_l("E-mail"), validators=[DataRequired(), EmailValidation(verify=True), valid_user_email])


class NewPasswordForm(ResetPasswordForm):
    """A new password, twice."""

    password = new_password()
    password_confirm = again("password")


class ChangePassword(ChangePasswordForm):
    """The password that there is, and a new one, twice."""

    password = PasswordField(_l("Password you have now"), validators=[short_enough])
    new_password = new_password()
    new_password_confirm = again("new_password")


class CodeForm(TwoFactorVerifyCodeForm):
    """Six digits from an authenticator app."""

    code = StringField(
        _l("Code"),
        filters=[lambda text: "".join(str(text or "").split())],
        validators=[DataRequired(_l("Write the six digits."))],
    )


class SetUpForm(TwoFactorSetupForm):
    """Turn the authenticator app on or off; the page has buttons, which say which."""

    setup = RadioField(choices=[SelectChoice("disable"), SelectChoice("authenticator")], validate_choice=False)


class RescueForm(TwoFactorRescueForm):
    """Asked nowhere, but made with the page of the code."""

    help_setup = RadioField(choices=[SelectChoice("help")])


class RecoveryForm(MfRecoveryForm):
    """One of the codes on paper."""

    code = StringField(
        _l("Recovery code"), validators=[DataRequired(_l("Write one of your recovery codes.")), Length(max=60)]
    )


class PasskeyForm(WebAuthnRegisterForm):
    """What a new passkey is called and used for."""

    name = StringField(_l("Name"), validators=[DataRequired(_l("Give the passkey a name, so that you know it again."))])
    usage = RadioField(
        _l("What for"),
        choices=[
            SelectChoice("first", _l("Sign in with it alone")),
            SelectChoice("secondary", _l("As a second step after the password")),
        ],
        default="first",
    )


class PasskeySignInForm(LocalNext, WebAuthnSigninForm):
    """Nothing to write; the device knows."""

    remember = HiddenField(filters=[lambda _data: ""])


class PasskeyAnswerForm(LocalNext, WebAuthnSigninResponseForm):
    """What the device answered."""

    remember = HiddenField(filters=[lambda _data: ""])


def a_name() -> StringField:
    """The name that members see."""
    return StringField(
        _l("Your name"),
        filters=[clean],
        validators=[
            DataRequired(_l("Write your name.")),
            at_most(NAME_LENGTH),
            readable,
            plain_name,
        ],
    )


class NameForm(FlaskForm):
    """The name that members see."""

    name = a_name()

    def validate_name(self, field: Field) -> None:
        """Something of it must be seen."""
        if not some_letter(field.data or ""):
            raise ValidationError(_("Write your name."))


class AcceptForm(NameForm):
    """What somebody new brings along: a name and a password."""

    email = ""  # set by the view: the address that was invited, which the password must not be

    password = new_password(_l("Password"))

    def validate_password(self, field: Field) -> None:
        """Long enough, and not one that is tried first."""
        if wrong := passwords.problem(field.data or "", self.email, self.name.data or ""):
            raise ValidationError(wrong)


class AddressForm(FlaskForm):
    """Another mail address for one's account."""

    email = EmailField(_l("New e-mail address"), validators=[DataRequired(_l("Write your e-mail address."))])

    mailbox: Mailbox

    def validate_email(self, field: Field) -> None:
        """Read the mailbox."""
        try:
            self.mailbox = mailboxes.read(field.data or "")
        except mailboxes.NotAnAddress:
            raise ValidationError(_("Write the address as name@example.org.")) from None


class InviteForm(AddressForm, KeptForm):
    """Whom to ask, and in which role."""

    email = EmailField(_l("E-mail"), validators=[DataRequired(_l("Write the e-mail address of the person."))])
    role = SelectField(_l("Role"), coerce=str)
