package edtech.analytics.input;

import edtech.analytics.input.line.ParseRules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What to read: objects exactly as listed, the rules, and which days' events are wanted. Events of
 * other days that are in order are counted, not returned.
 *
 * @param objects all objects of a prefix; the place in this list is the column {@code object}
 * @param fromDate first day whose events are wanted, in the zone of the rules
 * @param toDate last one, inclusive
 * @param erased users whose lines are left out
 */
public record Selection(
    List<SourceObject> objects,
    ParseRules rules,
    LocalDate fromDate,
    LocalDate toDate,
    ErasedUsers erased)
    implements Serializable {

  public Selection {
    objects = List.copyOf(objects);
  }

  /** As a Spark option, which can only be text. */
  public String encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(new GZIPOutputStream(bytes))) {
      out.writeObject(this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  static Selection decode(String text) {
    byte[] bytes = Base64.getDecoder().decode(text);
    try (ObjectInputStream in =
        new ObjectInputStream(new GZIPInputStream(new ByteArrayInputStream(bytes)))) {
      return (Selection) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("not an option written by Selection.encode", e);
    }
  }
}
