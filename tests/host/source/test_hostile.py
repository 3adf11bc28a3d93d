"""Repositories made to harm whoever fetches them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from jobtwin.core.errors import BadSource
from jobtwin.source.address import TERMINAL, Source, parse_source
from jobtwin.source.repository import Repository, fetch, resolve_commit
from tests.host.source.forge import FILE, LINK, SUBMODULE, Forge, incompressible
from tests.host.source.refusals import refused

pytestmark = pytest.mark.host
Local = Callable[[Forge], Source]


def test_submodules_are_facts_and_never_fetched(forge: Forge, tmp_path: Path, local: Local) -> None:
    other = Forge(tmp_path / "other").create()
    theirs = other.commit_files({"secret": b"other"})
    modules = f'[submodule "lib"]\n\tpath = lib\n\turl = {other.root}\n\tupdate = checkout\n'
    forge.commit(
        forge.tree([(FILE, b".gitmodules", forge.blob(modules.encode())), (SUBMODULE, b"lib", theirs)])
    )
    repository = fetch(local(forge), into=tmp_path / "kept")
    assert [entry.path for entry in repository.entries()] == [".gitmodules"]
    assert repository.submodules == ("lib",)
    export = repository.export(tmp_path / "out")
    assert export.facts == {"submodules": ["lib"]}
    assert list((export.root / "lib").iterdir()) == []


@pytest.mark.parametrize(
    "modules",
    [
        '[submodule "x"]\n\tpath = x\n\turl = -u./payload\n',
        '[submodule "../../x"]\n\tpath = x\n\turl = https://example.org/x\n',
        '[submodule "x"]\n\tpath = -x\n\turl = https://example.org/x\n',
        '[submodule "x"]\n\tpath = x\n\turl = https://example.org/x\n\tupdate = !touch /tmp/pwned\n',
    ],
)
def test_submodules_that_attack_git_are_refused(
    modules: str, forge: Forge, tmp_path: Path, local: Local
) -> None:
    forge.commit_files({".gitmodules": modules.encode()})
    assert refused(local(forge), tmp_path / "kept") == "bad_source"


def test_attributes_filters_and_large_file_pointers_change_no_byte(
    forge: Forge, tmp_path: Path, local: Local
) -> None:
    marker = tmp_path / "ran"
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 3\n"
    files = {
        ".gitattributes": b"*.bin filter=lfs\n* filter=evil ident export-subst text eol=crlf\n"
        b"hidden export-ignore\n",
        "m.bin": pointer,
        "a.txt": b"$Id$ $Format:%H$\n",
        "hidden": b"here\n",
        ".lfsconfig": b"[lfs]\n\turl = https://127.0.0.1/steal\n",
    }
    forge.commit_files(files)
    with (forge.git_dir / "config").open("a") as config:
        config.write(f'[filter "evil"]\n\tsmudge = touch {marker}\n\tprocess = touch {marker}\n\trequired\n')
    export = fetch(local(forge), into=tmp_path / "kept").export(tmp_path / "out")
    assert {name: (export.root / name).read_bytes() for name in files} == files
    assert export.facts == {"lfs_pointers": ["m.bin"]}
    assert not marker.exists()


def test_nothing_of_a_hostile_local_configuration_runs(forge: Forge, tmp_path: Path, local: Local) -> None:
    marker = tmp_path / "ran"
    forge.commit_files({"README": b"x"})
    evil = tmp_path / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch {marker}\n")
    evil.chmod(0o755)
    hooks = forge.git_dir / "hooks"
    hooks.mkdir()
    for hook in ("post-checkout", "pre-auto-gc", "reference-transaction", "post-index-change"):
        shutil.copy(evil, hooks / hook)
    with (forge.git_dir / "config").open("a") as config:
        config.write(
            f"[core]\n\tfsmonitor = {evil}\n\thooksPath = {hooks}\n\tsshCommand = {evil}\n\tpager = {evil}\n"
            f"\taskPass = {evil}\n\teditor = {evil}\n\talternateRefsCommand = {evil}\n"
            f'[uploadpack]\n\tpackObjectsHook = {evil}\n[alias]\n\tupload-pack = "!{evil}"\n'
            f'[credential]\n\thelper = "!{evil}"\n[diff]\n\texternal = {evil}\n[gpg]\n\tprogram = {evil}\n'
        )
    repository = fetch(local(forge), into=tmp_path / "kept")
    repository.bundle(tmp_path / "x.bundle")
    repository.export(tmp_path / "out")
    assert not marker.exists()
    assert not (tmp_path / "kept" / "hooks").exists()


def test_a_promised_object_is_never_fetched_from_where_the_configuration_says(
    forge: Forge, tmp_path: Path, local: Local
) -> None:
    marker = tmp_path / "ran"
    blob = forge.blob(b"gone")
    forge.commit(forge.tree([(FILE, b"x", blob)]))
    (forge.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    with (forge.git_dir / "config").open("a") as config:
        config.write(
            f'[remote "origin"]\n\turl = "ext::touch {marker}"\n\tpromisor = true\n'
            "[protocol]\n\tallow = always\n[extensions]\n\tpartialClone = origin\n"
        )
    assert refused(local(forge), tmp_path / "kept") == "bad_source"
    assert not marker.exists()


def test_links_that_leave_the_tree_become_text(forge: Forge, tmp_path: Path, local: Local) -> None:
    targets = {"in": b"f", "out": b"/etc/passwd", "up": b"../../x", "sly": b"in/../../x"}
    items = [(LINK, name.encode(), forge.blob(target)) for name, target in targets.items()]
    forge.commit(forge.tree([*items, (FILE, b"f", forge.blob(b"x"))]))
    export = fetch(local(forge), into=tmp_path / "kept").export(tmp_path / "out")
    assert export.links == ("in",)
    assert export.facts == {"links_outside": ["out", "sly", "up"]}
    assert (export.root / "out").read_bytes() == b"/etc/passwd"


def test_a_link_in_place_of_a_file_that_git_reads_is_refused(
    forge: Forge, tmp_path: Path, local: Local
) -> None:
    forge.commit(forge.tree([(LINK, b".gitmodules", forge.blob(b"/etc/passwd"))]))
    assert refused(local(forge), tmp_path / "kept") == "bad_source"


def test_a_damaged_object_is_refused(forge: Forge, tmp_path: Path, local: Local) -> None:
    blob = forge.blob(incompressible(4000))
    forge.commit(forge.tree([(FILE, b"x", blob)]))
    path = forge.git_dir / "objects" / blob[:2] / blob[2:]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    assert refused(local(forge), tmp_path / "kept") == "bad_source"


def test_an_object_against_gits_rules_is_refused(forge: Forge, tmp_path: Path, local: Local) -> None:
    forge.commit(forge.tree([(FILE, b"x", forge.blob(b"x"))]), when="99999999999999999999 +0000")
    assert refused(local(forge), tmp_path / "kept") == "bad_source"


def test_head_that_points_at_no_commit_is_refused(forge: Forge, local: Local) -> None:
    for oid in (forge.blob(b"x"), "0" * 40, "1" * 40):
        forge.point(oid)
        with pytest.raises(BadSource):
            resolve_commit(local(forge))


def test_a_head_that_leads_out_of_the_repository_is_refused(forge: Forge, local: Local) -> None:
    forge.commit_files({"x": b"x"})
    (forge.git_dir / "HEAD").write_text("ref: ../../../../etc/passwd\n")
    with pytest.raises(BadSource):
        resolve_commit(local(forge))


def test_a_changed_bundle_is_refused(forge: Forge, tmp_path: Path, local: Local) -> None:
    forge.commit_files({"x": incompressible(2000)})
    bundle = tmp_path / "x.bundle"
    fetch(local(forge), into=tmp_path / "kept").bundle(bundle)
    whole = bundle.read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "flipped").write_bytes(whole[:-600] + bytes([whole[-600] ^ 1]) + whole[-599:])
    (tmp_path / "renamed").write_bytes(whole.replace(whole[16:56], b"0" * 40, 1))
    for name in ("cut", "flipped", "renamed"):
        with pytest.raises(BadSource):
            Repository.from_bundle(tmp_path / name, tmp_path / "again")
        assert not (tmp_path / "again").exists()


def test_a_source_named_like_an_option_or_a_transport_is_only_a_folder(tmp_path: Path) -> None:
    for name in ("--upload-pack=touch ran", "ext::sh -c touch% ran", "a:b.git"):
        forge = Forge(tmp_path / name).create()
        commit = forge.commit_files({"x": b"x"})
        source = parse_source(f"{tmp_path}/{name}", TERMINAL)
        assert fetch(source, into=tmp_path / f"kept {len(name)}").commit == commit
    assert not (tmp_path / "ran").exists()
