"""An identity provider on loopback: it describes itself, serves its keys by HTTP, and signs what it is asked to."""

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

AUDIENCE = "milepost"


class Issuer:
    """Its keys are `rsa` and `ec`; what it publishes can be changed while it runs."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.private: dict[str, Any] = {
            "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
            "ec": ec.generate_private_key(ec.SECP256R1()),
        }
        self.published: list[dict[str, Any]] = [self.public("rsa"), self.public("ec")]
        self.description: dict[str, Any] = {"issuer": self.address, "jwks_uri": f"{self.address}/keys"}
        self.status = 200
        self.asked: list[str] = []

    def public(self, kid: str, **more: Any) -> dict[str, Any]:
        """A key as the issuer publishes it."""
        key = self.private[kid].public_key()
        shown = RSAAlgorithm.to_jwk(key, as_dict=True) if kid == "rsa" else ECAlgorithm.to_jwk(key, as_dict=True)
        return {**shown, "kid": kid, "use": "sig", **more}

    def token(self, now: datetime, *, kid: str | None = "rsa", signed_by: str = "", alg: str = "", **claims: Any) -> str:
        """A token; claims that are None are left out."""
        at = int(now.timestamp())
        plain = {"iss": self.address, "aud": AUDIENCE, "sub": "ada", "iat": at, "exp": at + 300, "roles": ["agent"]}
        said = {name: value for name, value in (plain | claims).items() if value is not None}
        by = signed_by or kid or "rsa"
        algorithm = alg or ("RS256" if by == "rsa" else "ES256")
        return jwt.encode(said, self.private[by], algorithm, headers={"kid": kid} if kid else None)


def forged(header: dict[str, Any], claims: dict[str, Any], secret: bytes | None = None) -> str:
    """A token as an attacker writes it: unsigned, or with an HMAC over whatever they have."""
    said = ".".join(_coded(json.dumps(part).encode()) for part in (header, claims))
    return f"{said}.{_coded(hmac.digest(secret, said.encode(), sha256)) if secret else ''}"


def public_pem(issuer: Issuer) -> bytes:
    """The issuer's public key, which everybody has."""
    return bytes(
        issuer.private["rsa"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def an_issuer() -> Iterator[Issuer]:
    """One that runs while the block does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.issuer = Issuer(server.server_address[1])  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.issuer  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        issuer: Issuer = self.server.issuer  # type: ignore[attr-defined]
        issuer.asked.append(self.path)
        described = self.path == "/.well-known/openid-configuration"
        body = json.dumps(issuer.description if described else {"keys": issuer.published}).encode()
        self.send_response(issuer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
