# The project's commands; `make` alone lists them. A target's help is the text after ## on its line.

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
JDBC := dev/bench/jdbc/target/.fetched
S3PROXY := dev/stack/s3/target/.fetched

# The job: its jar, and the Spark of .venv unless SPARK_HOME names another.
JAR := target/edtech-analytics-0.1.0-job.jar
S3A := target/s3a-jars/*
SPARK_HOME ?= $(abspath .venv)/lib/python3.11/site-packages/pyspark
export SPARK_HOME
# Everything here listens on loopback only.
export SPARK_LOCAL_IP ?= 127.0.0.1
LOGGING := -Dlog4j2.configurationFile=$(abspath conf/log4j2.properties)
# What classes a load used, read by later ones at their start; good for one build of the jar.
ARCHIVE_FILE := target/edtech-analytics.jsa
SHARING = $(if $(ARCHIVE),-XX:ArchiveClassesAtExit=$(ARCHIVE_FILE) -Xlog:disable,$(if $(wildcard $(ARCHIVE_FILE)),-XX:SharedArchiveFile=$(ARCHIVE_FILE)))
MAIN := edtech.analytics.cli.Main
MVN := mvn -B -ntp -Dstyle.color=never

# spark-submit, for what needs Spark; plain Java, which starts at once, for what does not.
SUBMIT = "$$SPARK_HOME/bin/spark-submit" --properties-file conf/spark-defaults.conf \
	--driver-class-path "$(S3A)" --driver-java-options "$(LOGGING) $(SHARING)" --class $(MAIN) $(JAR)
PLAIN = java $(LOGGING) -cp "$(JAR):$(S3A):$$SPARK_HOME/jars/*" $(MAIN)

# In front of a recipe line that talks to the services: CLICKHOUSE_URL from the environment means
# services of your own, whose settings all come from the environment; else those of `make up`.
# For the same reason `make up` then starts nothing.
WITH_ENV = if [ -z "$${CLICKHOUSE_URL:-}" ]; then \
	[ -f "$(STATE)/env" ] || { echo "error: no services: there is no $(STATE)/env; run 'make up', or set CLICKHOUSE_URL to a server of your own" >&2; exit 1; }; \
	set -a; . "$(abspath $(STATE))/env"; set +a; fi;

# spark-submit asks this Python where Spark is; without it, the one first on the PATH.
export PYSPARK_PYTHON := $(abspath $(VENV_PYTHON))
# The job runs with the rights of the user loader, where the environment names that user.
AS_LOADER = $(WITH_ENV) \
	export CLICKHOUSE_USER="$${CLICKHOUSE_LOADER_USER:-$${CLICKHOUSE_USER:-default}}"; \
	[ -z "$${CLICKHOUSE_LOADER_PASSWORD:-}" ] || export CLICKHOUSE_PASSWORD="$$CLICKHOUSE_LOADER_PASSWORD";

# The job looks at this itself; others would send it wherever the URL says.
NOT_IN_CLEAR = [ -z "$${CLICKHOUSE_PASSWORD:-}" ] || \
	[[ "$$CLICKHOUSE_URL" =~ ^(https://|http://(localhost|127(\.[0-9]+){3}|\[::1\])(:|/|$$)) ]] || \
	{ echo "error: CLICKHOUSE_URL is '$$CLICKHOUSE_URL': would send the password in clear over the network: give https://host:port" >&2; exit 2; };

AS_DBT = $(WITH_ENV) \
	export CLICKHOUSE_USER="$${CLICKHOUSE_DBT_USER:-$${CLICKHOUSE_USER:-default}}"; \
	export CLICKHOUSE_PASSWORD="$${CLICKHOUSE_DBT_PASSWORD:-$${CLICKHOUSE_PASSWORD:-}}"; \
	[[ "$$CLICKHOUSE_URL" =~ ^https?://[^/:]+:[0-9]+/?$$ ]] || \
	{ echo "error: CLICKHOUSE_URL is '$$CLICKHOUSE_URL'; dbt needs http://host:port or https://host:port" >&2; exit 2; }; \
	$(NOT_IN_CLEAR)
DBT := $(abspath .venv-dbt)/bin/dbt
export DBT_PROJECT_DIR := $(abspath dbt)
export DBT_PROFILES_DIR := $(abspath dbt)
export DBT_TARGET_PATH ?= $(abspath target/dbt)
export DBT_LOG_PATH ?= $(abspath target/dbt/logs)

# As it was written: make must not expand a $$ in it.
export QUERY := $(value Q)
export FORGET_ID := $(value ID)

##@ The job

.PHONY: help
help: ## this text
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z][a-z-]*:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## from nothing to published sample days and their metrics
	@$(MAKE) --no-print-directory up
	@$(WITH_ENV) $(VENV_PYTHON) -m dev.sample generate --seed 7 --users 500 \
	  --from 2026-03-01 --days 10 --upload --truth "$(STATE)/truth.json"
	@$(MAKE) --no-print-directory backfill FROM=2026-03-01 TO=2026-03-10 \
	  ARCHIVE="$$([ -f $(ARCHIVE_FILE) ] || echo 1)"
	@$(MAKE) --no-print-directory status
	@echo "building and testing the history marts"
	@$(MAKE) --no-print-directory dbt ARGS=--quiet
	@$(WITH_ENV) $(VENV_PYTHON) -m dev.demo

.PHONY: demo-tables
demo-tables: $(VENV) ## more tables of the days of make demo
	@$(WITH_ENV) $(VENV_PYTHON) -m dev.demo --tables

.PHONY: load
load: $(JAR) $(VENV) ## load and publish a day: make load DATE=2026-03-01 [ARGS="--force --set key=value"] [ARCHIVE=1]
	@$(call need,DATE,make load DATE=2026-03-01)
	@$(AS_LOADER) $(SUBMIT) load --date "$(DATE)" $(ARGS)

.PHONY: backfill
backfill: $(JAR) $(VENV) ## load a range: make backfill FROM=2026-03-01 TO=2026-03-31 [ARGS=...]
	@$(call need,FROM,make backfill FROM=2026-03-01 TO=2026-03-31)
	@$(call need,TO,make backfill FROM=2026-03-01 TO=2026-03-31)
	@$(AS_LOADER) $(SUBMIT) backfill --from "$(FROM)" --to "$(TO)" $(ARGS)

.PHONY: dbt
dbt: $(VENV_DBT) ## build and test the history marts, then publish them: make dbt [ARGS="--select retention"]
	@$(AS_DBT) $(DBT) build $(ARGS)

.PHONY: dbt-docs
dbt-docs: $(VENV_DBT) ## the marts' documentation: target/dbt/static_index.html
	@$(AS_DBT) $(DBT) docs generate --static

# The job jar by path and not by --jars: S3A's file system is looked up before those are there. A
# catalog in memory, or the shell would leave a Hive metastore in the current folder.
# Spark 4.0's shell on Scala 2.13 ignores -i and -I (SPARK-52587): Scala's own property instead.
SHELL_OPTIONS = --properties-file conf/spark-defaults.conf --conf spark.sql.catalogImplementation=in-memory \
	--driver-class-path "$(JAR):$(S3A)" --driver-java-options "$(LOGGING) $(1)"

.PHONY: spark-shell
spark-shell: $(JAR) $(VENV) ## a Scala shell with events("2026-03-01") as views; nothing is written
	@$(WITH_ENV) "$$SPARK_HOME/bin/spark-shell" $(call SHELL_OPTIONS,-Dscala.repl.autoruncode=conf/spark-shell/events.scala) $(ARGS)

.PHONY: pyspark
pyspark: $(JAR) $(VENV) ## the same in Python
	@$(WITH_ENV) PYSPARK_SUBMIT_ARGS='$(call SHELL_OPTIONS) pyspark-shell' $(VENV_PYTHON) -i conf/spark-shell/events.py

.PHONY: airflow-run
airflow-run: $(VENV) $(VENV_DBT) $(VENV_AIRFLOW) $(JAR) ## a day through both real DAGs: make airflow-run DATE=2026-03-01
	@$(call need,DATE,make airflow-run DATE=2026-03-01)
	@$(WITH_ENV) $(VENV_PYTHON) -m dev.stack.nightly run --state "$(STATE)" --date "$(DATE)"

.PHONY: airflow
airflow: $(VENV) $(VENV_DBT) $(VENV_AIRFLOW) $(JAR) ## Airflow's web interface with the DAGs; make down stops it
	@$(WITH_ENV) $(VENV_PYTHON) -m dev.stack.nightly up --state "$(STATE)"

.PHONY: dashboards
dashboards: $(VENV) $(VENV_SUPERSET) ## Superset's web interface with the dashboards; make down stops it
	@$(WITH_ENV) if [ -n "$${SUPERSET_URL:-}" ]; then .venv-superset/bin/python superset/deploy import; \
	  else .venv-superset/bin/python -m dev.stack.dashboards up --state "$(STATE)"; fi

.PHONY: dashboards-export
dashboards-export: ## what was changed in that Superset, back into superset/assets
	@.venv-superset/bin/python -m dev.stack.dashboards export --state "$(STATE)"

.PHONY: status
status: $(JAR) $(VENV) ## days published, days missing, last loads
	@$(AS_LOADER) $(PLAIN) status $(ARGS)

.PHONY: rollback
rollback: $(JAR) $(VENV) ## show an earlier load of a day: make rollback DATE=2026-03-01 [ARGS="--load-id N"]
	@$(call need,DATE,make rollback DATE=2026-03-01)
	@$(AS_LOADER) $(PLAIN) rollback --date "$(DATE)" $(ARGS)

.PHONY: release
release: $(JAR) $(VENV) ## publish a day that was held for its few lines: make release DATE=2026-03-01
	@$(call need,DATE,make release DATE=2026-03-01)
	@$(AS_LOADER) $(PLAIN) release --date "$(DATE)" $(ARGS)

# ID and not USER, which every shell sets.
.PHONY: forget
forget: $(JAR) $(VENV) ## remove a user from all loads: make forget ID=u-000325 [ARGS="--receipt FILE"]
	@$(call need,ID,make forget ID=u-000325)
	@$(AS_LOADER) $(SUBMIT) forget --user "$$FORGET_ID" $(ARGS)

.PHONY: sweep
sweep: $(JAR) $(VENV) ## drop what dead and replaced loads left
	@$(AS_LOADER) $(PLAIN) sweep $(ARGS)

.PHONY: init
init: $(JAR) $(VENV) ## create or update the tables, as an administrator
	@$(WITH_ENV) $(PLAIN) init $(ARGS)

# On a local S3 and ClickHouse of their own, empty at the start and gone at the end.
BENCH_STATE := .local-bench
ON_BENCH_SERVICES = unset CLICKHOUSE_URL; trap '$(SERVICES_BARE) clean --state $(BENCH_STATE)' EXIT; \
	$(MAKE) --no-print-directory clean-data up STATE=$(BENCH_STATE); \
	set -a; . "$(abspath $(BENCH_STATE))/env"; set +a;
BENCHES := ways parse sink scale heap small days
WHAT ?= ways
BENCH = $(VENV_PYTHON) -m dev.bench

# What compares ways is on the services of `make up`, so that their tables can be looked at after it.
.PHONY: bench
bench: $(JDBC) $(VENV) $(JAR) ## one of the targets of docs/performance.md: make bench [WHAT=ways|parse|sink|scale|heap|small|days]
	@[ -n "$(filter $(BENCHES),$(WHAT))" ] || { echo "error: WHAT is '$(WHAT)': give one of $(BENCHES)" >&2; exit 2; }
ifeq ($(WHAT),ways)
	@$(MAKE) --no-print-directory up
	@$(WITH_ENV) $(BENCH).$(WHAT)
else
	@$(ON_BENCH_SERVICES) $(BENCH).$(WHAT)
endif

.PHONY: bench-dbt
bench-dbt: $(VENV_DBT) ## make dbt on a long history, on services of its own: make bench-dbt [DAYS=365] [USERS=20000]
	@$(ON_BENCH_SERVICES) STATE=$(BENCH_STATE) $(BENCH).history

LONG_STATE := .local-long

.PHONY: long-runs
long-runs: $(VENV) $(S3PROXY) $(JAR) ## a year of days, a day of 10,000 files, one of 20,000,000 events: make long-runs [DAYS=365] [FILES=10000] [EVENTS=20000000], 0 for none
	@$(MAKE) --no-print-directory clean-data up STATE=$(LONG_STATE)
	@set -a; . $(abspath $(LONG_STATE))/env; set +a; \
	  trap '$(SERVICES_BARE) clean --state $(LONG_STATE)' EXIT; \
	  DAYS="$(or $(DAYS),365)" FILES="$(or $(FILES),10000)" EVENTS="$(or $(EVENTS),20000000)" $(VENV_PYTHON) -m dev.long_runs

##@ Tests

# Services of their own, so that tests never touch the data of `make up`.
TEST_STATE := .local-test
CHAOS_STATE := .local-chaos

# The official Spark connector, tested too where it can be had.
CONNECTOR := com.clickhouse.spark:clickhouse-spark-runtime-4.0_2.13:0.10.0
CONNECTOR_WAIT := 60

PYTHON_CODE := dev airflow conf superset dbt
SQL_LINT := $(VENV_PYTHON) -m sqlfluff lint -q dbt/models dbt/tests
DBT_TESTS := dbt/pytests

.PHONY: test-dbt
test-dbt: $(VENV) $(VENV_DBT) $(S3PROXY) $(JAR) ## those of the dbt project alone, as a part of make test
	@$(SQL_LINT)
	@$(VENV_PYTHON) -m pytest -q $(DBT_TESTS)

# On a running Airflow.
NIGHTLY_TESTS := dev/tests/test_nightly.py

.PHONY: test-nightly
test-nightly: $(VENV) $(VENV_DBT) $(VENV_AIRFLOW) $(S3PROXY) $(JAR) ## a day, a failure, a backfill on a running Airflow; not part of make test
	@$(VENV_PYTHON) -m pytest -q $(NIGHTLY_TESTS)

# The corpus grows from run to run in target/fuzz; what of it adds coverage is kept by `make fuzz-keep`.
FUZZ := target/fuzz
FUZZER = java -Xmx1g -cp "target/test-classes:target/classes:$$(cat $(FUZZ)/classpath)" \
	com.code_intelligence.jazzer.Jazzer --target_class=edtech.analytics.input.line.LineFuzz \
	--instrumentation_includes='edtech.analytics.input.**' --reproducer_path=$(FUZZ) \
	-artifact_prefix=$(FUZZ)/ -max_len=3000 -timeout=10 -rss_limit_mb=0 -verbosity=1

.PHONY: fuzz
fuzz: $(VENV) ## look for lines that the parser gets wrong, led by coverage: make fuzz [MINUTES=10]
	@$(MVN) -q -Pfuzz test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=$(FUZZ)/classpath
	@$(VENV_PYTHON) -m dev.fuzz unpack $(FUZZ)/kept; mkdir -p $(FUZZ)/corpus
	@$(FUZZER) -max_total_time=$$(( $(or $(MINUTES),10) * 60 )) -print_final_stats=1 $(FUZZ)/corpus $(FUZZ)/kept
	@FUZZ_CORPUS=$(FUZZ)/corpus $(VENV_PYTHON) -m pytest -q dev/tests/test_lines.py

.PHONY: fuzz-keep
fuzz-keep: ## after make fuzz: keep the lines of its corpus that each reach something, for make test
	@rm -rf $(FUZZ)/merged; mkdir -p $(FUZZ)/merged
	@$(FUZZER) -merge=1 $(FUZZ)/merged $(FUZZ)/kept $(FUZZ)/corpus
	@$(VENV_PYTHON) -m dev.fuzz pack $(FUZZ)/merged

# Their short forms are a part of make test, but for ClusterFaultIT, which has none.
CHAOS_TESTS := ServerKillIT,KilledLoadIT,TaskFaultIT,ClusterFaultIT,ConcurrentLoadsIT,SweepRaceIT,S3FaultsIT

.PHONY: chaos
chaos: $(VENV) $(S3PROXY) ## what breaks a load, many times: half an hour and more: make chaos [SEED=N]
	@unset CLICKHOUSE_URL; \
	  trap '$(SERVICES_BARE) clean --state $(CHAOS_STATE)' EXIT; \
	  $(MVN) -q package -DskipTests; \
	  $(SERVICES_BARE) clean --state $(CHAOS_STATE); \
	  $(SERVICES) up --state $(CHAOS_STATE); \
	  set -a; . $(abspath $(CHAOS_STATE))/env; set +a; \
	  $(PLAIN) init; \
	  $(MVN) verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='$(CHAOS_TESTS)' -Dchaos.full=true $(if $(SEED),-Dchaos.seed=$(SEED))

# Not a part of make test: what is known changes by itself, and OSV must be reached.
.PHONY: audit
audit: $(VENV) ## known vulnerabilities of all pinned packages, Maven's and Python's [OSV_URL=a mirror of api.osv.dev]
	@$(VENV_PYTHON) -m dev.audit

# Superset on sample days and on a history; DAYS=45 USERS=200 is the small form of that.
.PHONY: test-dashboards
test-dashboards: $(VENV) $(VENV_DBT) $(VENV_SUPERSET) $(S3PROXY) $(JAR) ## the dashboards on a year of 20,000 users a day [PICTURES=docs/images]
	@DAYS="$(or $(DAYS),365)" USERS="$(or $(USERS),20000)" \
	  .venv-superset/bin/python -m pytest -q --durations=10 superset/tests

.PHONY: test
test: $(VENV) $(VENV_DBT) $(VENV_AIRFLOW) $(VENV_SUPERSET) $(S3PROXY) ## every test, on real services of their own
	@unset CLICKHOUSE_URL; \
	  trap '$(SERVICES_BARE) clean --state $(TEST_STATE)' EXIT; \
	  $(MVN) -q package -DskipTests; \
	  $(SERVICES_BARE) clean --state $(TEST_STATE); \
	  $(SERVICES) up --state $(TEST_STATE); \
	  set -a; . $(abspath $(TEST_STATE))/env; set +a; \
	  $(PLAIN) init; \
	  with=""; \
	  if timeout $(CONNECTOR_WAIT) $(MVN) -q dependency:get -Dartifact=$(CONNECTOR) -Dtransitive=false >/dev/null 2>&1; \
	  then with="-Pofficial-connector"; \
	  else echo "official connector: $(CONNECTOR) does not resolve here; ConnectorIT is skipped"; fi; \
	  $(MVN) verify $$with; \
	  $(VENV_PYTHON) -m ruff check $(PYTHON_CODE); \
	  $(VENV_PYTHON) -m ruff format --check $(PYTHON_CODE); \
	  $(SQL_LINT); \
	  $(VENV_PYTHON) -m dev.audit --list-only; \
	  .venv-airflow/bin/python -m pytest -q airflow/tests; \
	  $(VENV_PYTHON) -m pytest -q -rs dev/tests $(DBT_TESTS) --ignore=$(NIGHTLY_TESTS); \
	  .venv-superset/bin/python -m pytest -q superset/tests --ignore=superset/tests/test_dashboards.py; \
	  echo "not part of this run, for their time: make test-nightly (a running Airflow), make test-dashboards (a year in Superset), make chaos (a Spark cluster that loses executors)"

##@ Local services

.PHONY: up
ifeq ($(CLICKHOUSE_URL),)
up: $(VENV) $(S3PROXY) $(JAR) ## start the local S3 and ClickHouse, wait for both, write .local/env, create the schema
	@$(SERVICES) up --state "$(STATE)"
	@$(WITH_ENV) $(PLAIN) init
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
	@$(WITH_ENV) $(NOT_IN_CLEAR) $(SERVICES) sql "$$QUERY"

# $(call need,NAME,example): stops with a word when a variable of the command line is missing.
need = [ -n "$($(1))" ] || { echo 'error: no $(1); write: $(2)' >&2; exit 2; }

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

$(JDBC): dev/bench/jdbc/pom.xml
	@echo "fetching ClickHouse's JDBC driver into dev/bench/jdbc/target/lib"
	@$(MVN) -q -f dev/bench/jdbc/pom.xml package
	@touch $@

$(JAR): pom.xml conf/reference.conf $(shell find src/main -type f)
	@echo "building the job jar (the first time fetches Spark's libraries)"
	@rm -f $(ARCHIVE_FILE)
	@$(MVN) -q package -DskipTests
	@touch $@
