package edtech.analytics.clickhouse.sink;

import org.apache.spark.sql.connector.write.WriterCommitMessage;

/** What a task attempt that finished has written. */
record StageCommit(long task, long rows) implements WriterCommitMessage {}
