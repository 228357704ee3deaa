package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;

import edtech.analytics.source.FieldPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The places in a line that a mapping asks for, as a tree of the members on the way to them. A
 * reader walks a line and this tree together, and skips what is not in it.
 *
 * <p>Built once, then shared by readers.
 */
final class PathTree {

  /** A member of the line's object, or of one inside it; or an element of a list. */
  static final class Node {
    private static final int BUCKETS = 64;

    /** Counts from 0 in the tree. */
    final int id;

    private final byte[] json;
    private final byte[] name;
    // By name, in the order of code points.
    private final Map<ByteKey, Node> members = new TreeMap<>();
    private final Map<String, Node> elements = new HashMap<>();
    private Node[] ordered = {};
    private final Node[][] buckets = new Node[BUCKETS][];
    private int slot = -1;
    private boolean isKept;
    private boolean keepsBelow;

    private Node(int id, String name) {
      this.id = id;
      this.name = name.getBytes(UTF_8);
      StringBuilder text = new StringBuilder();
      JsonStrings.append(text, name);
      this.json = text.append(':').toString().getBytes(UTF_8);
    }

    /** The name in canonical JSON, with the colon that follows it. */
    byte[] json() {
      return json;
    }

    /** Where the value is to be put; -1 when it is not asked for. */
    int slot() {
      return slot;
    }

    /** Whether the value is a property as a whole. */
    boolean isKept() {
      return isKept;
    }

    /** Whether a part of the value is a property. */
    boolean keepsBelow() {
      return keepsBelow;
    }

    boolean hasMembers() {
      return ordered.length > 0;
    }

    /** Whether the value is looked at as a list of objects that have a key. */
    boolean hasElements() {
      return !elements.isEmpty();
    }

    /** The members that are asked for, in the order of code points. */
    Node[] members() {
      return ordered;
    }

    /** The member of a name, or null. */
    Node member(String memberName) {
      byte[] bytes = memberName.getBytes(UTF_8);
      return member(bytes, 0, bytes.length);
    }

    /** The member of a name in UTF-8, or null. */
    Node member(byte[] bytes, int from, int to) {
      Node[] bucket = buckets[bucket(bytes, from, to)];
      if (bucket != null) {
        for (Node node : bucket) {
          byte[] other = node.name;
          if (other.length == to - from && Arrays.equals(other, 0, other.length, bytes, from, to)) {
            return node;
          }
        }
      }
      return null;
    }

    /** The element of a key, or null. */
    Node element(String key) {
      return elements.get(key);
    }

    /** The element of a key in UTF-8, or null. */
    Node element(byte[] bytes, int from, int to) {
      for (Node node : elements.values()) {
        if (Arrays.equals(node.name, 0, node.name.length, bytes, from, to)) {
          return node;
        }
      }
      return null;
    }

    private static int bucket(byte[] bytes, int from, int to) {
      int length = to - from;
      return length == 0 ? 0 : (length * 7 + bytes[from] * 3 + bytes[to - 1]) & (BUCKETS - 1);
    }

    private void add(Node member) {
      members.put(new ByteKey(member.name), member);
      ordered = members.values().toArray(Node[]::new);
      int i = bucket(member.name, 0, member.name.length);
      Node[] bucket = buckets[i] == null ? new Node[0] : buckets[i];
      buckets[i] = Arrays.copyOf(bucket, bucket.length + 1);
      buckets[i][bucket.length] = member;
    }
  }

  private record ByteKey(byte[] bytes) implements Comparable<ByteKey> {
    @Override
    public int compareTo(ByteKey other) {
      return Arrays.compareUnsigned(bytes, other.bytes);
    }
  }

  private static final String KEY = "key";
  private static final byte[] KEY_BYTES = KEY.getBytes(UTF_8);

  private int nodes;
  private int slots;
  private final Node root = node("");
  private final boolean keepsAll;
  private final List<Node> keeping = new ArrayList<>();

  /**
   * @param properties what is kept of a line; empty = all of it
   */
  PathTree(List<FieldPath> properties) {
    this.keepsAll = properties.isEmpty();
    for (FieldPath path : properties) {
      Node node = root;
      for (FieldPath.Step step : path.steps()) {
        node.keepsBelow = true;
        node = member(node, step.name());
      }
      node.isKept = true;
    }
    addKeeping(root);
  }

  private void addKeeping(Node node) {
    for (Node member : node.members()) {
      keeping.add(member);
      addKeeping(member);
    }
  }

  /** The slot of the value at a path; a path that is not in the tree is added. */
  int slot(FieldPath path) {
    Node node = root;
    for (FieldPath.Step step : path.steps()) {
      node = member(node, step.name());
      if (!step.key().isEmpty()) {
        node = node.elements.computeIfAbsent(step.key(), this::node);
      }
    }
    if (node.slot < 0) {
      node.slot = slots++;
    }
    return node.slot;
  }

  /** The outermost object. */
  Node root() {
    return root;
  }

  int nodes() {
    return nodes;
  }

  int slots() {
    return slots;
  }

  /** The nodes that are kept, or on the way to such. */
  List<Node> keeping() {
    return keeping;
  }

  /** Whether every member of the outermost object is kept. */
  boolean keepsAll() {
    return keepsAll;
  }

  /** Whether a member says which element of a list an object is. */
  static boolean isElementKey(String name) {
    return name.equals(KEY);
  }

  /** The same of a name in UTF-8. */
  static boolean isElementKey(byte[] bytes, int from, int to) {
    return Arrays.equals(KEY_BYTES, 0, KEY_BYTES.length, bytes, from, to);
  }

  private Node member(Node parent, String name) {
    Node member = parent.members.get(new ByteKey(name.getBytes(UTF_8)));
    if (member == null) {
      member = node(name);
      parent.add(member);
    }
    return member;
  }

  private Node node(String name) {
    return new Node(nodes++, name);
  }
}
