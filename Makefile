# Each target sets up what it needs. PYTHON names the interpreter that makes the environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test interop w3c check fmt lint types imports openapi openapi-check migrate bench \
  lock clean

help: ## List the targets.
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

run: $(VENV)/run.stamp ## Start the service with a demo hub on http://127.0.0.1:8000.
	$(BIN)/credhub serve --demo examples/riverside

test: $(VENV)/dev.stamp ## Run every test; TESTS= names a part.
	$(BIN)/python -m tests.browser_ready
	$(BIN)/pytest $(or $(TESTS),tests) -n auto --dist worksteal $(PYTEST_ARGS)

interop: $(VENV)/dev.stamp ## Try the software of others; fails where any of it cannot be had.
	CREDHUB_REQUIRED="go node npm pypi" $(BIN)/pytest tests -m interop $(PYTEST_ARGS)

w3c: $(VENV)/dev.stamp ## Run the W3C's test suites; SUITES= is the folder of their checkouts.
	$(BIN)/python -m tests.w3c $(SUITES)

check: $(VENV)/dev.stamp ## Everything that must hold before a change lands.
	$(BIN)/ruff format --check .
	$(MAKE) lint types imports openapi-check
	$(MAKE) test PYTEST_ARGS="--cov --cov-report= --junitxml=.tests.xml"
	$(BIN)/python -m tests.coverage_gate
	$(BIN)/python -m tests.skipped .tests.xml

fmt: $(VENV)/dev.stamp ## Format the code.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --select I .

lint: $(VENV)/dev.stamp ## Lint the code.
	$(BIN)/ruff check .

types: $(VENV)/dev.stamp ## Check the types.
	$(BIN)/mypy

imports: $(VENV)/dev.stamp ## Check which package may import which.
	$(BIN)/lint-imports

openapi: $(VENV)/dev.stamp ## Write openapi.yaml from the application.
	$(BIN)/python -m tests.openapi_document write

openapi-check: $(VENV)/dev.stamp
	$(BIN)/python -m tests.openapi_document check

migrate: $(VENV)/run.stamp ## Bring the database of CREDHUB_DATABASE_URL up to date.
	$(BIN)/credhub db upgrade

bench: $(VENV)/dev.stamp ## Measure; prints a table of ratios within this run.
	$(BIN)/python -m benchmarks

.PHONY: fuzz contract audit sbom
fuzz: $(VENV)/tools.stamp ## Fuzz every parser for FUZZ_SECONDS (60) each; PARSERS= names some.
	$(BIN)/python -m tests.fuzz $(PARSERS)

contract: $(VENV)/tools.stamp ## Ask a service whatever openapi.yaml allows; CONTRACT_EXAMPLES (50) for each operation.
	$(BIN)/python -m tests.contract

audit: $(VENV)/tools.stamp ## Look for known advisories of every locked dependency.
	$(BIN)/python -m tests.supply_chain.advisories

sbom: $(VENV)/tools.stamp ## Write sbom.json (CycloneDX) from the lock of the service.
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --mc-type application \
	  --output-reproducible --of JSON --output-file sbom.json requirements.lock

# The extras are kept: an installer that meets "name[extra]" takes its newest, which has no hash.
lock: ## Pin the newest dependencies with hashes.
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	  --no-header --no-emit-index-url --no-strip-extras pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	  --no-header --no-emit-index-url --no-strip-extras --group dev --constraint requirements.lock \
	  pyproject.toml --output-file requirements-dev.lock
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	  --no-header --no-emit-index-url --no-strip-extras --group tools \
	  --constraint requirements-dev.lock pyproject.toml --output-file requirements-tools.lock

clean: ## Remove everything that the targets made, but not the data folder.
	rm -rf $(VENV) .coverage* .tests.xml .mypy_cache .ruff_cache .pytest_cache .hypothesis htmlcov

$(VENV)/run.stamp: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/run.stamp

# On top of the environment of the tests; the versions that both have are the same.
$(VENV)/tools.stamp: requirements-tools.lock $(VENV)/dev.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-tools.lock
	touch $@
