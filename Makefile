# Needs Python 3.11 and make; `make test-kafka`, `make chaos` and `make bench` also Java 17 and Maven.
PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/.installed
CHAOS_SCALE ?= 5
# One more than processors: while one test waits for a process, another computes.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
PYTEST := $(BIN)/python -m pytest
# Each with a PostgreSQL and brokers of its own. What a module shares is made once: a file stays together.
PARALLEL := -n $(WORKERS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder --durations 20

# Tests start hundreds of processes: what they import is compiled once, also where the environment says otherwise.
unexport PYTHONDONTWRITEBYTECODE

.NOTPARALLEL:
.PHONY: setup demo demo-controls lock check unit contract integration test test-kafka chaos bench clean pages-deps asyncapi

setup: $(STAMP)

# The stamp holds the checksum of what was installed: a changed lock installs again, an unchanged one does nothing.
$(STAMP): requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) not found; install Python 3.11 or say PYTHON=…" >&2; exit 1; }
	@if [ "$$(cat requirements-dev.lock pyproject.toml | cksum)" != "$$(cat $(STAMP) 2>/dev/null)" ]; then \
	  set -e; \
	  test -x $(BIN)/python || $(PYTHON) -m venv .venv; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	  cat requirements-dev.lock pyproject.toml | cksum > $(STAMP); \
	else touch $(STAMP); fi

COMPILE = $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header

lock:
	$(BIN)/python -m pip install --quiet pip-tools
	$(COMPILE) -o requirements.lock pyproject.toml
	$(COMPILE) --extra dev --all-build-deps -c requirements.lock -o requirements-dev.lock pyproject.toml

# Three virtual years of a synthetic district, in a few minutes; ends with a report.
demo: setup
	$(BIN)/closedloop demo

# The whole demo with each of its controls.
demo-controls: setup
	DEMO_CONTROLS=1 $(PYTEST) tests/integration/demo

check: setup
	$(BIN)/ruff check .
	@$(BIN)/mypy & types=$$!; $(BIN)/lint-imports; architecture=$$?; wait $$types && exit $$architecture

unit: setup
	$(PYTEST) $(PARALLEL) tests/unit

contract: setup
	$(PYTEST) $(PARALLEL) tests/contract

integration: setup
	$(PYTEST) $(PARALLEL) tests/integration

# Types are checked by one process, tests run on all processors: side by side, neither waits for the other. What the
# checks say comes last.
test: setup
	@$(MAKE) --no-print-directory check > .venv/.checks 2>&1 & checks=$$!; \
	$(PYTEST) $(PARALLEL) tests/unit tests/contract tests/integration; tests=$$?; \
	wait $$checks; checks=$$?; cat .venv/.checks; exit $$((tests | checks))

# In the order written: the faults of a module are tried on one stack, one after the other.
test-kafka: setup
	$(PYTEST) $(PARALLEL) -p no:randomly -m kafka tests/kafka

# A browser for the tests of the pages, which skip without one; needs Debian and root.
pages-deps:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium; } \
	  || echo "make: no chromium could be installed; the pages' browser tests skip" >&2

# The fault tests once more, CHAOS_SCALE times as long.
chaos: setup
	CHAOS_SCALE=$(CHAOS_SCALE) $(PYTEST) -p no:randomly --timeout 7200 tests/kafka/faults

# The AsyncAPI document, judged by the tool of its makers and drawn as pages in var/asyncapi. Needs Node.js; fetches some
# 440 MB and draws for minutes, which is why the tests judge it by the specification's schema alone. (The template would
# fetch a browser for a PDF that nobody draws.)
asyncapi:
	npx --yes @asyncapi/cli@6.2.0 validate docs/asyncapi/asyncapi.yaml
	PUPPETEER_SKIP_DOWNLOAD=1 npx --yes @asyncapi/cli@6.2.0 generate fromTemplate docs/asyncapi/asyncapi.yaml @asyncapi/html-template@3.5.6 \
	  --output var/asyncapi --force-write --no-interactive

bench: setup
	$(BIN)/python -m tests.bench

clean:
	rm -rf var/test
