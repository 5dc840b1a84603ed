"""Hugging Face's login, imitated: OpenID Connect with one account, which always agrees."""

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

TOKEN = "hf_marked-access-token"


@dataclass
class LoginProvider:
    """Who logs in, and for how long."""

    name: str = "Ann"
    expires_in: int = 8 * 3600
    scope: str = "openid profile"
    url: str = ""
    nonces: dict[str, str] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/oauth/authorize", self.authorize),
                Route("/oauth/token", self.token, methods=["POST"]),
                Route("/jwks", self.keys),
            ]
        )

    async def configuration(self, request: Request) -> Response:
        self.url = str(request.base_url).rstrip("/")
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/oauth/authorize",
                "token_endpoint": f"{self.url}/oauth/token",
                "jwks_uri": f"{self.url}/jwks",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def authorize(self, request: Request) -> Response:
        query = request.query_params
        code = f"code-{len(self.nonces)}"
        self.nonces[code] = query["nonce"]
        back = urlencode({"code": code, "state": query["state"]})
        return RedirectResponse(f"{query['redirect_uri']}&{back}", status_code=302)

    async def token(self, request: Request) -> Response:
        form = await request.form()
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": "62f4ac24f9d4c0f1a2b3c4d5",
            "aud": "client",
            "iat": now,
            "exp": now + 3600,
            "nonce": self.nonces[str(form["code"])],
            "name": "Ann Example",
            "preferred_username": self.name,
            "profile": f"https://huggingface.co/{self.name}",
            "picture": "https://huggingface.co/avatars/ann.svg",
        }
        answer = {"access_token": TOKEN, "token_type": "bearer", "scope": self.scope}
        return JSONResponse({**answer, "expires_in": self.expires_in, "id_token": self._signed(claims)})

    async def keys(self, request: Request) -> Response:
        numbers = self.key.public_key().public_numbers()
        key = {"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256"}
        return JSONResponse({"keys": [{**key, "n": _number(numbers.n), "e": _number(numbers.e)}]})

    def _signed(self, claims: dict[str, Any]) -> str:
        head = _text(json.dumps({"alg": "RS256", "kid": "1", "typ": "JWT"}).encode())
        content = f"{head}.{_text(json.dumps(claims).encode())}"
        signature = self.key.sign(content.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{content}.{_text(signature)}"


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
