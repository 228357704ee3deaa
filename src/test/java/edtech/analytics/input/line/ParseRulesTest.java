package edtech.analytics.input.line;

import static org.assertj.core.api.Assertions.assertThat;

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
  void inOrder_withoutLateness_onlyThePrefixDay() {
    assertThat(ParseRules.inOrder(99, 100, 0)).isFalse();
    assertThat(ParseRules.inOrder(100, 100, 0)).isTrue();
    assertThat(ParseRules.inOrder(101, 100, 0)).isFalse();
  }

  @Test
  void inOrder_withLateness_theDaysBeforeThePrefixToo() {
    assertThat(ParseRules.inOrder(97, 100, 2)).isFalse();
    assertThat(ParseRules.inOrder(98, 100, 2)).isTrue();
    assertThat(ParseRules.inOrder(101, 100, 2)).isFalse();
  }

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
            0,
            100);
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
