package edtech.analytics.input.line;

/** What a field holds, as far as the rules tell values apart. */
enum ValueKind {
  ABSENT,
  NULL,
  STRING,
  /** A number without fraction and exponent. */
  INTEGER,
  /** Any other number. */
  DECIMAL,
  BOOLEAN,
  /** An object or an array. */
  NESTED
}
