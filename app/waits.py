"""In how long somebody who came too often may come again, for people and for programs."""

from __future__ import annotations

import math
import time

from flask import after_this_request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_limiter import RateLimitExceeded
from flask_security import current_user
from limits import RateLimitItem
from werkzeug import Response
from werkzeug.exceptions import TooManyRequests

from app.domain.refused import TooOften
from app.extensions import client_address, limiter
from app.templating import number

MINUTE, HOUR = 60, 3600


def of_limit(limit: RateLimitItem, *names: str) -> int:
    """How long this limit stays used up for whoever is counted by these names."""
    return _left(limit, limiter.limiter.get_window_stats(limit, *names).reset_time)


def _left(limit: RateLimitItem, until: float) -> int:
    """Seconds until a moment, which the limiter rounds up to a whole one: never more than the limit's period."""
    return max(1, min(limit.get_expiry(), math.ceil(until - time.time())))


def seconds(error: TooManyRequests) -> int:
    """How long to wait after this refusal; 0 where that is not known.

    A stranger who tries an account is told the whole period. The rest of it would say when somebody else last began to sign in.
    """
    if not isinstance(error, RateLimitExceeded):
        return error.retry_after if isinstance(error.retry_after, int) else 0
    hit, limit = limiter.current_limit, error.limit.limit
    of_network = error.limit.key_func is client_address
    if hit is None or not (of_network or current_user.is_authenticated):
        return limit.get_expiry()
    return _left(limit, hit.reset_at)


def try_again(seconds: float) -> str:
    """When to try again, in words: in seconds up to two minutes, in minutes up to two hours, then in hours. Never too early."""
    left = max(1, math.ceil(seconds))
    if left < 2 * MINUTE:
        return ngettext("Try again in %(shown)s second.", "Try again in %(shown)s seconds.", left, shown=number(left))
    minutes, hours = math.ceil(left / MINUTE), math.ceil(left / HOUR)
    if left <= 2 * HOUR:
        return ngettext(
            "Try again in %(shown)s minute.", "Try again in %(shown)s minutes.", minutes, shown=number(minutes)
        )
    return ngettext("Try again in %(shown)s hour.", "Try again in %(shown)s hours.", hours, shown=number(hours))


def sentence(refused: TooOften) -> str:
    """What was tried too often, when it works again, and whether anything has to be entered anew."""
    stays = [_("What you entered is still here.")] if refused.kept else []
    return " ".join([refused.sentence, try_again(refused.seconds), *stays])


def tell(wait: int) -> None:
    """Say so to programs as well, whatever page is answered."""

    @after_this_request
    def retry_after(response: Response) -> Response:
        response.headers["Retry-After"] = str(wait)
        return response
