"""Settings of sign-in: whole or not at all, and strict where it counts."""

import pytest

from jobtwin.config.sign_in import read_sign_in
from jobtwin.config.social import form_targets, social_providers
from jobtwin.core.errors import BadInput

OIDC = {
    "JOBTWIN_OIDC_ISSUER": "https://id.example.org/realm/",
    "JOBTWIN_OIDC_ID": "exam",
    "JOBTWIN_OIDC_SECRET": "s3cret",
}
GITHUB = {"JOBTWIN_GITHUB_ID": "id", "JOBTWIN_GITHUB_SECRET": "s3cret"}


def test_nothing_set_means_no_provider_and_a_second_factor_for_operators_in_production_alone() -> None:
    found = read_sign_in({}, production=False)
    assert (found.github, found.oidc, found.operator_mfa, found.proxies) == (None, None, False, 0)
    assert read_sign_in({}, production=True).operator_mfa
    assert not read_sign_in({"JOBTWIN_OPERATOR_MFA": "optional"}, production=True).operator_mfa


def test_providers_are_told_to_allauth_with_pkce_and_pages_may_lead_to_them() -> None:
    found = read_sign_in(OIDC | GITHUB, production=True)
    providers = social_providers(found)
    assert sorted(providers) == ["github", "openid_connect"]
    assert all(one["OAUTH_PKCE_ENABLED"] for one in providers.values())
    assert form_targets(found) == ("https://github.com", "https://id.example.org")
    assert found.oidc is not None
    assert (found.oidc.name, found.oidc.issuer) == ("id.example.org", "https://id.example.org/realm")


def test_a_secret_is_not_in_what_is_printed() -> None:
    assert "s3cret" not in repr(read_sign_in(OIDC | GITHUB, production=True))


@pytest.mark.parametrize(
    "values",
    [
        {"JOBTWIN_GITHUB_ID": "id"},
        {"JOBTWIN_GITHUB_SECRET": "x"},
        {"JOBTWIN_OIDC_ISSUER": "https://id.example.org"},
        {**OIDC, "JOBTWIN_OIDC_ISSUER": "http://id.example.org"},
        {**OIDC, "JOBTWIN_OIDC_ISSUER": "http://127.0.0.1:9"},
        {"JOBTWIN_OPERATOR_MFA": "yes"},
        {"JOBTWIN_PROXIES": "-1"},
        {"JOBTWIN_PROXIES": "6"},
        {"JOBTWIN_PROXIES": "٣"},
    ],
)
def test_half_a_setting_is_refused_with_a_sentence(values: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="JOBTWIN_"):
        read_sign_in(values, production=True)


def test_a_provider_on_this_machine_is_for_development() -> None:
    local = {**OIDC, "JOBTWIN_OIDC_ISSUER": "http://127.0.0.1:9"}
    assert read_sign_in(local, production=False).oidc is not None
