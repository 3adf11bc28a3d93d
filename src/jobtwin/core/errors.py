"""The errors that a person can cause or meet.

    JobTwinError
    ├── BadInput                 the caller gave something that cannot be used
    │   ├── BadBrief             a brief breaks its schema or its rules
    │   ├── BadSource            a repository cannot be read as a submission
    │   ├── BadScore             a score off the grid, out of range or missing
    │   └── BadDocument          a credential, ledger or report that cannot be parsed
    ├── NotAllowed               this person may not do this
    ├── NotFound                 no such thing, or none that this person may see
    ├── Refused                  the rules of the exam say no
    │   ├── TooLate              the deadline has passed
    │   └── Conflict             somebody else was first
    └── OutsideFailure           something beyond the platform failed; `retry` says if it helps

Subclasses carry facts and know nothing of HTTP or the terminal: the edges own the tables that
turn them into a status or an exit code.
"""


class JobTwinError(Exception):
    """Base of all errors that carry a sentence for the person who caused or met them.

    `code` is a stable word for machines; `message` is a sentence for people.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class BadInput(JobTwinError):
    """What the caller gave cannot be used."""

    code = "bad_input"


class BadBrief(BadInput):
    """A brief breaks its schema or its rules. `problems` holds one sentence each."""

    code = "bad_brief"

    def __init__(self, message: str, *, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class BadSource(BadInput):
    """A repository cannot be read as a submission.

    Codes: bad_source, private_address, login_refused, too_large, too_deep, bad_path.
    """

    code = "bad_source"


class BadScore(BadInput):
    """A score is off the grid, out of range, or missing."""

    code = "bad_score"


class BadDocument(BadInput):
    """A credential, ledger export or report cannot be parsed."""

    code = "bad_document"


class NotAllowed(JobTwinError):
    """This person may not do this."""

    code = "not_allowed"


class NotFound(JobTwinError):
    """There is no such thing, or none that this person may know of."""

    code = "not_found"


class Refused(JobTwinError):
    """The rules of the exam say no."""

    code = "refused"


class TooLate(Refused):
    """The deadline has passed."""

    code = "too_late"


class Conflict(Refused):
    """Somebody or something else was first."""

    code = "conflict"


class OutsideFailure(JobTwinError):
    """Something beyond the platform failed. `retry` says whether trying again can help; `status` is that of
    an answer of HTTP, None where there was none."""

    code = "outside_failure"

    def __init__(
        self, message: str, *, retry: bool, code: str | None = None, status: int | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.retry = retry
        self.status = status
