"""A little sign-in provider on this machine: discovery, authorization, tokens, keys, user info. It checks what a provider checks."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

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
