package edtech.analytics.input.line;

/** What a field holds, as far as the rules tell values apart. */
enum ValueKind {
  ABSENT,
  NULL,
  STRING,
  /** A string with U+0000: legal in JSON, but it cuts text short in too many places further on. */
  STRING_WITH_NUL,
  /** A number without fraction and exponent. */
  INTEGER,
  /** Any other number. */
  DECIMAL,
  BOOLEAN,
  /** An object or an array. */
  NESTED
}
