"""What a model may cost: tokens in a window, and no calls while it keeps failing."""

import threading
from collections import deque
from collections.abc import Callable

Clock = Callable[[], float]


class Budget:
    """At most `tokens` in any `seconds`; a reservation counts until it leaves the window."""

    def __init__(self, tokens: int, seconds: float, clock: Clock) -> None:
        self._tokens, self._seconds, self._clock = tokens, seconds, clock
        self._spent: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()

    def take(self, tokens: int) -> bool:
        """Reserve tokens; False (and nothing reserved) where the window has no room for them."""
        with self._lock:
            if tokens > self._left():
                return False
            self._spent.append((self._clock(), tokens))
            return True

    def left(self) -> int:
        """Tokens that may still be spent now."""
        with self._lock:
            return self._left()

    def _left(self) -> int:
        now = self._clock()
        while self._spent and self._spent[0][0] <= now - self._seconds:
            self._spent.popleft()
        return self._tokens - sum(tokens for _, tokens in self._spent)


class Breaker:
    """Opens after `failures` in a row and lets one try through each `seconds` afterwards."""

    def __init__(self, failures: int, seconds: float, clock: Clock) -> None:
        self._limit, self._seconds, self._clock = failures, seconds, clock
        self._failed = 0
        self._retry_at = 0.0
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the last calls failed; a trial call may still be due."""
        return self._failed >= self._limit

    def allows(self) -> bool:
        """Whether a call may be made now; while open, each True moves the next trial ahead."""
        with self._lock:
            if not self.is_open:
                return True
            if self._clock() < self._retry_at:
                return False
            self._retry_at = self._clock() + self._seconds
            return True

    def record(self, *, ok: bool) -> None:
        """Count a finished call."""
        with self._lock:
            self._failed = 0 if ok else self._failed + 1
            if self._failed == self._limit:
                self._retry_at = self._clock() + self._seconds
