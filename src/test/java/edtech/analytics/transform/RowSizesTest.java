package edtech.analytics.transform;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.LocalSpark;
import edtech.analytics.transform.RowSizes.SizeClass;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class RowSizesTest {
  private static final long MEBIBYTE = 1 << 20;

  @Test
  void fewLargeRowsAmongMany_batch_holdsAllOfTheLarge() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      rows.add(RowFactory.create((long) i, "é".repeat(i < 20 ? 5_000 : 2), null));
    }
    StructType schema =
        new StructType()
            .add("number", DataTypes.LongType)
            .add("text", DataTypes.StringType)
            .add("absent", DataTypes.StringType);

    RowSizes sizes = RowSizes.of(LocalSpark.newSession().createDataFrame(rows, schema));

    assertThat(sizes.classes())
        .containsExactly(new SizeClass(20, 20 * 10_016L), new SizeClass(980, 980 * 20L));
    assertThat(sizes.rows()).isEqualTo(1000);
    // Ten of the large ones; all of them, and 190 of the others; all there are.
    assertThat(sizes.rowsWithin(100_160)).isEqualTo(10);
    assertThat(sizes.rowsWithin(20 * 10_016 + 190 * 20)).isEqualTo(210);
    assertThat(sizes.rowsWithin(MEBIBYTE)).isEqualTo(1000);
  }

  @Test
  void rowLargerThanABatch_batch_isOneRow() {
    assertThat(new RowSizes(List.of(new SizeClass(3, 6 * MEBIBYTE))).rowsWithin(MEBIBYTE))
        .isEqualTo(1);
  }

  @Test
  void noRows_batch_isOneRow() {
    assertThat(new RowSizes(List.of()).rowsWithin(MEBIBYTE)).isEqualTo(1);
    assertThat(new RowSizes(List.of()).rows()).isZero();
  }
}
