"""What several checks of one verification use together, so that it is prepared once."""

import threading
from collections.abc import Callable, Hashable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, cast

T = TypeVar("T")


class Shared:
    """`folder` is private and lasts as long as this; what was `keep`t is closed with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._made: dict[Hashable, object] = {}
        self._stack = ExitStack()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gave the first time; where it raised, nothing is kept. Others wait meanwhile."""
        with self._lock:
            if key not in self._made:
                self._made[key] = make()
            return cast("T", self._made[key])

    def knows(self, key: Hashable) -> bool:
        """Whether it was made already."""
        return key in self._made

    def keep(self, close: Callable[[], None]) -> None:
        """Have `close` called at the end."""
        self._stack.callback(close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
