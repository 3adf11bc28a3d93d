"""Secrets in text: the published forms of current keys, assignments to telling names, random-looking runs.

Hashes, lock files and identifiers are no secrets: what is only hexadecimal stays, unless a name beside it
says what it is. Redacting too much costs a little evidence, redacting too little costs somebody's key.
"""

import math
import re
from collections import Counter
from itertools import pairwise

SECRET = "[secret]"  # noqa: S105  what stands in place of one
MAX_LINE = 2000
"""Characters of a line that are looked at and may be kept."""

_FORMS = (
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}",  # Amazon
    r"AIza[\w-]{35}|GOCSPX-[\w-]{20,}|ya29\.[\w-]{20,}",  # Google
    r"gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{22,}",
    r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[\w.-]{20,}",
    r"xox[abeoprs]-[\w-]{10,}|xapp-\d-[\w-]{10,}",  # Slack
    r"[srp]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{20,}",  # Stripe
    r"sk-(?=[\w-]*\d)[A-Za-z][\w-]{19,}|sk-(?=\w*\d)[A-Za-z0-9]{20,}",  # OpenAI, Anthropic and others
    r"hf_[A-Za-z0-9]{30,}|api_org_[A-Za-z0-9]{30,}|r8_[A-Za-z0-9]{30,}|gsk_[A-Za-z0-9]{30,}|xai-[A-Za-z0-9]{30,}",
    r"lsv2_(?:pt|sk)_\w{30,}|pplx-[A-Za-z0-9]{30,}|tvly-[\w-]{20,}|dapi[0-9a-f]{32}",
    r"npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{40,}|dckr_pat_[\w-]{20,}|hv[sb]\.[\w-]{20,}|dop_v1_[0-9a-f]{60,}",
    r"SG\.[\w-]{16,}\.[\w-]{16,}|shp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}|lin_api_[A-Za-z0-9]{30,}|\d{8,10}:AA[\w-]{33}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{50,}",
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*(?:\.[\w-]*){0,2}",  # JWT, RFC 7519
)
_FORM = re.compile(rf"(?<![A-Za-z0-9_-])(?:{'|'.join(_FORMS)})")
_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_PEM_BODY = re.compile(
    r"[\s\"'>|*#+\\n,]*[A-Za-z0-9+/=\\]{16,}[\s\"'\\n,+]*|[\s>|*#]*[\w-]{1,40}: .*|[\s>|*#]*"
)
_MAX_PEM_LINES = 400
_URL_LOGIN = re.compile(r"(?<=://)[^\s/@:\"'<>]{0,200}:[^\s/@\"'<>]{1,200}(?=@)")
_HOOK = re.compile(
    r"(hooks\.slack\.com/(?:services|workflows)/|discord(?:app)?\.com/api/webhooks/)[\w/-]{10,200}"
)
_HEADER = re.compile(r"((?:Bearer|Basic|Token)\s+)(?=[\w.+/=~-]*\d)[\w.+/=~-]{12,}", re.IGNORECASE)
_ACCOUNT_KEY = re.compile(r"((?:AccountKey|SharedAccessKey|sig)=)[A-Za-z0-9+/%]{20,}={0,2}", re.IGNORECASE)
_NAME = (
    r"(?:pass(?:word|wd|phrase)|passwd|pwd|secret|token(?!iz|s\b|s?_(?:count|limit|budget|in|out|id))|api[_-]?key|"
    r"(?:access|private|signing|encryption|auth|master|license)[_-]?key|credentials?|connection[_-]?string|\bdsn)"
)
_QUOTED = re.compile(
    rf"({_NAME}[\w.-]{{0,40}}[\"']?\]?\s{{0,4}}(?::\s{{0,2}}[\w\[\]| ]{{0,30}})?(?:=>|[:=])"
    r"\s{0,4}[rbf]?[\"'])"
    r"([^\"'\n]{6,400})(?=[\"'])",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    rf"({_NAME}[\w.-]{{0,40}}\s{{0,2}}=\s{{0,2}})([^\s\"'#;&,()\[\]{{}}]{{6,400}})", re.IGNORECASE
)
_KEYED = re.compile(
    rf"^([\s-]{{0,60}}[\w.-]{{0,60}}?{_NAME}[\w.-]{{0,40}}:\s{{1,8}})([^\s\"'#{{\[]\S{{5,400}})\s*$", re.I
)
_DOTENV = re.compile(r"^(\s*(?:export\s+)?[A-Za-z_]\w{0,100}\s*=\s*)(\S.*)$")
_PLACEHOLDER = re.compile(
    r"[$<{%*.]|(?:your|change|example|insert|replace|placeholder|dummy|fake|todo|xxx)|"
    r"(?:os|env|process|settings|config|self|secrets?)[.\[(]|(?:get|input|read|load)\w*\(|"
    r"(?:none|null|true|false|required|optional|string|str|bytes|text|password|token|secret|\d+(?:\.\d+)?)$",
    re.IGNORECASE,
)
_RUN = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_DIGEST = re.compile(r"(?:sha(?:1|224|256|384|512)|md5|h1|blake2[bs]?)[-:_=]$", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"[0-9a-fA-F-]+")
MIN_ENTROPY = 4.0
"""Bits a character (Shannon) from which a run may be random; 24 random letters and digits have 4.3."""

