"""Baked badges: a credential inside a picture (Open Badges 3.0, section 5.3), put in and taken out.

PNG: one `iTXt` chunk with the keyword `openbadgecredential`, uncompressed. SVG: one `openbadges:credential`
element below the root: a token as its `verify` attribute, a document as its text. A picture that somebody
hands over is hostile: it is read by length, nothing in it is unpacked, no entity of it is expanded.
"""

import struct
import zlib
from collections.abc import Iterator
from datetime import datetime
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.verification import Check, Verification
from jobtwin.proofs.verify import CredentialLimits, verify_credential

IMAGE_LIMIT = 8 * 1024 * 1024
CHUNK_LIMIT = 20_000
DEPTH_LIMIT = 64
PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_ELEMENT, _ROOT = f"{NAMESPACE} credential", f"{_SVG_NAMESPACE} svg"


def bake_png(picture: bytes, credential: str) -> bytes:
    """The picture with the credential (JSON text or a token) as its last chunk before the end."""
    chunks = list(_chunks(picture))
    if not chunks or chunks[-1][0] != b"IEND":
        raise ValueError("a PNG ends with IEND")
    text = KEYWORD + b"\0" + b"\0\0" + b"\0" + b"\0" + credential.encode()
    kept = [one for one in chunks[:-1] if not _is_baked(one)]
    return PNG + b"".join(chunk(kind, data) for kind, data in [*kept, (b"iTXt", text), chunks[-1]])


def bake_svg(picture: str, credential: str) -> str:
    """The picture, an SVG of ours that begins `<svg xmlns=`, with the credential below its root."""
    start, space, rest = picture.partition(f'<svg xmlns="{_SVG_NAMESPACE}"')
    opening, closed, inside = rest.partition(">")
    if not space or not closed or opening.endswith("/"):
        raise ValueError("a picture begins with <svg xmlns= and has an end of its own")
    if credential.lstrip().startswith("{"):
        text = credential.replace("]]>", "]]\\u003e")
        element = f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>"
    else:
        element = f"<openbadges:credential verify={quoteattr(credential.strip())}/>"
    return f'{start}{space} xmlns:openbadges="{NAMESPACE}"{opening}>{element}{inside}'


def is_picture(data: bytes) -> bool:
    """True for bytes that begin as a PNG or as XML."""
    return data.startswith(PNG) or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def unbake(data: bytes) -> bytes:
    """The credential in a picture. Raises BadDocument: TOO_LARGE, TOO_DEEP, MALFORMED."""
    if len(data) > IMAGE_LIMIT:
        raise BadDocument(f"a picture of over {IMAGE_LIMIT} bytes is not read", code="TOO_LARGE")
    found = _from_png(data) if data.startswith(PNG) else _from_svg(data)
    if len(found) != 1:
        raise BadDocument(f"the picture holds {len(found)} credentials, not one", code="MALFORMED")
    return found[0]


def verify_presented(
    data: bytes,
    *,
    did: bytes,
    status_list: bytes | None,
    now: datetime,
    limits: CredentialLimits | None = None,
) -> Verification:
    """Verify a document, a token, or a picture with one of them baked in; as `verify_credential` does."""
    if not is_picture(data):
        return verify_credential(data, did=did, status_list=status_list, now=now, limits=limits)
    try:
        credential = unbake(data)
    except BadDocument as error:
        return Verification(error.code, (Check("picture", ok=False, sentence=error.message),))
    found = verify_credential(credential, did=did, status_list=status_list, now=now, limits=limits)
    held = Check("picture", ok=True, sentence="The picture holds one credential.")
    return Verification(found.code, (held, *found.checks), found.summary)


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG: length, kind, data, CRC."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG up to its end. Raises BadDocument where it is broken."""
    at = len(PNG)
    for _ in range(CHUNK_LIMIT):
        if at == len(data):
            return
        length, kind = struct.unpack(">I4s", data[at : at + 8]) if len(data) - at >= 12 else (len(data), b"")
        if length > len(data) - at - 12:
            raise BadDocument("the picture is cut off", code="MALFORMED")
        body = data[at + 8 : at + 8 + length]
        if data[at + 8 + length : at + 12 + length] != struct.pack(">I", zlib.crc32(kind + body)):
            raise BadDocument("a part of the picture is damaged", code="MALFORMED")
        yield kind, body
        at += length + 12
    raise BadDocument(f"the picture has more than {CHUNK_LIMIT} parts", code="TOO_LARGE")


def _is_baked(part: tuple[bytes, bytes]) -> bool:
    kind, data = part
    return kind in (b"iTXt", b"tEXt", b"zTXt") and data.partition(b"\0")[0] == KEYWORD


def _from_png(data: bytes) -> list[bytes]:
    return [_text(kind, body) for kind, body in _chunks(data) if _is_baked((kind, body))]


def _text(kind: bytes, data: bytes) -> bytes:
    """The text of an iTXt chunk: keyword, compressed or not, method, language, translated keyword, text."""
    rest = data[len(KEYWORD) + 1 :]
    if kind != b"iTXt" or rest[:2] != b"\0\0" or rest.count(b"\0", 2) < 2:
        raise BadDocument("the credential in the picture is not plain iTXt", code="MALFORMED")
    return rest[2:].split(b"\0", 2)[2]


class _Reader:
    """Walks an SVG and keeps the credentials below its root."""

    def __init__(self) -> None:
        self.found: list[bytes] = []
        self._path: list[str] = []
        self._text: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) == 1 and name != _ROOT:
            raise BadDocument("neither a picture nor a credential: its root is no svg", code="MALFORMED")
        if len(self._path) > DEPTH_LIMIT:
            raise BadDocument(f"nested deeper than {DEPTH_LIMIT}", code="TOO_DEEP")
        if name != _ELEMENT:
            return
        if len(self._path) != 2:
            raise BadDocument("the credential does not stand below the root of the svg", code="MALFORMED")
        if "verify" in attributes:
            self.found.append(attributes["verify"].encode())
        else:
            self._text = []

    def text(self, data: str) -> None:
        if self._text is not None and self._path[-1] == _ELEMENT:
            self._text.append(data)

    def end(self, name: str) -> None:
        self._path.pop()
        if name == _ELEMENT and self._text is not None:
            self.found.append("".join(self._text).strip().encode())
            self._text = None


def _refuse(*_arguments: object) -> None:
    raise BadDocument("a picture with a document type of its own is not read", code="MALFORMED")


def _from_svg(data: bytes) -> list[bytes]:
    reader, parser = _Reader(), expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003  expat takes no keyword
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BadDocument("neither a picture nor a credential: it is no XML", code="MALFORMED") from error
    return reader.found
