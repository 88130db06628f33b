"""How the web server runs: `gunicorn -c deploy/gunicorn.conf.py wsgi:app`."""

import socket
import struct

from config import database_url as _database_url
from config import load as _load

_settings = _load()
_sqlite = _database_url(_settings).startswith("sqlite")

bind = f"{_settings['BIND']}:{_settings['PORT']}"
# SQLite has one writer; threads of one process wait for it in turn, several processes would starve each other.
workers = _settings["WEB_PROCESSES"] or (1 if _sqlite else 2)
umask = 0o077  # nobody else on the machine reads what this process writes, an SQLite file above all
worker_class = "gthread"
threads = _settings["WEB_THREADS"]
worker_tmp_dir = "/dev/shm"  # a heartbeat file on a slow disk would look like a hanging worker
keepalive = 5
timeout = 60
graceful_timeout = 30
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
# Not every proxy drops a visitor's SCRIPT_NAME, with which all links of a kept page would lead elsewhere.
forwarder_headers = ""
accesslog = None  # paths hold the tokens of mail links; the proxy's example configuration logs without them
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
_SEND_SECONDS, _READ_SECONDS = 60, 20


def when_ready(server):
    """Give up on whoever takes nothing of an answer for a minute, and on whoever says nothing for twenty seconds in the middle of a
    request: a thread, and what it reads of the database, waits for them."""
    for listener in server.LISTENERS:  # what a connection accepts, it inherits
        for option, seconds in ((socket.SO_SNDTIMEO, _SEND_SECONDS), (socket.SO_RCVTIMEO, _READ_SECONDS)):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, 0))
