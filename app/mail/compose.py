"""From a row of the outbox to a letter: subject, plain text and HTML, in the reader's language."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from app import brand, colours, links
from app.extensions import db
from app.mail import headers, subjects
from app.mail.smtp import Letter
from app.models import Mail, MailKind, Organisation
from app.models.organisations import SIGNAL_COLOUR

WRITTEN = ("ask", "given_name", "invited_by", "taken_by", "reason", "offered_by", "here", "there")


def loaded(mail_ids: list[int]) -> list[Mail]:
    """These mails, ready to be composed."""
    return list(db.session.scalars(subjects.query(mail_ids)))


def letter(app: Flask, mail: Mail, now: dt.datetime) -> Letter | None:
    """The mail as it is handed over, None if what it was about is over. Raises whatever goes wrong in its words."""
    about = subjects.of(mail, now)
    if about is None or mail.recipient is None:
        return None
    organisation: Organisation | None = about["organisation"]
    subject, text, html = words(app, mail.kind, mail.locale, about)
    sender = headers.sender(app.config["MAIL_FROM"], organisation.name if organisation else "")
    envelope = headers.Envelope(
        sender=sender,
        recipient=mail.recipient,
        subject=subject,
        message_id=f"{mail.message_id}@{links.host()}",
        reply_to=organisation.contact_email if organisation else "",
    )
    body = headers.message(envelope, text, html, now)
    bounces = app.config["MAIL_BOUNCES"]
    comes_back_to = headers.return_address(bounces, mail.message_id) if bounces else sender.addr_spec
    return Letter(mail.id, mail.message_id, comes_back_to, headers.address(mail.recipient, "recipient"), body)


def words(app: Flask, kind: MailKind, locale: str, about: subjects.About) -> tuple[str, str, str]:
    """Subject, plain text and HTML of a mail of this kind. The subject is a block of the text's template."""
    offered = app.config["LANGUAGES"]
    plain = app.jinja_env.get_template(f"mail/{kind}.txt")
    rich = app.jinja_env.get_template(f"mail/{kind}.html")
    with force_locale(locale if locale in offered else offered[0]):
        said = {**about, "colour": _colours(about["organisation"])}
        subject = "".join(plain.blocks["subject"](plain.new_context(said))).strip()
        return subject, plain.render(said), rich.render({**said, **_isolated(about)}, subject=subject)


def _isolated(about: subjects.About) -> dict[str, Markup]:
    """What people wrote, set apart in HTML, so that it runs in its own direction inside a sentence of the other one."""
    return {name: Markup("<bdi>{}</bdi>").format(about[name]) for name in WRITTEN if about.get(name)}


def _colours(organisation: Organisation | None) -> dict[str, str]:
    """The signal colour on light and dark paper, and what can be read on it."""
    light, dark = brand.signals(organisation.signal_colour if organisation else SIGNAL_COLOUR)
    return {
        "light": light,
        "on_light": colours.readable_on(light),
        "dark": dark,
        "on_dark": colours.readable_on(dark),
    }
