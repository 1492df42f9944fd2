# Openshelf: `make run` opens the library, `make test` runs its tests. Everything else is for contributors.

HOST ?= 127.0.0.1
PORT ?= 8000
DEMO ?= yes

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
# One more than there are processors: many a test waits for a server or a browser.
WORKERS := $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)' 2>/dev/null)
READY := $(VENV)/.ready-$(VERSION)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONDONTWRITEBYTECODE # what is compiled once need not be compiled by every process of the tests

.PHONY: run test checks ci long containers growing mutation lint types messages lock need-python clean

run: $(READY) .env ## set up and run the library (HOST=0.0.0.0 opens it to the local network, DEMO=no leaves it empty)
	@exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT) --demo $(DEMO)

test: $(READY)-dev ## set up and run all tests on SQLite
	@$(BIN)/python -m library_site.tests.browser
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup

checks: lint types
	$(BIN)/python manage.py makemigrations --check --dry-run --settings library_site.tests.settings
	$(BIN)/python manage.py check --deploy --fail-level WARNING --settings library_site.tests.deploy_settings

ci: export REQUIRE_BROWSER := 1
ci: checks test ## everything that must hold before a change lands; wants PostgreSQL and Chromium
	$(BIN)/python -m library_site.tests.on_postgres -n $(WORKERS) --dist loadgroup

long: ci ## what takes long: many plays in any order, thousands of requests to the API, safeguards taken away, benchmarks
	LONG=1 $(BIN)/pytest circulation/tests/test_any_order.py library_site/tests/test_reload.py \
	  library_site/tests/test_replica_live.py library_site/tests/test_pgbouncer_live.py library_site/tests/test_proxy_live.py \
	  library_site/tests/test_released.py
	API_CASES=2500 $(BIN)/pytest library_site/tests/test_api_any_request.py
	API_CASES=2500 $(BIN)/python -m library_site.tests.on_postgres library_site/tests/test_api_any_request.py
	$(BIN)/python -m library_site.tests.threats.breaking
	$(BIN)/python -m library_site.tests.threats.newest
	$(MAKE) mutation
	$(BIN)/python bench/run.py --titles 5000
	$(MAKE) containers

containers: $(READY)-dev ## build, start, scale, break and stop the containers; wants a running Docker with Compose
	$(BIN)/python bench/containers.py

growing: ## the table of docs/growing.md: SQLite, PostgreSQL, three web, pools and a copy; wants a running Docker
	$(PYTHON) bench/growing.py

mutation: | need-python ## change the rules and services in small ways, one at a time: does a test notice? (hours)
	@test -x .venv-mutation/bin/mutmut || { $(PYTHON) -m venv --clear .venv-mutation && \
	  .venv-mutation/bin/python -m pip install --quiet --require-hashes -r requirements-mutation.txt; }
	.venv-mutation/bin/mutmut run --max-children 2
	.venv-mutation/bin/mutmut results

lint: $(READY)-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --check --target-version 5.2

types: $(READY)-dev
	$(BIN)/mypy
	MYPYPATH=bench $(BIN)/mypy --follow-imports silent bench/*.py

messages: $(READY)-dev ## collect the texts to be translated, and compile what is (wants gettext)
	$(BIN)/python manage.py makemessages --all --no-location --ignore .venv --ignore staticfiles
	$(BIN)/python manage.py compilemessages --ignore .venv

lock: ## pin what requirements*.in ask for, with hashes (wants uv)
	for part in requirements requirements-postgres requirements-dev requirements-mutation; do \
	  uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --custom-compile-command "make lock: uv pip compile --universal --python-version 3.11" --quiet $$part.in -o $$part.txt || exit 1; done

# --- the environment: renewed when the pinned packages or Python change ------------------------------------

need-python:
	@command -v $(PYTHON) >/dev/null || { echo "Openshelf needs python3 (3.11 or newer): apt install python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Openshelf needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Openshelf needs python3-venv: apt install python3-venv"; exit 1; }

# One that is half made, or was made by another Python, has no pip that works: it is made anew.
define make-environment
@$(BIN)/python -m pip --version >/dev/null 2>&1 || \
  { echo "Making a virtual environment in $(VENV) ..."; $(PYTHON) -m venv --clear $(VENV); }
endef

$(READY): requirements.txt | need-python
	$(make-environment)
	@echo "Installing what Openshelf needs ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(READY)-dev: requirements-dev.txt | need-python
	$(make-environment)
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@ $(READY)

.env: .env.example | $(READY)
	@test -f .env || $(BIN)/python -m library_site.installation
	@touch .env

clean: ## remove the environment and what was collected, never the library's data
	rm -rf $(VENV) .venv-mutation mutants staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis
