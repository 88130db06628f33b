"""Undersigned: a self-hosted petition and campaign tracker."""

from __future__ import annotations

import gc

# Nothing of what is imported and put together for a start is ever let go: to look it through again and again took a fifth of the time.
gc.disable()

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from app import (
    accounts,
    assets,
    commands,
    delivery_words,
    errors,
    floods,
    i18n,
    mail,
    menu,
    news_words,
    pages,
    security,
    settings,
    templating,
    timeline_words,
    views,
)
from app.extensions import csrf, db, limiter, migrate

gc.freeze()
gc.enable()


class Undersigned(Flask):
    """Flask, without looking at each of the fifteen functions that a request calls whether it is a coroutine: none is
    (`test_shape` looks), and the looking was a tenth of what a kept page costs."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The application. `overrides` replaces settings that would come from the environment."""
    values = {**config.load(), **(overrides or {})}
    gc.disable()
    app = Undersigned(
        __name__,
        instance_path=str(Path(values["INSTANCE_PATH"]).resolve()),
        template_folder=str(config.ROOT / "templates"),
        static_folder=None,
    )
    settings.init_app(app, values)
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # Flask's own way

    db.init_app(app)
    migrate.init_app(app, db, directory=str(config.ROOT / "migrations"), render_as_batch=True, compare_type=True)
    csrf.init_app(app)
    limiter.init_app(app)
    i18n.init_app(app)
    security.init_app(app)
    pages.init_app(app)
    floods.init_app(app)
    assets.init_app(app)
    templating.init_app(app)
    timeline_words.init_app(app)
    delivery_words.init_app(app)
    menu.init_app(app)
    news_words.init_app(app)
    accounts.init_app(app)
    mail.init_app(app)
    errors.init_app(app)
    views.init_app(app)
    commands.init_app(app)
    gc.enable()
    return app
