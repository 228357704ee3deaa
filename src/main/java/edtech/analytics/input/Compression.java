package edtech.analytics.input;

import java.util.Locale;

/** How an object is compressed. */
enum Compression {
  NONE,
  GZIP,
  ZSTD,
  BZIP2;

  /** Bytes at the beginning of an object that tell. */
  static final int HEAD_BYTES = 4;

  private static final int GZIP_MAGIC = 0x1f8b;
  private static final int ZSTD_MAGIC = 0x28b52ffd;
  private static final int BZIP2_MAGIC = 'B' << 16 | 'Z' << 8 | 'h';

  /** A frame of zstd that may stand before the others: 50 to 5f, and these. */
  private static final int ZSTD_SKIPPED = 0x2a4d18;

  /**
   * Told by the first bytes.
   *
   * @param head the first {@link #HEAD_BYTES} bytes, or as many as there are
   */
  static Compression of(byte[] head) {
    if (head.length >= 2 && number(head, 0, 2) == GZIP_MAGIC) {
      return GZIP;
    }
    if (head.length < HEAD_BYTES) {
      return NONE;
    }
    if (number(head, 0, 4) == ZSTD_MAGIC
        || (head[0] & 0xF0) == 0x50 && number(head, 1, 3) == ZSTD_SKIPPED) {
      return ZSTD;
    }
    boolean isLevel = head[3] >= '1' && head[3] <= '9';
    return isLevel && number(head, 0, 3) == BZIP2_MAGIC ? BZIP2 : NONE;
  }

  private static int number(byte[] bytes, int from, int count) {
    int number = 0;
    for (int i = from; i < from + count; i++) {
      number = number << 8 | bytes[i] & 0xFF;
    }
    return number;
  }

  /** The name for people. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
