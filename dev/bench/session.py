"""Spark driven from this process, with the job and the JDBC driver on its class path."""

import os
import shlex
import sys
from pathlib import Path

from pyspark.sql import SparkSession

S3A_JARS = "target/s3a-jars/*"
JDBC_JARS = "dev/bench/jdbc/target/lib/*"


def s3_options() -> list[str]:
    """What S3A has to know of an S3 that is not Amazon's."""
    endpoint = os.environ.get("S3_ENDPOINT", "")
    settings = ("path.style.access=true", f"endpoint={endpoint}") if endpoint else ()
    return [f"--conf=spark.hadoop.fs.s3a.{setting}" for setting in settings]


def open_session() -> SparkSession:
    """A session as a load has it: the same cores, heap and JVM options."""
    jobs = [str(path) for path in Path("target").glob("edtech-analytics-*-job.jar")]
    if len(jobs) != 1:
        sys.exit(f"error: job jars in target are {jobs}: leave one, 'mvn package' makes it")
    options = [
        *("--properties-file", "conf/spark-defaults.conf"),
        *("--driver-class-path", f"{jobs[0]}:{S3A_JARS}:{JDBC_JARS}"),
        *("--driver-java-options", "-Dlog4j2.configurationFile=conf/log4j2.properties"),
        *s3_options(),
    ]
    # Read by pyspark when it starts the JVM.
    os.environ["PYSPARK_SUBMIT_ARGS"] = shlex.join([*options, "pyspark-shell"])
    return SparkSession.builder.getOrCreate()
