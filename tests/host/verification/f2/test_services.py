"""Services beside a container: reached by name, apart from the probes, and no way to more."""

import pytest

from jobtwin.core.check import Reason
from jobtwin.verification.f2.services import programs_here
from tests.host.verification.f2.yard import CONTAINERFILE, NEVER_WELL, SERVER, Yard

pytestmark = [pytest.mark.host, pytest.mark.containers]

TALK = '''
import os, socket, struct, urllib.request, json, server

def postgres(user, database, *queries, host="postgres"):
    """What a server of PostgreSQL answers to simple queries: kinds and contents of its messages."""
    def message():
        kind, size = struct.unpack("!ci", got(5))
        return kind.decode(), got(size - 4)
    def got(count):
        data = b""
        while len(data) < count:
            part = link.recv(count - len(data))
            if not part: raise SystemExit("closed")
            data += part
        return data
    link = socket.create_connection((host, 5432), timeout=5)
    words = f"user\\0{user}\\0database\\0{database}\\0\\0".encode()
    link.sendall(struct.pack("!ii", len(words) + 8, 196608) + words)
    answers = []
    for query in ("", *queries):
        if query:
            link.sendall(b"Q" + struct.pack("!i", len(query) + 5) + query.encode() + b"\\0")
        while True:
            kind, content = message()
            answers.append((kind, content))
            if kind == "Z" or (kind == "E" and not query):
                break
    return answers

def redis(*lines, host="redis"):
    link = socket.create_connection((host, 6379), timeout=5)
    link.sendall("".join(f"{line}\\r\\n" for line in lines).encode())
    return link.recv(1000).decode().split("\\r\\n")[:-1]

def said(answers):
    return [content.split(b"\\0M")[-1].split(b"\\0")[0].decode() for kind, content in answers if kind == "E"]
'''


def declared(*services: str) -> str:
    return f"[container]\nservices = {list(services)}".replace("'", '"')


def test_a_database_and_a_model_answer_by_name_and_are_gone_afterwards(yard: Yard) -> None:
    app = """
import talk, server, json, os, urllib.request
talk.postgres(os.environ["PGUSER"], os.environ["PGDATABASE"], "CREATE EXTENSION IF NOT EXISTS vector",
    "CREATE TABLE t (v vector(2))", "INSERT INTO t VALUES ('[1,2]')")
rows = talk.postgres("app", "app", "SELECT v FROM t")
print("rows", [content[6:] for kind, content in rows if kind == "D"])
ask = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions",
    json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}]}).encode())
print("model", len(json.load(urllib.request.urlopen(ask))["choices"]))
server.stop_on()
server.serve()
"""
    files: dict[str, str | bytes] = {
        "app.py": app,
        "talk.py": TALK,
        "jobtwin.toml": declared("postgres", "model"),
    }

    result = yard.check(files)

    assert result.reason is Reason.OK, (result.summary, result.facts)
    log = str(result.facts["container_log"])
    assert "rows [b'[1,2]']" in log
    assert "model 1" in log
    assert result.facts["services"] == {"postgres": [], "model": []}
    reports = result.facts["services_report"]
    assert isinstance(reports, dict)
    assert reports["postgres"]["ready_seconds"] > 0
    assert reports["model"]["calls"] == {"chat": 1}


def test_a_compose_file_names_its_services_and_their_users(yard: Yard) -> None:
    compose = """
services:
  store: {image: "pgvector/pgvector:pg16", environment: {POSTGRES_USER: ada, POSTGRES_DB: kite}}
  queue: {image: "redis:7-alpine"}
  api:
    build: .
    environment: {DATABASE_URL: "postgresql://ada:pw@store:5432/kite"}
    ports: ["8080:8080"]
    depends_on: {store: {condition: service_healthy}, queue: {condition: service_started}}
"""
    app = """
import talk, server
print("kinds", {kind for kind, _ in talk.postgres("ada", "kite", "SELECT 1", host="store")} >= {"D"})
print("redis", talk.redis("SET a 1", "GET a", host="queue"))
server.stop_on()
server.serve()
"""
    if "redis" not in programs_here():
        pytest.fail("this machine has no Redis server: apt-get install redis-tools")
    files: dict[str, str | bytes] = {
        "compose.yaml": compose,
        "Dockerfile": CONTAINERFILE,
        "app.py": app,
        "talk.py": TALK,
        "server.py": SERVER,
    }

    result = yard.check_only(files)

    assert result.reason is Reason.OK, (result.summary, result.facts)
    assert "kinds True" in str(result.facts["container_log"])
    assert "redis ['+OK', '$1', '1']" in str(result.facts["container_log"])
    assert result.facts["services"] == {"postgres": ["store"], "redis": ["queue"]}


def test_a_service_gives_no_way_to_files_programs_or_its_superuser(yard: Yard) -> None:
    app = """
import talk, server
print("jobtwin", talk.said(talk.postgres("jobtwin", "app")))
print("app", talk.said(talk.postgres("app", "app", "COPY (SELECT 1) TO PROGRAM 'id'",
    "SELECT pg_read_file('/etc/passwd')", "ALTER ROLE app SUPERUSER")))
server.stop_on()
server.serve()
"""
    files: dict[str, str | bytes] = {"app.py": app, "talk.py": TALK, "jobtwin.toml": declared("postgres")}

    result = yard.check(files)

    log = str(result.facts["container_log"])
    assert result.reason is Reason.OK, (result.summary, log)
    assert "jobtwin ['pg_hba.conf rejects connection" in log
    assert log.count("permission denied") == 3


@pytest.mark.parametrize("port", [5432, 11434])
def test_a_service_never_answers_in_the_containers_place(yard: Yard, port: int) -> None:
    app = "import time, server\nserver.stop_on()\ntime.sleep(60)\n"
    toml = declared("postgres", "model") + f"\nport = {port}\nhealth = '/v1/models'"

    result = yard.check({"app.py": app, "jobtwin.toml": toml}, **NEVER_WELL)

    assert result.reason is Reason.UNHEALTHY, (result.summary, result.facts)
    assert "127.0.0.1 alone" in result.summary


def test_an_unlisted_service_is_inconclusive_and_a_failure_beside_a_ready_one_is_not(yard: Yard) -> None:
    app = "import sys\nsys.exit('cannot start')"

    unlisted = yard.check({"app.py": app, "jobtwin.toml": declared("qdrant")})
    listed = yard.check({"app.py": app, "jobtwin.toml": declared("model")})

    assert (unlisted.reason, listed.reason) == (Reason.NEEDS_SERVICE, Reason.DOES_NOT_START)
    assert "qdrant" in unlisted.summary
