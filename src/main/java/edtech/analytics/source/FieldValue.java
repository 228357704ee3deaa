package edtech.analytics.source;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where the value of a field comes from.
 *
 * @param how which of the others counts
 * @param paths of {@link How#FIRST} and {@link How#JOIN}, in order; else empty
 * @param absent texts that mean that there is no value; compared exactly
 * @param constant of {@link How#CONSTANT}; else ''
 */
public record FieldValue(How how, List<FieldPath> paths, Set<String> absent, String constant)
    implements Serializable {

  /** The ways to a value. */
  public enum How {
    /** The first path whose value is not absent, null or blank, nor one of the absent texts. */
    FIRST,
    /** The texts at all paths with {@code :} between them; absent where one of them is absent. */
    JOIN,
    /**
     * The SHA-256 of the line in hex, without byte order mark, line end and the text that was
     * dropped before the object.
     */
    DIGEST,
    /** The same text in every event. */
    CONSTANT
  }

  public FieldValue {
    paths = List.copyOf(paths);
    // Sorted: the text of settings is part of a day's fingerprint.
    absent = Collections.unmodifiableSet(new TreeSet<>(absent));
  }
}
