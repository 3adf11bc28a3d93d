"""The one place that runs git: an empty environment, named options, and limits on everything.

Git runs with nothing of the operator's configuration and nothing of the submission's: no system, user or
ambient configuration, no hooks, no templates, no credential helper, one allowed protocol (or none), no
redirects. It is never run inside files that a submission wrote.
"""

import functools
import os
import re
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO

from jobtwin.core.errors import OutsideFailure
from jobtwin.source.login import Login

MINIMUM = (2, 37)
"""The first git that can be told the address to connect to (http.curloptResolve)."""

MAX_MESSAGE = 64 * 1024
"""Bytes of a git command's error output that are kept."""

_CHUNK = 256 * 1024

_OPTIONS: Mapping[str, str] = {
    "core.attributesFile": "/dev/null",
    "core.bigFileThreshold": "8m",
    "core.excludesFile": "/dev/null",
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "core.symlinks": "false",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "fetch.unpackLimit": "1",
    "gc.auto": "0",
    "http.followRedirects": "false",
    "http.sslVerify": "true",
    "maintenance.auto": "false",
    "pack.threads": "1",
    "protocol.allow": "never",
    "protocol.version": "2",
    "submodule.recurse": "false",
    "transfer.bundleURI": "false",
    "transfer.fsckObjects": "true",
}


@dataclass(frozen=True)
class GitSettings:
    """What the operator provides for git: where programs are, whom to trust, which proxy to use.

    With `proxy`, the proxy connects to the host, and it must itself refuse private addresses: what was
    resolved here binds only a direct connection. `proxy_resolves` leaves even the look-up to it.
    """

    path: str = os.defpath
    ca_file: str | None = None
    ca_path: str | None = None
    proxy: str | None = None
    proxy_resolves: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "GitSettings":
        """The operator's settings: PATH, GIT_SSL_CAINFO or SSL_CERT_FILE, GIT_SSL_CAPATH or SSL_CERT_DIR,
        https_proxy, and JOBTWIN_PROXY_RESOLVES=1.
        """
        folders = environment.get("PATH", os.defpath).split(os.pathsep)
        return cls(
            path=os.pathsep.join(folder for folder in folders if os.path.isabs(folder)),  # noqa: PTH117 - text
            ca_file=environment.get("GIT_SSL_CAINFO") or environment.get("SSL_CERT_FILE"),
            ca_path=environment.get("GIT_SSL_CAPATH") or environment.get("SSL_CERT_DIR"),
            proxy=environment.get("https_proxy") or environment.get("HTTPS_PROXY"),
            proxy_resolves=environment.get("JOBTWIN_PROXY_RESOLVES") == "1",
        )


@functools.cache
def operator_settings() -> GitSettings:
    """The settings of this process's environment, read once."""
    return GitSettings.from_environment(os.environ)


