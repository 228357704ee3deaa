# The project's commands: `make` lists those of a user, `make help-dev` the rest (dev/dev.mk).
# A target's help is the text after ## on its line; a developer's comes after #-.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
# Override any of these: make up STATE=.local-other
STATE ?= .local
VENV_PYTHON := .venv/bin/python
SERVICES := $(VENV_PYTHON) -m dev.stack.services
# What needs no package must not make anybody wait for the installation of all of them.
SERVICES_BARE := $(PYTHON) -m dev.stack.services

# Stamps: files that say a step is done, older than what it is made from when it must be done again.
VENV := .venv/.installed
VENV_DBT := .venv-dbt/.installed
VENV_AIRFLOW := .venv-airflow/.installed
VENV_SUPERSET := .venv-superset/.installed
S3PROXY := dev/stack/s3/target/.fetched

# The job: its jar, and the Spark of .venv unless SPARK_HOME names another. bin/edtech runs it.
VERSION := $(shell sed -n 's:.*<revision>\(.*\)</revision>.*:\1:p' pom.xml)
JAR := target/edtech-analytics-$(VERSION)-job.jar
# Classes that a load uses, for faster starts of loads.
ARCHIVE_FILE := target/edtech-analytics.jsa
export JOB_JAR := $(abspath $(JAR))
export STATE CONNECTOR_JAR ARCHIVE
EDTECH := bin/edtech
MVN := mvn -B -ntp -Dstyle.color=never

# In front of a recipe line: the locale, Spark's place; and the settings of the services as well.
ENV := . bin/environment.sh;
WITH_ENV := $(ENV) use_services;

# The job looks at the address itself; others would send the password wherever it says.
CHECK_URL := $(PYTHON) -m dev.check_url
# For what talks to one server, of several replicas the first that answers.
ONE_SERVER := CLICKHOUSE_URL="$$($(CHECK_URL) --one)"; export CLICKHOUSE_URL;
AS_DBT = $(WITH_ENV) \
	export CLICKHOUSE_USER="$${CLICKHOUSE_DBT_USER:-$${CLICKHOUSE_USER:-default}}"; \
	export CLICKHOUSE_PASSWORD="$${CLICKHOUSE_DBT_PASSWORD:-$${CLICKHOUSE_PASSWORD:-}}"; \
	CLICKHOUSE_URL="$$($(CHECK_URL) --one --port)"; export CLICKHOUSE_URL;
DBT := $(abspath .venv-dbt)/bin/dbt
export DBT_PROJECT_DIR := $(abspath dbt)
export DBT_PROFILES_DIR := $(abspath dbt)
export DBT_TARGET_PATH ?= $(abspath target/dbt)
export DBT_LOG_PATH ?= $(abspath target/dbt/logs)

# As it was written: make must not expand a $$ in it.
export QUERY := $(value Q)
export FORGET_ID := $(value ID)

# $(call need,NAME,example): stops with a word when a variable of the command line is missing.
need = [ -n "$($(1))" ] || { echo 'error: no $(1); write: $(2)' >&2; exit 2; }

##@ Start here

.PHONY: demo demo-tables help
demo: ## from nothing to ten published sample days and their metrics
	@$(MAKE) --no-print-directory up
	@$(WITH_ENV) $(VENV_PYTHON) -m dev.sample generate --seed 7 --users 500 \
	  --from 2026-03-01 --days 10 --upload --truth "$(STATE)/truth.json"
# The first time, when all days are loaded, these loads write the class archive.
	@first=; [ -f "$(STATE)/settings.conf" ] || { cp dev/sample/company.conf "$(STATE)/settings.conf"; \
	  [ -e $(ARCHIVE_FILE) ] || first=1; }; \
	  EDTECH_CONFIG="$${EDTECH_CONFIG:-$(STATE)/settings.conf}" \
	  $(MAKE) --no-print-directory backfill FROM=2026-03-01 TO=2026-03-10 ARCHIVE="$$first"
	@echo "building and testing the history marts"
	@$(MAKE) --no-print-directory dbt ARGS=--quiet
	@$(WITH_ENV) $(VENV_PYTHON) -m dev.demo

demo-tables: $(VENV) ## the tables that the last screen of make demo leaves out
	@$(WITH_ENV) $(VENV_PYTHON) -m dev.demo --tables

