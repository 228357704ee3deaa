package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;

import edtech.analytics.measure.EventPath;
import edtech.analytics.measure.Measures;
import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldPath;
import java.util.ArrayList;
import java.util.List;

/**
 * The places of an event that dimensions and metrics ask for, each once, with a number. Equal
 * measures number them alike.
 *
 * <p>Built once, then shared by readers.
 */
final class MeasurePaths {
  private final List<EventPath> paths = new ArrayList<>();
  private final List<EventField> nativeFields = new ArrayList<>();
  private final List<byte[]> members = new ArrayList<>();

  MeasurePaths(Measures measures) {
    measures.dimensions().forEach(dimension -> add(dimension.path()));
    measures
        .metrics()
        .forEach(
            metric -> {
              metric.where().forEach(condition -> add(condition.path()));
              if (metric.sum() != null) {
                add(metric.sum());
              }
            });
  }

  int number(EventPath path) {
    return paths.indexOf(path);
  }

  /** The field that a path is; null = a place in the line. */
  EventField field(int path) {
    return paths.get(path).field();
  }

  /** The field that a path is in native lines, where a field is the member of its name. */
  EventField nativeField(int path) {
    return nativeFields.get(path);
  }

  /** The name of the outermost object's member that a path is, in UTF-8; null = it is longer. */
  byte[] member(int path) {
    return members.get(path);
  }

  /** The slots of all paths in a tree, which gets them; -1 where a path is a field. */
  int[] slots(PathTree tree) {
    return paths.stream()
        .mapToInt(path -> path.field() == null ? tree.slot(path.path()) : -1)
        .toArray();
  }

  private void add(EventPath path) {
    if (!paths.contains(path)) {
      paths.add(path);
      List<FieldPath.Step> steps = path.path().steps();
      boolean isMember = steps.size() == 1 && steps.get(0).key().isEmpty();
      String name = isMember ? steps.get(0).name() : null;
      nativeFields.add(isMember ? EventField.named(name) : null);
      members.add(isMember ? name.getBytes(UTF_8) : null);
    }
  }
}
