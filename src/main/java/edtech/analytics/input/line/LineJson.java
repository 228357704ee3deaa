package edtech.analytics.input.line;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

/** Decides what is JSON in a line: one parser of Jackson for all who judge or show lines. */
public final class LineJson {
  static final int MAX_NESTING_DEPTH = 100;
  private static final int MAX_NUMBER_CHARS = 1000;

  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          // With either, earlier lines' keys would change how a line is judged, or how fast.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .streamReadConstraints(
              // The length of the line bounds names and strings; Jackson checks them by buffer.
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING_DEPTH)
                  .maxNumberLength(MAX_NUMBER_CHARS)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private LineJson() {}
}
