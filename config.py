"""Every setting, its default and the reason it exists. `docs/settings.md` is held against this list by a test.

Settings come from the environment; a `.env` file beside this one is read first. Nothing else configures the app.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
MODES = ("production", "development", "testing")
SHORTEST_SECRET = 32  # characters; SEC-01


def yes(value: str) -> bool:
    """Read a switch: 1, true, yes and on are yes, everything else is no."""
    return value.strip().lower() in {"1", "true", "yes", "on"}


def positive(value: str) -> int:
    """Read a number of at least one. Raises ValueError."""
    number = int(value)
    if number < 1:
        raise ValueError("it must be 1 or more")
    return number


@dataclass(frozen=True)
class Setting:
    """One setting: how it is read from the environment and why it is there."""

    name: str
    default: Any
    reason: str
    parse: Callable[[str], Any] = str


SETTINGS = (
    Setting(
        "MODE",
        "production",
        "production refuses unsafe settings; development keeps mails on a page; testing is for tests",
    ),
    Setting("SECRET_KEY", "", "signs sessions and mail links; 32 characters or more"),
    Setting(
        "SECRET_KEY_FALLBACKS",
        (),
        "earlier secret keys, comma separated, so that links already mailed still work",
        lambda v: tuple(k for k in v.split(",") if k),
    ),
    Setting(
        "EMAIL_PEPPER",
        "",
        "keys the fingerprint by which one mailbox signs once; never change it; 32 characters or more",
    ),
    Setting(
        "INSTANCE_PATH",
        str(ROOT / "instance"),
        "the folder of the SQLite database, of exports that wait to be taken, of development's secrets and kept mails; "
        "web server and worker need the same",
    ),
    Setting("DATABASE_URL", "", "where the data is; empty means SQLite in the instance folder"),
    Setting(
        "BASE_URL",
        "http://127.0.0.1:5000",
        "the public address; links in mails are built from it, never from a request",
    ),
    Setting("BIND", "127.0.0.1", "the address that the web server listens on; a proxy in front speaks to the world"),
    Setting("PORT", 5000, "the port that the web server listens on", int),
    Setting(
        "MAIL_URL",
        "",
        "smtp://[user:password@]host:port or smtps://...; empty keeps mails on the development mailbox page",
    ),
    Setting("MAIL_FROM", "Undersigned <post@localhost>", "the sender of every mail; replies go to the organisation"),
    Setting(
        "MAIL_BOUNCES",
        "",
        "to which mails come back, such as bounces@example.org, where bounces+anything@example.org arrives too; empty reads none",
    ),
    Setting(
        "MAIL_CONNECTIONS",
        4,
        "SMTP connections that one worker keeps open",
        int,
    ),
    Setting(
        "MAIL_REQUIRE_TLS", False, "send only after STARTTLS with a checked certificate; otherwise mails wait", yes
    ),
    Setting("REDIS_URL", "", "shares rate limits between web processes; empty counts them in each process"),
    Setting(
        "TRUSTED_PROXIES",
        0,
        "how many proxies of yours stand in front; their X-Forwarded-For is believed, nobody else's",
        int,
    ),
    Setting("WEB_PROCESSES", 0, "web server processes; 0 means one on SQLite and two on PostgreSQL", int),
    Setting("WEB_THREADS", 24, "threads in each web server process", int),
    Setting(
        "LANGUAGES",
        ("en", "ar"),
        "languages offered on public pages, the first is the default",
        lambda v: tuple(v.split(",")),
    ),
    Setting(
        "PAGE_SECONDS",
        10,
        "how long public pages and counts may be kept; one signature can then not be watched arriving",
        int,
    ),
    Setting("CONFIRM_DAYS", 7, "how long a confirmation link works and an unconfirmed signature is kept", int),
    Setting("CONFIRM_GRACE_HOURS", 24, "how long after closing a signature given in time can still be confirmed", int),
    Setting(
        "MAILBOX_MAILS_PER_HOUR", 3, "confirmation mails that one mailbox gets in an hour, over all campaigns", int
    ),
    Setting("MAILBOX_MAILS_PER_DAY", 6, "the same for a day", int),
    Setting(
        "MAILBOX_MINUTES_PER_CAMPAIGN", 10, "minutes before the same campaign writes to the same mailbox again", int
    ),
    Setting(
        "SIGN_LIMIT",
        300,
        "sign posts a minute from one network before it is told to wait; a whole campus may share one",
        int,
    ),
    Setting(
        "SEARCH_LIMIT",
        120,
        "searches, and filters and files of a register or the publications, a minute from one network before it is told to wait",
        int,
    ),
    Setting("LOGIN_LIMIT", "10 per 5 minutes", "sign-in attempts from one address"),
    Setting(
        "SESSION_IDLE_MINUTES",
        60,
        "minutes without a page after which somebody is signed out; writing counts, since it is kept while one types",
        positive,
    ),
    Setting(
        "SESSION_HOURS", 12, "hours after which somebody signs in again, whatever they did: a working day", positive
    ),
    Setting(
        "REQUIRE_SECOND_STEP",
        "",
        "signer lists and exports open only after a second step; empty means yes in production, no elsewhere",
        yes,
    ),
    Setting(
        "OIDC_ISSUER",
        "",
        "the sign-in provider of your organisation (OpenID Connect), by the address it calls itself; empty means none",
    ),
    Setting("OIDC_CLIENT_ID", "", "what the provider calls this site"),
    Setting("OIDC_CLIENT_SECRET", "", "by which the provider knows this site"),
    Setting("OIDC_NAME", "", "what the button says: Sign in with …; empty means the host name of the provider"),
    Setting("DB_POOL", 10, "database connections that one process keeps on PostgreSQL", int),
    Setting(
        "REVIEW_CAMPAIGNS",
        False,
        "an editor's campaigns and new texts are published by somebody who may review them, not by the editor",
        yes,
    ),
    Setting("EXPORTS_DISABLED", False, "the switch that stops every export of signers at once", yes),
    Setting("EXPORT_LIMIT", "5 per hour", "exports that one account may start"),
    Setting(
        "EXPORT_ALARM_ROWS",
        20_000,
        "rows that leave one organisation within a day at which its owners are warned by mail, and at each as many more",
        positive,
    ),
    Setting(
        "EXPORT_AT_ONCE",
        20_000,
        "rows of CSV up to which the web server answers by itself; a tenth of it for workbooks, a twentieth for PDF",
        positive,
    ),
)


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read all settings from `environ` (default: the process, after `.env`). Raises ValueError for a value that cannot be read."""
    if environ is None:
        from dotenv import load_dotenv

        load_dotenv(ROOT / ".env")
        environ = os.environ
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environ.get(setting.name)
        try:
            values[setting.name] = setting.default if text is None or text == "" else setting.parse(text)
        except ValueError as error:
            raise ValueError(f"{setting.name}: {error}. {setting.name} is for: {setting.reason}.") from error
    if values["MODE"] not in MODES:
        raise ValueError(f"MODE is {values['MODE']!r}; it can be {', '.join(MODES)}.")
    values["DEBUG_SWITCH"] = yes(environ.get("FLASK_DEBUG", "")) or yes(environ.get("DEBUG", ""))
    return values


