"""Other people's sign-in, as allauth and the policy of pages are told of it."""

from urllib.parse import urlsplit

from jobtwin.config.sign_in import SignIn

GITHUB = "https://github.com"


def social_providers(sign_in: SignIn) -> dict[str, dict[str, object]]:
    """`SOCIALACCOUNT_PROVIDERS`: only those that are set; each with PKCE."""
    found: dict[str, dict[str, object]] = {}
    if sign_in.github:
        app = {"client_id": sign_in.github.client_id, "secret": sign_in.github.secret, "key": ""}
        found["github"] = {"APPS": [app], "SCOPE": ["read:user", "user:email"], "OAUTH_PKCE_ENABLED": True}
    if sign_in.oidc:
        found["openid_connect"] = {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": sign_in.oidc.name,
                    "client_id": sign_in.oidc.client_id,
                    "secret": sign_in.oidc.secret,
                    "settings": {"server_url": sign_in.oidc.issuer},
                }
            ],
        }
    return found


def form_targets(sign_in: SignIn) -> tuple[str, ...]:
    """Origins that a form may lead to beside our own: a browser refuses to be redirected elsewhere."""
    targets = [GITHUB] if sign_in.github else []
    if sign_in.oidc:
        address = urlsplit(sign_in.oidc.issuer)
        targets.append(f"{address.scheme}://{address.netloc}")
    return tuple(targets)
