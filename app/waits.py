"""In how many seconds somebody who came too often may come again."""

from __future__ import annotations

import math
import time

from flask import after_this_request
from flask_limiter import RateLimitExceeded
from flask_security import current_user
from limits import RateLimitItem
from werkzeug import Response
from werkzeug.exceptions import TooManyRequests

from app.extensions import client_address, limiter


def of_limit(limit: RateLimitItem, *names: str) -> int:
    """How long this limit stays used up for whoever is counted by these names."""
    return max(1, math.ceil(limiter.limiter.get_window_stats(limit, *names).reset_time - time.time()))


def seconds(error: TooManyRequests) -> int:
    """How long to wait after this refusal; 0 where that is not known.

    A stranger who tries an account is told the whole period. The rest of it would say when somebody else last began to sign in.
    """
    if not isinstance(error, RateLimitExceeded):
        return error.retry_after if isinstance(error.retry_after, int) else 0
    hit = limiter.current_limit
    of_network = error.limit.key_func is client_address
    if hit is None or not (of_network or current_user.is_authenticated):
        return int(error.limit.limit.get_expiry())
    return max(1, math.ceil(hit.reset_at - time.time()))


def tell(wait: int) -> None:
    """Say so to programs as well, whatever page is answered."""

    @after_this_request
    def retry_after(response: Response) -> Response:
        response.headers["Retry-After"] = str(wait)
        return response
