package edtech.analytics.transform;

import edtech.analytics.input.ParsedColumn;
import edtech.analytics.input.ParsedRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.sql.execution.ExternalAppendOnlyUnsafeRowArray;
import org.apache.spark.unsafe.types.UTF8String;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The rows of one partition with its duplicates decided: of the events with one id the winner stays
 * an event, those of equal content are left out, those of other content become rejected lines. At
 * the end come the rows of {@link Outcomes}.
 *
 * <p>Can be read any number of times, by one reader at a time. Kept in the task's memory, and on
 * disk where that is not enough; not thread-safe.
 */
final class ResolvedPartition {
  private static final int ROW_KIND = ParsedColumn.ROW_KIND.ordinal();
  private static final int EVENT_ID = ParsedColumn.EVENT_ID.ordinal();

  private static final int KEPT_AS_OBJECTS = 1024;
  private static final long HASH_SEED = 42;

  /** Stands where a row is no event; the hash of none. */
  private static final long NO_EVENT = 0;

  private final ExternalAppendOnlyUnsafeRowArray rows =
      new ExternalAppendOnlyUnsafeRowArray(KEPT_AS_OBJECTS, Integer.MAX_VALUE);
  private final BitSet duplicates = new BitSet();
  private final BitSet conflicts = new BitSet();
  private final Outcomes outcomes = new Outcomes();

  ResolvedPartition(Iterator<InternalRow> parsed) {
    long[] hashes = new long[KEPT_AS_OBJECTS];
    while (parsed.hasNext()) {
      UnsafeRow row = (UnsafeRow) parsed.next();
      int index = rows.length();
      if (index == hashes.length) {
        hashes = Arrays.copyOf(hashes, index * 2);
      }
      UTF8String kind = row.getUTF8String(ROW_KIND);
      boolean isEvent = ParsedRow.EVENT.equals(kind);
      hashes[index] = isEvent ? hash(row) : NO_EVENT;
      if (isEvent) {
        outcomes.accepted(row);
      } else if (ParsedRow.REJECTED.equals(kind)) {
        outcomes.rejected(row);
      }
      rows.add(row);
    }
    decide(repeated(Arrays.copyOf(hashes, rows.length())));
  }

  /** The rows; one that was given out is valid until the next one is. */
  Iterator<InternalRow> iterator() {
    return new Rows();
  }

  /** Frees what is kept. */
  void clear() {
    rows.clear();
  }

  /** Hashes that more than one event has, ascending. */
  private static long[] repeated(long[] hashes) {
    Arrays.sort(hashes);
    int found = 0;
    for (int i = 1; i < hashes.length; i++) {
      boolean isRepeated = hashes[i] == hashes[i - 1] && hashes[i] != NO_EVENT;
      if (isRepeated && (found == 0 || hashes[found - 1] != hashes[i])) {
        hashes[found++] = hashes[i];
      }
    }
    return Arrays.copyOf(hashes, found);
  }

  private void decide(long[] repeated) {
    if (repeated.length == 0) {
      return;
    }
    List<Contender> contenders = new ArrayList<>();
    Iterator<UnsafeRow> all = kept();
    for (int index = 0; all.hasNext(); index++) {
      UnsafeRow row = all.next();
      if (ParsedRow.EVENT.equals(row.getUTF8String(ROW_KIND))
          && Arrays.binarySearch(repeated, hash(row)) >= 0) {
        contenders.add(Contender.of(index, row));
      }
    }
    contenders.stream()
        .collect(Collectors.groupingBy(Contender::id))
        .values()
        .forEach(this::decide);
  }

  private void decide(List<Contender> sameId) {
    sameId.sort(Contender.WINNER_FIRST);
    Contender winner = sameId.get(0);
    for (Contender loser : sameId.subList(1, sameId.size())) {
      boolean isDuplicate = loser.hasContentOf(winner);
      (isDuplicate ? duplicates : conflicts).set(loser.index());
      outcomes.lost(loser, isDuplicate);
    }
  }

  private static long hash(InternalRow event) {
    long hash = XXH64.hashUTF8String(event.getUTF8String(EVENT_ID), HASH_SEED);
    return hash == NO_EVENT ? 1 : hash;
  }

  private Iterator<UnsafeRow> kept() {
    return CollectionConverters.asJava(rows.generateIterator());
  }

  private final class Rows implements Iterator<InternalRow> {
    private final Iterator<UnsafeRow> kept = kept();
    private final Iterator<InternalRow> counts = outcomes.rows();
    private int index;
    private int left = rows.length() - duplicates.cardinality();

    @Override
    public boolean hasNext() {
      return left > 0 || counts.hasNext();
    }

    @Override
    public InternalRow next() {
      if (left == 0) {
        return counts.next();
      }
      left--;
      UnsafeRow row = kept.next();
      while (duplicates.get(index++)) {
        row = kept.next();
      }
      return conflicts.get(index - 1) ? ParsedRow.conflicting(row) : row;
    }
  }
}
