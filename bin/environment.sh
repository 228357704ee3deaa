# Sourced by bin/edtech and by the Makefile: what every program of the project finds in its environment.
# shellcheck shell=bash

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# Programs read arguments, variables and files in the locale's encoding: in another one than UTF-8
# letters of names would be lost.
export LC_ALL=C.UTF-8

# No proxy is asked for addresses of this machine: it would see their passwords. Clients compare
# them as text, so the others of 127.* are named where one is used.
export no_proxy="${no_proxy:-${NO_PROXY:-}}"
direct="localhost,127.0.0.1,::1"
servers="${CLICKHOUSE_URL:-}"
for url in ${servers//,/ } "${S3_ENDPOINT:-}"; do
  if [[ "$url" =~ ^[a-z]+://(127\.[0-9.]+) && ",$direct," != *",${BASH_REMATCH[1]},"* ]]; then
    direct="${BASH_REMATCH[1]},$direct"
  fi
done
case ",$no_proxy," in
  ",*,") ;; # Nothing goes through a proxy.
  *",$direct,"*) ;;
  *) no_proxy="$direct,$no_proxy" ;;
esac
export NO_PROXY="$no_proxy"

# Spark: that of .venv, unless SPARK_HOME names another. It listens on this machine only.
if [ -z "${SPARK_HOME:-}" ]; then
  for SPARK_HOME in "$root"/.venv/lib/python3*/site-packages/pyspark; do break; done
fi
export SPARK_HOME SPARK_LOCAL_IP="${SPARK_LOCAL_IP:-127.0.0.1}"
# spark-submit asks this Python where Spark is; without it, the one first on the PATH.
export PYSPARK_PYTHON="$root/.venv/bin/python"

fail() {
  echo "error: $1" >&2
  exit "${2:-1}"
}

# Where the local services say how they are reached.
services_file() {
  local state="${STATE:-.local}"
  [[ "$state" = /* ]] || state="$root/$state"
  echo "$state/env"
}

# CLICKHOUSE_URL from the environment means services of your own, whose settings all come from the
# environment; without it, they are those of `make up`.
use_services() {
  [ -z "${CLICKHOUSE_URL:-}" ] || return 0
  local file
  file="$(services_file)"
  [ -f "$file" ] ||
    fail "no services: there is no $file; run 'make up', or set CLICKHOUSE_URL to a server of your own"
  set -a
  # shellcheck source=/dev/null
  . "$file"
  set +a
  # make demo lays its settings there, so that whatever loads these days later takes the same.
  if [ -z "${EDTECH_CONFIG:-}" ] && [ -f "${file%/env}/settings.conf" ]; then
    export EDTECH_CONFIG="${file%/env}/settings.conf"
  fi
}
