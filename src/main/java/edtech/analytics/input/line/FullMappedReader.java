package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import edtech.analytics.input.line.PathTree.Node;
import java.io.IOException;
import java.util.ArrayList;
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
  private final ValueWalker walker;
  private final List<Member> members = new ArrayList<>();
  private final CanonicalJson all = new CanonicalJson();

  FullMappedReader(CompiledMapping mapping) {
    this.tree = mapping.tree();
    this.fields = new MappedFields(mapping, this);
    this.fields.bytes = new byte[1024];
    this.walker = new ValueWalker(tree, fields, fields.found);
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
    members.clear();
    walker.clear();
    if (!LineFields.beginsAsObject(buffer, from, to - from)) {
      return false;
    }
    try (JsonParser parser = LineJson.FACTORY.createParser(buffer, from, to - from)) {
      parser.nextToken();
      walk(parser);
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
    if (all.hasDuplicateKey() || walker.hasDuplicateKey()) {
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
    return all.toText();
  }

  /** The kept parts of an object; null when there are none. */
  private String below(Node node) {
    StringBuilder text = new StringBuilder();
    for (Node member : node.members()) {
      String value =
          member.isKept() ? walker.kept(member) : member.keepsBelow() ? below(member) : null;
      if (value != null) {
        text.append(text.isEmpty() ? '{' : ',')
            .append(new String(member.json(), UTF_8))
            .append(value);
      }
    }
    return text.isEmpty() ? null : text.append('}').toString();
  }

  private void walk(JsonParser parser) throws IOException {
    if (!tree.keepsAll()) {
      walker.walkObject(parser, tree.root());
      return;
    }
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      Node member = tree.root().member(key);
      String json = walker.canonical(parser);
      members.add(new Member(key, json, member));
      if (member != null) {
        walker.takeAgain(json, member);
      }
    }
  }
}