help: ## this text; make help-dev lists what developers need beside it
	@awk -v mark=' ## ' -f dev/help.awk $(MAKEFILE_LIST)

##@ Local services

.PHONY: up down status-services clean-data
ifeq ($(CLICKHOUSE_URL),)
up: $(VENV) $(S3PROXY) $(JAR) ## start the local S3 and ClickHouse, wait for both, write .local/env, create the schema
	@$(SERVICES) up --state "$(STATE)" $(if $(PASSWORDS_OF),--passwords-of "$(PASSWORDS_OF)")
	@$(EDTECH) init
else
up:
	@$(CHECK_URL); echo "CLICKHOUSE_URL is set ($$CLICKHOUSE_URL): using that server; nothing is started here"
endif
down: ## stop them, Superset and Airflow; data stay
	@$(SERVICES_BARE) down --state "$(STATE)"
status-services: $(VENV) ## whether they answer, and where
	@$(SERVICES) status --state "$(STATE)"
clean-data: ## stop them and delete all local data
	@$(SERVICES_BARE) clean --state "$(STATE)"

##@ The job: bin/edtech runs the same commands with their own exit codes; bin/edtech --help

JOB := load backfill status rollback withdraw release forget sweep init try-source
.PHONY: $(JOB)
$(JOB): $(JAR) $(VENV)
# What writes the archive itself needs none. (A line that begins with "load" would be a directive.)
ifeq ($(ARCHIVE),)
backfill load forget: $(ARCHIVE_FILE)
endif

load: ## load and publish a day: make load DATE=2026-03-01 [ARGS="--force --set key=value"]
	@$(call need,DATE,make load DATE=2026-03-01)
	@$(EDTECH) load --date "$(DATE)" $(ARGS)
backfill: ## load a range: make backfill FROM=2026-03-01 TO=2026-03-31 [ARGS=...]
	@$(call need,FROM,make backfill FROM=2026-03-01 TO=2026-03-31)
	@$(call need,TO,make backfill FROM=2026-03-01 TO=2026-03-31)
	@$(EDTECH) backfill --from "$(FROM)" --to "$(TO)" $(ARGS)
status: ## days published, days missing, last loads
	@$(EDTECH) status $(ARGS)
rollback: ## show an earlier load of a day: make rollback DATE=2026-03-01 [ARGS="--load-id N"]
	@$(call need,DATE,make rollback DATE=2026-03-01)
	@$(EDTECH) rollback --date "$(DATE)" $(ARGS)
withdraw: ## take a day out of view that should not be published: make withdraw DATE=2026-03-01
	@$(call need,DATE,make withdraw DATE=2026-03-01)
	@$(EDTECH) withdraw --date "$(DATE)" $(ARGS)
release: ## publish a day that was held, as it is: make release DATE=2026-03-01
	@$(call need,DATE,make release DATE=2026-03-01)
	@$(EDTECH) release --date "$(DATE)" $(ARGS)
# ID and not USER, which every shell sets.
forget: ## remove a user from all loads: make forget ID=u-000325 [ARGS="--receipt FILE"]
	@$(call need,ID,make forget ID=u-000325)
	@$(EDTECH) forget --user "$$FORGET_ID" $(ARGS)
sweep: ## drop what dead and replaced loads left behind
	@$(EDTECH) sweep $(ARGS)
init: ## create or update the tables, as an administrator
	@$(EDTECH) init $(ARGS)
try-source: ## what settings make of your files: make try-source FILES=a.gz ARGS="--set source.preset=segment"
	@$(call need,FILES,make try-source FILES=a.gz ARGS="--set source.preset=segment")
	@$(EDTECH) try-source $(ARGS) $(FILES)

##@ The history marts, and looking at all of them

.PHONY: dbt dbt-docs sql dashboards airflow airflow-run spark-shell pyspark
dbt: $(VENV_DBT) ## build and test the history marts, then publish them: make dbt [ARGS="--select retention"]
	@$(AS_DBT) $(DBT) build $(ARGS)
dbt-docs: $(VENV_DBT) ## the marts' documentation: target/dbt/static_index.html
	@$(AS_DBT) $(DBT) docs generate --static
