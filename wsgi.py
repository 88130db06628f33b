"""The application object for a WSGI server: `gunicorn wsgi:app`."""

import gc

# Nothing that is imported here is ever let go. Looking it through again and again takes a quarter of the start, and later a part of
# every answer; frozen, it is left alone.
gc.disable()

from app import create_app, revisions  # noqa: E402  # after the line above, which is about it

app = create_app()
revisions.refuse_wrong(app)
gc.freeze()
gc.enable()
