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

  private static final int MAX_MEMBERS = 64;

  private final PathTree tree;
  private final MappedFields fields;
  private final CanonicalBytes canonical = new CanonicalBytes();
  // By node: the number of the line that had it last, and where its value lay.
  private final int[] seen;
  private final int[] start;
  private final int[] stop;
  private int line;
  // Of the outermost object, where all members are kept.
  private final Node[] memberNode = new Node[MAX_MEMBERS];
  private final int[] memberStart = new int[MAX_MEMBERS];
  private final int[] memberStop = new int[MAX_MEMBERS];
  private int members;

  MappedReader(CompiledMapping mapping) {
    this.tree = mapping.tree();
    this.fields = new MappedFields(mapping, this);
    this.seen = new int[tree.nodes()];
    this.start = new int[tree.nodes()];
    this.stop = new int[tree.nodes()];
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
    members = 0;
    nextLine();
    boolean isObject =
        skip('{') && (tree.keepsAll() ? walkAll(tree.root()) : walkObject(tree.root(), 1));
    if (!isObject) {
      return false;
    }
    skipBlanks();
    if (at < end) {
      return false;
    }
    fields.resolve(buffer, from, to);
    return true;
  }

  /** Null means doubt here. */
  @Override
  public UTF8String properties(boolean[] columns) {
    canonical.clear(bytes);
    boolean isCertain = tree.keepsAll() ? writeAllBut(columns) : writeBelow(tree.root());
    return isCertain ? canonical.toText() : null;
  }

  private void nextLine() {
    line++;
    if (line == 0) {
      Arrays.fill(seen, 0);
      line = 1;
    }
  }

  private boolean writeAllBut(boolean[] columns) {
    canonical.write('{');
    for (int i = 0; i < members; i++) {
      Node node = memberNode[i];
      boolean isColumn = node != null && node.slot() >= 0 && columns[node.slot()];
      if (!isColumn && !canonical.writeMember(memberStart[i], memberStop[i])) {
        return false;
      }
    }
    if (canonical.length() == 1) {
      canonical.cut(0);
      return true;
    }
    return canonical.close(0);
  }

  /** Writes the kept parts of an object, and nothing when there are none. */
  private boolean writeBelow(Node node) {
    int before = canonical.length();
    canonical.write('{');
    for (Node member : node.members()) {
      if (seen[member.id] != line || !member.isKept() && !member.keepsBelow()) {
        continue;
      }
      int length = canonical.length();
      if (length > before + 1) {
        canonical.write(',');
      }
      canonical.write(member.json());
      int value = canonical.length();
      boolean isCertain =
          member.isKept()
              ? canonical.writeValue(start[member.id], stop[member.id])
              : writeBelow(member);
      if (!isCertain) {
        return false;
      }
      if (canonical.length() == value) {
        canonical.cut(length);
      }
    }
    if (canonical.length() == before + 1) {
      canonical.cut(before);
    } else {
      canonical.write('}');
    }
    return true;
  }

  /** Walks the outermost object, of which every member is kept. */
  private boolean walkAll(Node root) {
    if (skip('}')) {
      return true;
    }
    do {
      int name = name();
      if (name < 0 || members == MAX_MEMBERS) {
        return false;
      }
      Node member = root.member(bytes, name, at - 1);
      if (!skip(':') || !walkMember(member, 1)) {
        return false;
      }
      memberNode[members] = member;
      memberStart[members] = name;
      memberStop[members] = at;
      members++;
    } while (skip(','));
    return skip('}');
  }

  /** Walks an object from behind its brace on. */
  private boolean walkObject(Node node, int depth) {
    if (depth > LineFields.MAX_NESTING_DEPTH) {
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
      Node member = node.member(bytes, name, at - 1);
      if (!skip(':') || !walkMember(member, depth)) {
        return false;
      }
    } while (skip(','));
    return skip('}');
  }

  /** Skips a key without escapes; where it begins, behind the quote, or -1. */
  private int name() {
    skipBlanks();
    int name = at + 1;
    return at < end && bytes[at] == '"' && skipPlainString() ? name : -1;
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
    start[node.id] = at;
    boolean isCertain =
        switch (bytes[at]) {
          case '{', '[' -> walkNested(node, depth);
          case '"' -> node.slot() < 0 ? skipString() : takeString(fields.found[node.slot()]);
          default -> takeScalar(node);
        };
    stop[node.id] = at;
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
    if (depth > LineFields.MAX_NESTING_DEPTH) {
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
    if (depth + 1 > LineFields.MAX_NESTING_DEPTH) {
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
      boolean isText = isKey && at < end && bytes[at] == '"';
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
