"""The desk: exports."""

from __future__ import annotations

from app.views.organise import bp  # noqa: F401 (routes are added to it)
