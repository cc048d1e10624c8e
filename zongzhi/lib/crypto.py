"""Personal data at rest: AES-256-GCM for the values, HMAC-SHA256 to find and to chain them.

`settings.FIELD_KEY` is one or more base64 keys of 32 bytes, separated by commas:

- the **first** encrypts; **all** decrypt. To rotate: put a new key in front, rewrite the rows.
- the **last** is the root. The search index and the history chain hang on it, so that both stay
  whole while keys in front of it come and go. Keep it listed. To retire it, in one maintenance
  window: anchor the history head outside, drop the key, rebuild every index, start a new chain.

Keys are never used as they are: HKDF derives one for each use and purpose, and the purpose
("party.phone") is bound to the ciphertext, so a value moved to another column does not open.
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12


class DecryptionError(ValueError):
    """A stored value cannot be opened; the message never carries any of it."""


def generate_key() -> str:
    """Return a fresh key as FIELD_KEY wants it."""
    return b64encode(os.urandom(KEY_BYTES)).decode()


@lru_cache(maxsize=8)
def parse_keys(field_key: str) -> tuple[bytes, ...]:
    """Return the keys of a FIELD_KEY, in order; ImproperlyConfigured unless each is 32 bytes."""
    try:
        keys = tuple(b64decode(part.strip(), validate=True) for part in field_key.split(","))
    except (Base64Error, ValueError):
        keys = ()
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise ImproperlyConfigured("FIELD_KEY must be base64 keys of 32 bytes, comma-separated")
    return keys


def encrypt(text: str, purpose: str) -> str:
    """Return `v1:<key id>:<base64 of nonce and ciphertext>`; different every time."""
    key = _keys()[0]
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(key, purpose).encrypt(nonce, text.encode(), purpose.encode())
    return f"{VERSION}:{_key_id(key)}:{b64encode(nonce + sealed).decode()}"


def decrypt(token: str, purpose: str) -> str:
    """Return the text sealed for this purpose; DecryptionError if changed, moved or keyless."""
    version, _, rest = token.partition(":")
    key_id, _, body = rest.partition(":")
    key = next((key for key in _keys() if _key_id(key) == key_id), None)
    if version != VERSION or key is None:
        raise DecryptionError(f"no key for a value of {purpose}")
    try:
        raw = b64decode(body, validate=True)
        nonce, sealed = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
        opened = _cipher(key, purpose).decrypt(nonce, sealed, purpose.encode())
    except (InvalidTag, ValueError):
        raise DecryptionError(f"a value of {purpose} was changed or moved") from None
    return opened.decode()


def is_current(token: str) -> bool:
    """Say whether a value is sealed with the first key, so that rotation can skip it."""
    return token.startswith(f"{VERSION}:{_key_id(_keys()[0])}:")


def blind_index(text: str, purpose: str) -> str:
    """Return 64 hex characters, equal for equal text and purpose; empty text has no index.

    Normalise first: the index knows nothing of spaces or of x and X.
    """
    if not text:
        return ""
    key = _derived(_keys()[-1], f"index/{purpose}")
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def history_key() -> bytes:
    """Return the 32 bytes that key the HMAC chain of the history."""
    return _derived(_keys()[-1], "history")


def _keys() -> tuple[bytes, ...]:
    return parse_keys(getattr(settings, "FIELD_KEY", "") or "")


@lru_cache(maxsize=8)
def _key_id(key: bytes) -> str:
    return _derived(key, "id")[:4].hex()


@lru_cache(maxsize=256)
def _cipher(key: bytes, purpose: str) -> AESGCM:
    return AESGCM(_derived(key, f"encrypt/{purpose}"))


@lru_cache(maxsize=256)
def _derived(key: bytes, use: str) -> bytes:
    info = f"zongzhi/{VERSION}/{use}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)
