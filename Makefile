# One place for every routine. `make demo` and `make test` do their own set-up.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Plain pip always works; uv does the same in a tenth of the time where it is installed.
UV := $(shell command -v uv 2>/dev/null)
PIP := $(if $(UV),VIRTUAL_ENV=$(VENV) $(UV) pip,$(BIN)/pip --disable-pip-version-check -q)
# Two for each of two cores: half of what a test takes is waiting, for a frame, a signature's end or a child process.
PYTEST_ARGS ?= -n 4
# Without its bytecode every worker, and every program that a test starts, compiles all of it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo run test check format lint types imports bench screenshots lock clean

help: ## Show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-12s %s\n", $$1, $$2}'

$(VENV)/.run: requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

demo: $(VENV)/.run ## Start the monitor on the built-in sandbox
	@$(BIN)/pantau demo

run: $(VENV)/.run ## Start the monitor on your own configuration
	@$(BIN)/pantau

test: $(VENV)/.dev ## Run every test, in random order
	$(BIN)/pytest $(PYTEST_ARGS)

check: $(VENV)/.dev lint types imports test ## Everything that must hold before a commit

format: $(VENV)/.dev ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.dev ## Format and lint, without changing anything
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev ## Strict types
	$(BIN)/mypy

imports: $(VENV)/.dev ## The layers hold
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## Measure start, keys, ingest and memory, as ratios within one run
	$(BIN)/python -m bench

screenshots: $(VENV)/.dev ## Draw the pictures of the documentation from the running program
	$(BIN)/python docs/screenshots.py

lock: ## Renew the hash-pinned requirements (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml -o requirements-dev.txt

clean: ## Remove what the other targets made
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis bench/out
