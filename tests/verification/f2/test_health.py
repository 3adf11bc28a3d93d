"""Which ports and paths a container is asked on."""

import pytest

from jobtwin.verification.f2.inside.health import GUESSED_PATHS, Target, health_target


@pytest.mark.parametrize(
    ("test", "port", "path"),
    [
        (["CMD", "curl", "-f", "http://localhost:8080/up?x=1"], 8080, "/up?x=1"),
        (["CMD-SHELL", "wget -qO- http://127.0.0.1/ || exit 1"], 80, "/"),
        (["CMD-SHELL", "curl http://localhost:${PORT}/ok"], None, "/ok"),
        (["CMD", "python", "-c", "urlopen('http://0.0.0.0:9/a')"], 9, "/a"),
        (["CMD", "true"], None, None),
        (["CMD", "curl", "http://elsewhere.org:1/x"], None, None),
    ],
)
def test_a_health_check_tells_port_and_path(test: list[str], port: int | None, path: str | None) -> None:
    target = health_target({"Healthcheck": {"Test": test}}, port=None, path=None)

    assert target.ports == (() if port is None else (port,))
    assert target.paths == (GUESSED_PATHS if path is None else (path,))


def test_what_is_declared_goes_before_what_the_image_says() -> None:
    config = {
        "ExposedPorts": {"80/tcp": {}, "53/udp": {}, "443": {}},
        "Healthcheck": {"Test": ["CMD", "curl localhost/x"]},
    }

    assert health_target(config, port=9, path="/y") == Target((9,), ("/y",), "declared", "declared")
    assert health_target(config, port=None, path=None) == Target((80, 443), ("/x",), "EXPOSE", "HEALTHCHECK")
    assert health_target({}, port=None, path=None) == Target((), GUESSED_PATHS, "nothing", "guess")
