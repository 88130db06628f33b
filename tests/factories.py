"""Things to test with. Everything comes back detached: its columns can be read, the database holds it."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password

from app import clock, mailboxes, pages
from app.accounts import sessions
from app.domain import campaigns, counts, library, news, topics, updates
from app.domain.campaigns import Words
from app.domain.folding import name_keys
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    AccountDevice,
    Campaign,
    Channel,
    Delivery,
    Membership,
    NewsItem,
    Organisation,
    Report,
    ReportKind,
    Role,
    Signature,
    SignatureState,
    Topic,
    Update,
)

PASSWORD = "correct horse battery"


@functools.cache
def password_hash() -> str:
    """Hashing is slow on purpose; once is enough."""
    return hash_password(PASSWORD)


def within(verb: Callable[..., Any]) -> Callable[..., Any]:
    """What a verb does, without its transaction: several in one cost a test half the time."""
    return inspect.unwrap(verb)


def _changed(thing: Any, values: dict[str, Any]) -> Any:
    for name, value in values.items():
        setattr(thing, name, value)
    return thing


class Make:
    """make.organisation(), make.account(), make.campaign(), make.signature(), make.report(), make.news()."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.number = 0

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _kept(self, *things: Any) -> Any:
        db.session.add_all(things)
        db.session.commit()
        return [self._detached(thing) for thing in things][0]

    def _detached(self, thing: Any) -> Any:
        db.session.refresh(thing)
        db.session.expunge(thing)
        return thing

    def organisation(self, **values: Any) -> Organisation:
        with self.app.app_context():
            n = self._next()
            defaults = {
                "slug": f"desk-{n}",
                "name": f"Rights Desk {n}",
                "about": "A small association.",
                "created_at": clock.now(),
            }
            return self._kept(Organisation(**{**defaults, **values}))

    def account(
        self, role: Role | str | None = Role.OWNER, organisation: Organisation | None = None, **values: Any
    ) -> Account:
        """Somebody who can sign in with PASSWORD; a member of `organisation` in `role`."""
        with self.app.app_context():
            n = self._next()
            defaults = {
                "email": f"olive{n}@example.org",
                "name": f"Olive {n}",
                "password": password_hash(),
                "fs_uniquifier": secrets.token_hex(16),
                "create_datetime": clock.now(),
            }
            account = self._kept(Account(**{**defaults, **values}))
            if organisation is not None and role is not None:
                self.membership(account, organisation, role)
            return account

    def membership(self, account: Account, organisation: Organisation, role: Role | str = Role.OWNER) -> Membership:
        """A place in another organisation, for somebody who has an account."""
        with self.app.app_context():
            values = {"account_id": account.id, "organisation_id": organisation.id, "created_at": clock.now()}
            return self._kept(Membership(role=Role(role), **values))

    def known_device(self, client: FlaskClient, account: Account) -> None:
        """The browser of `client` is one in which `account` signed in before."""
        token = secrets.token_urlsafe(24)
        client.set_cookie("device", token, path="/account")
        with self.app.app_context():
            key = sessions._device_digest(account.id, token)
            self._kept(AccountDevice(account_id=account.id, key=key, seen_at=clock.now()))

    def campaign(
        self, organisation: Organisation | None = None, *, published: bool = True, closed: bool = False, **values: Any
    ) -> Campaign:
        """A campaign with one decision maker; by default published, open and without a closing date."""
        organisation = organisation or self.organisation()
        with self.app.app_context():
            n = self._next()
            words = Words(
                ask=values.pop("ask", f"Rein in militias, number {n}"),
                summary=values.pop("summary", "Armed groups answer to no court."),
                text=values.pop("text", "They take people away.\n\n## What we ask\n\n1. Put them under the law."),
            )
            makers = values.pop("decision_makers", ["The Prime Minister"])
            slug, delivered_on = values.pop("slug", None), values.pop("delivered_on", None)
            now = clock.now()
            end = {"outcome": values.pop("outcome", None), "outcome_text": values.pop("outcome_text", "")}

            @unit_of_work
            def make() -> Campaign:
                campaign = within(campaigns.create)(
                    organisation.id, words, locale=values.pop("locale", "en"), zone="UTC", now=now
                )
                within(campaigns.set_decision_makers)(campaign, makers, now=now)
                if slug:
                    within(campaigns.move)(campaign, slug, now=now)
                if published or closed:
                    locales = self.app.config["LANGUAGES"]
                    within(campaigns.publish)(campaign, by=None, reason="", locales=locales, now=now)
                if closed:
                    within(campaigns.close)(campaign, **end, now=now)
                if delivered_on:
                    handed = {"key": "delivered", "delivered_on": delivered_on, "created_at": now}
                    db.session.add(Delivery(campaign_id=campaign.id, **handed))
                return _changed(campaign, values)

            pages.forget()
            return self._detached(make())

    def signature(
        self, campaign: Campaign, state: SignatureState | str = SignatureState.CONFIRMED, **values: Any
    ) -> Signature:
        """A signature in `state`, counted if it is confirmed."""
        with self.app.app_context():
            n = self._next()
            email = values.pop("email", f"sam{n}@example.org")
            defaults = {
                "public_id": secrets.token_urlsafe(16),
                "campaign_id": campaign.id,
                "state": SignatureState(state),
                "email": email,
                "email_key": mailboxes.key(email),
                "given_name": "Sam",
                "family_name": f"Signer {n}",
                "country": "IQ",
                "postcode": "",
                "show_name": False,
                "locale": "en",
                "channel": Channel.DIRECT,
                "text_version": 1,
                "created_at": clock.now(),
                "confirmed_at": clock.now() if state == "confirmed" else None,
            }
            row = {**defaults, **values}
            signature = Signature(**row, **name_keys(row["given_name"], row["family_name"]))
            db.session.add(signature)
            db.session.flush()
            if state == "confirmed":
                counts._add(campaign.id, signature.id, +1)
            return self._kept(signature)

    def topic(self, organisation: Organisation | None = None, *, published: bool = True, **values: Any) -> Topic:
        """A topic of an organisation; by default public."""
        organisation = organisation or self.organisation()
        with self.app.app_context():
            words = topics.Words(
                title=values.pop("title", f"Iraq in crisis, number {self._next()}"),
                summary=values.pop("summary", "What happens to civilians."),
                text=values.pop("text", "## What happens\n\nPeople flee.\n\n## What is asked"),
            )

            @unit_of_work
            def make() -> Topic:
                locale, now = values.pop("locale", "en"), clock.now()
                topic = within(topics.create)(organisation.id, words, locale=locale, now=now)
                if published:
                    within(topics.publish)(topic, now=now)
                return _changed(topic, values)

            pages.forget()
            return self._detached(make())

    def update(
        self, campaign: Campaign, title: str = "We met the committee", text: str = "It lasted two hours."
    ) -> Update:
        """A published update of a campaign."""
        with self.app.app_context():
            now = clock.now()
            update = updates.create(db.session.get_one(Campaign, campaign.id), by=None, now=now)
            updates.save_words(update, updates.Words(title, text), revision=None, now=now)
            updates.publish(update, now=now)
            pages.forget()
            return self._kept(update)

    def report(self, place: Campaign | Topic, **values: Any) -> Report:
        """A publication, cited by a campaign or topic."""
        defaults = {
            "kind": ReportKind.REPORT,
            "title": "Civilians living in the line of fire",
            "publisher": "Amnesty International",
            "published_on": dt.date(2014, 7, 14),
            "url": "https://reports.example.org/1",
        }
        with self.app.app_context():
            parent = db.session.get_one(type(place), place.id)
            return self._kept(library.add(parent.organisation_id, {**defaults, **values}, now=clock.now(), at=parent))

    def news(self, place: Campaign | Topic, **values: Any) -> NewsItem:
        """A news item in the feed of a campaign or topic."""
        defaults = {
            "title": "Efforts to rein in militias fail",
            "outlet": "The Example Post",
            "byline": "Jo Writer",
            "published_on": dt.date(2016, 9, 6),
            "excerpt": "Two months on, people are missing.",
            "url": "https://news.example.org/1",
        }
        with self.app.app_context():
            parent = db.session.get_one(type(place), place.id)
            return self._kept(news.add(parent, {**defaults, **values}, now=clock.now()))

    def many_news(self, place: Campaign | Topic, *each: dict[str, Any]) -> None:
        """As many news items as there are `each`, in one transaction; the same outlet and excerpt where nothing else is said."""
        usual = {"outlet": "The Example Post", "excerpt": "People are missing.", "published_on": dt.date(2016, 9, 6)}
        with self.app.app_context():
            parent = db.session.get_one(type(place), place.id)

            @unit_of_work
            def make() -> None:
                for n, values in enumerate(each):
                    values = {"url": f"https://news.example.org/{n}", **usual, **values}
                    within(news.add)(parent, values, now=clock.now())

            make()


def form(**values: Any) -> dict[str, Any]:
    """What Sam types into the sign form."""
    return {
        "given_name": "Sam",
        "family_name": "Signer",
        "email": "sam@example.org",
        "country": "IQ",
        "postcode": "",
        **values,
    }
