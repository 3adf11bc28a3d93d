"""Text forms of bytes: base58btc, base64url and base64, each with exactly one accepted spelling.

A decoder here refuses what an encoder here would not have written (padding bits, other alphabets,
white space): a signature with two spellings would let a document change without being noticed.
"""

import base64
import binascii

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_DIGITS = {letter: digit for digit, letter in enumerate(_BASE58)}
BASE58_LIMIT = 128
"""Longest base58btc text that is decoded: the cost grows with its square, and signatures have 88 letters."""


def base58_encode(data: bytes) -> str:
    """Base58btc text of bytes; leading zero bytes become leading ones."""
    number = int.from_bytes(data, "big")
    letters = []
    while number:
        number, digit = divmod(number, 58)
        letters.append(_BASE58[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(letters))


def base58_decode(text: str) -> bytes:
    """The bytes of base58btc text. Raises ValueError for another alphabet or over BASE58_LIMIT letters."""
    if len(text) > BASE58_LIMIT:
        raise ValueError(f"base58 text of {len(text)} letters, at most {BASE58_LIMIT} are read")
    number = 0
    for letter in text:
        if letter not in _BASE58_DIGITS:
            raise ValueError(f"not a base58 letter: {letter!r}")
        number = number * 58 + _BASE58_DIGITS[letter]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base64url_encode(data: bytes) -> str:
    """Base64url text without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def base64url_decode(text: str) -> bytes:
    """The bytes of unpadded base64url text. Raises ValueError for any other spelling of them."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url text") from error
    if base64url_encode(data) != text:
        raise ValueError("base64url text in another than its one spelling")
    return data


def base64_encode(data: bytes) -> str:
    """Standard base64 text with padding (RFC 4648, section 4)."""
    return base64.b64encode(data).decode()


def base64_decode(text: str) -> bytes:
    """The bytes of padded standard base64. Raises ValueError for any other spelling of them."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64 text") from error
    if base64_encode(data) != text:
        raise ValueError("base64 text in another than its one spelling")
    return data
