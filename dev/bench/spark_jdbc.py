"""The usual Spark way: read.json with a schema, a filtered write by JDBC for each raw table.

No checks, no rejected lines, no duplicates removed; a task that is tried again writes its rows
twice. Run by spark-submit with the JDBC driver on its class path.
"""

import os

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

# By its full name: spark-submit runs this file as a script.
from dev.bench import raw_tables
from dev.bench.python_client import connect

DATABASE = "bench_spark_jdbc"


def load(date: str) -> None:
    """Loads a day."""
    raw_tables.create(connect().command, DATABASE)
    spark = SparkSession.builder.getOrCreate()
    schema = ", ".join(f"{name} string" for name in raw_tables.FIELDS)
    uri = os.environ["EVENTS_URI"].rstrip("/")
    lines = spark.read.schema(schema).json(f"{uri}/dt={date}/")
    # What is no field of a table, as the other ways write it: {} for none would be another row.
    types = {"finished": "boolean", "minutes": "double"}
    others = f.to_json(
        f.struct(*(f.col(n).cast(types.get(n, "string")).alias(n) for n in raw_tables.PROPERTIES))
    )
    events = (
        lines.where(f.col("event_id").isNotNull())
        .withColumn("event_date", f.lit(date).cast("date"))
        .withColumn("event_timestamp", f.col("event_timestamp").cast("timestamp"))
        .withColumn("properties", f.when(others != "{}", others))
        .na.fill("")
    )
    write(events, "events")
    tasks = events.where("event_type = 'task_result'")
    write(tasks.withColumn("is_success", f.col("task_result") == "success"), "task_results")
    amount = f.col("purchase_amount").cast("decimal(18, 2)")
    purchases = events.where("event_type = 'purchase'")
    write(purchases.withColumn("purchase_amount", amount), "purchases")
    assigned = events.where("event_type = 'ab_test_assignment'")
    write(
        assigned.withColumnRenamed("event_timestamp", "assignment_timestamp"), "ab_test_assignments"
    )
    sessions = events.where("session_id <> ''").groupBy("event_date", "session_id", "user_id")
    at = f.col("event_timestamp")
    write(
        sessions.agg(
            f.min(at).alias("session_start"),
            f.max(at).alias("session_end"),
            f.count("*").alias("event_count"),
        ),
        "sessions",
    )


def write(rows: DataFrame, table: str) -> None:
    """Appends rows to a table of this way."""
    append(rows.select(*raw_tables.columns(table)), f"{DATABASE}.{table}")


def append(rows: DataFrame, table: str) -> None:
    """Appends rows to any table."""
    (
        rows.write.format("jdbc")
        .mode("append")
        .option("driver", "com.clickhouse.jdbc.ClickHouseDriver")
        .option("url", os.environ["CLICKHOUSE_URL"].replace("http", "jdbc:clickhouse:http", 1))
        .option("user", os.environ["CLICKHOUSE_USER"])
        .option("password", os.environ["CLICKHOUSE_PASSWORD"])
        .option("dbtable", table)
        .option("batchsize", raw_tables.BATCH_ROWS)
        .option("isolationLevel", "NONE")
        .option("compress", "false")
        .save()
    )


if __name__ == "__main__":
    raw_tables.timed(load)
