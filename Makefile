# Signalbox: everything a developer does. `make help` lists it.
#
# A bare machine needs python3 (3.11 or newer, with venv), make and a package index.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# The environment for `make run` holds what the bot needs; that for tests holds everything.
LOCAL  := $(VENV)/.local
DEV    := $(VENV)/.dev
UV     := $(BIN)/uv
INDEX  := $(if $(PIP_INDEX_URL),--index-url $(PIP_INDEX_URL),)
LOCK   := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header $(INDEX)

.DEFAULT_GOAL := help
.PHONY: help run test unit check format bench image docs lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(LOCAL) ## a local Slack workspace, a simulated cloud, Redis and the bot: prints one address
	@exec $(BIN)/python -m bot local

test: $(DEV) ## every test (needs redis-server and chromium: .ci/run installs them on Debian)
	$(BIN)/python -m pytest

unit: $(DEV) ## the fast ring: domain, views, commands
	$(BIN)/python -m pytest tests/domain tests/views tests/commands

check: $(DEV) ## formatting, lint, types, import contracts, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/test_architecture.py
	$(BIN)/python -m bot manifest | diff - manifest.yml
	$(BIN)/python -m bot check signalbox.yaml

format: $(DEV) ## format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: $(DEV) ## figures, as ratios against a baseline measured in the same run
	$(BIN)/python bench/ack.py
	$(BIN)/python bench/cold_start.py

image: ## the container image
	docker build --tag signalbox .

docs: $(DEV) ## make the pictures and diagrams of docs/ from the running product
	$(BIN)/python -m pytest -q tests/e2e --pictures

lock: $(UV) ## bring the lock files up to date with pyproject.toml
	$(LOCK) --upgrade --extra gcp pyproject.toml -o requirements/image.lock
	$(LOCK) --upgrade --extra local pyproject.toml -o requirements/local.lock
	$(LOCK) --upgrade --extra dev --extra otel pyproject.toml -o requirements/dev.lock

clean: ## remove the environment and everything that was made
	rm -rf $(VENV) .signalbox build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Signalbox needs Python 3.11 or newer; say which with make PYTHON=python3.12 …'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'python3 has no venv here. On Debian or Ubuntu: apt-get install python3-venv'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

# A development environment holds all that running needs, so it is not torn down for that.
$(LOCAL): requirements/local.lock pyproject.toml | $(UV)
	@if [ -e $(DEV) ]; then $(MAKE) --no-print-directory $(DEV); else \
		$(UV) pip install --quiet --require-hashes $(INDEX) -r requirements/local.lock && \
		$(UV) pip install --quiet --no-deps $(INDEX) --editable . ; fi
	@touch $@

$(DEV): requirements/dev.lock pyproject.toml | $(UV)
	$(UV) pip install --quiet --require-hashes $(INDEX) -r requirements/dev.lock
	$(UV) pip install --quiet --no-deps $(INDEX) --editable .
	@touch $@
