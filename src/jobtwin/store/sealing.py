"""Secrets at rest: encrypted under keys that are derived from the server's secret, one a purpose."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from jobtwin.core.errors import OutsideFailure

SECOND_FACTORS = "jobtwin second factors"
WEBHOOKS = "jobtwin webhooks"
LTI_KEYS = "jobtwin lti keys"
SOURCE_TOKENS = "jobtwin source tokens"


def seal(text: str, *, purpose: str) -> str:
    """The text as it is stored."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The stored text. Raises OutsideFailure where the server's secret was changed since."""
    try:
        return _cipher(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise OutsideFailure("a kept secret cannot be read with this server's secret", retry=False) from error


def _cipher(purpose: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(settings.SECRET_KEY.encode())
    return Fernet(urlsafe_b64encode(derived))
