# `make demo` and `make test` are all a newcomer needs; each sets up what is missing.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test pictures base-image drill reproduce sbom matrix fuzz test-containers test-interop test-oracles attacks check format lint types imports docs messages evals guard exam lock clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY)  ## Make .venv with everything the commands need

$(READY): requirements/dev.txt pyproject.toml deploy/system-packages
	deploy/system-packages $(PYTHON)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	touch $(READY)

demo: setup  ## Play one whole exam in the terminal
	$(BIN)/jobtwin demo

serve: setup  ## Web server, worker and embedded database, with demo accounts
	$(BIN)/jobtwin serve

test: setup  ## Every test, on a real PostgreSQL, sandbox and browser
	$(BIN)/python -m pytest -m "not containers and not oracle" -n 2 --dist loadgroup

pictures: setup  ## Pictures of every page in dist/pictures (three widths, both themes), and those in docs/pictures
	mkdir -p dist/pictures
	JOBTWIN_PICTURES=dist/pictures $(BIN)/python -m pytest -q -m host tests/host/browser/test_accessibility.py
	cp dist/pictures/docs/*.png docs/pictures/

base-image: setup  ## A Debian base image with Python, for F2 (installs buildah, runc, debootstrap)
	deploy/system-packages $(PYTHON) buildah runc debootstrap redis-tools:redis-cli
	$(BIN)/jobtwin images list | grep -q python: || deploy/base-image $(BIN)/jobtwin

drill: setup  ## Play the procedures of the runbook: restart, restore, leaked key, model down, killed worker
	deploy/drills/all

reproduce:  ## Build the image twice from nothing with buildah; fails where the two differ (OPTIONS for buildah)
	deploy/reproduce $(OPTIONS)

sbom: setup  ## What runs, as CycloneDX with licences, in dist/; fails for GPL and AGPL
	$(BIN)/python deploy/sbom.py dist

matrix: setup  ## Each role times each route, as the tests hold it
	@$(BIN)/python -m tests.host.web.matrix

fuzz: setup  ## Fuzz the parsers of hostile input by coverage, SECONDS each (20)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	$(BIN)/python -m tests.fuzz.run --seconds $(or $(SECONDS),20)

test-containers: base-image  ## Build, start and attack containers for real
	$(BIN)/python -m pytest -m containers tests/host/verification/f2

test-interop: setup  ## Credentials before verifiers not written here (node, npm)
	cd tests/interop && npm ci --ignore-scripts --no-audit --no-fund
	$(BIN)/python -m tests.interop.run

attacks: setup  ## The attack suite on every engine that works here
	JOBTWIN_TEST_ENGINES=all $(BIN)/python -m pytest -m host tests/host/attacks tests/host/verification/test_engines.py

test-oracles: setup  ## Compare the statistics with other people's libraries
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/oracles.txt
	$(BIN)/python -m pytest -m oracle

check: format lint types imports docs evals test  ## All that CI runs

format: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

docs: setup  ## Links and settings in the documentation; the static site in build/docs, without a warning
	$(BIN)/python -m pytest -q tests/docs
	$(BIN)/sphinx-build -W --keep-going -q docs build/docs

messages: setup  ## Bring the catalogues of the pages' languages up to date (docs/languages.md)
	$(BIN)/python -m bench.messages

evals: setup  ## How good the review is, offline: docs/evals.md (about a minute of one core)
	$(BIN)/jobtwin evals run --report docs/evals.md

guard: setup  ## Train the injection guard anew: ROWS=dev.jsonl CLONES=DIR REPOSITORIES=TREES (docs/guard-card.md)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/oracles.txt
	$(BIN)/python -m bench.guard.trees --clones $(CLONES) --into $(REPOSITORIES)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench.guard.train --rows $(ROWS) --repositories $(REPOSITORIES) --into src/jobtwin/review/scan
	$(BIN)/python -m bench.guard.thresholds --weights src/jobtwin/review/scan --repositories $(REPOSITORIES)

exam: setup  ## Job Twin sits its own exam at HEAD: the result in the terminal, and site/ (CHECKS=F3,F4 for a part)
	$(BIN)/python -m bench.exam $(if $(CHECKS),--only $(CHECKS))

lock: setup  ## Compile requirements/*.in with hashes and without addresses: one version of each package in all of them
	for set in dev run build evals oracles fuzz; do \
	  pinned=(); [ $$set = dev ] || pinned=(--constraint requirements/dev.txt); \
	  $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url "$${pinned[@]}" \
	    --no-emit-find-links --no-header requirements/$$set.in -o requirements/$$set.txt; \
	done

clean:  ## Remove what the targets made here
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