MIN_CHANGES = 0.42
"""Share of neighbours of different class (lower, upper, digit, other); random base64 has about 0.6."""


def without_secrets(
    line: str, *, is_dotenv: bool = False, is_config: bool = False, is_lock: bool = False
) -> str:
    """The line with every secret replaced, cut to `MAX_LINE` characters.

    In a `.env` file every value counts as a secret; in lock files random-looking runs are hashes.
    """
    line = line[:MAX_LINE]
    begun = _BEGIN.search(line)
    if begun:
        ended = _END.search(line, begun.end())
        line = line[: begun.start()] + SECRET + (line[ended.end() :] if ended else "")
    line = _FORM.sub(SECRET, line)
    line = _URL_LOGIN.sub(SECRET, line)
    for pattern in (_HOOK, _HEADER, _ACCOUNT_KEY):
        line = pattern.sub(rf"\1{SECRET}", line)
    line = _QUOTED.sub(_unless_placeholder, line)
    line = _ASSIGNED.sub(_unless_placeholder, line) if is_config or is_dotenv or _is_shell(line) else line
    if is_config:
        line = _KEYED.sub(_unless_placeholder, line)
    if is_dotenv:
        line = _DOTENV.sub(_unless_plain, line)
    return line if is_lock else _RUN.sub(_unless_ordinary, line)


def key_lines(lines: list[str]) -> frozenset[int]:
    """Numbers (from 1) of the lines that belong to a private key in PEM (RFC 7468) or in OpenPGP armour."""
    found: set[int] = set()
    left = 0
    for number, line in enumerate(lines, 1):
        if left and (_END.search(line) or not _PEM_BODY.fullmatch(line[:MAX_LINE])):
            if _END.search(line):
                found.add(number)
            left = 0
        elif left:
            found.add(number)
            left -= 1
        if (begun := _BEGIN.search(line)) and not _END.search(line, begun.end()):
            found.add(number)
            left = _MAX_PEM_LINES
    return frozenset(found)


def looks_random(run: str) -> bool:
    """True for a run with letters of both cases and digits whose entropy and changes are those of a key."""
    if _HEXADECIMAL.fullmatch(run) or not re.search(r"[a-z]", run) or not re.search(r"[A-Z]", run):
        return False
    if not re.search(r"\d", run):
        return False
    changes = sum(_class(a) != _class(b) for a, b in pairwise(run)) / (len(run) - 1)
    return changes >= MIN_CHANGES and entropy(run) >= MIN_ENTROPY


def entropy(text: str) -> float:
    """Shannon's entropy of the characters, in bits per character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def _class(character: str) -> int:
    return 0 if character.islower() else 1 if character.isupper() else 2 if character.isdigit() else 3


def _is_shell(line: str) -> bool:
    return re.match(r"\s*(?:export|set|ENV|ARG)\s|\s*[A-Z][A-Z0-9_]*=", line) is not None


def _unless_placeholder(hit: re.Match[str]) -> str:
    value = hit.group(2)
    if _PLACEHOLDER.match(value) or len(value.split()) > 2:
        return hit.group()
    return hit.group(1) + SECRET


def _unless_plain(hit: re.Match[str]) -> str:
    value = hit.group(2).strip("\"' ")
    plain = len(value) < 6 or _PLACEHOLDER.match(value) or value == SECRET
    return hit.group() if plain else hit.group(1) + SECRET


def _unless_ordinary(hit: re.Match[str]) -> str:
    before = hit.string[max(0, hit.start() - 8) : hit.start()]
    run = hit.group()
    if _DIGEST.search(before) or re.match(r"sha\d{1,3}-", run):
        return run
    return SECRET if looks_random(run) else run
