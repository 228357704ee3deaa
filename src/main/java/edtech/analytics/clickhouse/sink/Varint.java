package edtech.analytics.clickhouse.sink;

/** ClickHouse's variable-length unsigned integers: seven bits a byte, the lowest first. */
final class Varint {
  private Varint() {}

  /** Writes a value; returns the place behind it. */
  static int put(byte[] bytes, int at, int value) {
    int next = at;
    int rest = value;
    while (rest >= 0x80) {
      bytes[next++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[next++] = (byte) rest;
    return next;
  }
}
