/** A day to look at, in spark-shell, pyspark or a notebook. Nothing here writes. */
package edtech.analytics.shell;
