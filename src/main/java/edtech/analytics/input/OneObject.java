package edtech.analytics.input;

import edtech.analytics.input.line.ParseRules;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.LocalDate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** An object that is named, and not looked for by its date; decompressed by its first bytes. */
public final class OneObject {
  private OneObject() {}

  /** What is done with each of an object's texts. */
  public interface Taker {
    /** Takes the text that the source stands at. */
    void take(LineSource texts);
  }

  /**
   * Reads an object to its end.
   *
   * @param path in the form of the file system, as {@code s3a://bucket/key} or {@code
   *     file:///folder/name}
   * @throws InputRefusedException when it cannot be read
   */
  public static void read(Configuration hadoop, String path, ParseRules rules, Taker taker)
      throws IOException {
    ObjectOpener opener = new ObjectOpener(hadoop, false);
    SourceObject object = status(hadoop, path);
    Piece piece = opener.open(new Split(object, 0, 0, Long.MAX_VALUE));
    try (LineSource texts = piece.texts(rules)) {
      while (texts.next()) {
        taker.take(texts);
      }
    } catch (IOException e) {
      throw opener.refuse(object, piece.compression(), e);
    }
  }

  private static SourceObject status(Configuration hadoop, String text) throws IOException {
    Path path = new Path(text);
    try {
      FileStatus status = path.getFileSystem(hadoop).getFileStatus(path);
      if (status.isDirectory()) {
        throw new InputRefusedException(text + " is a folder: name the objects in it");
      }
      return new SourceObject(
          path.toString(), LocalDate.EPOCH, status.getLen(), ObjectLister.version(status));
    } catch (InputRefusedException e) {
      throw e;
    } catch (FileNotFoundException e) {
      throw new InputRefusedException("there is no object " + text, e);
    } catch (IOException e) {
      throw StoreFailure.ofReading(text, hadoop, e);
    }
  }
}
