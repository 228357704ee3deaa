package edtech.analytics.transform;

import edtech.analytics.input.ParsedColumn;
import edtech.analytics.input.ParsedRow;
import edtech.analytics.input.line.ComparedContent;
import edtech.analytics.spark.BinaryForm;
import edtech.analytics.spark.InternalRows;
import edtech.analytics.spark.RowStore;
import edtech.analytics.spark.Rows;
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

/**
 * The rows of one partition with its duplicates decided: of the events with one id the winner stays
 * an event, those of equal content are left out, those of other content become rejected lines. The
 * rows of {@link Outcomes} come with those that are no events.
 *
 * <p>Can be read any number of times, by one reader at a time. Kept in the task's memory, and on
 * disk where that is not enough; not thread-safe.
 */
final class ResolvedPartition implements Rows.Shared<Set<RowGroup>> {
  private static final int EVENT_ID = ParsedColumn.EVENT_ID.ordinal();
  private static final int EXPECTED_EVENTS = 1024;

  private static final class Kept {
    private final RowStore rows = new RowStore();

    /** Places of events that lost to another of their id. */
    private final BitSet lost = new BitSet();

    /** Those of them that are rejected. */
    private final BitSet conflicts = new BitSet();
  }

  private final Map<RowGroup, Kept> kept = new EnumMap<>(RowGroup.class);
  private final Outcomes outcomes = new Outcomes();
  private final ComparedContent compared;

  ResolvedPartition(Iterator<InternalRow> parsed, ComparedContent compared) {
    this.compared = compared;
    for (RowGroup group : RowGroup.values()) {
      kept.put(group, new Kept());
    }
    long[] hashes = new long[EXPECTED_EVENTS];
    int events = 0;
    while (parsed.hasNext()) {
      InternalRow row = parsed.next();
      RowGroup group = RowGroup.of(row);
      if (group != RowGroup.NO_EVENT) {
        if (events == hashes.length) {
          hashes = Arrays.copyOf(hashes, events * 2);
        }
        hashes[events++] = hash(row);
        outcomes.accepted(row, group);
      } else if (ParsedRow.REJECTED.equals(row.getUTF8String(ParsedColumn.ROW_KIND.ordinal()))) {
        outcomes.rejected(row);
      }
      kept.get(group).rows.add(row);
    }
    decide(repeated(Arrays.copyOf(hashes, events)));
  }

  @Override
  public Iterator<InternalRow> rows(Set<RowGroup> groups) {
    return new Chosen(groups);
  }

  @Override
  public void clear() {
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
      Iterator<? extends InternalRow> all = kept.get(group).rows.iterator();
      for (int index = 0; all.hasNext(); index++) {
        InternalRow row = all.next();
        if (Arrays.binarySearch(repeated, hash(row)) >= 0) {
          contenders.add(Contender.of(group, index, row, compared));
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
    BinaryForm binary = new BinaryForm(ParsedColumn.SCHEMA);
    Iterator<? extends InternalRow> all = events.rows.iterator();
    for (int index = 0; all.hasNext(); index++) {
      InternalRow row = all.next();
      if (events.conflicts.get(index)) {
        kept.get(RowGroup.NO_EVENT).rows.add(binary.of(ParsedRow.conflicting(row)));
      }
    }
  }

  private static long hash(InternalRow event) {
    return InternalRows.hash(event.getUTF8String(EVENT_ID));
  }

  private final class Chosen implements Iterator<InternalRow> {
    private final Iterator<RowGroup> groups;
    private final Iterator<InternalRow> counts;
    private Iterator<? extends InternalRow> all = Collections.emptyIterator();
    private BitSet lost;
    private int index;

    /** Of the group, how many rows have not been given out. */
    private int left;

    private Chosen(Set<RowGroup> wanted) {
      groups = wanted.iterator();
      counts = wanted.contains(RowGroup.NO_EVENT) ? outcomes.rows() : Collections.emptyIterator();
    }

    @Override
    public boolean hasNext() {
      while (left == 0 && groups.hasNext()) {
        Kept next = kept.get(groups.next());
        all = next.rows.iterator();
        lost = next.lost;
        index = 0;
        left = next.rows.size() - lost.cardinality();
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
      InternalRow row = all.next();
      while (lost.get(index++)) {
        row = all.next();
      }
      return row;
    }
  }
}
