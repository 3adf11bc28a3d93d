"""requirements.txt, as pip reads it and as the platform dares to follow it."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.source.tree import MemoryTree
from jobtwin.verification.dependencies import Tier, plan_requirements
from jobtwin.verification.dependencies.requirement_files import logical_lines
from tests.verification.dependencies.submissions import plan_of, refusals, texts

SHA = "a" * 64


def test_comments_markers_extras_and_continuations_are_understood() -> None:
    plan = plan_of(
        {
            "requirements.txt": "# tools\nflask>=3 # web\nhttpx[http2] ; python_version >= '3.9'\n"
            f"six==1.17.0 \\\n    --hash=sha256:{SHA} \\\n    --hash=sha256:{'b' * 64}\n\n"
        }
    )

    assert refusals(plan) == []
    assert texts(plan) == ["flask>=3", 'httpx[http2]; python_version >= "3.9"', "six==1.17.0"]
    assert plan.requirements[2].hashes == (SHA, "b" * 64)
    assert plan.requirements[2].origin == "requirements.txt:4"


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://mirror.example/simple",
        "-i https://mirror.example/simple",
        "--extra-index-url=https://mirror.example/simple",
        "--find-links ./wheels",
        "-f wheels",
        "--trusted-host mirror.example",
        "--no-index",
        "-e git+https://code.example/x.git#egg=x",
        "-e ./libs/x",
        "-e ../x",
        "git+https://code.example/x.git",
        "x @ git+ssh://git@code.example/x.git",
        "x @ https://files.example/x-1.0-py3-none-any.whl",
        "x @ file:///etc/passwd",
        "https://files.example/x.tar.gz",
        "./x",
        "/x",
        "~/x",
        "x.whl",
        "wheels\\x",
        "file:../x",
        "x --global-option=build",
        "x --config-settings a=b",
        "x===1.0",
        "x>=1 | evil",
        "$(id)",
        "${HOME}",
        "x;",
        "-r ../../etc/passwd",
        "-r /etc/passwd",
        "-r https://files.example/requirements.txt",
        "-c ../constraints.txt",
        "-r missing.txt",
        "-r a:b",
    ],
)
def test_a_line_that_reaches_elsewhere_is_refused_with_its_place(line: str) -> None:
    plan = plan_of({"requirements.txt": f"six\n{line}\n"})

    assert len(plan.refusals) == 1
    assert (plan.refusals[0].path, plan.refusals[0].line) == ("requirements.txt", 2)
    assert texts(plan) == ["six"]


@pytest.mark.parametrize(
    "line", ["-e .", "-e ./", ".", "./", "-e .[test]", '-e ".[test,dev]"', ".[test]", "file:."]
)
def test_the_project_itself_may_be_asked_for(line: str) -> None:
    plan = plan_of(
        {
            "requirements.txt": line,
            "pyproject.toml": '[project]\nname = "x"\n[project.optional-dependencies]\ntest = ["six"]\n',
        }
    )

    assert refusals(plan) == []
    assert texts(plan) == ["six"]
    assert plan.project is not None


def test_an_included_file_inside_the_tree_is_read_as_seen_from_its_folder() -> None:
    plan = plan_of(
        {
            "requirements/dev.txt": "-r base.txt\n-c../bounds.txt\npytest",
            "requirements/base.txt": "six",
            "bounds.txt": "six<2",
        }
    )

    assert refusals(plan) == []
    assert sorted(texts(plan)) == ["pytest", "six"]
    assert [one.text for one in plan.constraints] == ["six<2"]


def test_files_that_include_each_other_are_refused_once_and_end() -> None:
    plan = plan_of({"requirements.txt": "-r b.txt\nsix", "b.txt": "-r requirements.txt\nattrs"})

    assert refusals(plan) == ["b.txt: requirements.txt includes itself"]
    assert sorted(texts(plan)) == ["attrs", "six"]


def test_harmless_options_are_followed_silently() -> None:
    plan = plan_of({"requirements.txt": "--pre\n--require-hashes\n--only-binary=:all:\nsix"})

    assert refusals(plan) == []
    assert plan.prereleases


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF8, "utf-8")],
)
def test_a_file_that_a_windows_shell_wrote_is_read(bom: bytes, encoding: str) -> None:
    plan = plan_of({"requirements.txt": bom + "six==1.17.0\r\nattrs\r\n".encode(encoding)})

    assert texts(plan) == ["six==1.17.0", "attrs"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"six\0\n", "null bytes"),
        (b"\xff\xfe\xfa", "not UTF-8"),
        ("ѕix\n".encode(), "no requirement has"),
        ("six\u202e\n".encode(), "no requirement has"),
        ("six ; \u2028import os".encode(), "no requirement has"),
        (b"six\x1b[31m\n", "no requirement has"),
        (b"x" * 2_000, "more than 1000 characters"),
        (b"six ; " + b"(" * 900, "not a requirement"),
    ],
)
def test_bytes_that_play_tricks_are_refused(content: bytes, sentence: str) -> None:
    plan = plan_of({"requirements.txt": content})

    assert len(plan.refusals) == 1
    assert sentence in plan.refusals[0].sentence
    assert str(plan.refusals[0]).isprintable()


def test_ten_thousand_requirements_are_refused_and_not_kept() -> None:
    plan = plan_of({"requirements.txt": "\n".join(f"package-{n}" for n in range(10_000))})

    assert refusals(plan) == ["requirements.txt:1501: more than 1500 requirements"]
    assert len(plan.requirements) == 1_500


def test_a_huge_file_is_refused_unread() -> None:
    plan = plan_of({"requirements.txt": b"#" * 1_000_001})

    assert refusals(plan) == ["requirements.txt: the file is larger than 1000000 bytes"]


def test_a_thousand_included_files_are_too_many() -> None:
    files: dict[str, str | bytes] = {f"r{n}.txt": "six" for n in range(1_000)}
    files["requirements.txt"] = "\n".join(f"-r {name}" for name in files)

    assert any("more than 60 requirement files" in one for one in refusals(plan_of(files)))


def test_refusals_are_kept_to_a_number_that_a_page_can_show() -> None:
    plan = plan_of({"requirements.txt": "\n".join(f"./x{n}" for n in range(500))})

    assert len(plan.refusals) == 50


def test_a_link_inside_the_tree_is_followed_and_one_that_leaves_it_is_not() -> None:
    inside = MemoryTree(
        {"requirements.txt": b"deps/all.txt", "deps/all.txt": b"six"}, modes={"requirements.txt": "120000"}
    )
    outside = MemoryTree({"requirements.txt": b"../../etc/passwd"}, modes={"requirements.txt": "120000"})
    circle = MemoryTree({"requirements.txt": b"requirements.txt"}, modes={"requirements.txt": "120000"})

    assert texts(plan_requirements(inside)) == ["six"]
    assert refusals(plan_requirements(outside)) == ["requirements.txt: the link leads out of the repository"]
    assert refusals(plan_requirements(circle)) == ["requirements.txt: the link leads to further links"]


def test_the_same_requirement_twice_is_kept_once_with_the_stronger_tier() -> None:
    plan = plan_of({"requirements.txt": "six\nsix", "requirements-web.txt": "six\nflask"})

    assert texts(plan, Tier.NEEDED) == ["six"]
    assert texts(plan, Tier.OPTIONAL) == ["flask"]


@given(st.binary(max_size=300))
def test_no_bytes_make_the_planner_raise(content: bytes) -> None:
    plan = plan_of(
        {"requirements.txt": content, "pyproject.toml": content, "setup.py": content, "setup.cfg": content}
    )

    assert all(one.text.isascii() and "\n" not in one.text for one in plan.requirements)
    assert all(str(one).isprintable() for one in plan.refusals)


@given(st.lists(st.from_regex(r"[a-z]{1,8}(==[0-9]{1,3})?", fullmatch=True), max_size=8))
def test_plain_requirements_come_out_as_they_went_in(lines: list[str]) -> None:
    plan = plan_of({"requirements.txt": "\n".join(lines)})

    assert texts(plan) == list(dict.fromkeys(lines))
    assert plan.refusals == ()


@given(st.text(alphabet="ab \\\n#", max_size=60))
def test_logical_lines_number_their_first_physical_line(text: str) -> None:
    numbers = [number for number, _ in logical_lines(text)]

    assert numbers == sorted(numbers)
    assert all(1 <= number <= text.count("\n") + 1 for number in numbers)
