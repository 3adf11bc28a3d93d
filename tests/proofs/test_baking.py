"""Baked badges: put in, taken out, read by another library, and hostile pictures refused in bounded time."""

import json
import time
import zlib
from typing import Any

import pytest

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.baking import IMAGE_LIMIT, PNG, bake_png, bake_svg, chunk, unbake, verify_presented
from jobtwin.proofs.credential import document_bytes
from tests.proofs.exam import HOUSE, NOW, current_list, issued

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>x</title></svg>'
OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">'
ELEMENT = "<openbadges:credential verify='a'/>"


def picture() -> bytes:
    """A PNG of one dot."""
    head = b"\0\0\0\1\0\0\0\1\x08\0\0\0\0"
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    return PNG + b"".join(chunk(kind, body) for kind, body in parts)


def envelopes() -> dict[str, str]:
    return {"document": json.dumps(issued().document, ensure_ascii=False), "token": issued().token}


def check(data: bytes) -> Any:
    did, now = document_bytes(HOUSE.did()), NOW
    return verify_presented(data, did=did, status_list=current_list(), now=now)


@pytest.mark.parametrize("envelope", ["document", "token"])
def test_what_was_baked_comes_out_and_verifies(envelope: str) -> None:
    text = envelopes()[envelope]
    for baked in (bake_png(picture(), text), bake_svg(SVG, text).encode()):
        assert unbake(baked) == text.encode()
        outcome = check(baked)
        assert (outcome.valid, outcome.checks[0].name) == (True, "picture")


def test_a_second_baking_takes_the_place_of_the_first() -> None:
    assert unbake(bake_png(bake_png(picture(), "{}"), "{ }")) == b"{ }"


def test_text_that_would_end_the_cdata_is_kept_apart() -> None:
    text = json.dumps({"name": "a]]>b<script>"})
    assert json.loads(unbake(bake_svg(SVG, text).encode())) == json.loads(text)


@pytest.mark.parametrize("envelope", ["document", "token"])
def test_another_library_takes_the_credential_out(envelope: str) -> None:
    from openbadgeslib import baking

    text = envelopes()[envelope]
    png = baking.extract_png(bake_png(picture(), text), keyword=baking.ITXT_KEYWORD_OB3)
    svg = baking.extract_svg(bake_svg(SVG, text).encode(), element=baking.SVG_ELEMENT_OB3, text_fallback=True)
    assert (png, svg) == (text, text)


def test_a_changed_credential_in_a_picture_is_refused() -> None:
    text = envelopes()["document"].replace('"0.85"', '"0.95"')
    assert check(bake_png(picture(), text)).code == "SIGNATURE"
    assert check(bake_svg(SVG, text).encode()).code == "SIGNATURE"


def itxt(body: bytes) -> bytes:
    """A picture with one more chunk, put before its end."""
    data = picture()
    return data[:-12] + chunk(b"iTXt", b"openbadgecredential\0" + body) + data[-12:]


HOSTILE = {
    "a picture without a credential": picture(),
    "an svg without a credential": SVG.encode(),
    "two credentials": f"{OPEN}{ELEMENT}{ELEMENT}</svg>".encode(),
    "one that is not below the root": f"{OPEN}<g>{ELEMENT}</g></svg>".encode(),
    "a compressed chunk": itxt(b"\1\0\0\0" + zlib.compress(b"{}")),
    "a chunk without its fields": itxt(b"\0\0"),
    "a picture that is cut off": bake_png(picture(), "{}")[:-20],
    "a length beyond the end": PNG + b"\xff\xff\xff\xffIDAT" + b"\0" * 20,
    "a broken sum": bake_png(picture(), "{}").replace(b"{}", b"[]"),
    "an entity": b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
    "a billion laughs": b"<!DOCTYPE l [<!ENTITY a 'lol'>"
    + b"".join(b"<!ENTITY %c '&%c;&%c;&%c;&%c;'>" % (98 + n, *[97 + n] * 4) for n in range(20))
    + b"]><svg>&u;</svg>",
    "another root": b"<html></html>",
    "no xml": b"<svg",
    "another encoding": b'<?xml version="1.0" encoding="nowhere"?><svg/>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_is_refused_with_a_sentence(name: str) -> None:
    started = time.process_time()
    outcome = check(HOSTILE[name])

    assert (outcome.code, [one.name for one in outcome.checks]) == ("MALFORMED", ["picture"])
    assert time.process_time() - started < 1


def test_what_is_too_large_or_too_deep_is_not_read() -> None:
    assert check(PNG + b"\0" * IMAGE_LIMIT).code == "TOO_LARGE"
    deep = OPEN + "<g>" * 100 + "</g>" * 100 + "</svg>"
    assert check(deep.encode()).code == "TOO_DEEP"
    many = PNG + chunk(b"tEXt", b"") * 30_000
    assert check(many).code == "TOO_LARGE"


def test_only_a_picture_can_be_baked_into() -> None:
    with pytest.raises(ValueError, match="IEND"):
        bake_png(PNG, "{}")
    with pytest.raises(BadDocument, match="cut off"):
        bake_png(PNG + b"\0" * 4, "{}")
    with pytest.raises(ValueError, match="begins"):
        bake_svg("<html></html>", "{}")
