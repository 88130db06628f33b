"""A little sign-in provider on this machine: discovery, authorization, tokens, keys, user info. It checks what a provider checks."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from app.extensions import db
from app.models import ProviderBinding

CLIENT, SECRET = "undersigned", "what the provider gave us for it"


KEY = RSAKey.generate_key(2048, parameters={"kid": "first"})  # another one in each run


class Provider:
    """A real server. `person` is who signs in there; what is in `lies` replaces what its tokens say."""

    def __init__(self) -> None:
        self.key = KEY
        self.signs_with: Any = self.key
        self.person: dict[str, Any] = {"sub": "olive-17", "email": "olive@example.org", "email_verified": True}
        self.lies: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.info: dict[str, Any] = {}
        self.is_broken = False
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        handler = type("Handler", (Handler,), {"provider": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.issuer = f"http://localhost:{self.server.server_port}/realm"  # another site than ours
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Provider:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def discovery(self) -> dict[str, Any]:
        at = {name: f"{self.issuer}/{path}" for name, path in ENDPOINTS.items()}
        return {"issuer": self.issuer, **at, **self.document}

    def agree(self, asked: dict[str, str]) -> str:
        """Somebody signed in there: the address that leads back to us."""
        code = secrets.token_hex(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str], header: str) -> dict[str, Any] | None:
        """Tokens for a code that is used the first time, by this client, with the verifier of its challenge."""
        asked = self.codes.pop(form.get("code", ""), None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or header != basic or asked["redirect_uri"] != form["redirect_uri"]:
            return None
        if (asked["code_challenge_method"], asked["code_challenge"]) != ("S256", challenge):
            return None
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = {name: value for name, value in {**said, **self.person, **self.lies}.items() if value is not None}
        algorithm = self.lies.get("alg", "RS256")
        signed = jwt.encode({"alg": algorithm, "kid": "first"}, claims, self.signs_with, algorithms=[algorithm])
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


ENDPOINTS = {
    "authorization_endpoint": "auth",
    "token_endpoint": "token",
    "jwks_uri": "keys",
    "userinfo_endpoint": "info",
}


class Handler(BaseHTTPRequestHandler):
    provider: Provider

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        parts, provider = urlsplit(self.path), self.provider
        what = parts.path.rpartition("/")[2]
        provider.asked.append(what)
        if provider.is_broken:
            self.answer(503, {})
        elif what == "openid-configuration":
            self.answer(200, provider.discovery())
        elif what == "keys":
            self.answer(200, {"keys": [provider.key.as_dict(private=False)]})
        elif what == "info":
            self.answer(200, provider.info)
        else:
            back = provider.agree({name: values[0] for name, values in parse_qs(parts.query).items()})
            self.send_response(302)
            self.send_header("Location", back)
            self.end_headers()

    def do_POST(self) -> None:
        self.provider.asked.append("token")
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        tokens = self.provider.token(form, self.headers.get("Authorization", ""))
        self.answer(200, tokens) if tokens else self.answer(400, {"error": "invalid_grant"})

    def answer(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def provider(app):
    with Provider() as running:
        app.config.update(
            OIDC_ISSUER=running.issuer,
            OIDC_CLIENT_ID=CLIENT,
            OIDC_CLIENT_SECRET=SECRET,
            OIDC_NAME="Tigris House",
        )
        yield running


@pytest.fixture
def olive(make):
    return make.account(organisation=make.organisation(slug="tigris"), email="olive@example.org")


@pytest.fixture
def bound(make, provider, olive):
    """Olive, who is known at the provider already."""
    with make.app.app_context():
        values = {"account_id": olive.id, "issuer": provider.issuer, "subject": "olive-17"}
        db.session.add(ProviderBinding(**values, bound_at=olive.create_datetime))
        db.session.commit()
    return olive


def leave(client, onward=""):
    """Press the button: what the provider is asked, as the page that leads there says it."""
    page = client.post("/account/provider", data={"next": onward})
    assert page.status_code == 200, page.text
    url = html.unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)[1])
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def path_of(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def go_there(client, provider, onward=""):
    """There and back; the answer of our callback."""
    return client.get(path_of(provider.agree(leave(client, onward))))


def said(client, answer):
    """What somebody reads who was led back to the sign-in page, which works as ever."""
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert urlsplit(answer.location).path == "/account/login"
    assert 'name="password"' in page
    return html.unescape(" ".join(re.findall(r'class="said wrong"[^>]*>([^<]+)', page)))
