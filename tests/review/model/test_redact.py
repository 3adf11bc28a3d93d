"""Secrets never leave; hashes, names and words stay."""

import base64
import hashlib
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.review.model.redact import SECRET, entropy, key_lines, looks_random, without_secrets

RANDOM = random.Random(11)  # noqa: S311  the same made-up keys every time


def made(alphabet: str, length: int) -> str:
    """Random characters with at least one digit; secrets are made at test time, none stands in a file."""
    return "7" + "".join(RANDOM.choice(alphabet) for _ in range(length - 1))


WORD = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + "234567"
B64 = base64.b64encode

SECRETS = {
    "aws key id": "AKIA" + made(UPPER, 16),
    "aws temporary key id": "ASIA" + made(UPPER, 16),
    "google api key": "AIza" + made(WORD, 35),
    "google client secret": "GOCSPX-" + made(WORD, 28),
    "google access token": "ya29." + made(WORD, 60),
    "github classic": "ghp_" + made(WORD, 36),
    "github oauth": "gho_" + made(WORD, 36),
    "github server": "ghs_" + made(WORD, 36),
    "github fine-grained": "github_pat_" + made(WORD, 22) + "_" + made(WORD, 59),
    "gitlab personal": "glpat-" + made(WORD, 20),
    "gitlab runner": "glrt-" + made(WORD, 20),
    "slack bot": "xoxb-" + made(string.digits, 12) + "-" + made(WORD, 24),
    "slack app": "xapp-1-" + made(UPPER, 11) + "-" + made(HEX, 40),
    "stripe live": "sk_live_" + made(WORD, 24),
    "stripe restricted": "rk_live_" + made(WORD, 24),
    "stripe webhook": "whsec_" + made(WORD, 32),
    "openai legacy": "sk-" + made(WORD, 48),
    "openai project": "sk-proj-" + made(WORD + "_-", 100),
    "openai service account": "sk-svcacct-" + made(WORD, 60),
    "anthropic": "sk-ant-api03-" + made(WORD + "_-", 90),
    "openrouter": "sk-or-v1-" + made(HEX, 64),
    "hugging face": "hf_" + made(WORD, 34),
    "replicate": "r8_" + made(WORD, 37),
    "groq": "gsk_" + made(WORD, 52),
    "npm": "npm_" + made(WORD, 36),
    "pypi": "pypi-AgEIcHlwaS5vcmc" + made(WORD, 60),
    "sendgrid": "SG." + made(WORD, 22) + "." + made(WORD, 43),
    "vault": "hvs." + made(WORD, 40),
    "jwt": ".".join(
        B64(part).decode().rstrip("=").replace("+", "-").replace("/", "_")
        for part in (b'{"alg":"HS256"}', b'{"sub":"1234567890"}', RANDOM.randbytes(32))
    ),
    "random base64": B64(RANDOM.randbytes(30)).decode(),
    "random letters": made(WORD, 40),
}
CARRIERS = (
    "{}",
    'client = Client("{}")',
    "curl -H 'x-key: {}' https://api.example.org",
    "| key | {} |",
    "KEY={}",
    "see `{}` in the logs",
)
PLACES = {
    "password in a URL": ("postgres://app:{}@db.example.org/app", "hunter2hunter"),
    "password without user": ("redis://:{}@cache:6379/0", "s3cretpass"),
    "bearer header": ("Authorization: Bearer {}", "abcdef123456ghi"),
    "python assignment": ('DB_PASSWORD = "{}"', "correct-horse"),
    "typed python assignment": ('api_key: str = "{}"', "0123456789abcdef"),
    "json": ('"client_secret": "{}",', "0123456789abcdef0123"),
    "keyword argument": ("connect(password='{}')", "correct-horse"),
    "hexadecimal beside a name": ('SECRET_KEY = "{}"', "d41d8cd98f00b204e9800998ecf8427e"),
    "shell": ("export API_TOKEN={}", "abcdef123456"),
    "container file": ("ENV DB_PASSWORD={}", "abcdef123456"),
    "azure": ("DefaultEndpointsProtocol=https;AccountKey={};", "abcdefghijklmnopqrstuvwxyz0123456789AAAA=="),
    "slack hook": ("https://hooks.slack.com/services/{}", "T00000000/B00000000/abcdefghijkl"),
}
ORDINARY = [
    f"commit {hashlib.sha1(b'a').hexdigest()}",  # noqa: S324  a commit is named by it
    f"sha256:{hashlib.sha256(b'a').hexdigest()}",
    f"    --hash=sha256:{hashlib.sha256(b'b').hexdigest()}",
    f'integrity: "sha512-{B64(hashlib.sha512(b"c").digest()).decode()}"',
    f"golang.org/x/net v0.30.0 h1:{B64(hashlib.sha256(b'd').digest()).decode()}",
    "123e4567-e89b-12d3-a456-426614174000",
    "class AbstractSingletonProxyFactoryBean(Factory):",
    "def test_the_service_refuses_a_ticket_that_is_longer_than_4000_characters() -> None:",
    "src/components/dashboard/UserProfileCard2Container.tsx",
    "https://docs.example.org/en/latest/reference/api/v2/AuthenticationGuide.html",
    'password = os.environ["DB_PASSWORD"]',
    "password = settings.database_password",
    'api_key = "${API_KEY}"',
    'token = "<your-token-here>"',
    "OPENAI_API_KEY=your-key-here",
    "max_tokens = 4000",
    "tokens_in: int = 0",
    'tokenizer = "cl100k_base_tokenizer"',
    "The password is checked against a list of common ones before it is stored.",
    "sk-estimator-doc-link-label-text fitted",
    "risk-based-authentication-for-everyone-2024",
    "-----BEGIN CERTIFICATE-----",
]


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("kind", SECRETS)
def test_a_key_of_a_known_form_is_redacted_wherever_it_stands(kind: str, carrier: str) -> None:
    secret = SECRETS[kind]
    shown = without_secrets(carrier.format(secret))
    assert secret not in shown
    assert secret[8:24] not in shown
    assert SECRET in shown


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_holds_a_secret_is_redacted_whatever_stands_there(place: str) -> None:
    line, secret = PLACES[place]
    assert secret not in without_secrets(line.format(secret))


