package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldPath;
import edtech.analytics.source.FieldPath.Step;
import edtech.analytics.source.FieldValue;
import edtech.analytics.source.FieldValue.How;
import edtech.analytics.source.Mapping;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MappingHintTest {
  private static final FieldPath USER = new FieldPath(List.of(new Step("userId", "")));
  private static final FieldPath TRAITS =
      new FieldPath(List.of(new Step("traits", ""), new Step("id", "")));

  @Test
  void fieldThatNearlyNoLineHas_isNamedWithItsPaths() {
    assertThat(MappingHint.of(user(How.FIRST), rejected(100, 0), () -> Map.of("user_id", 90L)))
        .isEqualTo(
            "; 90 lines have no user_id: source.fields.user_id was looked for at userId,"
                + " traits.id");
    assertThat(MappingHint.of(user(How.JOIN), rejected(100, 0), () -> Map.of("user_id", 100L)))
        .endsWith(": source.fields.user_id is joined of all of userId, traits.id");
    assertThat(MappingHint.of(user(How.FIRST), rejected(100, 0), () -> Map.of("event_type", 100L)))
        .endsWith(": source.fields.event_type is not set");
  }

  @Test
  void fieldThatSomeLinesHave_isNotToBlame() {
    assertThat(MappingHint.of(user(How.FIRST), rejected(100, 0), () -> Map.of("user_id", 89L)))
        .isEmpty();
  }

  @Test
  void acceptedEventsOrNativeLines_needNoHint() {
    assertThat(MappingHint.of(user(How.FIRST), rejected(100, 1), () -> Map.of("user_id", 100L)))
        .isEmpty();
    assertThat(MappingHint.of(Mapping.NATIVE, rejected(100, 0), () -> Map.of("user_id", 100L)))
        .isEmpty();
  }

  private static Mapping user(How how) {
    FieldValue value = new FieldValue(how, List.of(USER, TRAITS), Set.of(), "");
    return new Mapping(Map.of(EventField.USER_ID, value), List.of(), List.of());
  }

  private static LineCounts rejected(long lines, long accepted) {
    return new LineCounts(lines + accepted, 0, 0, accepted, 0, lines, 0, 0, Map.of());
  }
}
