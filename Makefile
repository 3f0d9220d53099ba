# The commands of the project; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo run test lint benchmarks long translations docs lock clean

demo: $(VENV)/.installed
	$(BIN)/python main.py demo

run: $(VENV)/.installed
	$(BIN)/python main.py

test: lint
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .import_linter_cache
	$(BIN)/python -m i18n.commands check
	$(BIN)/python -m server.openapi check

benchmarks: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks

long: $(VENV)/.installed-dev
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -o addopts= tests/long

translations: $(VENV)/.installed
	$(BIN)/python -m i18n.commands update

docs: $(VENV)/.installed
	$(BIN)/python -m server.openapi write
	$(BIN)/python main.py demo --tour --report docs/guide/pictures

# The locks name no registry; UV is any installed uv.
UV ?= uv
LOCK = $(UV) pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate --quiet --python-version 3.11
lock:
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

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tour-report
