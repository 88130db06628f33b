"""The desk: who signed, searched and paged."""

from __future__ import annotations

from flask import render_template, request

from app import i18n
from app.domain import signers, statistics
from app.domain.rights import Right
from app.domain.signers import Word
from app.forms import values
from app.forms.texts import CONTROL, clean
from app.models import SignatureState
from app.models.signatures import name_key
from app.views import access
from app.views.access import needs
from app.views.organise import bp
from app.views.organise.words import channel_name, short_moment

LONGEST_SEARCH = 200
SHORTEST_COUNTRY = 3  # letters; two stand for a code, in capitals
PAGE_SIZE = 50


@bp.get("/<organisation>/campaigns/<slug>/signatures")
@needs(Right.SEE_SIGNERS)
def signatures(organisation: str, slug: str) -> str:
    """Names, countries, postcodes and channels of those who signed, the newest first. Never an address."""
    campaign = access.campaign(slug)
    words = clean(CONTROL.sub(" ", request.args.get("q", "")))[:LONGEST_SEARCH]
    state = request.args.get("state", "")
    states = (SignatureState(state),) if state in signers.LISTED else signers.LISTED
    page = signers.page(
        campaign.id,
        words=[Word(word, _countries(word)) for word in words.split()],
        states=states,
        before=values.key(request.args.get("before", "")),
        after=values.key(request.args.get("after", "")),
        size=PAGE_SIZE,
    )
    return render_template(
        "organise/signatures.html",
        section="campaigns",
        tab="signatures",
        campaign=campaign,
        page=page,
        words=words,
        state=state if len(states) == 1 else "",
        totals=statistics.states(campaign.id),
        listed=signers.LISTED,
        channel_name=channel_name,
        short_moment=short_moment,
    )


def _countries(word: str) -> tuple[str, ...]:
    """The countries that a word may mean: a code in capitals, or the beginning of a word of the name."""
    if len(word) == 2 and word.isupper():
        return tuple(code for code, _name in i18n.countries() if code == word)
    if len(word) < SHORTEST_COUNTRY:
        return ()
    wanted = name_key(word)
    return tuple(
        code for code, name in i18n.countries() if any(part.startswith(wanted) for part in name_key(name).split())
    )
