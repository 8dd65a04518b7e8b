# `make` lists the targets. Needs GNU make and bash; everything else is set up in .venv by tools/setup.sh.
#
# PYTHON=python3.12   the interpreter .venv is made with (remove .venv to change it later)
# WORKERS=2           how many processes the tests run in
# ARGS='-k presets'   more arguments for pytest, or for the benchmark

BIN := .venv/bin
RUN := .venv/.set-up-run
TEST := .venv/.set-up-test
WORKERS ?= 2
SCRIPTS := .ci/run $(wildcard tools/*.sh)

.PHONY: help demo test lint format bench docs incidents clean packages

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 20

demo: $(RUN) ## set up, build this repository's services, say where to look
	tools/demo.sh

test: packages $(TEST) ## set up, lint, run all tests (on Debian and Ubuntu: installs what is missing)
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lint: $(TEST) ## ruff, mypy, import layers; shellcheck where it is installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if command -v shellcheck >/dev/null; then echo shellcheck $(SCRIPTS); shellcheck $(SCRIPTS); fi

format: $(TEST) ## let ruff rewrite what it can
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(TEST) ## measure speed and memory
	$(BIN)/python benchmarks/bench.py $(ARGS)
	$(BIN)/python benchmarks/stages.py
	$(BIN)/python benchmarks/proofs.py

docs: $(RUN) ## write the generated pages of docs/
	$(BIN)/python tools/docs.py

incidents: $(TEST) ## measure the alerts on incidents, write docs/incidents.md (about two minutes)
	$(BIN)/python -m tools.incidents

clean: ## remove caches and build products (generated/ is reviewed, .venv is kept)
	rm -rf dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .cache .gitops-obs *.egg-info
	find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

packages:
	@tools/setup.sh packages

$(RUN) $(TEST): .venv/.set-up-%: pyproject.toml tools/setup.sh
	tools/setup.sh $*
