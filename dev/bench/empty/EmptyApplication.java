import org.apache.spark.sql.SparkSession;

/** A Spark application that does next to nothing: what a cold load of a small day is measured by. */
public final class EmptyApplication {
  private EmptyApplication() {}

  public static void main(String[] arguments) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    System.out.println("counted " + spark.range(1).count());
    spark.stop();
  }
}
