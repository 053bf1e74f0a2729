# Everything a person or CI runs. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup
help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' | column -t -s'|'

setup: $(STAMP) ## make .venv with causeway in it

$(STAMP): pyproject.toml sdk/python/pyproject.toml sdk/python/setup.py $(wildcard sdk/python/native/*.[ch]) $(wildcard core/causeway_core/wire/*.c)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e sdk/python
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	touch $(STAMP)
