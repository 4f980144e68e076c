"""The RSA key that signs id_tokens: made at the first start, kept in the storage."""

import base64
import hashlib
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.sandbox import settings, storage


@cache
def signing_key() -> rsa.RSAPrivateKey:
    pem = storage.create_once(settings.STORAGE / storage.SIGNING_KEY, new_pem)
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("The signing key in the storage is not an RSA key.")
    return key


def new_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@cache
def key_id() -> str:
    modulus = signing_key().public_key().public_numbers().n
    return "sandbox-" + hashlib.sha256(str(modulus).encode()).hexdigest()[:16]


def jwk() -> dict[str, str]:
    numbers = signing_key().public_key().public_numbers()
    return {
        "kty": "RSA",
        "e": base64url(numbers.e),
        "use": "sig",
        "kid": key_id(),
        "alg": "RS256",
        "n": base64url(numbers.n),
    }


def base64url(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
