"""Signing in by a provider of the organisation: OpenID Connect, by the code flow with PKCE, state and nonce.

The provider is asked for nothing until somebody presses the button; what it says of itself is kept for an hour. Nothing is
believed that it did not sign for us and for this one sign-in.
"""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from flask import current_app
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from app import clock

ANSWERS_WITHIN = 5  # seconds for each question
KEPT_SECONDS = 3600
AWAY_SECONDS = 30  # in which a provider that did not answer is not asked again, so that nobody else waits for it
SKEW_SECONDS = 60  # that its clock may differ from ours
SCOPE = "openid email"
SIGNED_BY = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
]  # never by a secret
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LONGEST = 255  # of a subject, says OpenID Connect
DISCOVERY = "/.well-known/openid-configuration"

log = logging.getLogger(__name__)


class ProviderAway(Exception):
    """The provider does not answer, or not as one."""


class NotProven(Exception):
    """What the provider answered does not prove who somebody is."""


@dataclass(frozen=True)
class Way:
    """The way to the provider, and what has to be kept until somebody comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Proven:
    """Who somebody is, as the provider signed it. The address only where it says that it verified it."""

    subject: str
    email: str


def present() -> Provider | None:
    """The sign-in provider of this site, if it has one."""
    config = current_app.config
    wanted = (config["OIDC_ISSUER"], config["OIDC_CLIENT_ID"], config["OIDC_CLIENT_SECRET"])
    if not all(wanted):
        return None
    kept: Provider | None = current_app.extensions.get("sign_in_provider")
    if kept is None or (kept.issuer, kept.client_id, kept.client_secret) != wanted:
        kept = current_app.extensions["sign_in_provider"] = Provider(*wanted)
    return kept


def name() -> str:
    """What people call the provider; empty where there is none."""
    config = current_app.config
    if present() is None:
        return ""
    return str(config["OIDC_NAME"] or urlsplit(config["OIDC_ISSUER"]).hostname or config["OIDC_ISSUER"])


class Provider:
    """One provider, and what it said of itself within the last hour."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self.issuer, self.client_id, self.client_secret = issuer, client_id, client_secret
        self._said: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._asked_at = self._away_at = 0.0

    def way_there(self, back: str) -> Way:
        """Where somebody goes to sign in, to come back to `back`. Raises ProviderAway."""
        said = self._metadata()
        nonce, verifier = generate_token(32), generate_token(64)
        with self._client(back) as client:
            url, state = client.create_authorization_url(
                said["authorization_endpoint"], state=generate_token(32), nonce=nonce, code_verifier=verifier
            )
        return Way(url, state, nonce, verifier)

    def proven(self, code: str, nonce: str, verifier: str, back: str) -> Proven:
        """Who came back with this code. Raises ProviderAway, NotProven."""
        said = self._metadata()
        try:
            with self._client(back) as client:
                tokens = client.fetch_token(
                    said["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=verifier
                )
                claims = self._claims(tokens, nonce)
                if "email" not in claims and "userinfo_endpoint" in said:  # many keep the address there
                    claims |= self._more(client, said["userinfo_endpoint"], claims["sub"])
        except requests.RequestException as error:
            raise self._away(error) from None
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("the sign-in provider proved nothing (%s)", type(error).__name__)
            raise NotProven from None
        return _read(claims)

    def _client(self, back: str) -> OAuth2Session:
        methods = self._said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        by = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Session(
            self.client_id,
            self.client_secret,
            token_endpoint_auth_method=by,
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=ANSWERS_WITHIN,
            max_redirects=0,  # what it said of itself is where it is
            trust_env=False,  # no proxies and no passwords of the environment
            verify=_trusted(),
        )

    def _metadata(self) -> dict[str, Any]:
        now = clock.now().timestamp()
        if self._said and now < self._asked_at + KEPT_SECONDS:
            return self._said
        if now < self._away_at + AWAY_SECONDS:
            raise ProviderAway
        self._away_at = now  # until it answered
        said = self._fetched(self.issuer.rstrip("/") + DISCOVERY)
        if said.get("issuer") != self.issuer:
            log.error("OIDC_ISSUER is %r, but the provider calls itself %.200r", self.issuer, said.get("issuer"))
            raise ProviderAway
        start = "https://" if urlsplit(self.issuer).scheme == "https" else "http"
        if not all(str(said.get(key, "")).startswith(start) for key in NEEDED):
            log.error("the sign-in provider does not say where %s are, or not at https", ", ".join(NEEDED))
            raise ProviderAway
        self._said, self._keys, self._asked_at, self._away_at = said, {}, now, 0.0
        return said

    def _fetched(self, url: str) -> dict[str, Any]:
        try:
            with self._client("") as client:
                answer = client.request("GET", url, withhold_token=True)
                answer.raise_for_status()
                said = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise self._away(error) from None
        return said if isinstance(said, dict) else {}

    @staticmethod
    def _away(error: Exception) -> ProviderAway:
        log.warning("the sign-in provider does not answer (%s)", type(error).__name__)
        return ProviderAway()

    def _claims(self, tokens: dict[str, Any], nonce: str) -> dict[str, Any]:
        """What the id token says, once signature, issuer, audience, times and nonce are right."""
        try:
            token = self._decoded(tokens["id_token"], self._keys or self._new_keys())
        except InvalidKeyIdError:  # it may have new keys
            token = self._decoded(tokens["id_token"], self._new_keys())
        wanted: Any = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
        }
        known = {"nonce": nonce, "client_id": self.client_id, "access_token": tokens.get("access_token")}
        claims = CodeIDToken(token.claims, token.header, wanted, known)
        claims.validate(now=int(clock.now().timestamp()), leeway=SKEW_SECONDS)
        return dict(claims)

    @staticmethod
    def _decoded(text: str, keys: dict[str, Any]) -> jwt.Token:
        registry = JWSRegistry(algorithms=SIGNED_BY, strict_check_header=False)
        return jwt.decode(text, key=KeySet.import_key_set(keys), registry=registry)  # type: ignore[arg-type]  # read as JSON

    def _new_keys(self) -> dict[str, Any]:
        self._keys = self._fetched(self._metadata()["jwks_uri"])
        return self._keys

    @staticmethod
    def _more(client: OAuth2Session, url: str, subject: str) -> dict[str, Any]:
        answer = client.get(url)
        answer.raise_for_status()
        said = answer.json()
        if said["sub"] != subject:
            raise ValueError("the provider speaks of somebody else")
        return {key: said[key] for key in ("email", "email_verified") if key in said}


def _trusted() -> str | bool:
    """The certificates that this machine trusts, as everywhere else in the product; private authorities can be among them."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or True


def _read(claims: dict[str, Any]) -> Proven:
    subject, email = claims["sub"], claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST:
        raise NotProven
    is_verified = claims.get("email_verified") in (True, "true")  # some write it as a word
    return Proven(subject, email if is_verified and isinstance(email, str) else "")
