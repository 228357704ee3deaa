package edtech.analytics.input;

import edtech.analytics.input.line.ParseRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.catalyst.InternalRow;

/** What the reader makes of an object of this machine's file system. */
final class ObjectRows {
  private ObjectRows() {}

  /**
   * All rows of an object, in their order.
   *
   * @param day both its prefix and the one day that is wanted
   */
  static List<InternalRow> of(Path file, LocalDate day, ParseRules rules, ErasedUsers erased)
      throws IOException {
    return of(file, day, rules, erased, 0, Long.MAX_VALUE);
  }

  /** The rows of a piece of an object. */
  static List<InternalRow> of(
      Path file, LocalDate day, ParseRules rules, ErasedUsers erased, long start, long end)
      throws IOException {
    SourceObject object = new SourceObject(file.toUri().toString(), day, Files.size(file), "v");
    List<InternalRow> rows = new ArrayList<>();
    try (LinePartitionReader reader =
        new LinePartitionReader(
            List.of(new Split(object, 0, start, end)),
            rules,
            (int) day.toEpochDay(),
            (int) day.toEpochDay(),
            new ErasedUserFinder(erased),
            new ObjectOpener(new Configuration(), rules.source().layout().isNative()))) {
      while (reader.next()) {
        rows.add(reader.get().copy());
      }
    }
    return rows;
  }
}
