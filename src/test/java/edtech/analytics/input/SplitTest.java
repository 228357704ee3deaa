package edtech.analytics.input;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.config.Settings;
import edtech.analytics.input.line.ParseRules;
import edtech.analytics.measure.Measures;
import edtech.analytics.source.Source;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SplitTest {
  private static final LocalDate DAY = LocalDate.of(2026, 1, 2);
  private static final long MIB = 1L << 20;

  @Test
  void noObjects_plan_hasNoPack() {
    assertThat(plan(4)).isEmpty();
  }

  @Test
  void emptyObject_plan_readsItOnce() {
    assertThat(plan(4, object("a.jsonl", 0)))
        .singleElement()
        .satisfies(
            pack ->
                assertThat(pack.splits())
                    .containsExactly(new Split(object("a.jsonl", 0), 0, 0, 0)));
  }

  @Test
  void largeObject_plan_coversEveryByteOnce() {
    SourceObject large = object("a.jsonl", 1000 * MIB + 1);
    List<Split> splits = splits(plan(4, large));
    long at = 0;
    for (Split split : splits) {
      assertThat(split.start()).isEqualTo(at);
      assertThat(split.end() - split.start()).isBetween(1L, 80 * MIB);
      at = split.end();
    }
    assertThat(at).isEqualTo(large.bytes());
    assertThat(splits).hasSizeGreaterThan(10);
  }

  @Test
  void restBelowAQuarter_plan_isNoPieceOfItsOwn() {
    // One core: pieces of 64 MiB; 64 + 15 MiB is one piece, 64 + 17 MiB are two.
    assertThat(splits(plan(1, object("a.jsonl", 79 * MIB)))).hasSize(1);
    assertThat(splits(plan(1, object("a.jsonl", 81 * MIB)))).hasSize(2);
  }

  @Test
  void compressedObject_plan_isOnePieceToItsEnd() {
    SourceObject gzip = object("a.jsonl.gz", 500 * MIB);
    assertThat(splits(plan(4, gzip))).containsExactly(new Split(gzip, 0, 0, Long.MAX_VALUE));
  }

  @Test
  void smallObjects_plan_arePackedAndNumberedInOrder() {
    SourceObject[] small = new SourceObject[100];
    for (int i = 0; i < small.length; i++) {
      small[i] = object(String.format("%03d.jsonl", i), 1000);
    }
    List<Split.Pack> packs = plan(2, small);
    assertThat(packs.size()).isBetween(2, 20);
    List<Split> splits = splits(packs);
    assertThat(splits).hasSize(100);
    for (int i = 0; i < 100; i++) {
      assertThat(splits.get(i).object()).isEqualTo(small[i]);
      assertThat(splits.get(i).number()).isEqualTo(i);
    }
  }

  private static List<Split.Pack> plan(int cores, SourceObject... objects) {
    ParseRules rules =
        new ParseRules(
            ZoneId.of("UTC"),
            new Settings.EventTypes(Set.of("p"), Set.of(), Set.of(), Set.of(), Set.of()),
            Set.of("s"),
            "USD",
            Set.of(),
            1024,
            Source.ofContract(ZoneId.of("UTC"), 0),
            Measures.NONE);
    return Split.plan(new Selection(List.of(objects), rules, DAY, DAY, ErasedUsers.NONE), cores);
  }

  private static List<Split> splits(List<Split.Pack> packs) {
    List<Split> splits = new ArrayList<>();
    packs.forEach(pack -> splits.addAll(pack.splits()));
    return splits;
  }

  private static SourceObject object(String name, long bytes) {
    return new SourceObject("s3a://b/e/" + name, DAY, bytes, "v");
  }
}
