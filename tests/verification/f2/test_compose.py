"""Compose files that are small and make much of themselves."""

import pytest

from jobtwin.verification.f2.compose import read_service

_DOUBLING = "x: &a0 [xxxxxxxxxx, xxxxxxxxxx]\n" + "".join(
    f"y{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
_MERGING = "a: &a0 {k0: 1}\n" + "".join(
    f"y{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}], k{n}: 1}}\n" for n in range(1, 9)
)
_SERVICE = "services:\n  api:\n    build: .\n"


def test_aliases_of_an_honest_file_are_followed() -> None:
    common = "x-common: &common\n  environment: {KEY: a}\n"

    found = read_service(f"{common}{_SERVICE}    <<: *common\n".encode(), "")

    assert found is not None
    assert found.environment == {"KEY": "a"}


@pytest.mark.parametrize(
    "text",
    [
        f"{_DOUBLING}{_SERVICE}    environment: {{X: *a9}}\n",
        f"{_DOUBLING}{_SERVICE}    environment: [*a9]\n",
        f"{_DOUBLING}{_SERVICE}    ports: [*a9]\n",
        f"{_DOUBLING}{_SERVICE}    depends_on: [*a9]\n",
        f"{_MERGING}{_SERVICE}",
        f"x: &long {'x' * 50_000}\n{_SERVICE}    environment: {{X: [{', '.join(['*long'] * 100)}]}}\n",
        f"x: &self [*self]\n{_SERVICE}",
        f"x: {'[' * 5_000}\n{_SERVICE}",
    ],
)
def test_one_whose_aliases_would_fill_any_memory_counts_as_none(text: str) -> None:
    assert read_service(text.encode(), "") is None
