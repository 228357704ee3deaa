package edtech.analytics.input.line;

import edtech.analytics.input.line.PathTree.Node;
import java.util.Arrays;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Reads the values at a mapping's paths where they lie in the line, and skips the rest, which must
 * be JSON. Leaves to {@link FullMappedReader} what is rare: escapes in keys and values that are
 * asked for, keys that occur twice, numbers with exponents.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class MappedReader extends JsonCursor implements MappedFields.Kept {

  private final PathTree tree;
  private final MappedFields fields;
  private final KeptParts kept;
  // By node: the number of the line that had it last.
  private final int[] seen;
  private int line;

  MappedReader(CompiledMapping mapping) {
    this.tree = mapping.tree();
    this.fields = new MappedFields(mapping, this);
    this.seen = new int[tree.nodes()];
    this.kept = new KeptParts(tree);
  }

  MappedFields fields() {
    return fields;
  }

  /**
   * Takes the fields of a line.
   *
   * @param buffer holds the line, in valid UTF-8
   * @return whether the line is JSON without doubt; if not, the fields are not valid
   */
  boolean read(byte[] buffer, int from, int to) {
    fields.clear();
    fields.bytes = buffer;
    moveTo(buffer, from, to);
    kept.clear();
    nextLine();
    if (!skip('{') || !walkObject(tree.root(), 1)) {
      return false;
    }
    skipBlanks();
    if (!isAtEnd()) {
      return false;
    }
    fields.resolve(buffer, from, to);
    return true;
  }

  /** Null means doubt here. */
  @Override
  public UTF8String properties(boolean[] columns) {
    return kept.toText(bytes, columns);
  }

  private void nextLine() {
    line++;
    if (line == 0) {
      Arrays.fill(seen, 0);
      line = 1;
    }
  }

  /** Walks an object from behind its brace on. */
  private boolean walkObject(Node node, int depth) {
    if (depth > LineJson.MAX_NESTING_DEPTH) {
      return false;
    }
    if (skip('}')) {
      return true;
    }
    boolean keepsAll = node == tree.root() && tree.keepsAll();
    do {
      int name = name();
      if (name < 0) {
        return false;
      }
      Node member = node.member(bytes, name, at - 1);
      if (!skip(':')
          || !walkMember(member, depth)
          || keepsAll && !kept.addMember(member, name, at)) {
        return false;
      }
    } while (skip(','));
    return skip('}');
  }

  /** Skips a key without escapes; where it begins, behind the quote, or -1. */
  private int name() {
    skipBlanks();
    int name = at + 1;
    return skipPlainString() ? name : -1;
  }

  private boolean walkMember(Node node, int depth) {
    if (node == null) {
      return skipValue(depth);
    }
    if (seen[node.id] == line) {
      return false;
    }
    seen[node.id] = line;
    skipBlanks();
    if (at == end) {
      return false;
    }
    int from = at;
    boolean isCertain =
        switch (bytes[at]) {
          case '{', '[' -> walkNested(node, depth);
          case '"' -> node.slot() < 0 ? skipString() : takeString(fields.found[node.slot()]);
          default -> takeScalar(node);
        };
    kept.add(node, from, at);
    return isCertain;
  }

  private boolean walkNested(Node node, int depth) {
    if (node.slot() >= 0) {
      fields.found[node.slot()].kind = ValueKind.NESTED;
    }
    if (bytes[at] == '{' && node.hasMembers()) {
      at++;
      return walkObject(node, depth + 1);
    }
    if (bytes[at] == '[' && node.hasElements()) {
      at++;
      return walkList(node, depth + 1);
    }
    return skipValue(depth);
  }

  private boolean takeString(Fields.Slot slot) {
    slot.kind = ValueKind.STRING;
    slot.start = at + 1;
    boolean isPlain = skipPlainString();
    slot.end = at - 1;
    return isPlain;
  }

  private boolean takeScalar(Node node) {
    int from = at;
    ValueKind kind = skipScalar();
    if (kind == null) {
      return false;
    }
    if (node.slot() >= 0) {
      Fields.Slot slot = fields.found[node.slot()];
      slot.kind = kind;
      slot.start = from;
      slot.end = at;
    }
    return true;
  }

  /** Walks a list from behind its bracket on, and into the first element of each key. */
  private boolean walkList(Node node, int depth) {
    if (depth > LineJson.MAX_NESTING_DEPTH) {
      return false;
    }
    if (skip(']')) {
      return true;
    }
    do {
      skipBlanks();
      boolean isCertain =
          at < end && bytes[at] == '{' ? walkElement(node, depth) : skipValue(depth);
      if (!isCertain) {
        return false;
      }
    } while (skip(','));
    return skip(']');
  }

  private boolean walkElement(Node list, int depth) {
    int from = at;
    Node wanted = null;
    boolean hasKey = false;
    at++;
    if (depth + 1 > LineJson.MAX_NESTING_DEPTH) {
      return false;
    }
    if (skip('}')) {
      return true;
    }
    do {
      int name = name();
      if (name < 0) {
        return false;
      }
      boolean isKey = PathTree.isElementKey(bytes, name, at - 1);
      if (!skip(':') || isKey && hasKey) {
        return false;
      }
      skipBlanks();
      int value = at + 1;
      boolean isText = isKey && isAtText();
      if (!(isText ? skipPlainString() : skipValue(depth + 1))) {
        return false;
      }
      hasKey |= isKey;
      wanted = isText ? list.element(bytes, value, at - 1) : wanted;
    } while (skip(','));
    if (!skip('}')) {
      return false;
    }
    if (wanted == null || seen[wanted.id] == line) {
      return true;
    }
    seen[wanted.id] = line;
    if (wanted.slot() >= 0) {
      fields.found[wanted.slot()].kind = ValueKind.NESTED;
    }
    at = from + 1;
    return walkObject(wanted, depth + 1);
  }
}
