# What one does with Signalbox. `make` alone lists it.
#
# The tests also need chromium and redis-server; .ci/run installs them on Debian, then checks and
# tests.
#
# A bare Debian machine needs make, python3 (3.11 or newer, with venv) and a package index; the rest
# is installed into .venv, from lock files with hashes. A second `make run` starts without a look
# at them.

PYTHON ?= python3
IMAGE  ?= signalbox

venv   := .venv/bin/python
inputs := requirements/build.lock requirements/sync pyproject.toml
lock   := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-emit-find-links --no-header --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check bench image docs lock clean

help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' Makefile

run: .venv/run.stamp ## start the bot with a simulated Slack and a simulated cloud
	@exec $(venv) -m bot local

test: .venv/dev.stamp ## run every test
	$(venv) -m pytest --numprocesses auto --dist worksteal $(PYTEST)

check: .venv/dev.stamp ## all that needs no running: style, types, layers, generated files
	$(venv) -m ruff check .
	$(venv) -m ruff format --check .
	$(venv) -m mypy
	$(venv) -m mypy bench/*.py
	.venv/bin/lint-imports
	$(venv) -m pytest --quiet tests/test_architecture.py
	@if [ -f manifest.yml ]; then \
	    $(venv) -m bot manifest | diff -u manifest.yml - \
	        || { echo "manifest.yml is not what the code says: make docs"; exit 1; }; fi

bench: .venv/dev.stamp ## run the benchmarks, each against its baseline
	$(venv) bench/ack.py
	$(venv) bench/cold_start.py

image: ## build the container image
	docker build --tag $(IMAGE) .

docs: .venv/dev.stamp ## make generated files anew: manifest, diagrams, tables, pictures
	$(venv) -m bot manifest > manifest.yml.new && mv manifest.yml.new manifest.yml
	$(venv) tests/docs_states.py
	$(venv) tests/docs_verbs.py
	$(venv) tests/e2e/browser.py
	$(venv) tests/e2e/incident_pictures.py

lock: .venv/dev.stamp ## raise the locked versions to the newest that pyproject.toml allows
	$(lock) --upgrade pyproject.toml --extra dev --extra otel --output-file requirements/dev.lock
	$(lock) --upgrade pyproject.toml --extra local -c requirements/dev.lock \
	    --output-file requirements/local.lock
	$(lock) --upgrade pyproject.toml --extra gcp -c requirements/dev.lock \
	    --output-file requirements/image.lock
	$(lock) --upgrade requirements/build.in -c requirements/dev.lock \
	    --output-file requirements/build.lock

clean: ## remove what was made here; the state of `make run` in .signalbox stays
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ── The environment ──────────────────────────────────────────────────────────────────────────────

# The interpreter that .venv was made with is gone (never made, or upgraded away): begin anew.
$(shell [ -x $(venv) ] || rm -f .venv/*.stamp)

# dev.lock holds everything that local.lock does. Who has the former keeps it when running the bot.

.venv/run.stamp: requirements/local.lock $(inputs) | $(venv)
	@if [ -f .venv/dev.stamp ]; then $(MAKE) --silent .venv/dev.stamp; \
	    else echo "Installing what the bot needs into .venv (once)"; \
	    requirements/sync requirements/local.lock; fi
	@touch $@

.venv/dev.stamp: requirements/dev.lock $(inputs) | $(venv)
	@echo "Installing what the tests need into .venv (once)"
	@requirements/sync requirements/dev.lock
	@touch $@

$(venv):
	@command -v $(PYTHON) >/dev/null || { \
	    echo "Signalbox needs Python 3.11 or newer, and there is no $(PYTHON) here." \
	        "On Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "Signalbox needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version)." \
	        "Name another one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "Python's venv module is incomplete here. On Debian: apt-get install python3-venv" \
	        "(for a Python of another version: python3.X-venv)"; exit 1; }
	$(PYTHON) -m venv .venv
