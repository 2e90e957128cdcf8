"""An LPSE application as far as OpenID Connect sees it, which can also lie."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

HONEST = {
    "sub": "spse-77",
    "email": "gilang@contoh.example",
    "email_verified": True,
    "name": "Gilang Karangan",
    "preferred_username": "gilang",
}


@cache
def key_of(whom: str) -> rsa.RSAPrivateKey:
    """Return the one key of somebody: making one takes long."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """Serves discovery, keys and tokens; what a test changes here, it says from then on."""

    def __init__(self) -> None:
        self.key = key_of("provider")
        self.claims: dict[str, Any] = dict(HONEST)
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.answers: dict[str, bytes] = {}  # instead of the right ones, by path
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def signed(self, claims: dict[str, Any], *, key: Any = None, algorithm: str = "RS256", kid: str = "one") -> str:
        return jwt.encode(claims, key or self.key, algorithm=algorithm, headers={"kid": kid} if kid else {})

    def token(self) -> dict[str, Any]:
        now = int(time.time())
        usual = {"iss": self.url, "aud": "lpse-support", "iat": now, "exp": now + 300}
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}

    def keys(self) -> dict[str, Any]:
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [jwk | {"kid": "one", "alg": "RS256", "use": "sig"}]}

    def discovery(self) -> dict[str, Any]:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.url} | {name: f"{self.url}/{path}" for name, path in places.items()}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                right = {"/keys": provider.keys, "/token": provider.token}.get(path, provider.discovery)
                body = provider.answers.get(path) or json.dumps(right()).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def log_message(self, *args: Any) -> None:
                """Keep quiet."""

        return Handler


def name_in_settings(settings: Any, url: str, secret: str) -> None:
    """Let our settings name this LPSE application, as OIDC_PROVIDERS would."""
    entry = {"id": "spse", "name": "Aplikasi LPSE", "server": url, "kinds": {"PENYEDIA": "vendor"}}
    client = {"provider_id": "spse", "name": "Aplikasi LPSE", "client_id": "lpse-support", "secret": secret}
    apps = [client | {"settings": {"server_url": url}}]
    settings.OIDC_PROVIDERS, settings.OIDC_MAPPING = [entry], {"spse": entry}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"] | {"form-action": ["'self'", url]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy}


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """The provider, and our settings that name it."""
    provider = Provider()
    name_in_settings(settings, provider.url, "rahasia")
    yield provider
    provider.server.shutdown()
    provider.server.server_close()
