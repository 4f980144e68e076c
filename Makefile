# `make run` and `make test` need nothing but Python 3.11 (or newer) and make.
# What is installed stands in the two lock files; `.venv` follows when they change.

VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
# Tests run in this many processes at most.
TEST_PROCESSES ?= 4
PYTEST := $(PY) -m pytest
# A deployment's .env that happens to lie here has no say in tests and checks.
export ENV_FILE ?= /dev/null
# Tests start dozens of processes: without kept bytecode each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run reset test test-postgres test-browser check check-style check-house check-types \
	check-imports check-django schema format lock messages bench clean

help: ## say what there is
	@echo "make …"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | \
		awk -F '|' '{ printf "  %-14s %s\n", $$1, $$2 }'

# --- Installing ----------------------------------------------------------------------------------

$(PY):
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed. Say where it is: PYTHON=/path/to/python3.11 make …" >&2; exit 1; }
	@echo "Creating $(VENV) …"
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python's venv module is missing (on Debian and Ubuntu: package python3-venv)." >&2; exit 1; }

$(VENV)/.run: requirements.lock | $(PY)
	@echo "Installing the locked packages …"
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements.lock | $(PY)
	@echo "Installing the locked packages for development …"
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@ $(VENV)/.run

# --- Running -------------------------------------------------------------------------------------

run: $(VENV)/.run ## start portal, worker, local ORCID and mailbox with demo data
	@exec $(PY) -m portal.local run

reset: $(VENV)/.run ## throw the local data away, so that `make run` starts over
	@$(PY) -m portal.local reset

# --- Testing -------------------------------------------------------------------------------------

test: $(VENV)/.dev ## every rule, on SQLite, in two minutes
	@echo "Tests on SQLite …"
	@$(PYTEST) -q -m "not browser and not slow" -n auto --maxprocesses $(TEST_PROCESSES)

# Test databases are made beside the named one, and stay. Tests empty the Redis databases they use: one for
# each process, from the named one on.
test-postgres: export DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/member_tools
test-postgres: export REDIS_URL ?= redis://127.0.0.1:6379/9
# More questions to the API than `make test` asks (tests/api/test_contract.py), and more examples.
test-postgres: export CONTRACT_EXAMPLES ?= 12
test-postgres: export EXAMPLES ?= 100
test-postgres: $(VENV)/.dev ## all tests but the browser's, on PostgreSQL and Redis (DATABASE_URL, REDIS_URL)
	@echo "Tests on PostgreSQL and Redis …"
	@$(PY) -m tests.ops.services
	@$(PYTEST) -q -m "not browser" -n auto --maxprocesses $(TEST_PROCESSES) --create-db

# Chromium is looked for in this order; CHROMIUM names another one.
test-browser: export CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
test-browser: $(VENV)/.dev ## journeys in Chromium (CHROMIUM names the program)
	@test -x "$$CHROMIUM" || { \
		echo "No Chromium found. Install it, or say where it is: CHROMIUM=/path/to/chromium make test-browser" >&2; exit 1; }
	@echo "Journeys in $$CHROMIUM …"
	@$(PYTEST) -q -m browser -n auto --maxprocesses 2

# --- Checking ------------------------------------------------------------------------------------

# A deployment as it should be, made of values that are none.
CHECKED_AS := SECRET_KEY=only-to-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH \
	FIELD_KEYS=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= \
	SITE_URL=https://members.example ORCID_CLIENT_ID=APP-0000000000000000 \
	ORCID_CLIENT_SECRET=only-to-check HELPDESK_EMAIL=helpdesk@members.example \
	DEFAULT_FROM_EMAIL=portal@members.example \
	REDIS_URL=redis://127.0.0.1:6379/0 BEHIND_PROXY=true DEBUG=false \
	DATA_DIR=$(CURDIR)/var/check DATABASE_URL=sqlite:///:memory:
MANAGE := env $(CHECKED_AS) $(PY) manage.py

check: check-style check-house check-types check-imports check-django ## style, types, imports, settings, schema, house rules
	@echo "All checks passed."

check-style: $(VENV)/.dev
	@echo "Style (ruff) …"
	@$(PY) -m ruff format --check --quiet . || { echo "Some files are not formatted: make format" >&2; exit 1; }
	@$(PY) -m ruff check --quiet .

check-house: $(VENV)/.dev
	@echo "House rules …"
	@$(PYTEST) -q tests/ops/test_house.py

check-types: $(VENV)/.dev
	@echo "Types (mypy) …"
	@env $(CHECKED_AS) $(PY) -m mypy .

check-imports: $(VENV)/.dev
	@echo "Imports go one way (import-linter) …"
	@env $(CHECKED_AS) $(VENV)/bin/lint-imports --no-cache

check-django: $(VENV)/.dev
	@mkdir -p var
	@echo "Settings, migrations and API schema (Django) …"
	@$(MANAGE) check --fail-level WARNING
	@$(MANAGE) check --deploy --fail-level WARNING
	@$(MANAGE) makemigrations --check --dry-run
	@$(MANAGE) spectacular --validate --fail-on-warn --file var/api-schema.yaml
	@diff -u docs/api-schema.yaml var/api-schema.yaml || { \
		echo "The API has changed: make schema, and look at the difference." >&2; exit 1; }

schema: $(VENV)/.dev ## write docs/api-schema.yaml anew
	@$(MANAGE) spectacular --validate --fail-on-warn --file docs/api-schema.yaml
	@echo "docs/api-schema.yaml is written."

# --- Keeping house -------------------------------------------------------------------------------

format: $(VENV)/.dev ## format the code and mend what can be mended
	@$(PY) -m ruff check --quiet --fix-only .
	@$(PY) -m ruff format .

UV_COMPILE := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url pyproject.toml
lock: $(VENV)/.dev ## resolve the dependencies of pyproject.toml into the lock files (UPGRADE=1: newest)
	@echo "Locking …"
	@$(UV_COMPILE) $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	@$(UV_COMPILE) $(if $(UPGRADE),--upgrade) --group dev --output-file requirements-dev.lock
	@git rev-parse --git-dir > /dev/null 2>&1 && git --no-pager diff --stat -- requirements.lock requirements-dev.lock || true

# Needs GNU gettext; nothing else here does.
messages: $(VENV)/.dev ## collect what is to be translated (TO=de), and compile what has been
	@test -n "$(TO)" || { echo "Into which language? TO=de make messages" >&2; exit 1; }
	@command -v xgettext > /dev/null || { \
		echo "GNU gettext is missing (on Debian and Ubuntu: package gettext)." >&2; exit 1; }
	@$(MANAGE) makemessages --locale $(TO)
	@$(MANAGE) compilemessages --locale $(TO)

bench: export DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/member_tools_bench
bench: $(VENV)/.dev ## measure against the targets, on PostgreSQL (BENCH_CONTACTS, BENCH_MEMBERS, BENCH_PULL_RECORDS)
	@$(PY) -m bench

clean: ## remove .venv and caches, but no data
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed $(VENV) and caches. Data are in var/: make reset"
