package edtech.analytics.input;

import edtech.analytics.input.line.ParseRules;
import java.time.LocalDate;
import java.util.Locale;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.util.SerializableConfiguration;

/** Opens the pieces of objects that a task was given. */
record LineReaderFactory(
    ParseRules rules,
    LocalDate fromDate,
    LocalDate toDate,
    ErasedUsers erased,
    SerializableConfiguration hadoop)
    implements PartitionReaderFactory {

  @Override
  public PartitionReader<InternalRow> createReader(InputPartition partition) {
    // S3A writes the range of bytes that it asks for in the digits of this locale, and no S3 reads
    // those of ar_EG. Here, since executors and shells read, too.
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    int from = Math.toIntExact(fromDate.toEpochDay());
    int to = Math.toIntExact(toDate.toEpochDay());
    return new LinePartitionReader(
        ((Split.Pack) partition).splits(),
        rules,
        from,
        to,
        new ErasedUserFinder(erased),
        new ObjectOpener(hadoop.value(), rules.source().layout().isNative()));
  }
}
