"""Languages. Public pages take theirs from the address (`?lang=ar`) or from the campaign, never from a cookie or a header."""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import get_locale, get_translations, ngettext
from markupsafe import Markup

from app.extensions import babel

# Babel's list of territories has groups and histories in it too; these are the places where people live.
# fmt: off
NOT_PLACES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ", "AC", "CP", "DG", "EA", "IC", "TA", "CQ", "AQ", "BV", "HM", "TF",
              "GS", "UM", "IO"}
# fmt: on


def init_app(app: Flask) -> None:
    """Choose the language of each request; give templates what they need to say it."""
    babel.init_app(app, locale_selector=lambda: choose(app), default_translation_directories="translations")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # an extension of Jinja adds it
        lambda text: language().words.ugettext(text),
        lambda one, many, number: language().words.ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: language().words.upgettext(context, text),
        npgettext=lambda context, one, many, number: language().words.unpgettext(context, one, many, number),
    )
    app.jinja_env.globals.update(
        get_locale=get_locale,
        direction=direction,
        countries=countries,
        country_name=country_name,
        languages=languages,
        language_name=language_name,
        in_language=in_language,
        written_in=written_in,
        word_forms=word_forms,
    )


def choose(app: Flask) -> str:
    """The language of this request."""
    offered = app.config["LANGUAGES"]
    if not has_request_context():
        return str(offered[0])
    asked = request.args.get("lang", "")
    # What is kept under one address for all, such as a feed, has one language: whoever asked for another would give it to everybody.
    if asked in offered and not g.get("is_for_every_language"):
        return asked
    by_page = g.get("locale", offered[0])
    return by_page if by_page in offered else str(offered[0])


@dataclass(frozen=True)
class Language:
    """A language with its words."""

    locale: Locale
    code: str
    words: NullTranslations

    @property
    def is_arabic(self) -> bool:
        """Whether numbers and dates are written as in Arabic."""
        return bool(self.locale.language == "ar")


def language() -> Language:
    """The language of what is being written, also within `force_locale`.

    A page asks for it a thousand times. Flask-Babel goes through a dozen proxies each time, which was half of what a register's page
    cost; so what it found is kept for as long as it holds the same locale.
    """
    here = g._get_current_object()
    known: Language | None = here.get("language")
    if known is not None and known.locale is getattr(here.get("_flask_babel"), "babel_locale", None):
        return known
    locale = get_locale()
    here.language = known = Language(locale, str(locale), get_translations())
    return known


def direction(locale: str | None = None) -> str:
    """`rtl` or `ltr`: how a language is written; by default the one of this page."""
    chosen = Locale.parse(locale) if locale else get_locale()
    return str(chosen.text_direction) if chosen else "ltr"


@functools.cache
def _countries(locale: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(locale).territories
    places = [
        (code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in NOT_PLACES
    ]
    return tuple(sorted(places, key=lambda place: _sort_key(place[1])))


def _sort_key(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()


def countries() -> tuple[tuple[str, str], ...]:
    """Code and name of every country and territory, by name in the language of this page."""
    return _countries(str(get_locale()))


@functools.cache
def country_codes() -> frozenset[str]:
    """Every code that the sign form takes."""
    return frozenset(code for code, _ in _countries("en"))


def country_name(code: str) -> str:
    """A country's name in the language of this page."""
    locale = get_locale()
    return str(locale.territories.get(code, code)) if locale else code


def ask_again(*names: str) -> None:
    """What this address looks for, by these names, is looked for in the other languages too."""
    g.asked = {name: said for name in names if (said := request.args.get(name))}


def languages() -> list[tuple[str, str, str]]:
    """The other languages of this page: code, name in itself, address. Empty where a page cannot be asked for again."""
    if request.endpoint is None or request.routing_exception is not None:
        return []
    others = [code for code in current_app.config["LANGUAGES"] if code != str(get_locale())]
    endpoint, values = request.endpoint, dict(request.view_args or {})
    if request.method == "POST":
        if endpoint != "signing.sign":
            return []
        endpoint = "signing.sign_page"
    values |= g.get("asked", {})
    return [
        (code, Locale.parse(code).get_display_name(code) or code, url_for(endpoint, **values, lang=code))
        for code in others
    ]


def language_name(code: str) -> str:
    """A language's name in the language of this page."""
    return Locale.parse(code).get_display_name(get_locale()) or code


def in_language(locale: str) -> Markup:
    """The attributes of what is written in another language than its page; nothing where it is the same."""
    if locale == str(get_locale()):
        return Markup("")
    return Markup(' lang="{}" dir="{}"').format(locale.replace("_", "-"), direction(locale))


def written_in(language: str) -> Markup:
    """The attribute that says in which language others wrote something, where that is known; nothing where it is not."""
    return Markup(' lang="{}"').format(language) if language else Markup("")


def word_forms(one: str, many: str) -> dict[str, str]:
    """A word in each form that a number may ask for, by the names that browsers know: `{"one": ..., "other": ...}`."""
    rule = get_locale().plural_form
    return {rule(number): ngettext(one, many, number) for number in (0, 1, 2, 3, 11, 100)}
