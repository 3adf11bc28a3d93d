"""What a Containerfile may reach, decided from its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.check import Reason
from jobtwin.verification.f2.containerfile import parse_containerfile
from jobtwin.verification.f2.finding import Decided
from jobtwin.verification.f2.recipe import Recipe, make_recipe
from jobtwin.verification.f2.reference import Reference

KNOWN = {
    "docker.io/library/python:3.11-slim": "localhost/jobtwin/p:base",
    "docker.io/library/nginx:latest": "localhost/n",
}


def find(reference: Reference) -> str | None:
    return KNOWN.get(reference.name)


def recipe(
    text: str, *, registries: tuple[str, ...] = (), target: str | None = None, **arguments: str
) -> Recipe:
    instructions = parse_containerfile(text.encode(), instructions=100)
    return make_recipe(instructions, find=find, arguments=arguments, registries=registries, target=target)


def refusal(text: str, **options: str) -> tuple[Reason, str]:
    with pytest.raises(Decided) as caught:
        recipe(text, **options)  # type: ignore[arg-type]  # only build arguments are given here
    return caught.value.finding.reason, caught.value.finding.summary


PYTHON = "FROM python:3.11-slim\n"


def test_what_is_built_is_the_file_that_was_read_with_local_bases() -> None:
    made = recipe(
        "# a comment\nFROM python:3.11-slim AS build\n"
        'RUN a \\\n  # between\n\n  && b\nFROM build\nCMD ["x"]\n'
    )

    assert made.text == 'FROM localhost/jobtwin/p:base AS build\nRUN a   && b\nFROM build\nCMD ["x"]\n'
    assert (made.base, made.bases, made.stages) == ("python:3.11-slim", ("python:3.11-slim",), 2)


@pytest.mark.parametrize(
    "image",
    [
        "python:3.11-slim",
        "docker.io/python:3.11-slim",
        "docker.io/library/python:3.11-slim",
        "index.docker.io/library/python:3.11-slim",
        "${BASE:-python:3.11-slim}",
        "--platform=linux/amd64 python:3.11-slim",
        "--platform=$BUILDPLATFORM python:3.11-slim",
    ],
)
def test_the_usual_spellings_of_a_name_find_the_same_image(image: str) -> None:
    assert recipe(f"FROM {image}\n").base == "python:3.11-slim"


def test_arguments_before_the_first_from_name_the_base() -> None:
    assert recipe('ARG V="3.11"\nARG B=python:${V}-slim\nFROM $B\n').base == "python:3.11-slim"
    assert recipe("ARG V=9\nFROM python:$V-slim\n", V="3.11").base == "python:3.11-slim"


@pytest.mark.parametrize(
    ("text", "reason", "says"),
    [
        ("FROM registry.evil.example/x\n", Reason.BAD_BASE_IMAGE, "only one network"),
        ("FROM localhost:5000/x\n", Reason.BAD_BASE_IMAGE, "only one network"),
        ("FROM 10.0.0.1/x\n", Reason.BAD_BASE_IMAGE, "only one network"),
        ("FROM [::1]:5000/x\n", Reason.BAD_BASE_IMAGE, "only one network"),
        ("FROM oci:/etc\n", Reason.BAD_BASE_IMAGE, "transport"),
        ("FROM docker-archive:/x.tar\n", Reason.BAD_BASE_IMAGE, "transport"),
        ("FROM https://host/x\n", Reason.BAD_BASE_IMAGE, "transport"),
        ("FROM ../x\n", Reason.BAD_BASE_IMAGE, "not the name"),
        ("ARG B\nFROM $B\n", Reason.BAD_BASE_IMAGE, "names no image"),
        ("FROM ${B:?no}\n", Reason.BAD_BASE_IMAGE, "names no image"),
        ("ARG B=oci:/etc\nFROM ${B}\n", Reason.BAD_BASE_IMAGE, "transport"),
        ("# syntax=evil.example/frontend\n" + PYTHON, Reason.BAD_BASE_IMAGE, "syntax line"),
        ("#syntax = docker/dockerfile-upstream@x\n" + PYTHON, Reason.BAD_BASE_IMAGE, "syntax line"),
        ("FROM python:3.9\n", Reason.MISSING_BASE_IMAGE, "images add python:3.9"),
        (
            "FROM public.registry.org/team/image:1\n",
            Reason.MISSING_BASE_IMAGE,
            "public.registry.org/team/image:1",
        ),
        ("FROM python:3.11-slim@sha256:" + "0" * 64 + "\n", Reason.OK, ""),
        (PYTHON + "COPY --from=alpine /x /y\n", Reason.MISSING_BASE_IMAGE, "alpine"),
        (PYTHON + "COPY --from=127.0.0.1:5000/x /x /y\n", Reason.BAD_BASE_IMAGE, "only one network"),
        (PYTHON + "ARG I=x\nCOPY --from=$I /x /y\n", Reason.BUILD_FAILED, "--from"),
        (PYTHON + "COPY --from=0 /x /y\n", Reason.BUILD_FAILED, "from itself"),
        (PYTHON + "ADD https://host.org/x /y\n", Reason.BUILD_FAILED, "reaches the network"),
        (PYTHON + 'ADD ["http://host.org/x", "/y"]\n', Reason.BUILD_FAILED, "reaches the network"),
        (PYTHON + "ADD git@host.org:x.git /y\n", Reason.BUILD_FAILED, "reaches the network"),
        ("ARG U=https://host.org/x\n" + PYTHON + "ADD ${U} /y\n", Reason.BUILD_FAILED, "reaches the network"),
        (PYTHON + "RUN --mount=type=secret,id=a cat /run/secrets/a\n", Reason.BUILD_FAILED, "secret"),
        (PYTHON + "RUN --mount=type=ssh true\n", Reason.BUILD_FAILED, "ssh"),
        (PYTHON + "RUN --mount=type=bind,source=/,target=/h true\n", Reason.NOT_SUPPORTED, "bind"),
        (PYTHON + "RUN --mount=source=/,target=/h true\n", Reason.NOT_SUPPORTED, "bind"),
        (PYTHON + "RUN --mount=type=cache,target=../../h true\n", Reason.BUILD_FAILED, "plain path"),
        (PYTHON + "RUN --security=insecure true\n", Reason.BUILD_FAILED, "asks for more"),
        (PYTHON + "RUN --network=host true\n", Reason.BUILD_FAILED, "asks for more"),
        (PYTHON + "ONBUILD ADD https://x /y\n", Reason.NOT_SUPPORTED, "ONBUILD"),
        (PYTHON + "FLY away\n", Reason.BUILD_FAILED, "no instruction 'FLY'"),
        (PYTHON + "COPY <<A /x\nhi\nA\n", Reason.NOT_SUPPORTED, "here-documents"),
        ("RUN true\n" + PYTHON, Reason.BUILD_FAILED, "before the first FROM"),
        ("ARG A=1\n", Reason.BUILD_FAILED, "no FROM"),
        ("", Reason.BUILD_FAILED, "empty"),
        ("\\\n", Reason.BUILD_FAILED, "empty"),
        (PYTHON + "RUN a \\\x0c\nADD https://x /y", Reason.BUILD_FAILED, "backslash"),
        ("FROM a b\n", Reason.BUILD_FAILED, "written"),
        ("# escape=`\nFROM x\n", Reason.BUILD_FAILED, "escape"),
        ("FROM --platform=windows/amd64 python:3.11-slim\n", Reason.NOT_SUPPORTED, "platform"),
    ],
)
def test_whatever_reaches_outside_is_refused_with_a_sentence(text: str, reason: Reason, says: str) -> None:
    if reason is Reason.OK:
        assert recipe(text).base == "python:3.11-slim"  # whether the digest is the image's, the store decides
        return
    found, said = refusal(text)

    assert (found, says in said) == (reason, True), said


def test_an_explicit_list_of_registries_refuses_every_other() -> None:
    with pytest.raises(Decided) as caught:
        recipe("FROM public.registry.org/x\n", registries=("docker.io",))

    assert caught.value.finding.reason is Reason.BAD_BASE_IMAGE


def test_a_cache_mount_becomes_an_empty_one_and_flags_without_effect_are_left_out() -> None:
    text = PYTHON + "RUN --mount=type=cache,id=x,sharing=locked,target=/root/.cache pip list\n"
    text += "COPY --link --chown=1:1 a b\nHEALTHCHECK --start-interval=1s --interval=2s CMD true\n"

    lines = recipe(text).text.splitlines()

    assert lines[1:] == [
        "RUN --mount=type=tmpfs,target=/root/.cache pip list",
        "COPY --chown=1:1 a b",
        "HEALTHCHECK --interval=2s CMD true",
    ]


def test_the_usual_frontend_line_is_nobody_elses_image() -> None:
    assert recipe("# syntax=docker/dockerfile:1.7\n" + PYTHON).stages == 1


def test_a_here_document_becomes_the_words_of_its_shell() -> None:
    made = recipe(PYTHON + "RUN <<-'EOF'\n\techo \"a\"\n\tFROM evil\nEOF\nCMD x\n")

    assert made.text.splitlines()[1:] == ['RUN ["/bin/sh", "-c", "echo \\"a\\"\\nFROM evil"]', "CMD x"]


def test_a_target_is_the_stage_that_is_started() -> None:
    text = "FROM nginx AS front\nFROM python:3.11-slim AS back\n"

    assert recipe(text, target="front").base == "nginx:latest"
    with pytest.raises(Decided, match="no stage"):
        recipe(text, target="side")


@given(st.text(alphabet="FROMRUN ADDCOPY\\\n\t#<>=-$\"'[]{}:/@ax", max_size=120))
def test_any_text_is_either_a_recipe_whose_images_are_all_local_or_a_refusal(text: str) -> None:
    try:
        made = recipe(text)
    except Decided:
        return
    froms = [line.split()[1] for line in made.text.splitlines() if line.startswith("FROM ")]
    assert all(one in {"scratch", *KNOWN.values()} or not one.count("/") for one in froms)
    assert parse_containerfile(made.text.encode(), instructions=1000)


def test_variables_that_hold_each_other_many_times_are_not_followed_without_end() -> None:
    doubling = "".join(f"ARG A{n}={f'$A{n - 1}' * 20}\n" for n in range(1, 30))

    reason, said = refusal(f"ARG A0={'x' * 100}\n{doubling}FROM $A29\n")

    assert reason is Reason.BAD_BASE_IMAGE
    assert len(said) < 1000


def test_a_line_of_blanks_is_read_once() -> None:
    assert recipe(f"#a=x{' ' * 200_000}y\n{PYTHON}").base == "python:3.11-slim"
