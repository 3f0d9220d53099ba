# The commands of the project. Each line with two number signs is what `make help` says.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
TESTS := QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help demo run test one lint format benchmarks long translations docs lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.installed ## sets everything up and opens a demonstration; without a display, the guided tour
	$(BIN)/python main.py demo

run: $(VENV)/.installed ## opens the program on your own profile
	$(BIN)/python main.py

test: lint ## lint, then every test but the long ones
	$(TESTS) -n auto --dist loadfile --no-loadscope-reorder

one: $(VENV)/.installed-dev ## one test or file: make one T=tests/whole/test_bin.py
	@test -n "$(T)" || { echo "Which one? make one T=tests/whole/test_bin.py, or T='tests/ui -k pill'"; exit 2; }
	$(TESTS) $(T)

lint: $(VENV)/.installed-dev ## style, types, import rules, translations, and docs made from the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .import_linter_cache
	$(BIN)/python -m i18n.commands check
	$(BIN)/python -m server.openapi check

format: $(VENV)/.installed-dev ## puts the code into the project's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmarks: $(VENV)/.installed-dev ## the figures named in docs/architecture.md
	$(BIN)/python -m benchmarks

long: $(VENV)/.installed-dev ## the long tests with random seeds, about 45 minutes
	env -u CI QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -o addopts= tests/long

translations: $(VENV)/.installed ## brings the catalogs up to date
	$(BIN)/python -m i18n.commands update

docs: $(VENV)/.installed ## renews openapi.json, the tables of protocol.md, and the guide's pictures
	$(BIN)/python -m server.openapi write
	$(BIN)/python main.py demo --tour --report docs/guide/pictures

# The locks name no registry; UV is any installed uv.
UV ?= uv
LOCK = $(UV) pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate --quiet --python-version 3.11
lock: ## pins the dependencies anew (needs uv)
	$(LOCK) -o requirements.lock
	$(LOCK) --extra postgresql -o requirements-postgresql.lock
	$(LOCK) --group dev -o requirements-dev.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "TwinDesk needs Python 3.11 or newer; $(PYTHON) is older. Give another one: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python could not make a virtual environment. On Debian and Pardus: sudo apt install python3-venv"; exit 1; }

$(VENV)/.installed: requirements.lock | $(VENV)/bin/python
	@echo "Installing what TwinDesk needs into $(VENV) ..."
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock | $(VENV)/bin/python
	@echo "Installing what the tests need into $(VENV) ..."
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.installed

clean: ## removes everything that was made here
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tour-report
