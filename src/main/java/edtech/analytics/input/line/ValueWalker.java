package edtech.analytics.input.line;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import edtech.analytics.input.line.PathTree.Node;
import java.io.IOException;
import java.util.Arrays;

/**
 * Takes the values at the paths of a tree out of JSON that Jackson's parser reads.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class ValueWalker {
  private final Fields fields;
  private final Fields.Slot[] found;
  private final boolean[] seen;
  private final String[] kept;
  private final CanonicalJson canonical = new CanonicalJson();
  // Of what is not kept: keys that occur twice do not matter there.
  private final CanonicalJson elements = new CanonicalJson();
  private boolean hasDuplicateKey;

  /**
   * @param fields gets the texts of the values
   * @param found gets the values, by slot of the tree
   */
  ValueWalker(PathTree tree, Fields fields, Fields.Slot[] found) {
    this.fields = fields;
    this.found = found;
    this.seen = new boolean[tree.nodes()];
    this.kept = new String[tree.nodes()];
  }

  void clear() {
    Arrays.fill(seen, false);
    Arrays.fill(kept, null);
    canonical.clear();
    hasDuplicateKey = false;
  }

  /** Whether a key occurred twice on the way to a path, or inside what is kept. */
  boolean hasDuplicateKey() {
    return hasDuplicateKey || canonical.hasDuplicateKey();
  }

  /** The canonical JSON of a node that is kept; null when it was not there. */
  String kept(Node node) {
    return kept[node.id];
  }

  /** The canonical JSON of the value that the parser stands on. */
  String canonical(JsonParser parser) throws IOException {
    return canonical.value(parser);
  }

  /** Walks an object from behind its brace on. */
  void walkObject(JsonParser parser, Node node) throws IOException {
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      Node member = node.member(key);
      if (member == null) {
        parser.skipChildren();
      } else {
        takeMember(parser, member);
      }
    }
  }

  private void takeMember(JsonParser parser, Node node) throws IOException {
    if (node.isKept()) {
      kept[node.id] = canonical.value(parser);
      takeAgain(kept[node.id], node);
    } else {
      take(parser, node);
    }
  }

  /** Takes a value out of its canonical form. */
  void takeAgain(String json, Node node) throws IOException {
    try (JsonParser parser = LineJson.FACTORY.createParser(json)) {
      parser.nextToken();
      take(parser, node);
    }
  }

  private void take(JsonParser parser, Node node) throws IOException {
    hasDuplicateKey |= seen[node.id];
    seen[node.id] = true;
    JsonToken token = parser.currentToken();
    if (node.slot() >= 0) {
      LineFields.take(parser, fields, found[node.slot()]);
    }
    if (token == JsonToken.START_OBJECT && node.hasMembers()) {
      walkObject(parser, node);
    } else if (token == JsonToken.START_ARRAY && node.hasElements()) {
      walkList(parser, node);
    } else {
      parser.skipChildren();
    }
  }

  private void walkList(JsonParser parser, Node node) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        String element = elements.value(parser);
        Node wanted = element(element, node);
        // Of several elements with the key, the first.
        if (wanted != null && !seen[wanted.id]) {
          takeAgain(element, wanted);
        }
      } else {
        parser.skipChildren();
      }
    }
  }

  /** What is wanted of an element, by the text of its key; null when nothing is. */
  private Node element(String json, Node list) throws IOException {
    Node wanted = null;
    try (JsonParser parser = LineJson.FACTORY.createParser(json)) {
      parser.nextToken();
      int keys = 0;
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        if (PathTree.isElementKey(key)) {
          keys++;
          wanted = token == JsonToken.VALUE_STRING ? list.element(parser.getText()) : null;
        }
        parser.skipChildren();
      }
      hasDuplicateKey |= keys > 1;
    }
    return wanted;
  }
}
