# What developers need beside the commands of the Makefile, which includes this: tests, benchmarks, long runs.

##@ Tests, on services of their own: they never touch the data of make up

TEST_STATE := .local-test
CHAOS_STATE := .local-chaos

# $(call clean_at_end,STATE): behind at_end=, in front of a recipe line, whose end removes these services. What fails
# in it lets the line fail, and the rest be removed.
clean_at_end = at_end="$${at_end}$(SERVICES_BARE) clean --state $(1) || failed=1; "; trap "$$at_end"'[ -z "$${failed:-}" ]' EXIT;
# $(call on_services,STATE): in front of a recipe line, a new S3 and ClickHouse with the schema, gone at its end.
on_services = $(ENV) unset CLICKHOUSE_URL; at_end=; $(call clean_at_end,$(1)) \
	$(MAKE) --no-print-directory clean-data up STATE=$(1); \
	set -a; . "$(abspath $(1))/env"; set +a;
# The parts of make test share its services; each alone has its own.
ON_TEST_SERVICES = $(if $(SHARED),$(ENV) at_end=;,$(call on_services,$(TEST_STATE)))

# A stage has one lane, or two that run side by side, left and right of its bar. The job's jar is made in the first stage
# and used in the others, and so is the class archive, once that jar is there. Nothing runs beside the integration tests,
# which have two JVMs and wait with time-outs; nor beside test-tools, which has two workers.
PARTS := "test-units | lint test-airflow test-superset" test-its $(ARCHIVE_FILE) test-tools

.PHONY: test lint test-java test-units test-its test-tools test-python test-dbt test-airflow test-superset
test: $(VENV) $(VENV_DBT) $(VENV_AIRFLOW) $(VENV_SUPERSET) $(S3PROXY) $(JAR) ## every test
	@$(call on_services,$(TEST_STATE)) $(VENV_PYTHON) -m dev.parts $(PARTS); \
	  echo "not part of this run, for their time: make test-nightly (a running Airflow), make test-dashboards (a year in Superset), make chaos (a Spark cluster that loses executors)"

PYTHON_CODE := dev airflow conf superset dbt

lint: $(VENV) ## form of Python, SQL and shell; list of allowed advisories
	@$(VENV_PYTHON) -m ruff check $(PYTHON_CODE)
	@$(VENV_PYTHON) -m ruff format --check $(PYTHON_CODE)
	@$(VENV_PYTHON) -m sqlfluff lint -q dbt/models dbt/tests
	@.venv/bin/shellcheck bin/edtech bin/environment.sh .ci/run
	@$(VENV_PYTHON) -m dev.audit --list-only

# The official Spark connector, tested too where it can be had, or where CONNECTOR_JAR names its jar.
CONNECTOR := com.clickhouse.spark:clickhouse-spark-runtime-4.0_2.13:0.10.0
CONNECTOR_WAIT := 60
CONNECTOR_FOLDER := target/official-connector

test-java: $(VENV) $(S3PROXY) $(JAR) #- Maven's: test-units, then test-its [CONNECTOR_JAR=the official connector's jar]
	@$(ON_TEST_SERVICES) for part in test-units test-its; do $(MAKE) --no-print-directory $$part SHARED=1; done

test-units: $(VENV) #- formatter and unit tests; makes the jar
	@$(ENV) with=""; \
	  if [ -n "$${CONNECTOR_JAR:-}" ]; then mkdir -p $(CONNECTOR_FOLDER); cp "$$CONNECTOR_JAR" $(CONNECTOR_FOLDER); \
	  elif timeout $(CONNECTOR_WAIT) $(MVN) -q dependency:get -Dartifact=$(CONNECTOR) -Dtransitive=false >/dev/null 2>&1; \
	  then with="-Pofficial-connector"; \
	  else echo "official connector: $(CONNECTOR) does not resolve here; ConnectorIT is skipped"; fi; \
	  $(MVN) package $$with

# Two JVMs take one class after the other; the second has services of its own, with the passwords of the first, as some
# code reads the environment of the process. Replicas would be killed by one JVM under the other: make test-replicas.
SECOND_STATE := .local-test-second

test-its: $(VENV) $(S3PROXY) $(JAR) #- the integration tests, on the jar that is there
	@$(ON_TEST_SERVICES) unset CLICKHOUSE_REPLICAS; $(call clean_at_end,$(SECOND_STATE)) \
	  env -u CLICKHOUSE_URL $(MAKE) --no-print-directory clean-data up STATE=$(SECOND_STATE) PASSWORDS_OF=$(TEST_STATE); \
	  SERVICES_OF_FORK_2="$(abspath $(SECOND_STATE))/env" $(MVN) -Dits.forks=2 \
	  resources:testResources compiler:testCompile@default-testCompile failsafe:integration-test failsafe:verify

# On a running Airflow.
NIGHTLY_TESTS := dev/tests/test_nightly.py

