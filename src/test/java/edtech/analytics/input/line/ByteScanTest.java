package edtech.analytics.input.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteScanTest {

  @Test
  void indexOf_randomBytes_isTheFirst() {
    Random random = new Random(3);
    for (int n = 0; n < 100_000; n++) {
      byte[] bytes = new byte[random.nextInt(40)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (random.nextInt(12) + (random.nextBoolean() ? 4 : 0x84));
      }
      int from = random.nextInt(bytes.length + 1);
      assertThat(ByteScan.indexOf((byte) 10, bytes, from, bytes.length))
          .isEqualTo(firstIndex(bytes, from));
    }
  }

  @Test
  void endOfAscii_everyPosition_isFound() {
    for (int at = 0; at < 30; at++) {
      byte[] bytes = new byte[30];
      bytes[at] = (byte) 0x80;
      assertThat(ByteScan.endOfAscii(bytes, 0, 30)).isEqualTo(at);
      assertThat(ByteScan.endOfAscii(bytes, 0, at)).isEqualTo(at);
    }
  }

  private static int firstIndex(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == 10) {
        return i;
      }
    }
    return -1;
  }
}