sql: $(VENV) ## print a query's answer: make sql Q="select 1"
	@[ -n "$${QUERY:-}" ] || { echo 'error: no query; write: make sql Q="select 1"' >&2; exit 1; }
	@$(WITH_ENV) $(ONE_SERVER) $(SERVICES) sql "$$QUERY"
dashboards: $(VENV) $(VENV_SUPERSET) ## Superset's web interface with the dashboards; make down stops it
	@$(WITH_ENV) $(ONE_SERVER) if [ -n "$${SUPERSET_URL:-}" ]; then .venv-superset/bin/python superset/deploy import; \
	  else .venv-superset/bin/python -m dev.stack.dashboards up --state "$(STATE)"; fi
airflow: $(VENV) $(VENV_DBT) $(VENV_AIRFLOW) $(JAR) $(ARCHIVE_FILE) ## Airflow's web interface with the DAGs; make down stops it
	@$(WITH_ENV) $(CHECK_URL); $(VENV_PYTHON) -m dev.stack.nightly up --state "$(STATE)"
airflow-run: $(VENV) $(VENV_DBT) $(VENV_AIRFLOW) $(JAR) $(ARCHIVE_FILE) ## a day through both real DAGs: make airflow-run DATE=2026-03-01
	@$(call need,DATE,make airflow-run DATE=2026-03-01)
	@$(WITH_ENV) $(CHECK_URL); $(VENV_PYTHON) -m dev.stack.nightly run --state "$(STATE)" --date "$(DATE)"

# The job jar by path and not by --jars: S3A's file system is looked up before those are there. A
# catalog in memory, or the shell would leave a Hive metastore in the current folder.
# Spark 4.0's shell on Scala 2.13 ignores -i and -I (SPARK-52587): Scala's own property instead.
SHELL_OPTIONS = --properties-file conf/spark-defaults.conf --conf spark.sql.catalogImplementation=in-memory \
	--driver-class-path "$(JOB_JAR):$(abspath target/s3a-jars)/*" \
	--driver-java-options "-Dlog4j2.configurationFile=$(abspath conf/log4j2.properties) \
	-XX:SharedArchiveFile=$(abspath $(ARCHIVE_FILE)) -Xlog:cds*=off $(1)"

spark-shell: $(JAR) $(VENV) ## a Scala shell with events("2026-03-01") as views; nothing is written
	@$(WITH_ENV) "$$SPARK_HOME/bin/spark-shell" $(call SHELL_OPTIONS,-Dscala.repl.autoruncode=conf/spark-shell/events.scala) $(ARGS)

pyspark: $(JAR) $(VENV) ## the same in Python
	@$(WITH_ENV) PYSPARK_SUBMIT_ARGS='$(call SHELL_OPTIONS) pyspark-shell' $(VENV_PYTHON) -i conf/spark-shell/events.py

include dev/dev.mk

# What the targets need; made when missing or outdated.

# $(call install,what): the environment that the target's stamp stands in, from the pins it depends on.
install = echo "installing $(1) into $(@D)" && rm -rf $(@D) && $(PYTHON) -m venv $(@D) \
	&& $(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $< && touch $@

$(VENV): dev/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] == (3, 11) else f"error: {sys.executable} is Python {sys.version.split()[0]}; the pinned packages need 3.11: make PYTHON=/path/to/python3.11")'
	@$(call install,Python packages)

$(VENV_DBT): dbt/requirements.txt
	@$(call install,dbt)

$(VENV_AIRFLOW): airflow/requirements.txt
	@$(call install,Airflow)

$(VENV_SUPERSET): superset/requirements.txt
	@$(call install,Superset)

$(S3PROXY): dev/stack/s3/pom.xml
	@echo "fetching the local S3 into dev/stack/s3/target/lib"
	@rm -rf dev/stack/s3/target
	@said="$$(mvn -q -B -ntp -f dev/stack/s3/pom.xml package 2>&1)" || { echo "$$said"; echo "error: cannot fetch the local S3; see above" >&2; exit 1; }
	@touch $@

$(JAR): pom.xml conf/reference.conf $(shell find src/main -type f)
	@echo "building the job jar (the first time fetches Spark's libraries)"
	@$(MVN) -q package -DskipTests -Drevision=$(VERSION)
	@touch $@

$(ARCHIVE_FILE): $(JAR) $(VENV)
	@$(VENV_PYTHON) -m dev.archive $@
