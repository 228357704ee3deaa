package edtech.analytics.input.line;

import com.fasterxml.jackson.core.JsonParser;
import edtech.analytics.source.Source;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Set;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What of an event is compared with another event of the same id.
 *
 * @param sameId whether anything is
 * @param ignored names of properties that are left out, at the top level only
 */
public record ComparedContent(Source.SameId sameId, Set<String> ignored) implements Serializable {

  public ComparedContent {
    ignored = Set.copyOf(ignored);
  }

  /** Whether events of one id are duplicates, whatever else differs. */
  public boolean isNone() {
    return sameId == Source.SameId.DUPLICATE;
  }

  /** Canonical JSON without the ignored properties; '' when nothing is left. */
  public UTF8String of(UTF8String properties) {
    return ignored.stream().anyMatch(name -> mayHold(properties, name))
        ? without(properties.getBytes())
        : properties;
  }

  private static boolean mayHold(UTF8String properties, String name) {
    StringBuilder key = new StringBuilder();
    JsonStrings.append(key, name);
    return properties.contains(UTF8String.fromString(key.append(':').toString()));
  }

  private UTF8String without(byte[] properties) {
    CanonicalJson rest = new CanonicalJson();
    try (JsonParser parser = LineJson.FACTORY.createParser(properties)) {
      parser.nextToken();
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        parser.nextToken();
        if (ignored.contains(key)) {
          parser.skipChildren();
        } else {
          rest.add(key, parser);
        }
      }
      return UTF8String.fromString(rest.toText());
    } catch (IOException e) {
      throw new UncheckedIOException("properties are canonical JSON", e);
    }
  }
}
