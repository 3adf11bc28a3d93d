"""Environments built by the real installer from wheels that the tests make; no network."""

import importlib.util
import marshal
import stat
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from jobtwin.core.check import Reason
from jobtwin.verification.dependencies import (
    DependencyFailure,
    Pin,
    Requirement,
    Tier,
    build_environment,
    evict_environments,
)
from tests.host.verification.dependencies.shelf import Shelf, inside, requirements, shelf_at

pytestmark = pytest.mark.host


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = shelf_at(tmp_path)
    yield shelf
    left = [path.name for path in shelf.settings.cache.glob("install-*")]
    left += [path.name for path in shelf.settings.venvs.glob("*.staging")]
    assert left == []


def test_an_environment_works_at_its_mount_point_with_scripts_and_bytecode(shelf: Shelf) -> None:
    shelf.add("thing", "2.0", requires=("helper>=1",), entry_points="[pytest11]\nthing = thing\n")
    shelf.add("helper", "1.5")
    lines: list[str] = []

    with build_environment(
        requirements("Thing"), settings=shelf.settings, on_log=lines.append
    ) as environment:
        done = inside(environment, "pytest")
        prefix = inside(
            environment, environment.python, "-c", "import thing, helper; print(thing.__cached__)"
        )

    assert environment.packages == {"helper": "1.5", "pytest": "99.0", "thing": "2.0"}
    assert done.stdout == "stand-in pytest /venv /venv/lib/python3.11/site-packages/pytest.py\n"
    assert prefix.stdout.startswith("/venv/lib/python3.11/site-packages/__pycache__/thing.")
    assert [(plugin.name, plugin.declared) for plugin in environment.plugins] == [("thing", True)]
    assert environment.facts["environment"] == "built"
    assert environment.facts["bytecode"] == "compiled"
    assert "compiling bytecode" in lines


def test_bytecode_names_the_path_inside_and_does_not_look_at_the_source(shelf: Shelf) -> None:
    with build_environment(requirements(), settings=shelf.settings) as environment:
        compiled = next(environment.path.glob("lib/*/site-packages/__pycache__/pytest.*.pyc")).read_bytes()

    assert int.from_bytes(compiled[4:8], "little") == 0b01
    if compiled[:4] == importlib.util.MAGIC_NUMBER:
        code = marshal.loads(compiled[16:])  # noqa: S302 - compiled from the line above
        assert code.co_filename.startswith("/venv/")


def test_the_same_lock_is_installed_once_and_shared(shelf: Shelf) -> None:
    shelf.add("thing")

    with ThreadPoolExecutor(4) as pool:
        plans = [
            requirements("thing"),
            requirements("thing>=0.5"),
            requirements("thing==1.0"),
            requirements("thing"),
        ]
        built = list(pool.map(lambda plan: build_environment(plan, settings=shelf.settings), plans))
    for environment in built:
        environment.close()

    assert len({environment.path for environment in built}) == 1
    assert [environment.facts["environment"] for environment in built].count("built") == 1
    with build_environment(requirements("thing"), settings=shelf.settings) as again:
        assert (again.facts["environment"], again.facts["resolution"]) == ("cached", "cached")


def test_no_pth_file_of_a_wheel_ever_runs_on_the_host(shelf: Shelf, tmp_path: Path) -> None:
    trace = tmp_path / "it-ran"
    evil = f"import sys; print('evil'); open({str(trace)!r}, 'w').close()\n"
    shelf.add(
        "malice",
        files={
            "malice.pth": evil,
            "sitecustomize.py": evil,
            "malice/__init__.py": evil,
            "malice-1.0.data/data/pyvenv.cfg": "home = /evil\n",
            "malice-1.0.data/data/lib/python3.11/site-packages/more.pth": evil,
        },
    )
    shelf.add("other")

    for lines in (("malice",), ("malice", "other")):
        with build_environment(requirements(*lines), settings=shelf.settings) as environment:
            assert environment.startup_files == ("malice.pth", "more.pth", "sitecustomize.py")
            assert not trace.exists()
            control = inside(environment, environment.python, "-c", "print('started')")
            assert "evil" in control.stdout + control.stderr
            assert (environment.path / "bin" / "python").readlink() == Path("/usr/bin/python3").resolve()
            assert "evil" not in (environment.path / "pyvenv.cfg").read_text()
    assert not trace.exists()


def test_a_planted_interpreter_is_refused_and_a_planted_link_leads_nowhere(shelf: Shelf) -> None:
    shelf.add("planter", files={"planter-1.0.data/scripts/python": "#!/bin/sh\necho planted\n"})
    wheel = shelf.add("linker", files={"linker/__init__.py": ""})
    link = zipfile.ZipInfo("linker/passwd")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr(link, "/etc/passwd")

    assert failure_of(shelf, "planter").reason is Reason.BAD_REQUIREMENT
    with build_environment(requirements("linker"), settings=shelf.settings) as environment:
        written = next(environment.path.glob("lib/*/site-packages/linker/passwd"))
        assert not written.is_symlink()
        assert written.read_text() == "/etc/passwd"


def test_source_that_breaks_the_compiler_is_left_uncompiled_and_harms_nothing(shelf: Shelf) -> None:
    shelf.add(
        "broken", files={"broken.py": "(" * 5_000, "deep.py": "x = " + "-" * 200_000 + "1", "n.py": "\0"}
    )

    with build_environment(requirements("broken"), settings=shelf.settings) as environment:
        assert inside(environment, "pytest").returncode == 0


