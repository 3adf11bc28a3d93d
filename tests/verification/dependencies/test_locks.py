"""Lock files: exact pins by name, version and hash; the addresses in them are never asked."""

import json

import pytest

from tests.verification.dependencies.submissions import plan_of, refusals

A, B = "a" * 64, "b" * 64
PROJECT = '[project]\nname = "ada"\ndependencies = ["flask", "six>=1.16"]\n'
INDEX = "https://index.example/simple"


def uv_package(name: str, version: str, source: str = f'registry = "{INDEX}"', more: str = "") -> str:
    return (
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ {source} }}\n{more}'
        f'wheels = [{{ url = "https://files.example/{name}.whl", hash = "sha256:{A}" }}]\n'
    )


def test_a_uv_lock_pins_what_the_project_needs_and_nothing_else() -> None:
    lock = (
        'version = 1\n[[package]]\nname = "ada"\nversion = "0"\nsource = { editable = "." }\n'
        'dependencies = [{ name = "flask" }]\n'
        + uv_package("flask", "3.0.0", more='dependencies = [{ name = "werkzeug" }]\n')
        + uv_package("werkzeug", "3.0.1")
        + uv_package("six", "1.17.0")
        + uv_package("sphinx", "7.0")
    )
    plan = plan_of({"pyproject.toml": PROJECT, "uv.lock": lock})

    assert refusals(plan) == []
    assert [pin.text for pin in plan.pins] == ["flask==3.0.0", "six==1.17.0", "werkzeug==3.0.1"]
    assert plan.pins[0].hashes == (A,)
    assert plan.facts["locked"] == 3


def test_a_fork_of_a_uv_lock_keeps_its_markers() -> None:
    lock = uv_package(
        "six", "1.16.0", more="resolution-markers = [\"python_version < '3.10'\"]\n"
    ) + uv_package(
        "six",
        "1.17.0",
        more="resolution-markers = [\"python_version >= '3.10'\", \"sys_platform == 'linux'\"]\n",
    )
    plan = plan_of({"pyproject.toml": PROJECT, "uv.lock": lock})

    assert [pin.text for pin in plan.pins] == [
        'six==1.16.0 ; python_version < "3.10"',
        'six==1.17.0 ; python_version >= "3.10" or sys_platform == "linux"',
    ]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ('registry = "https://other.example/simple"', "an index of its own"),
        ('registry = "../wheels"', "an index of its own"),
        ('git = "https://code.example/x?rev=1"', "version control"),
        ('url = "https://files.example/six.whl"', "an address"),
        ('path = "wheels/six.whl"', "a local path"),
        ('directory = "../six"', "a local path"),
    ],
)
def test_a_locked_package_from_elsewhere_is_refused(source: str, kind: str) -> None:
    lock = uv_package("flask", "3.0") + uv_package("click", "8.1") + uv_package("six", "1.17.0", source)
    plan = plan_of({"pyproject.toml": PROJECT, "uv.lock": lock})

    assert refusals(plan) == [f"uv.lock: 'six' comes from {kind}; name a version of a published package"]


def test_a_transitive_package_from_elsewhere_is_refused_too() -> None:
    lock = uv_package("flask", "3.0", more='dependencies = [{ name = "evil" }]\n') + uv_package(
        "evil", "1", 'url = "https://files.example/evil.whl"'
    )

    assert (
        "'evil' comes from an address" in refusals(plan_of({"pyproject.toml": PROJECT, "uv.lock": lock}))[0]
    )


def test_a_package_from_elsewhere_that_nothing_needs_refutes_nothing() -> None:
    lock = uv_package("flask", "3.0") + uv_package("mydocs", "1", 'git = "https://code.example/docs"')

    assert refusals(plan_of({"pyproject.toml": PROJECT, "uv.lock": lock})) == []


def test_a_pin_that_the_manifest_contradicts_is_a_fact_and_not_followed() -> None:
    plan = plan_of({"pyproject.toml": PROJECT, "uv.lock": uv_package("six", "1.0.0")})

    assert plan.pins == ()
    assert plan.facts["lock_pins_ignored"] == {"six": "1.0.0: pyproject.toml:3 asks for >=1.16"}


