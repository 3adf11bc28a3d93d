"""The embedded PostgreSQL leaves the machine as it was."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from jobtwin.config.embedded import APP_ROLE, OWNER_ROLE, EmbeddedServer
from jobtwin.core.errors import BadInput

pytestmark = pytest.mark.host


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(home / "other", durable=False)
    yield server
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


def modes(path: Path) -> dict[Path, int]:
    return {one: one.stat().st_mode for one in [path, *path.parents]}


def test_no_existing_mode_changes_and_both_roles_can_connect(server: EmbeddedServer, home: Path) -> None:
    before = modes(home)
    programs = modes(Path(os.__file__))
    assert server.start() is True
    assert modes(home) == before
    assert modes(Path(os.__file__)) == programs
    for role in (OWNER_ROLE, APP_ROLE):
        with psycopg.connect(server.url(role)) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_a_server_that_outlived_its_starter_is_used_again_and_can_be_stopped(server: EmbeddedServer) -> None:
    assert server.start() is True
    assert EmbeddedServer(server.folder).start() is False
    assert server.stop() is True
    assert server.stop() is False


def test_a_killed_server_starts_again_with_its_data(server: EmbeddedServer) -> None:
    server = EmbeddedServer(server.folder, durable=True)
    server.start()
    with psycopg.connect(server.url(OWNER_ROLE)) as connection:
        connection.execute("CREATE TABLE kept (x int)")
    pid = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    while server.running():
        pass
    assert server.start() is True
    with psycopg.connect(server.url(OWNER_ROLE)) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the server as another user")
def test_a_folder_that_other_users_cannot_enter_is_refused_with_a_sentence(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(BadInput, match="other users may not enter"):
        EmbeddedServer(closed / "postgres").start()


def test_a_path_too_long_for_a_socket_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="too long"):
        EmbeddedServer(tmp_path / ("x" * 100)).start()
