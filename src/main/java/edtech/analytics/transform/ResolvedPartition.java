package edtech.analytics.transform;

import edtech.analytics.input.ParsedColumn;
import edtech.analytics.input.ParsedRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.sql.execution.ExternalAppendOnlyUnsafeRowArray;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The rows of one partition with its duplicates decided: of the events with one id the winner stays
 * an event, those of equal content are left out, those of other content become rejected lines. The
 * rows of {@link Outcomes} come with those that are no events.
 *
 * <p>Can be read any number of times, by one reader at a time. Kept in the task's memory, and on
 * disk where that is not enough; not thread-safe.
 */
final class ResolvedPartition {
  private static final int EVENT_ID = ParsedColumn.EVENT_ID.ordinal();

  private static final int KEPT_AS_OBJECTS = 1024;
  private static final long HASH_SEED = 42;

  private static final class Kept {
    private final ExternalAppendOnlyUnsafeRowArray rows =
        new ExternalAppendOnlyUnsafeRowArray(KEPT_AS_OBJECTS, Integer.MAX_VALUE);

    /** Places of events that lost to another of their id. */
    private final BitSet lost = new BitSet();

    /** Those of them that are rejected. */
    private final BitSet conflicts = new BitSet();

    private Iterator<UnsafeRow> all() {
      return CollectionConverters.asJava(rows.generateIterator());
    }
  }

  private final Map<RowGroup, Kept> kept = new EnumMap<>(RowGroup.class);
  private final Outcomes outcomes = new Outcomes();

  ResolvedPartition(Iterator<InternalRow> parsed) {
    for (RowGroup group : RowGroup.values()) {
      kept.put(group, new Kept());
    }
    long[] hashes = new long[KEPT_AS_OBJECTS];
    int events = 0;
    while (parsed.hasNext()) {
      UnsafeRow row = (UnsafeRow) parsed.next();
      RowGroup group = RowGroup.of(row);
      if (group != RowGroup.NO_EVENT) {
        if (events == hashes.length) {
          hashes = Arrays.copyOf(hashes, events * 2);
        }
        hashes[events++] = hash(row);
        outcomes.accepted(row);
      } else if (ParsedRow.REJECTED.equals(row.getUTF8String(ParsedColumn.ROW_KIND.ordinal()))) {
        outcomes.rejected(row);
      }
      kept.get(group).rows.add(row);
    }
    decide(repeated(Arrays.copyOf(hashes, events)));
  }

  /** The rows of some groups; one that was given out is valid until the next one is. */
  Iterator<InternalRow> iterator(Set<RowGroup> groups) {
    return new Rows(groups);
  }

  /** Frees what is kept. */
  void clear() {
    kept.values().forEach(group -> group.rows.clear());
  }

  /** Hashes that more than one event has, ascending. */
  private static long[] repeated(long[] hashes) {
    Arrays.sort(hashes);
    int found = 0;
    for (int i = 1; i < hashes.length; i++) {
      boolean isRepeated = hashes[i] == hashes[i - 1];
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
    for (RowGroup group : RowGroup.EVENTS) {
      Iterator<UnsafeRow> all = kept.get(group).all();
      for (int index = 0; all.hasNext(); index++) {
        UnsafeRow row = all.next();
        if (Arrays.binarySearch(repeated, hash(row)) >= 0) {
          contenders.add(Contender.of(group, index, row));
        }
      }
    }
    contenders.stream()
        .collect(Collectors.groupingBy(Contender::id))
        .values()
        .forEach(this::decide);
    RowGroup.EVENTS.forEach(group -> reject(kept.get(group)));
  }

  private void decide(List<Contender> sameId) {
    sameId.sort(Contender.WINNER_FIRST);
    Contender winner = sameId.get(0);
    for (Contender loser : sameId.subList(1, sameId.size())) {
      boolean isDuplicate = loser.hasContentOf(winner);
      Kept group = kept.get(loser.group());
      group.lost.set(loser.index());
      if (!isDuplicate) {
        group.conflicts.set(loser.index());
      }
      outcomes.lost(loser, isDuplicate);
    }
  }

  /** Makes rejected lines of the conflicting events. */
  private void reject(Kept events) {
    if (events.conflicts.isEmpty()) {
      return;
    }
    UnsafeProjection binary = UnsafeProjection.create(ParsedColumn.SCHEMA);
    Iterator<UnsafeRow> all = events.all();
    for (int index = 0; all.hasNext(); index++) {
      UnsafeRow row = all.next();
      if (events.conflicts.get(index)) {
        kept.get(RowGroup.NO_EVENT).rows.add(binary.apply(ParsedRow.conflicting(row)));
      }
    }
  }

  private static long hash(InternalRow event) {
    return XXH64.hashUTF8String(event.getUTF8String(EVENT_ID), HASH_SEED);
  }

  private final class Rows implements Iterator<InternalRow> {
    private final Iterator<RowGroup> groups;
    private final Iterator<InternalRow> counts;
    private Iterator<UnsafeRow> all = Collections.emptyIterator();
    private BitSet lost;
    private int index;

    /** Of the group, how many rows have not been given out. */
    private int left;

    private Rows(Set<RowGroup> wanted) {
      groups = wanted.iterator();
      counts = wanted.contains(RowGroup.NO_EVENT) ? outcomes.rows() : Collections.emptyIterator();
    }

    @Override
    public boolean hasNext() {
      while (left == 0 && groups.hasNext()) {
        Kept next = kept.get(groups.next());
        all = next.all();
        lost = next.lost;
        index = 0;
        left = next.rows.length() - lost.cardinality();
      }
      return left > 0 || counts.hasNext();
    }

    @Override
    public InternalRow next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (left == 0) {
        return counts.next();
      }
      left--;
      UnsafeRow row = all.next();
      while (lost.get(index++)) {
        row = all.next();
      }
      return row;
    }
  }
}