class GitFailed(Exception):
    """A git command ended with an error. `code` is its exit code (negative: a signal)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"git ended with {code}: {message[-500:]}")
        self.code = code
        self.message = message


class GitTimeout(Exception):
    """A git command was still running when its time was over, and was killed with its children."""


class GitOutputLimit(Exception):
    """A git command wrote more than was allowed, and was killed with its children."""


@dataclass(frozen=True)
class Git:
    """A way to run git. `protocols` are those it may speak (none by default).

    `deadline` is an instant of `time.monotonic`, in seconds. `write_bytes` bounds each file that git
    writes and `memory_bytes` its address space. `options` come on top of the fixed ones. `login` stands in
    git's environment and nowhere else.
    """

    settings: GitSettings = field(default_factory=operator_settings)
    deadline: float | None = None
    protocols: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    write_bytes: int | None = None
    memory_bytes: int | None = None
    login: Login | None = None

    def command(self, arguments: Sequence[str]) -> list[str]:
        """The argument list: limits set by a shell that is handed no text to interpret, then git.

        A limit that cannot be set is one that this process already has, and tighter.
        """
        options = {
            **_OPTIONS,
            **{f"protocol.{one}.allow": "always" for one in self.protocols},
            **self.options,
        }
        limits = {"c": 0}
        if self.write_bytes is not None:
            limits["f"] = -(-self.write_bytes // 512)
        if self.memory_bytes is not None:
            limits["v"] = self.memory_bytes // 1024
        script = "".join(f"ulimit -{flag} {value} 2>/dev/null || :; " for flag, value in limits.items())
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [
            "/bin/sh",
            "-c",
            script + 'exec "$@"',
            "sh",
            git_program(self.settings.path),
            *settings,
            *arguments,
        ]

    def environment(self) -> dict[str, str]:
        """The whole environment of git: nothing of the caller's is inherited."""
        whole = {
            "PATH": self.settings.path,
            "HOME": "/nonexistent",
            "LC_ALL": "C",
            "GIT_ALLOW_PROTOCOL": ":".join(self.protocols) or "none",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_LFS_SKIP_SMUDGE": "1",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
        }
        if "https" in self.protocols:
            trusted = {"GIT_SSL_CAINFO": self.settings.ca_file, "GIT_SSL_CAPATH": self.settings.ca_path}
            whole |= {name: value for name, value in trusted.items() if value}
        return {**whole, **self.login.environment} if self.login else whole

    @contextmanager
    def start(
        self, *arguments: str, stdin: IO[bytes] | int = subprocess.DEVNULL
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A running git with pipes; whatever is left of it and its children is killed at the end.

        It runs in the root folder, so that no repository is ever found by where it runs. Raises
        OutsideFailure where git cannot be started.
        """
        try:
            process = subprocess.Popen(
                self.command(arguments),
                env=self.environment(),
                cwd="/",
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise OutsideFailure("git could not be started on this machine", retry=True) from error
        try:
            yield process
        finally:
            stop(process)

    def stream(
        self, *arguments: str, stdin: IO[bytes] | int = subprocess.DEVNULL, output_bytes: int
    ) -> Generator[bytes, None, None]:
        """What git writes, in pieces, as it comes. A caller that has seen enough closes the generator.

        Raises GitFailed at its end, GitTimeout, and GitOutputLimit after `output_bytes`.
        """
        with self.start(*arguments, stdin=stdin) as process:
            errors = bytearray()
            written = 0
            for piece in self._pieces(process, errors):
                written += len(piece)
                if written > output_bytes:
                    raise GitOutputLimit(f"more than {output_bytes} bytes")
                yield piece
            self._finish(process, errors)

    def run(
        self, *arguments: str, stdin: IO[bytes] | int = subprocess.DEVNULL, output_bytes: int = 1_000_000
    ) -> bytes:
        """All that git writes to its output. Raises GitFailed, GitTimeout and GitOutputLimit."""
        return b"".join(self.stream(*arguments, stdin=stdin, output_bytes=output_bytes))

    def _pieces(self, process: subprocess.Popen[bytes], errors: bytearray) -> Iterator[bytes]:
        assert process.stdout is not None  # noqa: S101 - for the type checker: both are pipes
        assert process.stderr is not None  # noqa: S101 - likewise
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            selector.register(process.stderr, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select(self._left()):
                    piece = os.read(key.fd, _CHUNK)
                    if not piece:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is process.stdout:
                        yield piece
                    else:
                        errors += piece[: MAX_MESSAGE - len(errors)]
                self._left()

    def _left(self) -> float | None:
        if self.deadline is None:
            return None
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise GitTimeout("git took too long")
        return left

    def _finish(self, process: subprocess.Popen[bytes], errors: bytearray) -> None:
        try:
            code = process.wait(self._left())
        except subprocess.TimeoutExpired as error:
            raise GitTimeout("git took too long") from error
        if code != 0:
            said = errors.decode("utf-8", errors="replace")
            raise GitFailed(code, self.login.without(said) if self.login else said)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process that `Git.start` made, with its group, collect it, and close its pipes.

    Only a process that was not collected yet is killed: until then its number cannot be another's.
    """
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


@functools.cache
def git_program(path: str) -> str:
    """The absolute path of git. Raises OutsideFailure where it is missing or older than `MINIMUM`."""
    program = shutil.which("git", path=path)
    if program is None:
        raise OutsideFailure("git is not installed on this machine", retry=False, code="no_git")
    answer = subprocess.run(
        [program, "--version"], env={"LC_ALL": "C"}, cwd="/", capture_output=True, check=False, timeout=20
    )
    version = parse_version(answer.stdout.decode("ascii", errors="replace"))
    if version < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        raise OutsideFailure(f"git {wanted} or newer is needed on this machine", retry=False, code="no_git")
    return program


def parse_version(text: str) -> tuple[int, int]:
    """Major and minor number of `git version 2.39.5`; (0, 0) for any other text."""
    found = re.match(r"git version (\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)
