"""Tokens: what a header may say, whose key counts, and claims that must repeat their credential."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from jobtwin.proofs.encoding import base64url_decode, base64url_encode
from jobtwin.proofs.key import P256_ORDER, SigningKey
from tests.proofs.exam import HOUSE, NOW, STRANGER, claims, issued, verify
from tests.proofs.forge import header, house_token, hs256, padded, payload, token, with_bytes

TOKEN = issued().token
OTHER_SPELLING = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def jwk_of(key: SigningKey) -> dict[str, str]:
    return key.public.jwk()


def high_s(text: str) -> str:
    """The same signature with the other of its two values for s."""
    head, _, signature = text.rpartition(".")
    raw = base64url_decode(signature)
    s = P256_ORDER - int.from_bytes(raw[32:], "big")
    return f"{head}.{base64url_encode(raw[:32] + s.to_bytes(32, 'big'))}"


def loose_bits(text: str) -> str:
    """The same bytes, the last letter spelled with bits that no byte holds."""
    return text[:-1] + OTHER_SPELLING[OTHER_SPELLING.index(text[-1]) + 1]


def stranger_signed(**headers: object) -> str:
    return token(header(**headers), payload(), STRANGER.p256.sign)


FORGED: list[tuple[str, Callable[[], str], str]] = [
    ("alg none", lambda: token(header(alg="none"), payload(), lambda _: b""), "BAD_ALGORITHM"),
    ("alg None with a signature", lambda: house_token(alg="None"), "BAD_ALGORITHM"),
    ("no alg", lambda: house_token(alg=None), "BAD_ALGORITHM"),
    ("alg as a list", lambda: house_token(alg=["ES256"]), "BAD_ALGORITHM"),
    (
        "HS256 with the public key as secret",
        lambda: token(header(alg="HS256"), payload(), hs256(json.dumps(jwk_of(HOUSE.p256)).encode())),
        "BAD_ALGORITHM",
    ),
    (
        "HS256 with the key's bytes as secret",
        lambda: token(header(alg="HS256"), payload(), hs256(HOUSE.p256.public_bytes)),
        "BAD_ALGORITHM",
    ),
    (
        "EdDSA with the other key",
        lambda: token(
            header(alg="EdDSA", kid=f"{HOUSE.profile.did}#{HOUSE.ed25519.key_id}"),
            payload(),
            HOUSE.ed25519.sign,
        ),
        "BAD_ALGORITHM",
    ),
    (
        "ES256 with the Ed25519 key",
        lambda: token(
            header(kid=f"{HOUSE.profile.did}#{HOUSE.ed25519.key_id}"), payload(), HOUSE.ed25519.sign
        ),
        "BAD_ALGORITHM",
    ),
    ("ES384", lambda: house_token(alg="ES384"), "BAD_ALGORITHM"),
    ("a stranger's signature", stranger_signed, "SIGNATURE"),
    ("a stranger's key in the header", lambda: stranger_signed(jwk=jwk_of(STRANGER.p256)), "UNKNOWN_KEY"),
    ("the issuer's own key in the header", lambda: house_token(jwk=jwk_of(HOUSE.p256)), "UNKNOWN_KEY"),
    ("an address of keys", lambda: stranger_signed(jku="https://stranger.example/jwks"), "UNKNOWN_KEY"),
    ("a chain of certificates", lambda: stranger_signed(x5c=["MIIB"]), "UNKNOWN_KEY"),
    (
        "a stranger's key id",
        lambda: stranger_signed(kid=f"{STRANGER.profile.did}#{STRANGER.p256.key_id}"),
        "WRONG_ISSUER",
    ),
    ("an unknown key id", lambda: house_token(kid=f"{HOUSE.profile.did}#x"), "UNKNOWN_KEY"),
    ("a bare key id", lambda: house_token(kid=HOUSE.p256.key_id), "WRONG_ISSUER"),
    ("no key id", lambda: house_token(kid=None), "BAD_HEADER"),
    ("a number as key id", lambda: house_token(kid=7), "BAD_HEADER"),
    ("a critical extension", lambda: house_token(crit=["exp"]), "BAD_HEADER"),
    ("an unencoded payload", lambda: house_token(b64=False, crit=["b64"]), "BAD_HEADER"),
    ("another type", lambda: house_token(typ="at+jwt"), "BAD_HEADER"),
    ("no type", lambda: house_token(typ=None), "BAD_HEADER"),
    ("a word more in the header", lambda: house_token(note="checked"), "BAD_HEADER"),
    ("no signature", lambda: TOKEN.rpartition(".")[0] + ".", "SIGNATURE"),
    ("a short signature", lambda: token(header(), payload(), lambda _: b"1234"), "SIGNATURE"),
    ("a signature of zeros", lambda: token(header(), payload(), lambda _: bytes(64)), "SIGNATURE"),
    ("the signature's other value", lambda: high_s(TOKEN), "SIGNATURE"),
    ("another spelling of the signature", lambda: loose_bits(TOKEN), "MALFORMED"),
    ("padding", lambda: padded(TOKEN), "MALFORMED"),
    ("two parts", lambda: TOKEN.rpartition(".")[0], "MALFORMED"),
    ("five parts", lambda: TOKEN + ".a.a", "MALFORMED"),
    ("a space before it", lambda: " " + TOKEN, "MALFORMED"),
    ("two newlines behind it", lambda: TOKEN + "\n\n", "MALFORMED"),
    ("a header that is no JSON", lambda: with_bytes(TOKEN, 0, lambda _: b"{"), "MALFORMED"),
    (
        "a header with a key twice",
        lambda: with_bytes(TOKEN, 0, lambda _: b'{"alg":"none","alg":"ES256"}'),
        "DUPLICATE_KEY",
    ),
    (
        "a changed payload",
        lambda: with_bytes(TOKEN, 1, lambda b: b.replace(b'"0.85"', b'"0.95"')),
        "SIGNATURE",
    ),
    ("a space in the payload", lambda: with_bytes(TOKEN, 1, lambda b: b + b" "), "SIGNATURE"),
    (
        "an honest header spelled anew",
        lambda: with_bytes(TOKEN, 0, lambda b: b.replace(b'":', b'": ')),
        "SIGNATURE",
    ),
    # signed by the issuer, and wrong all the same
    (
        "claims of another issuer",
        lambda: house_token(lambda p: p.update(iss="did:web:x.example")),
        "CLAIM_MISMATCH",
    ),
    ("another id claimed", lambda: house_token(lambda p: p.update(jti="urn:x:y")), "CLAIM_MISMATCH"),
    ("another subject claimed", lambda: house_token(lambda p: p.update(sub="urn:x:y")), "CLAIM_MISMATCH"),
    ("an earlier start claimed", lambda: house_token(lambda p: p.update(nbf=0)), "CLAIM_MISMATCH"),
    ("an end claimed", lambda: house_token(lambda p: p.update(exp=4_000_000_000)), "CLAIM_MISMATCH"),
    ("no issuer claimed", lambda: house_token(lambda p: p.pop("iss")), "CLAIM_MISMATCH"),
    ("no start claimed", lambda: house_token(lambda p: p.pop("nbf")), "CLAIM_MISMATCH"),
    ("a start as text", lambda: house_token(lambda p: p.update(nbf="0")), "MALFORMED"),
    ("a start as truth", lambda: house_token(lambda p: p.update(nbf=True)), "MALFORMED"),
    ("an audience", lambda: house_token(lambda p: p.update(aud="x")), "UNDEFINED_TERM"),
    (
        "a proof inside",
        lambda: house_token(lambda p: p.update(proof=issued().document["proof"])),
        "UNDEFINED_TERM",
    ),
    ("a vc wrapper", lambda: house_token(lambda p: p.update(vc={})), "UNDEFINED_TERM"),
    ("an inline context", lambda: house_token(lambda p: p["@context"].append({})), "BAD_CONTEXT"),
    ("an undefined term", lambda: house_token(lambda p: p.update(grade="A")), "UNDEFINED_TERM"),
    (
        "another issuer in the credential",
        lambda: house_token(lambda p: p["issuer"].update(id="did:web:x.example")),
        "WRONG_ISSUER",
    ),
    ("no subject", lambda: house_token(lambda p: p.pop("credentialSubject")), "MALFORMED"),
    ("a date of another form", lambda: house_token(lambda p: p.update(validFrom="yesterday")), "MALFORMED"),
    ("a payload that is no object", lambda: token(header(), b"[]", HOUSE.p256.sign), "MALFORMED"),
]


@pytest.mark.parametrize(("forge", "code"), [pytest.param(*case[1:], id=case[0]) for case in FORGED])
def test_a_forged_token_is_refused_with_its_code(forge: Callable[[], str], code: str) -> None:
    outcome = verify(forge())

    assert outcome.code == code
    assert outcome.summary is None


def test_an_honest_token_is_valid_with_and_without_its_newline() -> None:
    assert verify(TOKEN).valid
    assert verify(TOKEN + "\n").valid
    assert verify(house_token()).valid


def test_another_reader_of_tokens_accepts_it() -> None:
    decoded = jwt.decode(TOKEN, ECKey.import_key({**HOUSE.p256.public.jwk()}), algorithms=["ES256"])

    assert decoded.header == header()
    assert decoded.claims == payload()


def test_a_token_says_until_when_it_holds() -> None:
    ends = HOUSE.issue(claims(valid_until=NOW + timedelta(days=1))).token

    assert verify(ends).valid
    assert verify(ends, now=NOW + timedelta(days=1)).code == "EXPIRED"


def test_only_a_p256_key_signs_tokens() -> None:
    from jobtwin.proofs.credential import sign_jwt
    from tests.proofs.forge import unsigned

    with pytest.raises(ValueError, match="P-256"):
        sign_jwt(unsigned(), HOUSE.ed25519, did=HOUSE.profile.did)
