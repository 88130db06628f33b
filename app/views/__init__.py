"""Who sees what: one audience, one blueprint, one prefix, one gate, one template folder."""

from __future__ import annotations

from flask import Flask

from app.extensions import csrf
from app.mail import folder


def init_app(app: Flask) -> None:
    """Register every audience. Public ones carry no CSRF token, since they have no session; they check the origin instead."""
    from app.views import accounts, addresses, development, operate, organise, provider, public, signing

    for blueprint in (public.bp, signing.bp):
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    for blueprint in (accounts.bp, addresses.bp, provider.bp, organise.bp, operate.bp):
        app.register_blueprint(blueprint)
    if folder.is_used(app):
        app.register_blueprint(development.bp)
