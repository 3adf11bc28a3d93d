# Sourced by every drill: a home of its own with one exam played from Start to credential, gone at the end.
# JOBTWIN is the command; DRILL_BASE may hold an exam that was played already (deploy/drills/all shares one).
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

JOBTWIN="${JOBTWIN:-.venv/bin/jobtwin}"
PYTHON="${PYTHON:-.venv/bin/python}"
base="$([ "$(id -u)" = 0 ] && echo /var/lib || echo "${TMPDIR:-/tmp}")"

say() { printf '%s\n' "  $*"; }
fail() { printf '%s\n' "  FAILED: $*" >&2; exit 1; }
value() { "$PYTHON" -c 'import json, sys; print(eval(sys.argv[1], {"d": json.load(sys.stdin)}))' "$1"; }

play() {  # FOLDER: an exam in FOLDER/home, its keys in FOLDER/keys, what outsiders hold in FOLDER/out
  export JOBTWIN_HOME="$1/home" JOBTWIN_KEYS="$1/keys/ring" JOBTWIN_AFTER_CPU_SECONDS=0
  mkdir -p "$1/keys" && chmod 0755 "$1"
  "$JOBTWIN" demo --out "$1/out" >"$1/demo.log" 2>&1 || { tail -5 "$1/demo.log" >&2; fail "the demo"; }
}

if [ -z "${DRILL_BASE:-}" ]; then
  DRILL_BASE="$(mktemp -d "$base/jobtwin-drill-XXXXXX")"
  export DRILL_BASE
  owner=$$
  play "$DRILL_BASE"
fi
finish() {
  for pid in ${started:-}; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  "$JOBTWIN" database stop >/dev/null 2>&1 || true
  if [ "${owner:-}" = "$$" ]; then rm -rf "$DRILL_BASE"; fi
}
trap finish EXIT
export JOBTWIN_HOME="$DRILL_BASE/home/demo" JOBTWIN_KEYS="$DRILL_BASE/keys/demo-keys"
OUT="$DRILL_BASE/out"
