package edtech.analytics.input;

import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;

/** Lists the objects of the contract's folders, {@code dt=yyyy-MM-dd/}. */
public final class ObjectLister implements DayLister {
  private static final List<String> SUFFIXES = List.of(".jsonl", ".json", ".jsonl.gz", ".json.gz");

  private final StoreListing store;
  private final String eventsUri;

  public ObjectLister(Configuration hadoop, String eventsUri) {
    this.store = new StoreListing(hadoop, eventsUri);
    this.eventsUri = eventsUri;
  }

  /** The folder of a date, with a slash at its end. */
  @Override
  public String place(LocalDate date) {
    return eventsUri + "/" + folder(date);
  }

  private static String folder(LocalDate date) {
    return "dt=" + date + "/";
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
    List<SourceObject> objects = new ArrayList<>();
    String folder = folder(date);
    store.each(
        folder,
        true,
        (name, object) -> {
          if (!isHidden(name.substring(folder.length()))) {
            String uri = object.getPath().toString();
            requireKnownSuffix(uri);
            objects.add(new SourceObject(uri, date, object.getLen(), version(object)));
          }
          return true;
        });
    objects.sort(Comparator.comparing(SourceObject::uri));
    requireDistinct(objects);
    return objects;
  }

  @Override
  public String nearest(LocalDate date) {
    return "";
  }

  @Override
  public DayLister again(DayInput before) {
    return this;
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
