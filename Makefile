# Everything a clone needs. Only git, make, Python 3.11+ and python3-venv are assumed; nothing here needs root.
#   make demo  [AUDIO=in.wav] [MOTION=in.npz] [TEXT="..."] [PERSONA=name] [SEED=0] [OUT=out/demo]
#   make serve [PERSONA=name]     make test     make test-web bench-web     make test-unity     make check types contracts
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
OUT ?= out/demo
SEED ?= 0
export AUDIO MOTION TEXT PERSONA SEED OUT
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install demo serve web test-web bench-web test check types contracts test-unity

help:
	@sed -n '1,3s/^# \{0,1\}//p' Makefile

$(BIN)/python:
	@if [ -z "$(PYTHON)" ] || ! "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	  echo "solami needs Python 3.11 or newer and found '$(PYTHON)'. Install python3.11, or: make PYTHON=/path/to/python3.11" >&2; exit 2; fi
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); echo "no virtual environment could be made: install python3-venv" >&2; exit 2; }

$(STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@echo "== torch first, from the package source that pip is configured for (pip config list shows it)"
	$(BIN)/python -m pip install "$$(grep '^torch==' constraints.txt)"
	@echo "== solami and the rest, every version from constraints.txt"
	$(BIN)/python -m pip install -e '.[data,eval,film,export,dev]'
	@echo "== the ear: its package has no build for some machines"
	@$(BIN)/python -m pip install -e '.[ear]' || echo "no ear for this machine: the model hears by itself" >&2
	@touch $@

install: $(STAMP)

demo: install
	@set --; \
	for name in AUDIO MOTION TEXT PERSONA; do \
	  if [ -n "$${!name:-}" ]; then set -- "$$@" "--$${name,,}" "$${!name}"; fi; done; \
	$(BIN)/solami demo --seed "$$SEED" --out "$$OUT" "$$@"

serve: install
	@set --; if [ -n "$${PERSONA:-}" ]; then set -- --persona "$$PERSONA"; fi; \
	if $(MAKE) --no-print-directory web; then set -- --set server.web_root=$(WEB)/dist "$$@"; \
	else echo "the web client could not be built: serving without it" >&2; fi; \
	$(BIN)/solami serve "$$@"

WEB := web_client
WITH_NODE = $(WEB)/with-node $(CURDIR)/$(BIN)/python

$(WEB)/node_modules/.installed: $(WEB)/package-lock.json | install
	$(WITH_NODE) npm ci --no-audit --no-fund
	@touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.installed $(WEB)/index.html $(WEB)/vite.config.ts $(shell find $(WEB)/src -type f)
	$(WITH_NODE) npm run --silent build

web: $(WEB)/dist/index.html

test-web: web
	$(WEB)/ensure-chromium
	$(WITH_NODE) npm test
	SOLAMI_PYTHON=$(CURDIR)/$(BIN)/python $(WITH_NODE) npm run e2e

bench-web: web
	$(WEB)/ensure-chromium
	SOLAMI_PYTHON=$(CURDIR)/$(BIN)/python $(WITH_NODE) npm run --silent bench

test: install
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not gpu"

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

test-unity: install
	tests/unity/run.sh

types: install
	$(BIN)/mypy

contracts: install
	$(BIN)/lint-imports
