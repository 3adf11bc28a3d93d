"""Which file describes the container, from the names and the compose file of a tree."""

import pytest

from jobtwin.core.check import Reason
from jobtwin.verification.f2.choice import Choice, choose
from jobtwin.verification.f2.finding import Decided
from jobtwin.verification.f2.services import Beside
from tests.verification.dependencies.submissions import tree


def chosen(files: dict[str, str], subfolder: str = "") -> Choice:
    return choose(tree({**files}), subfolder=subfolder)


def refused(files: dict[str, str]) -> str:
    with pytest.raises(Decided) as caught:
        chosen(files)
    assert caught.value.finding.reason is Reason.BUILD_FAILED
    return caught.value.finding.summary


COMPOSE = """
services:
  db: {image: postgres:16-alpine, environment: {POSTGRES_USER: kite}}
  worker: {build: .}
  api:
    build: {context: ./api, args: ["A=1", "B"]}
    environment: {KEY: "${KEY:-none}", FLAG: true, EMPTY:}
    ports: ["8080:${PORT:-80}/tcp"]
    depends_on: [db]
"""


def test_a_containerfile_goes_before_a_dockerfile_and_both_before_compose() -> None:
    files = {"Dockerfile": "", "compose.yaml": COMPOSE}

    assert chosen(files).file == "Dockerfile"
    assert chosen({**files, "Containerfile": ""}).file == "Containerfile"


def test_the_declaration_goes_before_everything() -> None:
    toml = '[container]\nfile = "deploy/web.Dockerfile"\nport = 9000\nhealth = "/up"\n'
    toml += 'services = ["redis", "qdrant"]'
    found = chosen({"Containerfile": "", "jobtwin.toml": toml, "deploy/web.Dockerfile": ""})

    assert (found.file, found.context, found.port, found.health) == ("deploy/web.Dockerfile", "", 9000, "/up")
    assert [(one.name, one.kind, one.declared) for one in found.beside] == [
        ("redis", "redis", True),
        ("qdrant", None, True),
    ]


def test_a_compose_service_gives_its_context_arguments_environment_and_neighbours() -> None:
    found = chosen({"compose.yaml": COMPOSE, "api/Dockerfile": "", "Other": ""})

    assert (found.file, found.context, found.port) == ("api/Dockerfile", "api", 80)
    assert found.arguments == {"A": "1"}
    assert found.environment == {"KEY": "none", "FLAG": "true"}
    assert found.beside == (Beside("db", "postgres", {"POSTGRES_USER": "kite"}),)


def test_the_only_file_of_a_repository_is_found_where_it_is() -> None:
    assert chosen({"docker/Dockerfile": ""}).file == "docker/Dockerfile"
    assert chosen({"a/Dockerfile": "", "b/Dockerfile": ""}, subfolder="a").context == "a"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"README.md": ""}, "no Containerfile or Dockerfile"),
        ({"a/Dockerfile": "", "b/Dockerfile": ""}, "2 Containerfiles"),
        ({"jobtwin.toml": '[container]\nfile = "gone"'}, "not in the repository"),
        ({"jobtwin.toml": "[container]\nport = 0", "Containerfile": ""}, "between 1 and 65535"),
        ({"compose.yaml": "services: {a: {build: ../outside}}"}, "not in the repository"),
        ({"compose.yaml": "services: {a: {build: https://host/x.git}}"}, "not in the repository"),
        (
            {"compose.yaml": "services: {a: {build: {context: ., dockerfile: ../../x}}}"},
            "not in the repository",
        ),
        ({"compose.yaml": "services: {a: {build: .}}"}, "names Dockerfile, which is not"),
        ({"compose.yaml": "a: &a [*a]\nservices: 3"}, "no Containerfile"),
        ({"compose.yaml": "!!python/object/apply:os.system [true]"}, "no Containerfile"),
    ],
)
def test_what_cannot_be_built_is_said_in_a_sentence(files: dict[str, str], says: str) -> None:
    assert says in refused(files)


def test_a_link_is_not_followed_to_a_containerfile() -> None:
    linked = tree({"Containerfile": "elsewhere"}, Containerfile="120000")

    with pytest.raises(Decided, match="is a link"):
        choose(linked)
