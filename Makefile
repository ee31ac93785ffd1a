# Needed on the machine: Python 3.11 or newer (with venv and pip) and git. Everything else goes into .venv;
# `make test` also needs Apertium, which it installs itself where it may.

VENV  := .venv
BIN   := $(VENV)/bin
READY := $(VENV)/.ready

# The homeserver of the tests has an environment of its own.
SYNAPSE := .synapse
SERVER  := $(SYNAPSE)/.ready
RUN   := $(BIN)/python -m

# The engine of the tests that translates, from Debian's packages.
APERTIUM := apertium apertium-apy apertium-eng-spa apertium-fr-es
MODES    := /usr/share/apertium/modes

# The first of these that is 3.11 or newer.
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)

.DEFAULT_GOAL := help
.PHONY: help setup demo apertium test test-fast test-long crash bench check format lock pot po schema guide

help: ## list what make can do
	@echo "Pnyx: citizen assemblies in the chat apps people already have."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## make .venv with everything Pnyx needs (once; the other targets do it for you)

$(READY): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "Pnyx needs Python 3.11 or newer. Found: $$(python3 --version 2>/dev/null || echo 'no python3'). Install a newer one, and run make again."; \
		exit 1; fi
	@echo "Setting up .venv with $$($(PYTHON) --version) (once; about half a minute) ..."
	@$(PYTHON) -m venv --clear $(VENV) || { echo "$(PYTHON) could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(RUN) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(SERVER): tests/support/synapse.lock | $(READY)
	@echo "Setting up $(SYNAPSE), a Matrix homeserver for the tests (once; about a minute) ..."
	@$(PYTHON) -m venv --clear $(SYNAPSE)
	@$(SYNAPSE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/support/synapse.lock
	@touch $@

apertium:
	@[ -e $(MODES)/eng-spa.mode ] && [ -e $(MODES)/fr-es.mode ] && [ -d /usr/lib/python3/dist-packages/apertium_apy ] || { \
		echo "Installing Apertium, a machine that translates, for the tests (once; about half a minute) ..."; \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && { export DEBIAN_FRONTEND=noninteractive; apt-get install -y -qq $(APERTIUM) || \
			{ apt-get update -qq && apt-get install -y -qq $(APERTIUM); }; } >/dev/null 2>&1 || { \
			echo "The tests need Apertium, and it could not be installed. On Debian and Ubuntu: sudo apt install $(APERTIUM)"; exit 1; }; }

demo: $(READY) ## play a whole dialogue across a border, in under a minute
	@$(BIN)/pnyx demo

test: $(READY) $(SERVER) apertium ## run the test suite
	$(RUN) pytest -q

test-fast: $(READY) ## the tests that take less than a second each and need no homeserver and no Apertium
	$(RUN) pytest -q -m "not slow and not long and not homeserver and not apertium"

test-long: $(READY) $(SERVER) apertium ## the tests that take minutes
	$(RUN) pytest -q -m long

crash: $(READY) ## kill Pnyx at every line, restart it, and see that nothing is lost (long)
	$(RUN) tests.support.crash --all

bench: $(READY) $(SERVER) ## measure, and print a table of ratios
	$(RUN) tests.bench

check: $(READY) ## format, lint, types, layers, locales, guide, schema
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict bot tools
	$(BIN)/lint-imports
	$(RUN) tools.locales check
	$(RUN) tools.guide check
	$(BIN)/pnyx flow schema | diff - flows/schema.json

format: $(READY) ## put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(READY) ## write flows/schema.json, which editors use to check flow files
	$(BIN)/pnyx flow schema > flows/schema.json

guide: $(READY) ## write the parts of docs/guide that are made from the code
	$(RUN) tools.guide write

pot: $(READY) ## collect the interface texts from the code into locales/bot.pot
	$(RUN) tools.locales pot

po: $(READY) ## the same, and bring the new texts into each language's bot.po
	$(RUN) tools.locales po

lock: ## renew both lock files (needs uv)
	uv pip compile pyproject.toml --group dev --universal --upgrade --generate-hashes --no-header --no-annotate -o requirements.lock
	echo "matrix-synapse>=1.160" | uv pip compile - --universal --python-version 3.11 --upgrade --generate-hashes --no-header --no-annotate \
		-o tests/support/synapse.lock
