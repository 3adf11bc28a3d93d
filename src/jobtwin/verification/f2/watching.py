"""The phases of a box as they are told from inside: shown while they last, and each with what it used."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack

from jobtwin.verification.busy import Busy, Wanting, look, others_share
from jobtwin.verification.engine import Usage
from jobtwin.verification.events import Progress
from jobtwin.verification.supervise import clean_text

TEXTS: Mapping[str, str] = {
    "build": "building the image without network",
    "services": "starting the services beside it",
    "start": "starting it and asking whether it is well",
    "settle": "looking whether it stays well",
    "stop": "stopping it",
}
_BUILDING = frozenset({"build"})


class Watching:
    """Hears the lines that `inside.tell.Teller` writes. `members` gives the processes of the whole box
    (True) or of the submission's container alone (False); what it does counts as wanting a processor."""

    def __init__(
        self,
        progress: Progress,
        members: Callable[[bool], Iterable[str]],
        cpu_seconds: Callable[[], float | None],
        *,
        busy: Callable[[], Busy | None] = look,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.usage: dict[str, Usage] = {}
        self._progress, self._members, self._cpu_seconds = progress, members, cpu_seconds
        self._busy, self._clock = busy, clock
        self._rest = b""
        self._name: str | None = None
        self._open = ExitStack()
        self._log: Callable[[str], None] = lambda _: None
        self._begin(None)

    def hear(self, chunk: bytes) -> None:
        """Bytes of the pipe, wherever they were torn."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._follow(json.loads(line))

    def look(self) -> None:
        """To be called often: samples what the phase wants."""
        self._wanting.look()

    def end(self) -> None:
        """The box is gone, and with it its last phase."""
        self._open.close()
        if self._name is not None:
            self.usage[self._name] = self._used()
        self._name = None

    def _follow(self, said: Mapping[str, str]) -> None:
        if "phase" in said:
            self.end()
            self._begin(said["phase"])
        else:
            self._log(clean_text(said["log"].encode()))

    def _begin(self, name: str | None) -> None:
        self._name, self._started = name, self._clock()
        self._before, self._cpu_before = self._busy(), self._cpu_seconds() or 0.0
        whole = name is None or name in _BUILDING
        self._wanting = Wanting(lambda: self._members(whole), clock=self._clock)
        if name is not None:
            self._log = self._open.enter_context(self._progress.phase(name, TEXTS.get(name, "")))

    def _used(self) -> Usage:
        cpu = self._cpu_seconds()
        own = None if cpu is None else cpu - self._cpu_before
        return Usage(
            wall_seconds=self._clock() - self._started,
            cpu_seconds=own,
            others_share=others_share(self._before, self._busy(), own),
            wanted_share=self._wanting.share,
        )
