"""In production, behind a proxy that speaks https: people get in, out, and in again."""

from __future__ import annotations

import http.client
import os
import re
import runpy
import socket
import struct
import time
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from gunicorn.config import Config
from gunicorn.http import RequestParser

from tests.accounts import NEW
from tests.conftest import free_port
from tests.processes import Started

HOST = "sign.example.org"
GUNICORN = Path(__file__).parents[1] / "deploy/gunicorn.conf.py"


class Browser:
    """What a browser sends through the proxy: its cookies, and the headers that the proxy adds."""

    def __init__(self, port):
        self.port, self.cookies, self.said = port, {}, []

    def ask(self, path, **fields):
        headers = {"Host": HOST, "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if fields:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("POST" if fields else "GET", path, urlencode(fields) if fields else None, headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.said.append(line)
            for name, one in SimpleCookie(line).items():
                self.cookies[name] = one.value
                if one["max-age"] == "0":
                    del self.cookies[name]
        connection.close()
        return answer

    def send(self, path, **fields):
        """Open the page and send its form."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.ask(path).text)[1]
        return self.ask(fields.pop("to", path), csrf_token=token, **fields)


@pytest.fixture
def production(tmp_path):
    """Its environment and its port, while it runs in two processes."""
    port = free_port()
    env = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
        "MODE": "production",
        "FLASK_APP": "app",
        "INSTANCE_PATH": str(tmp_path),
        "SECRET_KEY": "kx0Vn2pLq8sW4tZ7yB1cD5fG9hJ3mR6u",
        "EMAIL_PEPPER": "Qw7eRt2yUi9oPa4sDf6gHj1kLz8xCv3b",
        "BASE_URL": f"https://{HOST}",
        "MAIL_URL": f"smtp://127.0.0.1:{free_port()}",
        "MAIL_FROM": f"Undersigned <post@{HOST}>",
        "TRUSTED_PROXIES": "1",
        "WEB_PROCESSES": "2",
        "PORT": str(port),
    }
    run(env, "db", "upgrade")
    serve = ("gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app")
    server = Started(*serve, environment=env, log=tmp_path / "server.log")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            Browser(port).ask("/livez")
            break
        except OSError:
            time.sleep(0.1)
    yield env, port
    assert server.stop(seconds=40) == 0


def run(env, *words):
    """What a command of an operator prints."""
    command = Started("flask", *words, environment=env, log=Path(env["INSTANCE_PATH"]) / "command.log")
    assert command.wait(60) == 0, command.said
    return command.said


def test_olive_joins_signs_out_and_signs_in_behind_a_proxy(production):
    env, port = production
    said = run(env, "accounts", "create", "--organisation", "Tigris", "--email", "olive@example.org")
    link = re.search(rf"https://{HOST}(\S+)", said)[1]
    olive = Browser(port)
    assert olive.send(link, name="Olive", password=NEW).getheader("Location") == "/desk"
    assert olive.ask("/account").status == 200
    assert olive.send("/account", to="/account/logout", x="").getheader("Location") == "/"
    assert list(olive.cookies) == ["__Secure-device"]  # by which her account knows this browser again
    assert olive.ask("/desk").getheader("Location") == "/account/login?next=/desk"
    assert olive.send("/account/login", email="olive@example.org", password=NEW).getheader("Location") == "/desk"
    for _ in range(6):  # both processes know her
        assert olive.ask("/account").status == 200
    assert all("Secure; HttpOnly; Path=/" in line and "SameSite=Lax" in line for line in olive.said)
    of_device = [line for line in olive.said if "__Host-session=" not in line]
    assert all("__Secure-device=" in line and "Path=/account;" in line for line in of_device)
    page = olive.ask("/")
    assert page.getheader("Strict-Transport-Security") == "max-age=31536000; includeSubDomains"
    assert page.getheader("Cache-Control").startswith("public, max-age=10")
    assert page.getheader("Set-Cookie") is None


def test_a_visitor_cannot_say_where_the_site_begins(monkeypatch):
    """All links of a page that is kept for everybody would lead elsewhere; Caddy passes such a header on."""
    configured = configuration(monkeypatch)
    config = Config()
    for name in configured.keys() & config.settings.keys():
        config.set(name, configured[name])
    asked = b"GET //evil.example/ HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: //evil.example\r\nPATH_INFO: /desk\r\n\r\n"
    request = next(RequestParser(config, [asked], ("127.0.0.1", 5000)))
    assert request.headers == [("HOST", "x")]


def configuration(monkeypatch):
    """What gunicorn reads."""
    for name, value in {"MODE": "development", "DATABASE_URL": "sqlite://"}.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(GUNICORN))


def test_who_takes_nothing_for_a_minute_or_leaves_a_form_half_said_keeps_no_thread(monkeypatch):
    configured = configuration(monkeypatch)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        configured["when_ready"](SimpleNamespace(LISTENERS=[SimpleNamespace(sock=listener)]))
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            options = (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO)
            waits = [struct.unpack("ll", accepted.getsockopt(socket.SOL_SOCKET, one, 16))[0] for one in options]
    assert waits == [60, 20]
