package edtech.analytics.input.line;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.source.Source;
import java.util.Set;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparedContentTest {
  private static final String SENT = "{\"a\":1,\"sent_at\":\"2026-03-01\"}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | ``",
        "{\"a\":1} | {\"a\":1}",
        "{\"sent_at\":1} | ``",
        "{\"a\":1.50,\"sent_at\":{\"b\":[1,{}]},\"z\":\"é\\n\"} | {\"a\":1.50,\"z\":\"é\\n\"}",
        "{\"a\":{\"sent_at\":1},\"b\":[{\"sent_at\":2}]} | {\"a\":{\"sent_at\":1},\"b\":[{\"sent_at\":2}]}",
        "{\"SENT_AT\":1} | {\"SENT_AT\":1}",
        "{\"a\":\"\\\"sent_at\\\":\"} | {\"a\":\"\\\"sent_at\\\":\"}",
        "{\"\\\"q\":1,\"sent_at\":null,\"x\\\\\":2} | {\"x\\\\\":2}"
      })
  void ignoredProperties_areLeftOutAtTheTop(String properties, String compared) {
    assertThat(of(properties, "sent_at", "\"q")).isEqualTo(compared);
  }

  @Test
  void noIgnoredProperty_leavesAll() {
    assertThat(of(SENT)).isEqualTo(SENT);
    assertThat(of(SENT, "sent")).isEqualTo(SENT);
  }

  private static String of(String properties, String... ignored) {
    return new ComparedContent(Source.SameId.COMPARE, Set.of(ignored))
        .of(UTF8String.fromString(properties))
        .toString();
  }
}
