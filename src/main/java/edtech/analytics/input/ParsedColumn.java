package edtech.analytics.input;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a parsed row, in their order; see {@link ParsedRow} for which row has which. A
 * column's name in SQL is its own in lower case.
 */
public enum ParsedColumn {
  /** What the row is. */
  ROW_KIND(DataTypes.StringType),
  /** Number of the object among those that the load reads. */
  OBJECT(DataTypes.IntegerType),
  /** Place of an event's line in its (decompressed) object, in bytes. */
  LINE_START(DataTypes.LongType),
  /** Date of the event in the configured zone. */
  EVENT_DATE(DataTypes.DateType),
  /** UTC. */
  EVENT_TIMESTAMP(DataTypes.TimestampType),
  EVENT_ID(DataTypes.StringType),
  USER_ID(DataTypes.StringType),
  SESSION_ID(DataTypes.StringType),
  EVENT_TYPE(DataTypes.StringType),
  /** What the type means: {@link edtech.analytics.input.line.EventKind}, in lower case. */
  EVENT_KIND(DataTypes.StringType),
  PLATFORM(DataTypes.StringType),
  SCREEN_NAME(DataTypes.StringType),
  COURSE_ID(DataTypes.StringType),
  LESSON_ID(DataTypes.StringType),
  PROPERTIES(DataTypes.StringType),
  /** Null unless the event is a purchase. */
  PURCHASE_AMOUNT(DataTypes.createDecimalType(18, 2)),
  CURRENCY(DataTypes.StringType),
  TASK_ID(DataTypes.StringType),
  TASK_RESULT(DataTypes.StringType),
  IS_SUCCESS(DataTypes.BooleanType),
  AB_TEST_ID(DataTypes.StringType),
  AB_GROUP(DataTypes.StringType),
  /**
   * The event's value of each dimension, in the order of their names; null = it has none. Null when
   * no dimension is set.
   */
  DIMENSIONS(DataTypes.createArrayType(DataTypes.StringType)),
  /**
   * The metrics that the event counts for: each with its place among their names, from 0, and what
   * the event adds to it; null = it has no number to add. Null when there are none.
   */
  METRICS(
      DataTypes.createArrayType(
          new StructType()
              .add("metric", DataTypes.IntegerType, false)
              .add("total", DataTypes.createDecimalType(18, 6)))),
  /** Why a line is rejected, or an object can't be read. */
  REASON(DataTypes.StringType),
  /** The field at fault. */
  DETAIL(DataTypes.StringType),
  /** The line as it was written, without line end and byte order mark. */
  LINE(DataTypes.StringType),
  /** text or base64; of rejected lines only. */
  LINE_ENCODING(DataTypes.StringType),
  /** Lines that a row which counts stands for. */
  LINES(DataTypes.LongType),
  BLANK_LINES(DataTypes.LongType),
  IGNORED(DataTypes.LongType),
  OTHER_DAY(DataTypes.LongType);

  /** All columns; each may be null, as no kind of row has them all. */
  public static final StructType SCHEMA = schema();

  /** Columns that are null in the row of an event. */
  static final Set<ParsedColumn> OF_NO_EVENT =
      EnumSet.of(REASON, DETAIL, LINE_ENCODING, LINES, BLANK_LINES, IGNORED, OTHER_DAY);

  private final DataType type;

  ParsedColumn(DataType type) {
    this.type = type;
  }

  private static StructType schema() {
    StructType schema = new StructType();
    for (ParsedColumn column : values()) {
      schema = schema.add(column.toString(), column.type);
    }
    return schema;
  }

  /** The name in SQL. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
