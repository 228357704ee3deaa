package edtech.analytics.clickhouse.sink;

import java.io.Serializable;

/** When a batch is sent: at so many rows, or so many bytes before compression. */
record BatchLimit(int rows, int bytes) implements Serializable {}
