package edtech.analytics.input;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** The objects of a folder as the store lists them. Folder markers are none. */
final class StoreListing {
  private final Configuration hadoop;
  private final String eventsUri;

  /** With a slash at its end, in the form of the file system; null until something was listed. */
  private String root;

  /**
   * @param eventsUri where all objects lie, without a slash at its end
   */
  StoreListing(Configuration hadoop, String eventsUri) {
    this.hadoop = hadoop;
    this.eventsUri = eventsUri;
  }

  /** Takes an object; false ends the listing. */
  interface Taker {
    boolean take(String name, LocatedFileStatus object) throws IOException;
  }

  /**
   * Lists a folder, in the store's order.
   *
   * @param folder below {@code events-uri}, with a slash at its end; '' for all of it
   * @param isDeep whether the folders in it are listed, too
   * @param taker gets names below {@code events-uri}
   * @throws InputRefusedException when the listing fails
   */
  void each(String folder, boolean isDeep, Taker taker) throws IOException {
    try {
      list(folder, isDeep, taker);
    } catch (InputRefusedException e) {
      throw e;
    } catch (IOException e) {
      throw StoreFailure.ofListing(eventsUri + "/" + folder, hadoop, e);
    }
  }

  /** The name below {@code events-uri} of an object that was listed. */
  String name(String uri) {
    return uri.substring(root.length());
  }

  private void list(String folder, boolean isDeep, Taker taker) throws IOException {
    Path path = new Path(eventsUri + "/" + folder);
    FileSystem files = path.getFileSystem(hadoop);
    root = files.makeQualified(new Path(eventsUri + "/")).toString().replaceFirst("/*$", "/");
    try {
      RemoteIterator<LocatedFileStatus> listing =
          isDeep ? files.listFiles(path, true) : files.listLocatedStatus(path);
      boolean isWanted = true;
      while (isWanted && listing.hasNext()) {
        LocatedFileStatus object = listing.next();
        if (object.isFile()) {
          String uri = object.getPath().toString();
          requireBelow(root + folder, uri);
          isWanted = taker.take(name(uri), object);
        }
      }
    } catch (FileNotFoundException e) {
      // With a cause, the 404 came from a server that is not S3. A wrong address must not make a
      // day look empty, which could then be published with zeros.
      if (e.getCause() != null) {
        throw e;
      }
    }
  }

  /** A key may hold {@code ..}, which Hadoop resolves to an object that was not listed. */
  private static void requireBelow(String root, String uri) throws InputRefusedException {
    if (!uri.startsWith(root)) {
      throw new InputRefusedException(
          "the listing of "
              + root
              + " names an object outside of it, "
              + uri
              + ": rename the object whose name holds '..'");
    }
  }
}
