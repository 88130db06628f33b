"""For operators and their machines: is it alive, can it serve."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import revisions
from app.extensions import db

bp = Blueprint("operate", __name__)


@bp.get("/livez")
def livez() -> Response:
    """200 as long as this process answers."""
    return jsonify(alive=True)


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 when the database answers and has the revision that this code needs, else 503 with the reason."""
    try:
        db.session.execute(text("SELECT 1"))
        problem = revisions.problem()
    except SQLAlchemyError:
        problem = "the database does not answer"
    if problem:
        return jsonify(ready=False, reason=problem), 503
    return jsonify(ready=True), 200
