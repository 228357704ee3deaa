package edtech.analytics.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayoutTest {

  @Test
  void isInOrder_withoutLateness_onlyTheFolderDay() {
    assertThat(layout(0, 0).isInOrder(99, 100)).isFalse();
    assertThat(layout(0, 0).isInOrder(100, 100)).isTrue();
    assertThat(layout(0, 0).isInOrder(101, 100)).isFalse();
  }

  @Test
  void isInOrder_withLateness_theDaysBeforeTheFolderToo() {
    assertThat(layout(2, 0).isInOrder(97, 100)).isFalse();
    assertThat(layout(2, 0).isInOrder(98, 100)).isTrue();
    assertThat(layout(2, 0).isInOrder(101, 100)).isFalse();
  }

  @Test
  void isInOrder_ahead_theDaysAfterTheFolderToo() {
    assertThat(layout(0, 1).isInOrder(99, 100)).isFalse();
    assertThat(layout(0, 1).isInOrder(101, 100)).isTrue();
    assertThat(layout(0, 1).isInOrder(102, 100)).isFalse();
  }

  private static Layout layout(int back, int ahead) {
    return new Layout(List.of(), ZoneOffset.UTC, back, ahead);
  }
}
