# Everything a person or CI runs; `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input
NODE_STAMP := tests/adapter/node/node_modules/.installed
NATIVE := $(wildcard sdk/python/native/*.[ch]) $(wildcard core/causeway_core/*/*.c)

.PHONY: help setup demo test check format docs bench bench-host fuzz test-all corpus packages durability clean

help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' | column -t -s'|'

setup: $(STAMP) ## make .venv with causeway in it

$(STAMP): pyproject.toml setup.py sdk/python/pyproject.toml sdk/python/setup.py $(NATIVE)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up .venv (a minute or two; the log is .venv/setup.log)"
	@$(PIP) -e sdk/python -e '.[dev]' > $(VENV)/setup.log 2>&1 || { tail -n 30 $(VENV)/setup.log; exit 1; }
	@touch $(STAMP)

$(NODE_STAMP): tests/adapter/node/package.json tests/adapter/node/package-lock.json
	cd tests/adapter/node && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $(NODE_STAMP)

demo: $(STAMP) ## record a bank of two services, find its race, walk back to the cause
	@$(BIN)/python -m examples.demo

test: $(STAMP) $(NODE_STAMP) ## every fast test, on the interpreter of .venv
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

check: $(STAMP) ## ruff, mypy --strict, import rings, freshness of generated docs
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.tools.generate --check

format: $(STAMP) ## sort imports and fix what ruff can fix
	$(BIN)/ruff check --fix .

docs: $(STAMP) ## write the generated pages: CLI reference, schema, errors
	$(BIN)/python -m docs.tools.generate

bench: $(STAMP) ## what recording costs, beside other tools (about 20 minutes)
	@$(PIP) --quiet -e '.[bench]' > $(VENV)/bench.log 2>&1 || { tail -n 30 $(VENV)/bench.log; exit 1; }
	$(BIN)/python -m bench.overhead
	$(BIN)/python -m bench.host

bench-host: $(STAMP) ## how quick ingest, stepping and analysis are on ten million events
	$(BIN)/python -m bench.host

corpus: $(STAMP) ## precision and recall on labelled programs
	$(BIN)/python -m bench.corpus

packages: $(STAMP) ## record the test suites of real packages and compare results
	$(BIN)/python -m bench.packages

durability: $(STAMP) ## kill -9 the program 200 times and the recorder 100 times
	$(BIN)/python -m bench.durability

fuzz: $(STAMP) ## ten minutes each on the wire, storage and DAP readers
	$(BIN)/python -m tests.fuzz

test-all: $(STAMP) $(NODE_STAMP) ## every test on every interpreter found, 3.11 to 3.14
	$(BIN)/python -m pytest -n 2 --dist loadfile
	$(BIN)/python -m docs.tools.interpreters

clean: ## remove what setup made
	rm -rf $(VENV) .venvs build sdk/python/build tests/adapter/node/node_modules
	find . -name '*.so' -path '*causeway*' -delete
