package edtech.analytics.input;

import edtech.analytics.source.Source;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.connector.read.InputPartition;

/**
 * A piece of an object: the lines whose first byte lies in [start, end) of it. A compressed object
 * is one piece; where its name does not tell, its first piece is all of it.
 *
 * @param number the object's number in the load
 */
record Split(SourceObject object, int number, long start, long end) implements Serializable {
  private static final long LARGEST = 64L << 20;
  private static final long SMALLEST = 4L << 20;

  /** Cost of opening an object, in bytes that could be read meanwhile; Spark's own figure. */
  private static final long OPEN_COST = 4L << 20;

  /** The pieces that one task reads, in order. */
  record Pack(List<Split> splits) implements InputPartition {}

  /** Splits large objects and groups small ones, so that tasks are of similar size. */
  static List<Pack> plan(Selection selection, int cores) {
    long total = selection.objects().stream().mapToLong(o -> o.bytes() + OPEN_COST).sum();
    long size = Math.min(LARGEST, Math.max(SMALLEST, total / cores));
    List<Pack> packs = new ArrayList<>();
    List<Split> open = new ArrayList<>();
    long filled = 0;
    for (Split split : cut(selection, size)) {
      long cost = split.end == Long.MAX_VALUE ? split.object.bytes() : split.end - split.start;
      if (!open.isEmpty() && filled + cost > size) {
        packs.add(new Pack(List.copyOf(open)));
        open.clear();
        filled = 0;
      }
      open.add(split);
      filled += cost + OPEN_COST;
    }
    if (!open.isEmpty()) {
      packs.add(new Pack(List.copyOf(open)));
    }
    return packs;
  }

  private static boolean isWhole(SourceObject object, Source source) {
    boolean isCompressed =
        source.layout().isNative() ? object.isGzip() : object.isNamedAsCompressed();
    return isCompressed || source.framing() == Source.Framing.CONCATENATED;
  }

  private static List<Split> cut(Selection selection, long size) {
    List<Split> splits = new ArrayList<>();
    int number = 0;
    for (SourceObject object : selection.objects()) {
      if (isWhole(object, selection.rules().source())) {
        splits.add(new Split(object, number, 0, Long.MAX_VALUE));
      } else {
        long start = 0;
        do {
          long end = object.bytes() - start < size * 5 / 4 ? object.bytes() : start + size;
          splits.add(new Split(object, number, start, end));
          start = end;
        } while (start < object.bytes());
      }
      number++;
    }
    return splits;
  }
}
