"""Fuzzing by coverage with atheris: python -m tests.fuzz.run [--seconds N] [TARGET ...]

Each target runs in a process of its own for N seconds (default 20), from its seed. Exit 1 where one
failed; what it failed with lies in build/fuzz/TARGET.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build/fuzz"


def main() -> int:
    """Runs the targets named, or all."""
    from tests.fuzz.targets import targets

    parser = argparse.ArgumentParser(description="Fuzz the parsers of hostile input.")
    parser.add_argument("targets", nargs="*", choices=[*targets(), []])
    parser.add_argument("--seconds", type=int, default=20)
    asked = parser.parse_args()
    failed = [name for name in asked.targets or targets() if not _one(name, asked.seconds)]
    sys.stdout.write(f"{len(failed)} of {len(asked.targets or targets())} targets failed {failed or ''}\n")
    return 1 if failed else 0


def _one(name: str, seconds: int) -> bool:
    from tests.fuzz.targets import targets

    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "seed").write_bytes(targets()[name].seed)
    code = f"from tests.fuzz.run import by_coverage; by_coverage({name!r}, {seconds}, {str(folder)!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if line.startswith(("Done", "stat::", "#"))][-1:]
    sys.stdout.write(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name}: {said[0] if said else ''}\n")
    if done.returncode:
        (FOLDER / f"{name}.txt").write_text(done.stderr[-20_000:])
    return done.returncode == 0


def by_coverage(name: str, seconds: int, folder: str) -> None:
    """One target, until the time is over or it fails; never returns."""
    import atheris

    with atheris.instrument_imports(include=["jobtwin"]):
        from tests.fuzz.targets import feed, targets
    target = targets()[name]
    options = [
        f"-max_total_time={seconds}",
        "-max_len=4096",
        "-timeout=10",
        f"-artifact_prefix={folder}/crash-",
    ]
    atheris.Setup([sys.argv[0], *options, folder], lambda data: feed(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
