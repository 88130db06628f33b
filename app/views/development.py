"""For developers: the mails that would have been sent. Not registered in production."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("development", __name__)