def database_url(values: Mapping[str, Any]) -> str:
    """Where the data is: the database of DATABASE_URL, or else SQLite in the instance folder."""
    return str(values["DATABASE_URL"] or f"sqlite:///{Path(values['INSTANCE_PATH']).resolve() / 'undersigned.sqlite'}")


def provider_problems(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the settings of a sign-in provider, each with what to do; empty when there is none, or all is well."""
    needed = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    missing = [name for name in needed if not values[name]]
    if len(missing) == len(needed):
        return []
    found = []
    if missing:
        found.append(
            f"{' and '.join(missing)} missing: signing in by a provider needs {', '.join(needed)}. Set all, or none of them."
        )
    scheme, production = urlsplit(values["OIDC_ISSUER"]).scheme, values["MODE"] == "production"
    if values["OIDC_ISSUER"] and scheme not in ({"https"} if production else {"https", "http"}):
        found.append("OIDC_ISSUER is not an https address. Set it to what the provider says its issuer is.")
    return found


def problems(values: Mapping[str, Any]) -> list[str]:
    """What makes these settings unsafe for production, each with what to do; empty when all is well."""
    found = []
    for name in ("SECRET_KEY", "EMAIL_PEPPER"):
        secret = values[name]
        if len(secret) < SHORTEST_SECRET or len(set(secret)) < 10:
            found.append(
                f"{name} is missing or weak. Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
    if values["SECRET_KEY"] and values["SECRET_KEY"] == values["EMAIL_PEPPER"]:
        found.append("EMAIL_PEPPER is the same as SECRET_KEY. Make a second one.")
    if values["DEBUG_SWITCH"]:
        found.append("A debug switch is on. Unset FLASK_DEBUG and DEBUG.")
    if not values["MAIL_URL"]:
        found.append("MAIL_URL is missing. Set it to smtp://[user:password@]host:port.")
    if urlsplit(values["BASE_URL"]).hostname in {None, "127.0.0.1", "localhost"}:
        found.append(
            "BASE_URL is not a public address. Set it to the address that people see, such as https://sign.example.org."
        )
    return found + provider_problems(values)