# A file's tests stay together, for their services; dbt's files come first, which take longest.
PYTEST = $(ENV) unset CLICKHOUSE_REPLICAS; $(VENV_PYTHON) -m pytest -q -rs --durations=10 -n 2 --dist loadfile --no-loadscope-reorder

test-tools: $(VENV) $(VENV_DBT) $(S3PROXY) $(JAR) #- test-dbt and test-python in one
	@$(PYTEST) dbt/pytests dev/tests --ignore=$(NIGHTLY_TESTS)

test-python: $(VENV) $(VENV_DBT) $(S3PROXY) $(JAR) #- the Python tools
	@$(PYTEST) dev/tests --ignore=$(NIGHTLY_TESTS)

test-dbt: $(VENV) $(VENV_DBT) $(S3PROXY) $(JAR) #- the dbt project
	@$(PYTEST) dbt/pytests

test-airflow: $(VENV_AIRFLOW) #- the DAGs, without a running Airflow
	@$(ENV) .venv-airflow/bin/python -m pytest -q airflow/tests

test-superset: $(VENV_SUPERSET) #- the files of the dashboards, without a running Superset
	@$(ENV) .venv-superset/bin/python -m pytest -q superset/tests --ignore=superset/tests/test_dashboards.py

##@ Tests that are not part of make test

.PHONY: test-nightly test-dashboards test-replicas chaos fuzz fuzz-keep audit
test-nightly: $(VENV) $(VENV_DBT) $(VENV_AIRFLOW) $(S3PROXY) $(JAR) #- a day, a failure, a backfill on a running Airflow
	@$(ENV) $(VENV_PYTHON) -m pytest -q $(NIGHTLY_TESTS)

# Superset on sample days and on a history; DAYS=45 USERS=200 is the small form of that.
test-dashboards: $(VENV) $(VENV_DBT) $(VENV_SUPERSET) $(S3PROXY) $(JAR) #- the dashboards on a year of 20,000 users a day [PICTURES=docs/images]
	@$(ENV) DAYS="$(or $(DAYS),365)" USERS="$(or $(USERS),20000)" \
	  .venv-superset/bin/python -m pytest -q --durations=10 superset/tests

# REPLICA_STOP and REPLICA_START, commands that take the number of a server, let them be killed, too. What loads,
# dbt and readers do is done with the rights of CLICKHOUSE_LOADER_USER, CLICKHOUSE_DBT_USER and CLICKHOUSE_READER_USER,
# where they are set. With IT, only these integration tests.
test-replicas: $(VENV) $(VENV_DBT) $(S3PROXY) $(JAR) #- on replicas of your own: make test-replicas CLICKHOUSE_REPLICAS=http://a:8123,http://b:8123, with an administrator's CLICKHOUSE_USER and CLICKHOUSE_PASSWORD
	@if [ -z "$${CLICKHOUSE_REPLICAS:-}" ]; then \
	  echo "not run: CLICKHOUSE_REPLICAS names no servers, as in CLICKHOUSE_REPLICAS=http://a:8123,http://b:8123"; exit 0; fi; \
	  export REPLICAS_USER="$${CLICKHOUSE_USER:-default}" REPLICAS_PASSWORD="$${CLICKHOUSE_PASSWORD:-}"; \
	  for user in LOADER DBT READER; do for what in USER PASSWORD; do \
	    name="CLICKHOUSE_$${user}_$$what"; export "REPLICAS_$${user}_$$what=$${!name:-}"; done; done; \
	  $(call on_services,$(TEST_STATE)) \
	  $(MVN) verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='$(or $(IT),Replica*IT)' -Dchaos.full=true\
	  $(if $(IT),,; $(VENV_PYTHON) -m pytest -q -rs -s dbt/pytests/test_replicas.py)

# Their short forms are a part of make test, but for ClusterFaultIT, which has none.
CHAOS_TESTS := ServerKillIT,KilledLoadIT,TaskFaultIT,ClusterFaultIT,ConcurrentLoadsIT,SweepRaceIT,S3FaultsIT

chaos: $(VENV) $(S3PROXY) $(JAR) #- what breaks a load, many times: half an hour and more: make chaos [SEED=N]
	@$(call on_services,$(CHAOS_STATE)) \
	  $(MVN) verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='$(CHAOS_TESTS)' -Dchaos.full=true $(if $(SEED),-Dchaos.seed=$(SEED))

# The corpus grows from run to run in target/fuzz; what of it adds coverage is kept by `make fuzz-keep`.
FUZZ := target/fuzz
FUZZ_PATH = -cp "target/test-classes:target/classes:$$(cat $(FUZZ)/classpath)"
FUZZ_CLASS = edtech.analytics.input.line.$(if $(PRESET),MappedFuzz,LineFuzz)
FUZZER = java -Xmx1g -Dpreset=$(PRESET) $(FUZZ_PATH) \
	com.code_intelligence.jazzer.Jazzer --target_class=$(FUZZ_CLASS) \
	--instrumentation_includes='edtech.analytics.input.**' --reproducer_path=$(FUZZ) \
	-artifact_prefix=$(FUZZ)/ -max_len=3000 -timeout=10 -rss_limit_mb=0 -verbosity=1

