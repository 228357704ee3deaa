package edtech.analytics.input.line;

import static org.assertj.core.api.Assertions.assertThat;

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
    Set<String> types = new HashSet<>(Set.of("buy"));
    ParseRules rules =
        new ParseRules(
            ZoneId.of("UTC"),
            types,
            Set.of(),
            Set.of(),
            Set.of("success"),
            "eur",
            Set.of(),
            100,
            Source.ofContract(ZoneId.of("UTC"), 0),
            Measures.NONE);
    types.add("pay");
    assertThat(rules.purchaseTypes()).containsExactly("buy");
    assertThat(rules.currency()).isEqualTo("EUR");
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