def test_a_poetry_lock_pins_and_its_other_indexes_are_refused() -> None:
    lock = (
        f'[[package]]\nname = "Six"\nversion = "1.17.0"\nfiles = [{{file = "s", hash = "sha256:{A}"}}]\n'
        '[[package]]\nname = "flask"\nversion = "3.0.0"\n[package.dependencies]\nclick = "*"\n'
        '[[package]]\nname = "click"\nversion = "8"\n[package.source]\ntype = "legacy"\nurl = "https://x.example"\n'
        f'[metadata.files]\nflask = [{{file = "f", hash = "sha256:{B}"}}]\n'
    )
    plan = plan_of({"pyproject.toml": PROJECT, "poetry.lock": lock})

    assert [(pin.text, pin.hashes) for pin in plan.pins] == [("flask==3.0.0", (B,)), ("six==1.17.0", (A,))]
    assert refusals(plan) == [
        "poetry.lock: 'click' comes from an index of its own; name a version of a published package"
    ]


def test_a_pipfile_lock_and_a_pylock_pin_as_well() -> None:
    pipfile = {
        "default": {"flask": {"version": "==3.0.0", "hashes": [f"sha256:{A}"]}},
        "develop": {"x": {"git": "g"}},
    }
    pylock = (
        f'[[packages]]\nname = "six"\nversion = "1.17.0"\nwheels = [{{hashes = {{sha256 = "{B}"}}}}]\n'
        '[[packages]]\nname = "flask"\nversion = "1"\nvcs = {type = "git"}\n'
    )

    first = plan_of({"pyproject.toml": PROJECT, "Pipfile.lock": json.dumps(pipfile)})
    second = plan_of({"pyproject.toml": PROJECT, "pylock.toml": pylock})

    assert [(pin.text, pin.hashes) for pin in first.pins] == [("flask==3.0.0", (A,))]
    assert [(pin.text, pin.hashes) for pin in second.pins] == [("six==1.17.0", (B,))]
    assert "'flask' comes from version control" in refusals(second)[0]


@pytest.mark.parametrize(
    ("name", "marker"),
    [
        ("evil\\n--index-url https://evil.example", "sys_platform == 'x'"),
        ("evil", "sys_platform == 'x\\n--index-url https://evil.example\\n'"),
        ("-r /etc/passwd", ""),
        ("evil @ https://evil.example/x.whl #", ""),
        ("ev\u0456l", ""),
    ],
)
def test_no_name_or_marker_of_a_lock_becomes_an_option_of_the_installer(name: str, marker: str) -> None:
    markers = f'resolution-markers = ["{marker}"]\n'
    lock = uv_package("flask", "3.0", more=f'dependencies = [{{ name = "{name}" }}]\n')
    lock += uv_package(name, "1", more=markers) + uv_package(name, "2", more=markers)
    plan = plan_of({"pyproject.toml": PROJECT, "uv.lock": lock})

    assert [pin.text for pin in plan.pins if pin.name != "evil"] == ["flask==3.0"]
    assert all(pin.text.isprintable() for pin in plan.pins)


def test_a_lock_of_a_hundred_thousand_packages_is_refused() -> None:
    pipfile = {"default": {f"p{n}": {"version": "==1"} for n in range(100_000)}}

    assert refusals(plan_of({"pyproject.toml": PROJECT, "Pipfile.lock": json.dumps(pipfile)})) == [
        "Pipfile.lock: the lock holds more than 5000 packages"
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("uv.lock", "package = 3"),
        ("uv.lock", "[[package]]\nversion = []\nsource = 4\nwheels = 'x'\ndependencies = {a = 1}\n"),
        ("uv.lock", "[[package"),
        ("poetry.lock", "package = [1, 'x', {name = 3, source = 'x', dependencies = []}]"),
        ("Pipfile.lock", "[]"),
        ("Pipfile.lock", '{"default": {"six": 3}, "develop": []}'),
        ("Pipfile.lock", "[" * 100_000),
        ("pylock.toml", "packages = [{name = 'six', version = 1, wheels = 1}]"),
    ],
)
def test_a_malformed_lock_pins_nothing_and_raises_nothing(path: str, text: str) -> None:
    assert plan_of({"pyproject.toml": PROJECT, path: text}).pins == ()
