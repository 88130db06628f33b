"""Marks that the link of a mail was opened, for the funnel alone; never a reason for the page behind it to fail."""

from __future__ import annotations

from flask import current_app, request
from sqlalchemy.exc import SQLAlchemyError

from app.domain import funnel
from app.domain.transactions import waiting_at_most
from app.extensions import db


def noted(page: str, signature_id: int) -> str:
    """The page, which is ready, after its first look was marked. Where the database takes no mark soon, it is shown all the same."""
    if request.method != "GET":
        return page
    try:
        if funnel.is_unopened(signature_id):
            with waiting_at_most(funnel.HASTE_SECONDS):
                funnel.note_opened(signature_id)
    except SQLAlchemyError as error:
        db.session.rollback()
        current_app.logger.warning("an opened link was not marked: %s", type(error).__name__)
    return page
