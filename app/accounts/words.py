"""What Flask-Security says to people, in our words. `N_` marks a text for translation; it is translated when it is shown."""

from __future__ import annotations


def N_(text: str) -> str:
    """Mark `text` for translation."""
    return text


SIGN_IN_FAILED = N_("The address and the password do not belong together. Check both; capital letters count.")
LINK_DEAD = N_("This link no longer works. Ask for a new one here.")
START_OVER = N_("That took too long. Start again here.")
CODE_IS_USED = N_("This recovery code is not right, or was used before. Try the next one.")

# Flask-Security's message key: what we say instead, and of what kind it is.
WORDS: dict[str, tuple[str, str]] = {
    "API_ERROR": (N_("That could not be read. Try again."), "error"),
    "GENERIC_AUTHN_FAILED": (SIGN_IN_FAILED, "error"),
    "UNAUTHENTICATED": (N_("Sign in to see that page."), "info"),
    "REAUTHENTICATION_REQUIRED": (
        N_("This changes who can get into your account, so show once more that it is you."),
        "info",
    ),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you. You can go on."), "info"),
    "ANONYMOUS_USER_REQUIRED": (N_("You are signed in already."), "info"),
    "INVALID_REDIRECT": (N_("That page is not ours."), "error"),
    "PASSWORD_RESET_REQUEST": (
        N_(
            "If there is an account with this address, a mail with a link is on its way to it. The link works for one hour."
        ),
        "success",
    ),
    "PASSWORD_RESET_EXPIRED": (LINK_DEAD, "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (LINK_DEAD, "error"),
    "PASSWORD_RESET": (
        N_("Your password is changed. Everybody who was signed in with the old one is signed out."),
        "success",
    ),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your password is changed. Sign in with the new one."), "success"),
    "PASSWORD_CHANGE": (N_("Your password is changed, and you are signed out everywhere else."), "success"),
    "PASSWORD_IS_THE_SAME": (N_("This is the password you have now. Choose another one."), "error"),
    "PASSWORD_MISMATCH": (N_("The two passwords differ. Write the new one twice."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords differ. Write the same one twice."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Write the password."), "error"),
    "INVALID_PASSWORD": (N_("This is not your password. Check it; capital letters count."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Write your e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("Write the address as name@example.org."), "error"),
    "DISABLED_ACCOUNT": (N_("This account was closed. Ask whoever runs this installation."), "error"),
    "INVALID_CODE": (N_("This code is not right, or was used before. Wait for the next one."), "error"),
    "TWO_FACTOR_INVALID_TOKEN": (N_("This code is not right, or was used before. Wait for the next one."), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("You are signed in."), "info"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        N_("The authenticator app is set up. From now on it is asked for when you sign in."),
        "success",
    ),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Sign in first."), "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (N_("Choose one of the ways on the page."), "error"),
    "TWO_FACTOR_DISABLED": (N_("The authenticator app is no longer asked for."), "success"),
    "TWO_FACTOR_SETUP_EXPIRED": (START_OVER, "error"),
    "INVALID_RECOVERY_CODE": (CODE_IS_USED, "error"),
    "NO_RECOVERY_CODES_SETUP": (N_("There are no recovery codes yet."), "info"),
    "WEBAUTHN_EXPIRED": (START_OVER, "error"),
    "WEBAUTHN_NAME_REQUIRED": (N_("Give the passkey a name, so that you know it again."), "error"),
    "WEBAUTHN_NAME_INUSE": (N_("You have a passkey with this name. Choose another name."), "error"),
    "WEBAUTHN_NAME_NOT_FOUND": (N_("You have no passkey with this name."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (N_("Use letters, digits, spaces and hyphens for the name."), "error"),
    "WEBAUTHN_CREDENTIAL_DELETED": (N_("The passkey “%(name)s” is removed."), "success"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (N_("The passkey “%(name)s” is added."), "success"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (N_("This passkey is added already."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (N_("This passkey is not known here. Sign in with your password."), "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (N_("This passkey is not known here. Sign in with your password."), "error"),
    "WEBAUTHN_NO_VERIFY": (N_("The passkey could not be checked. Try again, or sign in with your password."), "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (
        N_("This passkey is for something else: sign in with your password first."),
        "error",
    ),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (N_("This passkey belongs to another account."), "error"),
    "INVALID_INPUT": (N_("Leave out < and >."), "error"),
    "INVALID_INPUT_LENGTH": (N_("Use at most %(length)d characters."), "error"),
}
