package edtech.analytics.input;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Lists the objects of the contract's folders, {@code dt=yyyy-MM-dd/}. */
public final class ObjectLister implements DayLister {
  private static final List<String> SUFFIXES = List.of(".jsonl", ".json", ".jsonl.gz", ".json.gz");

  private final Configuration hadoop;
  private final String eventsUri;

  public ObjectLister(Configuration hadoop, String eventsUri) {
    this.hadoop = hadoop;
    this.eventsUri = eventsUri;
  }

  /** The folder of a date, with a slash at its end. */
  @Override
  public String place(LocalDate date) {
    return eventsUri + "/dt=" + date + "/";
  }

  /**
   * The objects below {@code dt=date}, at any depth, sorted by name; hidden ones ({@code _*},
   * {@code .*}) are left out. Empty when the prefix holds none.
   *
   * @throws InputRefusedException when an object's suffix is none that the job reads, or the
   *     listing fails
   */
  @Override
  public List<SourceObject> list(LocalDate date) throws IOException {
    try {
      return listed(date);
    } catch (InputRefusedException e) {
      throw e;
    } catch (IOException e) {
      throw StoreFailure.ofListing(place(date), hadoop, e);
    }
  }

  @Override
  public String nearest(LocalDate date) {
    return "";
  }

  @Override
  public DayLister again(DayInput before) {
    return this;
  }

  private List<SourceObject> listed(LocalDate date) throws IOException {
    Path folder = new Path(place(date));
    FileSystem files = folder.getFileSystem(hadoop);
    List<SourceObject> objects = new ArrayList<>();
    try {
      RemoteIterator<LocatedFileStatus> listing = files.listFiles(folder, true);
      String root = files.makeQualified(folder).toString() + "/";
      while (listing.hasNext()) {
        LocatedFileStatus status = listing.next();
        String uri = status.getPath().toString();
        requireBelow(root, uri);
        if (isHidden(uri.substring(root.length()))) {
          continue;
        }
        requireKnownSuffix(uri);
        objects.add(new SourceObject(uri, date, status.getLen(), version(status)));
      }
    } catch (FileNotFoundException e) {
      // With a cause, the 404 came from a server that is not S3. A wrong address must not make a
      // day look empty, which could then be published with zeros.
      if (e.getCause() != null) {
        throw e;
      }
      return List.of();
    }
    objects.sort(Comparator.comparing(SourceObject::uri));
    requireDistinct(objects);
    return objects;
  }

  /** A key may hold {@code ..}, which Hadoop resolves to an object that was not listed. */
  static void requireBelow(String root, String uri) throws InputRefusedException {
    if (!uri.startsWith(root)) {
      throw new InputRefusedException(
          "the listing of "
              + root
              + " names an object outside of it, "
              + uri
              + ": rename the object whose name holds '..'");
    }
  }

  /** Hadoop also drops what {@code //} and {@code /./} add to a key. */
  static void requireDistinct(List<SourceObject> sorted) throws InputRefusedException {
    for (int i = 1; i < sorted.size(); i++) {
      String uri = sorted.get(i).uri();
      if (uri.equals(sorted.get(i - 1).uri())) {
        throw new InputRefusedException(
            "two objects have the address "
                + uri
                + ": the key of one holds '//' or '/./', which an address does not keep; rename"
                + " that one");
      }
    }
  }

  private static boolean isHidden(String relative) {
    for (String part : relative.split("/")) {
      if (part.startsWith("_") || part.startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static void requireKnownSuffix(String uri) throws InputRefusedException {
    if (SUFFIXES.stream().noneMatch(uri::endsWith)) {
      throw new InputRefusedException(
          "object "
              + uri
              + " has a suffix that the job does not read: remove it, hide it with a leading _ or"
              + " ., or rename it to one of "
              + String.join(", ", SUFFIXES));
    }
  }

  static String version(FileStatus status) {
    String etag = status instanceof EtagSource source ? source.getEtag() : null;
    return etag == null ? status.getModificationTime() + "-" + status.getLen() : etag;
  }
}
