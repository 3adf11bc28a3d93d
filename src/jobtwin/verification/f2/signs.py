"""Signs in the logs of builders and containers: what the tools of the field say when something lacks.

A submission can print any of them. So none of them confirms anything; they choose between a refusal and a
better named refusal, or say that this platform may be the one that lacks something.
"""

import re

NO_ROOM = re.compile(r"no space left on device|disk quota exceeded|ENOSPC", re.IGNORECASE)
READ_ONLY = re.compile(r"read-only file system|EROFS", re.IGNORECASE)
NO_NETWORK = re.compile(
    r"could not resolve|temporary failure (?:in name resolution|resolving)|name or service not known"
    r"|getaddrinfo|network is unreachable|failed to establish a new connection|unable to connect to"
    r"|couldn't connect|dns error|bad address|EAI_AGAIN|unable to access 'http|dial tcp|no such host"
    r"|unable to fetch some archives|unable to locate package",
    re.IGNORECASE,
)
NO_WHEEL = re.compile(
    r"(?:no matching distribution found for|could not find a version that satisfies the requirement) (\S+)",
    re.IGNORECASE,
)
PACKAGES = re.compile(r"\b(?:apt-get|apt|apk|dnf|yum|npm|npx|yarn|pnpm|cargo|go|gem|conda)\b")
NO_SERVICE = re.compile(
    r"could not translate host name|name or service not known|temporary failure in name resolution"
    r"|connection refused|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|no address associated|getaddrinfo failed",
    re.IGNORECASE,
)


def last_step(log: str) -> str:
    """The instruction that the builder was at."""
    steps = re.findall(r"^(?:\[\d+/\d+\] )?STEP \d+(?:/\d+)?: (.*)$", log, re.MULTILINE)
    return str(steps[-1]) if steps else "its start"


def last_error(log: str) -> str:
    """The last line that speaks of the submission and not of the builder around it."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    own = [
        line
        for line in lines
        if not re.match(r"(?:time=|error building at STEP|Error: |exit status|STEP )", line)
    ]
    return (own or lines or ["no message"])[-1]