fuzz: $(VENV) #- look for lines that the parser gets wrong, led by coverage: make fuzz [MINUTES=10] [PRESET=segment]
	@$(MVN) -q -Pfuzz test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=$(FUZZ)/classpath
	@$(VENV_PYTHON) -m dev.fuzz unpack $(FUZZ)/kept; mkdir -p $(FUZZ)/corpus
	@$(if $(PRESET),java $(FUZZ_PATH) $(FUZZ_CLASS) $(PRESET) $(FUZZ)/$(PRESET))
	@$(FUZZER) -max_total_time=$$(( $(or $(MINUTES),10) * 60 )) -print_final_stats=1 \
	  $(if $(PRESET),$(FUZZ)/$(PRESET),$(FUZZ)/corpus) $(FUZZ)/kept
	@$(if $(PRESET),,$(ENV) FUZZ_CORPUS=$(FUZZ)/corpus $(VENV_PYTHON) -m pytest -q dev/tests/test_lines.py)

fuzz-keep: #- after make fuzz: keep the lines of its corpus that each reach something, for make test
	@rm -rf $(FUZZ)/merged; mkdir -p $(FUZZ)/merged
	@$(FUZZER) -merge=1 $(FUZZ)/merged $(FUZZ)/kept $(FUZZ)/corpus
	@$(VENV_PYTHON) -m dev.fuzz pack $(FUZZ)/merged

# Not a part of make test: what is known changes by itself, and OSV must be reached.
audit: $(VENV) #- known vulnerabilities of all pinned packages, Maven's and Python's [OSV_URL=a mirror of api.osv.dev]
	@$(VENV_PYTHON) -m dev.audit

##@ Benchmarks and long runs

JDBC := dev/bench/jdbc/target/.fetched
EMPTY := target/bench/empty.jar
BENCH_STATE := .local-bench
LONG_STATE := .local-long
BENCHES := ways parse sources segments sink scale heap small days
WHAT ?= ways
BENCH = $(VENV_PYTHON) -m dev.bench

.PHONY: bench bench-dbt long-runs
# What compares ways is on the services of `make up`, so that their tables can be looked at after it.
bench: $(JDBC) $(VENV) $(JAR) $(ARCHIVE_FILE) $(EMPTY) ## one of the targets of docs/performance.md: make bench [WHAT=ways|parse|sources|segments|sink|scale|heap|small|days]
	@[ -n "$(filter $(BENCHES),$(WHAT))" ] || { echo "error: WHAT is '$(WHAT)': give one of $(BENCHES)" >&2; exit 2; }
ifeq ($(WHAT),ways)
	@$(MAKE) --no-print-directory up
	@$(WITH_ENV) $(BENCH).$(WHAT)
else
	@$(call on_services,$(BENCH_STATE)) STATE=$(BENCH_STATE) $(BENCH).$(WHAT)
endif

bench-dbt: $(VENV) $(VENV_DBT) #- make dbt on a long history, on services of its own: make bench-dbt [DAYS=365] [USERS=20000] [TASKS=10] [DIMENSIONS=10,50,200]; the marts of A/B tests alone: EXPOSED=2000000
	@$(call on_services,$(BENCH_STATE)) STATE=$(BENCH_STATE) $(BENCH).$(if $(EXPOSED),exposed,history)

long-runs: $(VENV) $(S3PROXY) $(JAR) #- a year of days, a day of 10,000 files, one of 20,000,000 events: make long-runs [DAYS=365] [FILES=10000] [EVENTS=20000000], 0 for none
	@$(call on_services,$(LONG_STATE)) \
	  DAYS="$(or $(DAYS),365)" FILES="$(or $(FILES),10000)" EVENTS="$(or $(EVENTS),20000000)" $(VENV_PYTHON) -m dev.long_runs

$(JDBC): dev/bench/jdbc/pom.xml
	@echo "fetching ClickHouse's JDBC driver into dev/bench/jdbc/target/lib"
	@$(MVN) -q -f dev/bench/jdbc/pom.xml package
	@touch $@

$(EMPTY): dev/bench/empty/EmptyApplication.java $(VENV)
	@rm -rf target/bench/empty; mkdir -p target/bench/empty
	@$(ENV) javac -d target/bench/empty -cp "$$SPARK_HOME/jars/*" $<
	@jar --create --file $@ -C target/bench/empty .

##@ Others

.PHONY: help-dev jar dashboards-export
help-dev: #- this text
	@awk -v mark=' #- ' -f dev/help.awk $(MAKEFILE_LIST)

jar: $(JAR) #- the job's jar: make jar [VERSION=1.2.3]
	@echo "$(JAR)"

dashboards-export: #- what was changed in the Superset of make dashboards, back into superset/assets
	@.venv-superset/bin/python -m dev.stack.dashboards export --state "$(STATE)"
