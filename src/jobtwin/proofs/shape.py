"""The shape of what we sign: which terms stand where, as which JSON values. All else is refused.

Judged before any JSON-LD: a signature covers statements, and a term, type or spelling that is not
listed here could carry text that no statement holds. A tree of this shape has one node an identifier and
no nameless node below another, so its canonical form takes linear time: a poison graph does not fit.
What is missing is only noted: whether it may be is asked once the signature holds.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from jobtwin.core.errors import BadDocument

TEXT_LIMIT = 20_000
LIST_LIMIT = 100
ENCODED_LIMIT = 3_000_000

_IDENTIFIER = re.compile(r"(?:https|did|urn):[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,2000}")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass
class Findings:
    """What a walk over a document gathers: paths of missing members, and the identifiers of its nodes."""

    missing: list[str] = field(default_factory=list)
    identifiers: set[str] = field(default_factory=set)


Rule = Callable[[object, str, Findings], None]
"""Judges one value at a path; raises BadDocument."""


@dataclass(frozen=True)
class Node:
    """A JSON object: its members with their rules, and which of them may be absent."""

    members: Mapping[str, Rule]
    optional: frozenset[str] = frozenset()

    def __call__(self, value: object, path: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            raise _wrong(path, "an object")
        for name, one in value.items():
            if name not in self.members:
                raise BadDocument(
                    f"{path or 'the document'} has {name[:80]!r}, a term not used or not defined there",
                    code="UNDEFINED_TERM",
                )
            self.members[name](one, f"{path}.{name}" if path else name, findings)
        findings.missing += [
            f"{path}.{name}" if path else name
            for name in self.members
            if name not in value and name not in self.optional
        ]


def judge(document: Mapping[str, object], node: Node, contexts: tuple[str, ...]) -> Findings:
    """Walk a document. Raises BadDocument: BAD_CONTEXT, UNDEFINED_TERM, REORDERED, MALFORMED."""
    if document.get("@context") != list(contexts):
        raise BadDocument(
            f"@context is not exactly the list of {', '.join(contexts)}, in this order", code="BAD_CONTEXT"
        )
    findings = Findings()
    node({name: one for name, one in document.items() if name != "@context"}, "", findings)
    return findings


def text(value: object, path: str, _findings: Findings) -> None:
    """Any text without control characters but the newline."""
    if not isinstance(value, str) or len(value) > TEXT_LIMIT or _CONTROL.search(value):
        raise _wrong(path, f"text of at most {TEXT_LIMIT} plain letters")


def encoded(value: object, path: str, _findings: Findings) -> None:
    """A multibase text that may be long."""
    if not isinstance(value, str) or not re.fullmatch(rf"u[A-Za-z0-9_-]{{1,{ENCODED_LIMIT}}}", value):
        raise _wrong(path, "multibase base64url")


def truth(value: object, path: str, _findings: Findings) -> None:
    """A JSON boolean: its text would make the same statement."""
    if not isinstance(value, bool):
        raise _wrong(path, "true or false")


def number(value: object, path: str, _findings: Findings) -> None:
    """An integer: seconds since 1970 in a token."""
    if type(value) is not int:
        raise _wrong(path, "an integer")


def reference(value: object, path: str, _findings: Findings) -> None:
    """An absolute identifier of something described elsewhere; a relative one would be dropped unsigned."""
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        raise _wrong(path, "an absolute https, did or urn identifier")


def identifier(value: object, path: str, findings: Findings) -> None:
    """The identifier of this node: of two nodes with one identifier, members could change places."""
    reference(value, path, findings)
    if value in findings.identifiers:
        raise BadDocument(f"{path} stands for two nodes", code="MALFORMED")
    findings.identifiers.add(str(value))


def exactly(wanted: object) -> Rule:
    """One value and no other: types decide what the terms beside them mean."""

    def rule(value: object, path: str, _findings: Findings) -> None:
        if value != wanted or type(value) is not type(wanted):
            raise BadDocument(f"{path} is not {json.dumps(wanted)}", code="UNDEFINED_TERM")

    return rule


def one_of_them(item: Rule) -> Rule:
    """A list of exactly one item."""
    return many(item, most=1)


def many(item: Rule, *, key: str | None = None, most: int = LIST_LIMIT) -> Rule:
    """A list of one to `most` items, none twice, in ascending order of `key`.

    Statements have no order: without this rule a list could be turned round without being noticed.
    """

    def rule(value: object, path: str, findings: Findings) -> None:
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise _wrong(path, f"a list of one to {most}")
        for place, one in enumerate(value):
            item(one, f"{path}[{place}]", findings)
        keys = [one.get(key, "") if isinstance(one, dict) else one for one in value]
        if len(value) > 1 and any(later <= former for former, later in pairwise(keys)):
            raise BadDocument(f"the items of {path} are repeated or not in their order", code="REORDERED")

    return rule


def _wrong(path: str, wanted: str) -> BadDocument:
    return BadDocument(f"{path or 'the document'} is not {wanted}", code="MALFORMED")


_ALIGNMENT = Node(
    {"type": exactly(["Alignment"]), "targetName": text, "targetUrl": reference, "targetCode": text}
)
_LEVEL = Node(
    {
        "id": identifier,
        "type": exactly(["RubricCriterionLevel"]),
        "name": text,
        "level": text,
        "points": text,
    },
    frozenset({"points"}),
)
_RESULT_DESCRIPTION = Node(
    {
        "id": identifier,
        "type": exactly(["ResultDescription"]),
        "name": text,
        "resultType": text,
        "valueMin": text,
        "valueMax": text,
        "alignment": one_of_them(_ALIGNMENT),
        "rubricCriterionLevel": many(_LEVEL, key="id"),
    },
    frozenset({"valueMin", "valueMax", "alignment", "rubricCriterionLevel"}),
)
_RESULT = Node(
    {"type": exactly(["Result"]), "resultDescription": reference, "value": text, "achievedLevel": reference},
    frozenset({"value", "achievedLevel"}),
)
_ACHIEVEMENT = Node(
    {
        "id": identifier,
        "type": exactly(["Achievement"]),
        "achievementType": text,
        "name": text,
        "description": text,
        "version": text,
        "criteria": Node({"narrative": text}),
        "resultDescription": many(_RESULT_DESCRIPTION, key="id"),
    },
)
_IDENTITY = Node(
    {
        "type": exactly("IdentityObject"),
        "hashed": truth,
        "identityHash": text,
        "identityType": text,
        "salt": text,
    }
)
_SUBJECT = Node(
    {
        "id": identifier,
        "type": exactly(["AchievementSubject"]),
        "identifier": one_of_them(_IDENTITY),
        "achievement": _ACHIEVEMENT,
        "result": many(_RESULT, key="resultDescription"),
    }
)
_STATUS = Node(
    {
        "id": identifier,
        "type": exactly("BitstringStatusListEntry"),
        "statusPurpose": text,
        "statusListIndex": text,
        "statusListCredential": reference,
    }
)
_CREDENTIAL: dict[str, Rule] = {
    "id": identifier,
    "type": exactly(["VerifiableCredential", "OpenBadgeCredential"]),
    "name": text,
    "issuer": Node({"id": identifier, "type": exactly(["Profile"]), "name": text, "url": reference}),
    "awardedDate": text,
    "validFrom": text,
    "validUntil": text,
    "credentialSubject": _SUBJECT,
    "evidence": one_of_them(Node({"type": exactly(["Evidence"]), "name": text, "narrative": text})),
    "credentialStatus": _STATUS,
    "credentialSchema": one_of_them(
        Node({"id": identifier, "type": exactly("1EdTechJsonSchemaValidator2019")})
    ),
}

CREDENTIAL = Node(_CREDENTIAL, frozenset({"validUntil"}))
"""A credential without its proof."""
TOKEN = Node(
    {**_CREDENTIAL, "iss": text, "jti": text, "sub": text, "nbf": number, "exp": number},
    frozenset({"validUntil", "exp"}),
)
"""The payload of a VC-JWT: a credential and its registered claims."""
STATUS_LIST = Node(
    {
        "id": identifier,
        "type": exactly(["VerifiableCredential", "BitstringStatusListCredential"]),
        "issuer": reference,
        "validFrom": text,
        "validUntil": text,
        "credentialSubject": Node(
            {
                "id": identifier,
                "type": exactly("BitstringStatusList"),
                "statusPurpose": text,
                "encodedList": encoded,
            }
        ),
    }
)
"""A status list without its proof."""
