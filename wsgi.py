"""The application object for a WSGI server: `gunicorn wsgi:app`."""

from app import create_app, revisions

app = create_app()
revisions.refuse_wrong(app)
