package edtech.analytics.input.line;

import edtech.analytics.input.line.PathTree.Node;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Where the properties of a line lie in it, and how they become canonical JSON. In doubt where
 * {@link CanonicalBytes} is.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class KeptParts {

  private static final int MAX_MEMBERS = 64;

  private final PathTree tree;
  private final CanonicalBytes canonical = new CanonicalBytes();
  // By node: where its value begins and ends; an end of 0 is that of no value.
  private final int[] start;
  private final int[] stop;
  // Of the outermost object, where all of its members are kept.
  private final Node[] memberNode = new Node[MAX_MEMBERS];
  private final int[] memberStart = new int[MAX_MEMBERS];
  private final int[] memberStop = new int[MAX_MEMBERS];
  private int members;

  KeptParts(PathTree tree) {
    this.tree = tree;
    this.start = new int[tree.nodes()];
    this.stop = new int[tree.nodes()];
  }

  void clear() {
    members = 0;
    for (Node node : tree.keeping()) {
      stop[node.id] = 0;
    }
  }

  /** Takes the value of a node. */
  void add(Node node, int from, int to) {
    start[node.id] = from;
    stop[node.id] = to;
  }

  /**
   * Takes a member of the outermost object.
   *
   * @param node what is asked for by the member's name; null = nothing
   * @param from where its key begins, behind the quote
   * @return false when there are too many
   */
  boolean addMember(Node node, int from, int to) {
    if (members == MAX_MEMBERS) {
      return false;
    }
    memberNode[members] = node;
    memberStart[members] = from;
    memberStop[members] = to;
    members++;
    return true;
  }

  /** See {@link MappedFields.Kept}; null means doubt here. */
  UTF8String toText(byte[] line, boolean[] columns) {
    canonical.clear(line);
    boolean isCertain = tree.keepsAll() ? writeAllBut(columns) : writeBelow(tree.root());
    return isCertain ? canonical.toText() : null;
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
      if (stop[member.id] == 0 || !member.isKept() && !member.keepsBelow()) {
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
}
