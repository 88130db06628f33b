"""For organisers: the desk. Every address is /desk/<organisation>/..., every view declares the right it needs."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.rights import Right
from app.views import access
from app.views.access import needs

bp = Blueprint("organise", __name__, url_prefix="/desk")
bp.before_request(access.gate)


@bp.context_processor
def desk() -> dict[str, object]:
    """What every page of the desk shows."""
    return {"account": access.account(), "can": access.can, "Right": Right}


@bp.get("")
@needs(None)
def start() -> ResponseReturnValue:
    """The desk of one's organisation, or a choice of several."""
    mine = access.organisations()
    if len(mine) == 1:
        return redirect(url_for("organise.campaigns", organisation=mine[0].slug))
    return render_template("organise/start.html", organisations=mine)


from app.views.organise import campaigns, dashboard, editor, exports, members, settings  # noqa: E402, F401 (they add their routes to bp)
