# The project's commands; `make` alone lists them. A target's help is the text after ## on its line.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
# Override any of these: make up STATE=.local-other
STATE ?= .local
VENV_PYTHON := .venv/bin/python
SERVICES := $(VENV_PYTHON) -m local.services
# What needs no package must not make anybody wait for the installation of all of them.
SERVICES_BARE := $(PYTHON) -m local.services

# Stamps: files that say a step is done, older than what it is made from when it must be done again.
VENV := .venv/.installed
S3PROXY := local/s3/target/.fetched

# In front of a recipe line that talks to the services: CLICKHOUSE_URL from the environment means
# services of your own, whose settings all come from the environment; else those of `make up`.
# For the same reason `make up` then starts nothing.
WITH_ENV = if [ -z "$${CLICKHOUSE_URL:-}" ]; then \
	[ -f "$(STATE)/env" ] || { echo "error: no services: there is no $(STATE)/env; run 'make up', or set CLICKHOUSE_URL to a server of your own" >&2; exit 1; }; \
	set -a; . "$(abspath $(STATE))/env"; set +a; fi;

# spark-submit asks this Python where Spark is; without it, the one first on the PATH.
export PYSPARK_PYTHON := $(abspath $(VENV_PYTHON))
# As it was written: make must not expand a $$ in it.
export QUERY := $(value Q)

##@ Local services

.PHONY: help
help: ## this text
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z][a-z-]*:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: up
ifeq ($(CLICKHOUSE_URL),)
up: $(VENV) $(S3PROXY) ## start the local S3 and ClickHouse, wait for both, write .local/env
	@$(SERVICES) up --state "$(STATE)"
else
up:
	@echo "CLICKHOUSE_URL is set ($(CLICKHOUSE_URL)): using that server; nothing is started here"
endif

.PHONY: down
down: ## stop them; data stay
	@$(SERVICES_BARE) down --state "$(STATE)"

.PHONY: status-services
status-services: $(VENV) ## say whether they answer, and where
	@$(SERVICES) status --state "$(STATE)"

.PHONY: clean-data
clean-data: ## stop them and forget all local data
	@$(SERVICES_BARE) clean --state "$(STATE)"

.PHONY: sql
sql: $(VENV) ## print a query's answer: make sql Q="select 1"
	@[ -n "$${QUERY:-}" ] || { echo 'error: no query; write: make sql Q="select 1"' >&2; exit 1; }
	@$(WITH_ENV) $(SERVICES) sql "$$QUERY"

# What the targets need; made when missing or outdated.

$(VENV): local/requirements.txt
	@echo "installing Python packages into .venv"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] == (3, 11) else f"error: {sys.executable} is Python {sys.version.split()[0]}; the pinned packages need 3.11: make PYTHON=/path/to/python3.11")'
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps -r local/requirements.txt
	@touch $@

$(S3PROXY): local/s3/pom.xml
	@echo "fetching the local S3 into local/s3/target/lib"
	@rm -rf local/s3/target
	@said="$$(mvn -q -B -ntp -f local/s3/pom.xml package 2>&1)" || { echo "$$said"; echo "error: cannot fetch the local S3; see above" >&2; exit 1; }
	@touch $@