def test_what_a_killed_builder_left_does_not_harm_the_next_one(shelf: Shelf) -> None:
    with build_environment(requirements(), settings=shelf.settings) as first:
        home = first.path.parent
    evict_environments(replace(shelf.settings, cache_seconds=-1.0), now=shelf.settings.clock())
    left = home.with_name(f"{home.name}.staging")
    (left / "venv").mkdir(parents=True)
    (left / "venv" / "half").write_text("")

    with build_environment(requirements(), settings=shelf.settings) as second:
        assert second.path == first.path
        assert not (second.path / "half").exists()


def test_an_environment_in_use_outlives_an_eviction(shelf: Shelf) -> None:
    every = replace(shelf.settings, cache_seconds=-1.0)

    with build_environment(requirements(), settings=shelf.settings) as environment:
        assert evict_environments(every, now=every.clock()) == ()
        assert inside(environment, "pytest").returncode == 0
    assert evict_environments(every, now=every.clock()) == (environment.path.parent.name,)
    assert not environment.path.exists()


def test_settings_of_the_folder_and_the_process_do_not_reach_the_installer(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = tmp_path / "submission"
    (hostile / ".venv" / "bin").mkdir(parents=True)
    (hostile / ".venv" / "bin" / "python").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (hostile / ".venv" / "bin" / "python").chmod(0o755)
    (hostile / "uv.toml").write_text('find-links = ["/nowhere"]\n')
    (hostile / "pyproject.toml").write_text('[tool.uv.pip]\nno-index = true\npython = ".venv/bin/python"\n')
    monkeypatch.chdir(hostile)
    monkeypatch.setenv("UV_FIND_LINKS", "/nowhere")
    monkeypatch.setenv("UV_PYTHON", str(hostile / ".venv" / "bin" / "python"))
    monkeypatch.setenv("VIRTUAL_ENV", str(hostile / ".venv"))

    with build_environment(requirements(), settings=shelf.settings) as environment:
        assert environment.packages == {"pytest": "99.0"}
    assert not (tmp_path / "ran").exists()


def test_an_optional_requirement_without_a_solution_is_given_up_and_named(shelf: Shelf) -> None:
    shelf.add("thing")
    plan = requirements("thing")
    optional = Requirement("absent", "absent>=3", "requirements-x.txt:1", Tier.OPTIONAL)

    with build_environment(
        replace(plan, requirements=(*plan.requirements, optional)), settings=shelf.settings
    ) as environment:
        assert environment.given_up == ("absent",)
        assert environment.facts["given_up"] == {"absent": "no package of that name: absent"}


def failure_of(shelf: Shelf, *lines: str, **limits: object) -> DependencyFailure:
    settings = replace(shelf.settings, **limits)  # type: ignore[arg-type]  # fields of the settings
    with pytest.raises(DependencyFailure) as caught:
        build_environment(requirements(*lines), settings=settings)
    return caught.value


def test_each_failure_has_its_reason(shelf: Shelf) -> None:
    shelf.add("thing", "1.0")
    shelf.add("other", requires=("thing>=2",))
    shelf.add("narrow", tag="cp27-cp27m-win32")

    assert failure_of(shelf, "absent").reason is Reason.BAD_REQUIREMENT
    assert failure_of(shelf, "thing==9").reason is Reason.BAD_REQUIREMENT
    assert failure_of(shelf, "other").reason is Reason.BAD_REQUIREMENT
    assert failure_of(shelf, "git+https://code.example/x").reason is Reason.BAD_REQUIREMENT
    assert failure_of(shelf, "narrow").reason is Reason.UNRESOLVABLE_STATICALLY
    assert failure_of(shelf, "thing", max_packages=1).facts["limit"] == "max_packages"
    assert failure_of(shelf, "thing", max_bytes=10).facts["limit"] == "max_bytes"
    assert failure_of(shelf, "thing", max_files=1).facts["limit"] == "max_files"
    assert failure_of(shelf, "thing", max_files=1).reason is Reason.NOT_SUPPORTED


def test_a_slow_resolver_meets_its_limit_and_a_slow_download_is_ours(shelf: Shelf) -> None:
    shelf.add("thing")

    slow = failure_of(shelf, "thing", resolve_seconds=0.0)
    download = failure_of(shelf, "thing", install_seconds=0.0)

    assert (slow.reason, slow.facts["limit"]) == (Reason.TIMEOUT, "resolve_seconds")
    assert (download.reason, download.facts["limit"]) == (Reason.INFRASTRUCTURE, "install_seconds")


def test_an_index_that_nobody_answers_at_is_our_fault_and_can_be_retried(shelf: Shelf) -> None:
    nowhere = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"}
    failure = failure_of(shelf, "thing", installer=nowhere)

    assert failure.reason is Reason.INFRASTRUCTURE
    assert failure.retry


def test_a_wheel_that_was_swapped_for_another_is_refused(shelf: Shelf) -> None:
    shelf.add("thing")
    plan = replace(requirements("thing"), pins=(Pin("thing", "1.0", hashes=("0" * 64,)),))

    with pytest.raises(DependencyFailure, match="has a hash that the submission allows") as caught:
        build_environment(plan, settings=shelf.settings)
    assert caught.value.reason is Reason.BAD_REQUIREMENT


def test_a_project_for_another_python_finds_no_interpreter(shelf: Shelf) -> None:
    with pytest.raises(DependencyFailure) as caught:
        build_environment(replace(requirements(), python_requires=">=4"), settings=shelf.settings)
    assert caught.value.reason is Reason.NO_INTERPRETER
