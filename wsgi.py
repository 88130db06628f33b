"""The application object for a WSGI server: `gunicorn wsgi:app`."""

import gc

from app import create_app, revisions

app = create_app()
revisions.refuse_wrong(app)
gc.freeze()  # what is there now stays: left alone, it is no part of what answers cost
