package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import edtech.analytics.input.line.PathTree.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Reads the values at a mapping's paths out of any line, with Jackson's parser, as {@link
 * LineFields} does for native lines.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class FullMappedReader implements MappedFields.Kept {

  /** A member of the outermost object where all of them are kept. */
  private record Member(String key, String json, Node node) {}

  private final PathTree tree;
  private final MappedFields fields;
  private final boolean[] seen;
  private final String[] kept;
  private final List<Member> members = new ArrayList<>();
  private final CanonicalJson canonical = new CanonicalJson();
  // Of what is not kept: keys that occur twice do not matter there.
  private final CanonicalJson elements = new CanonicalJson();
  private final CanonicalJson all = new CanonicalJson();
  private boolean hasDuplicateKey;

  FullMappedReader(CompiledMapping mapping) {
    this.tree = mapping.tree();
    this.fields = new MappedFields(mapping, this);
    this.fields.bytes = new byte[1024];
    this.seen = new boolean[tree.nodes()];
    this.kept = new String[tree.nodes()];
  }

  MappedFields fields() {
    return fields;
  }

  /**
   * Takes the fields of a line.
   *
   * @return whether the line is exactly one JSON object; if not, the fields are not valid
   */
  boolean read(byte[] buffer, int from, int to) {
    fields.clear();
    Arrays.fill(seen, false);
    Arrays.fill(kept, null);
    members.clear();
    canonical.clear();
    hasDuplicateKey = false;
    if (!LineFields.beginsAsObject(buffer, from, to - from)) {
      return false;
    }
    try (JsonParser parser = LineJson.FACTORY.createParser(buffer, from, to - from)) {
      parser.nextToken();
      walkObject(parser, tree.root());
      if (parser.nextToken() != null) {
        return false;
      }
    } catch (IOException notJson) {
      return false;
    }
    fields.resolve(buffer, from, to);
    return true;
  }

  @Override
  public UTF8String properties(boolean[] columns) {
    String properties = tree.keepsAll() ? allBut(columns) : below(tree.root());
    if (hasDuplicateKey || canonical.hasDuplicateKey()) {
      return null;
    }
    return properties == null ? UTF8String.EMPTY_UTF8 : UTF8String.fromString(properties);
  }

  private String allBut(boolean[] columns) {
    all.clear();
    for (Member member : members) {
      int slot = member.node() == null ? -1 : member.node().slot();
      if (slot < 0 || !columns[slot]) {
        all.add(member.key(), member.json());
      }
    }
    String properties = all.toText();
    hasDuplicateKey |= all.hasDuplicateKey();
    return properties;
  }

  /** The kept parts of an object; null when there are none. */
  private String below(Node node) {
    StringBuilder text = new StringBuilder();
    for (Node member : node.members()) {
      String value = member.isKept() ? kept[member.id] : member.keepsBelow() ? below(member) : null;
      if (value != null) {
        text.append(text.isEmpty() ? '{' : ',')
            .append(new String(member.json(), UTF_8))
            .append(value);
      }
    }
    return text.isEmpty() ? null : text.append('}').toString();
  }

  private void walkObject(JsonParser parser, Node node) throws IOException {
    boolean keepsAll = node == tree.root() && tree.keepsAll();
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      Node member = node.member(key);
      if (keepsAll) {
        String json = canonical.value(parser);
        members.add(new Member(key, json, member));
        if (member != null) {
          takeAgain(json, member);
        }
      } else if (member == null) {
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
  private void takeAgain(String json, Node node) throws IOException {
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
      LineFields.take(parser, fields, fields.found[node.slot()]);
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
