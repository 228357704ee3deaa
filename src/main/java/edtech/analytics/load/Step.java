package edtech.analytics.load;

import java.util.Locale;

/** The steps of a load, numbered as in the publication protocol (docs/publication.md). */
public enum Step {
  START(1, "take a load id"),
  LIST(2, "list the objects"),
  STAGE(3, "create the stage tables"),
  READ(4, "read, parse, compare"),
  WRITE(5, "write the stage tables"),
  CHECK(6, "check"),
  MOVE(7, "move into the store"),
  COUNT(8, "count the store"),
  PUBLISH(9, "publish"),
  SWEEP(10, "sweep");

  private final int number;
  private final String description;

  Step(int number, String description) {
    this.number = number;
    this.description = description;
  }

  public int number() {
    return number;
  }

  public String description() {
    return description;
  }

  /** Name in reports. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
