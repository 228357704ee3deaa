package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.config.SettingsException;
import edtech.analytics.input.InputRefusedException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class FailureTest {
  @Test
  void ownException_message_isItsText() {
    assertThat(Failure.message(new LoadFailedException("what to do"))).isEqualTo("what to do");
    assertThat(Failure.message(new ClickHouseException("what to do"))).isEqualTo("what to do");
    assertThat(Failure.message(new InputRefusedException("what to do"))).isEqualTo("what to do");
  }

  @Test
  void ownExceptionWrapped_message_isItsTextNotItsCause() {
    Throwable own = new ClickHouseException("own", new IllegalStateException("inner"));
    assertThat(Failure.message(new ExecutionException(new RuntimeException("outer", own))))
        .isEqualTo("own");
  }

  @Test
  void foreignException_message_isThatOfTheRootAndNamesDebug() {
    Throwable root = new IllegalArgumentException("column x must not be null");
    assertThat(Failure.message(new RuntimeException("outer", root)))
        .isEqualTo(
            "IllegalArgumentException: column x must not be null (run again with --debug for the"
                + " stack trace)");
  }

  @Test
  void noText_message_namesTheClass() {
    assertThat(Failure.message(new NullPointerException()))
        .isEqualTo("NullPointerException: null (run again with --debug for the stack trace)");
  }

  @Test
  void manyLines_message_isOne() {
    assertThat(Failure.message(new SettingsException(List.of("a", "b")))).isEqualTo("a b");
    assertThat(Failure.message(new LoadFailedException(" a \r\n\n  b\n"))).isEqualTo("a b");
  }

  @Test
  void charactersThatSteerATerminalOrALog_areSpelt() {
    assertThat(
            Failure.message(
                new LoadFailedException(
                    "a\u001b[31mb\u0000c\u0085d\u202ee\u2028f\tg\u00e9 \ud83d\ude00")))
        .isEqualTo("a<U+001B>[31mb<U+0000>c d<U+202E>e f<U+0009>g\u00e9 \ud83d\ude00");
  }
}