@pytest.mark.parametrize("line", ORDINARY)
def test_what_only_looks_like_a_secret_stays(line: str) -> None:
    assert without_secrets(line) == line


def test_lock_files_keep_their_hashes_and_still_lose_known_keys() -> None:
    run = SECRETS["random base64"]
    assert without_secrets(f"resolved {run}", is_lock=True) == f"resolved {run}"
    assert SECRETS["github classic"] not in without_secrets(SECRETS["github classic"], is_lock=True)


def test_every_value_of_a_dotenv_file_is_redacted_but_numbers_and_placeholders() -> None:
    assert without_secrets("SENTRY=abcdefgh", is_dotenv=True) == f"SENTRY={SECRET}"
    assert without_secrets("PORT=8000", is_dotenv=True) == "PORT=8000"
    assert without_secrets("SENTRY=<your dsn>", is_dotenv=True) == "SENTRY=<your dsn>"


def test_yaml_values_beside_a_telling_name_are_redacted() -> None:
    assert without_secrets("  db_password: hunter2hunter", is_config=True) == f"  db_password: {SECRET}"
    assert without_secrets("  db_password: ${DB}", is_config=True) == "  db_password: ${DB}"


@pytest.mark.parametrize("kind", ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY"])
def test_every_line_of_a_private_key_is_found(kind: str) -> None:
    body = [B64(RANDOM.randbytes(48)).decode() for _ in range(5)]
    lines = ["before", f"-----BEGIN {kind}-----", *body, f"-----END {kind}-----", "after"]
    assert key_lines(lines) == frozenset(range(2, 9))
    assert key_lines(["before", f"-----BEGIN {kind}-----", *body, "after that a sentence"]) == frozenset(
        range(2, 8)
    )


def test_a_private_key_on_one_line_is_redacted() -> None:
    body = "\\n".join(B64(RANDOM.randbytes(48)).decode() for _ in range(3))
    line = f'"private_key": "-----BEGIN PRIVATE KEY-----\\n{body}\\n-----END PRIVATE KEY-----\\n"'
    assert body[:20] not in without_secrets(line)
    assert body[:20] not in without_secrets(line[:120])


@given(st.binary(min_size=24, max_size=64))
def test_random_bytes_in_base64_are_seen_wherever_they_have_the_marks_of_a_key(data: bytes) -> None:
    run = B64(data).decode()
    assert (SECRET in without_secrets(f"value {run}")) == looks_random(run) or "eyJ" in run


@given(st.text(max_size=400))
def test_any_line_is_redacted_without_an_error_and_never_grows_much(line: str) -> None:
    assert len(without_secrets(line, is_config=True, is_dotenv=True)) <= len(line) * 3 + 20


def test_entropy_is_measured_in_bits_a_character() -> None:
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2
