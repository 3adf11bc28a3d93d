"""How people sign in, from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jobtwin.core.errors import BadInput

NAMES = {
    "JOBTWIN_GITHUB_ID": "client id of a GitHub OAuth app: people may sign in with GitHub",
    "JOBTWIN_GITHUB_SECRET": "its client secret",
    "JOBTWIN_OIDC_ISSUER": "https address of an OpenID Connect provider: people may sign in with it",
    "JOBTWIN_OIDC_ID": "the client id there",
    "JOBTWIN_OIDC_SECRET": "the client secret there",
    "JOBTWIN_OIDC_NAME": "what its button says (default: its host)",
    "JOBTWIN_OPERATOR_MFA": "whether operators need a second factor: required (in production) or optional",
    "JOBTWIN_PROXIES": "how many proxies stand before the web server and name the client (default 0)",
}
MAX_PROXIES = 5


@dataclass(frozen=True, slots=True)
class Provider:
    """Somebody else's sign-in: GitHub, or (with an issuer) any OpenID Connect provider."""

    name: str
    client_id: str
    secret: str = field(repr=False)
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Settings of sign-in; the default needs no server but this one."""

    github: Provider | None = None
    oidc: Provider | None = None
    operator_mfa: bool = False
    proxies: int = 0


def read_sign_in(values: Mapping[str, str], *, production: bool) -> SignIn:
    """The settings of sign-in. Raises BadInput with a sentence."""
    mfa = values.get("JOBTWIN_OPERATOR_MFA") or ("required" if production else "optional")
    if mfa not in ("required", "optional"):
        raise BadInput("JOBTWIN_OPERATOR_MFA is required or optional")
    return SignIn(
        github=_github(values),
        oidc=_oidc(values, production=production),
        operator_mfa=mfa == "required",
        proxies=_proxies(values.get("JOBTWIN_PROXIES", "")),
    )


def _github(values: Mapping[str, str]) -> Provider | None:
    pair = _pair(values, "JOBTWIN_GITHUB_ID", "JOBTWIN_GITHUB_SECRET")
    return Provider("GitHub", *pair) if pair else None


def _oidc(values: Mapping[str, str], *, production: bool) -> Provider | None:
    issuer = values.get("JOBTWIN_OIDC_ISSUER", "").rstrip("/")
    pair = _pair(values, "JOBTWIN_OIDC_ID", "JOBTWIN_OIDC_SECRET")
    if bool(issuer) != bool(pair):
        raise BadInput("JOBTWIN_OIDC_ISSUER, _ID and _SECRET are set together or not at all")
    if not pair:
        return None
    if not issuer.startswith("https://") and (production or not issuer.startswith("http://127.0.0.1:")):
        raise BadInput("JOBTWIN_OIDC_ISSUER is an https address")
    return Provider(values.get("JOBTWIN_OIDC_NAME") or urlsplit(issuer).netloc, *pair, issuer=issuer)


def _pair(values: Mapping[str, str], name: str, secret: str) -> tuple[str, str] | None:
    found = values.get(name, ""), values.get(secret, "")
    if bool(found[0]) != bool(found[1]):
        raise BadInput(f"{name} and {secret} are set together or not at all")
    return found if found[0] else None


def _proxies(text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 2 or int(text) > MAX_PROXIES:
        raise BadInput(f"JOBTWIN_PROXIES is a number from 0 to {MAX_PROXIES}")
    return int(text)
