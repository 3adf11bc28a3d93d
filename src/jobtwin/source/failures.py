"""Failures: what git's words mean for the person who named a source."""

import re

from jobtwin.core.errors import BadSource, JobTwinError, OutsideFailure
from jobtwin.source.address import Source
from jobtwin.source.git import GitFailed, GitOutputLimit, GitTimeout
from jobtwin.source.login import LoginNeeded

GitTrouble = GitFailed | GitOutputLimit | GitTimeout

_PATH_FAULTS = r"hasDot|hasDotdot|hasDotgit|fullPathname|emptyName|duplicateEntries|treeNotSorted|nullSha1"

_MEANINGS: tuple[tuple[str, JobTwinError], ...] = (
    (
        r"signal 25|File too large",
        BadSource("the repository is larger than this installation accepts", code="too_large"),
    ),
    (
        r"out of memory|Cannot allocate memory|mmap failed",
        BadSource("an object of the repository needs more memory than is allowed", code="too_large"),
    ),
    (
        rf"\b(?:{_PATH_FAULTS}): |empty filename in tree",
        BadSource("the repository holds a file name that git itself calls dangerous", code="bad_path"),
    ),
    (
        r"signal 11",
        BadSource("git gave up on the repository's folders: they are nested too deeply", code="too_deep"),
    ),
    (
        r"error: 30[0-9]|unable to update url base from redirection",
        BadSource("the host sends this URL on to another one; give the repository's final URL"),
    ),
    (
        r"Authentication failed|could not read Username|terminal prompts disabled|error: 40[13]\b",
        LoginNeeded("the host asks for a login: the repository is not public, or does not exist"),
    ),
    (
        r"error: 4(?:04|10)\b|repository '.*' not found|not found: did you run",
        BadSource("there is no public repository at this URL"),
    ),
    (
        r"dumb http transport|does not support shallow",
        BadSource("the host serves this repository as plain files; git's smart protocol is needed"),
    ),
    (
        r"not our ref|unadvertised object|couldn't find remote ref|no such remote ref",
        BadSource("the repository does not have this commit (any more)"),
    ),
    (
        r"does not appear to be a git repository|not a git repository",
        BadSource("this is not a git repository"),
    ),
    (
        r"mismatched algorithms|hash algorithm|object.format",
        BadSource("the repository's object format is not the one of this commit"),
    ),
    (
        r"bad object|missing (?:blob|tree|commit)|unable to read|promisor|did not send all necessary",
        BadSource("the repository is incomplete: objects of this commit are missing"),
    ),
    (
        r"fsck error|: error in object|protocol error|bad (?:line length|pack|band)|invalid index-pack"
        r"|inflate|corrupt|unpacker error|pack has bad",
        BadSource("git refuses the repository: what the host sent is damaged or against git's rules"),
    ),
    (
        r"certificate|SSL|TLS|gnutls",
        OutsideFailure("the host's certificate could not be verified", retry=False, code="bad_certificate"),
    ),
    (
        r"No space left on device|Disk quota exceeded",
        OutsideFailure("there is no room left on this machine", retry=True, code="disk_full"),
    ),
)


def meaning_of(trouble: GitTrouble, source: Source, *, with_login: bool = False) -> JobTwinError:
    """The error to raise for a git command that failed while it read from `source`."""
    if isinstance(trouble, GitTimeout):
        if source.kind == "local":
            return BadSource("reading the repository took longer than is allowed", code="too_large")
        return OutsideFailure(f"{source.host} did not answer in time", retry=True, code="host_timeout")
    if isinstance(trouble, GitOutputLimit):
        return BadSource("the host's list of references is too long", code="too_large")
    said = _own_words(trouble.message, source)
    for pattern, error in _MEANINGS:
        if re.search(pattern, said, re.IGNORECASE):
            return _refused(source) if with_login and isinstance(error, LoginNeeded) else _fresh(error)
    if source.kind == "local":
        return BadSource("git cannot read this repository")
    return OutsideFailure(f"{source.host} did not answer as a git host does", retry=True, code="host_failed")


def _refused(source: Source) -> JobTwinError:
    return BadSource(
        f"{source.host} refused the login: it is wrong, has ended, or may not read this repository",
        code="login_refused",
    )


def _own_words(message: str, source: Source) -> str:
    """What git itself said: without the host's own lines and without the address that it repeats.

    Behind a local source stands this machine's git on the other side too, and its lines count.
    """
    lines = message.replace(source.location.rstrip("/"), "").splitlines()
    return "\n".join(line for line in lines if source.kind == "local" or not line.startswith("remote:"))


def _fresh(error: JobTwinError) -> JobTwinError:
    """An equal error without the traceback of an earlier raise."""
    if isinstance(error, OutsideFailure):
        return OutsideFailure(error.message, retry=error.retry, code=error.code)
    kind = LoginNeeded if isinstance(error, LoginNeeded) else BadSource
    return kind(error.message, code=error.code)
