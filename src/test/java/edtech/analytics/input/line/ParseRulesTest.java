package edtech.analytics.input.line;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.config.Settings;
import edtech.analytics.measure.Measures;
import edtech.analytics.source.Source;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParseRulesTest {

  @Test
  void sets_changedByTheCaller_areNotChangedHere() {
    Set<String> values = new HashSet<>(Set.of("success"));
    ParseRules rules =
        new ParseRules(
            ZoneId.of("UTC"),
            new Settings.EventTypes(Set.of(), Set.of(), Set.of(), Set.of(), Set.of()),
            values,
            "eur",
            Set.of(),
            100,
            Source.ofContract(ZoneId.of("UTC"), 0),
            Measures.NONE);
    values.add("passed");
    assertThat(rules.successValues()).containsExactly("success");
    assertThat(rules.currency()).isEqualTo("EUR");
  }

  @Test
  void eventTypes_changedByTheCaller_areNotChangedHere() {
    Set<String> buy = new HashSet<>(Set.of("buy"));
    Settings.EventTypes types =
        new Settings.EventTypes(buy, Set.of(), Set.of(), Set.of("b", "a"), Set.of());
    buy.add("pay");
    assertThat(types.purchase()).containsExactly("buy");
    assertThat(types.lessonStart()).containsExactly("a", "b");
  }

  @Test
  void rules_serialised_areEqual() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(Lines.rules("Europe/Berlin"));
    }
    ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    assertThat(in.readObject()).isEqualTo(Lines.rules("Europe/Berlin"));
  }

  @Test
  void reasonCode_isTheNameInLowerCase() {
    assertThat(Reason.LINE_TOO_LONG.code()).isEqualTo("line_too_long");
    assertThat(Reason.values()).hasSize(13);
  }
}
