"""Invented people for the demonstration: names by country, all mail addresses under example.org."""

from __future__ import annotations

import datetime as dt
import random
import secrets
from collections.abc import Iterator
from typing import Any

from app import mailboxes
from app.domain.folding import name_keys
from app.models import Channel, SignatureState

NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "IQ": (("Noor", "Samir", "رنا", "Hiba", "Karrar", "زينب"), ("al-Jabiri", "Qasim", "حداد", "Salman", "al-Azzawi")),
    "DE": (("Hannah", "Jürgen", "Mareike", "Cem", "Lotte"), ("Weiß", "Krüger", "Öztürk", "Behrens", "Vogel")),
    "GB": (("Agnes", "Owen", "Priya", "Malcolm", "Isla"), ("Whitcombe", "Okoro", "Pryce", "Lindley", "Sharma")),
    "SE": (("Åsa", "Nils", "Samira", "Linnéa"), ("Lindqvist", "Qadir", "Bergström", "Ekholm")),
    "FR": (("Claire", "Mathieu", "Aïcha", "Rémi"), ("Aubert", "Lefèvre", "Benali", "Girard")),
    "JO": (("Rana", "Tareq", "Lina"), ("Haddad", "Khoury", "Nasser")),
    "PL": (("Piotr", "Małgorzata", "Łukasz"), ("Zieliński", "Wójcik", "Dąbrowska")),
    "TR": (("Yusuf", "Gülşen", "İpek"), ("Demir", "Yıldız", "Şahin")),
    "GH": (("Miriam", "Kwame"), ("Osei", "Mensah")),
    "NO": (("Ingrid", "Øyvind"), ("Solheim", "Hauge")),
    "CL": (("Tomás", "Amparo"), ("Arce", "Muñoz")),
    "JP": (("Jun", "Hana"), ("Takeda", "Mori")),
    "IT": (("Leila", "Paolo"), ("Marchetti", "Ricci")),
    "US": (("Dolores", "Wendell"), ("Bailey", "Trujillo")),
}
CHANNELS = (
    (Channel.DIRECT,) * 33
    + (Channel.WHATSAPP,) * 27
    + (Channel.MAIL,) * 18
    + (Channel.MASTODON,) * 11
    + (Channel.BLUESKY,) * 7
    + (Channel.FACEBOOK,) * 4
)


def signatures(
    campaign_id: int,
    days: list[tuple[dt.date, int]],
    *,
    weights: dict[str, int],
    state: SignatureState,
    seed: int,
    locale: str = "en",
    until: dt.datetime,
    version_from: dict[dt.date, int] | None = None,
) -> Iterator[dict[str, Any]]:
    """Rows of invented signers, so many on each day, never later than `until`. The same seed gives the same people."""
    chance = random.Random(seed)  # noqa: S311 (invented people, no secret)
    countries, shares = list(weights), list(weights.values())
    number = 0
    for day, total in days:
        for moment in sorted(_moment(day, until, chance) for _ in range(total)):
            number += 1
            country = chance.choices(countries, shares)[0]
            given, family = (chance.choice(names) for names in NAMES[country])
            email = f"signer{seed}.{state}.{number}@example.org"
            yield {
                "public_id": secrets.token_urlsafe(16),
                "campaign_id": campaign_id,
                "state": state,
                "email_key": mailboxes.key(email),
                "email": email,
                "given_name": given,
                "family_name": family,
                **name_keys(given, family),
                "country": country,
                "postcode": str(chance.randrange(10000, 99999)) if chance.random() < 0.6 else "",
                "show_name": chance.random() < 0.4,
                "locale": locale,
                "channel": chance.choice(CHANNELS),
                "text_version": max([1, *(v for since, v in (version_from or {}).items() if day >= since)]),
                "created_at": moment,
                "confirmed_at": _confirmed_at(moment, state, chance),
            }


def _moment(day: dt.date, until: dt.datetime, chance: random.Random) -> dt.datetime:
    """A moment between six and ten of that day; of the present day, a moment that has been."""
    midnight = dt.datetime.combine(day, dt.time(tzinfo=dt.UTC))
    end = min(midnight + dt.timedelta(hours=22), until - dt.timedelta(minutes=16))  # time enough to confirm
    start = midnight + dt.timedelta(hours=6)
    if end <= start:
        start = min(midnight, end - dt.timedelta(minutes=5))
    return start + (end - start) * chance.random()


def _confirmed_at(moment: dt.datetime, state: SignatureState, chance: random.Random) -> dt.datetime | None:
    if state != SignatureState.CONFIRMED:
        return None
    return moment + dt.timedelta(seconds=chance.randrange(40, 900))
