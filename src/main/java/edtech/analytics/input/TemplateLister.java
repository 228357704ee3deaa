package edtech.analytics.input;

import edtech.analytics.source.Layout;
import edtech.analytics.source.Template;
import java.io.IOException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * Lists the objects of a layout with templates. Of each template, the nearest folder above its
 * constant beginning is listed, each folder once: S3A lists folders only, so where the beginning
 * ends inside a name, the names beside it are listed, too. What matches no template is not looked
 * at.
 *
 * <p>Not thread-safe.
 */
final class TemplateLister implements DayLister {
  private static final int SHOWN_FAULTS = 20;

  /**
   * Where names of a day may be.
   *
   * @param name below {@code events-uri}, with a slash at its end; '' for all of it
   * @param isDeep whether the names may lie in folders of it
   */
  private record Folder(String name, boolean isDeep) {}

  private final StoreListing store;
  private final String eventsUri;
  private final Layout layout;
  private final Consumer<String> warnings;

  /** What is listed in place of folders of all dates; null = they are. */
  private final Set<Folder> instead;

  private final Map<Folder, ListedFolder> listed = new HashMap<>();

  /**
   * @param warnings told how many objects there are, where all have to be listed
   */
  TemplateLister(Configuration hadoop, String eventsUri, Layout layout, Consumer<String> warnings) {
    this(new StoreListing(hadoop, eventsUri), eventsUri, layout, warnings, null);
  }

  private TemplateLister(
      StoreListing store,
      String eventsUri,
      Layout layout,
      Consumer<String> warnings,
      Set<Folder> instead) {
    this.store = store;
    this.eventsUri = eventsUri;
    this.layout = layout;
    this.warnings = warnings;
    this.instead = instead;
  }

  @Override
  public String place(LocalDate date) {
    return layout.objects().stream()
        .map(template -> eventsUri + "/" + template.on(date, layout.zone()))
        .distinct()
        .collect(Collectors.joining(" and "));
  }

  /**
   * {@inheritDoc}
   *
   * @throws InputRefusedException that names the objects whose names have two dates, this one among
   *     them, or one that does not exist
   */
  @Override
  public List<SourceObject> list(LocalDate date) throws IOException {
    Map<String, SourceObject> objects = new TreeMap<>();
    Map<String, String> faults = new TreeMap<>();
    for (Folder folder : folders(date)) {
      ListedFolder found = listed(folder);
      found.of(date).forEach(object -> objects.put(object.uri(), object));
      faults.putAll(found.faults(date));
    }
    if (!faults.isEmpty()) {
      throw new InputRefusedException(message(faults));
    }
    return List.copyOf(objects.values());
  }

  @Override
  public String nearest(LocalDate date) throws IOException {
    Template first = layout.objects().get(0);
    return new NearestNames(store, eventsUri)
        .to(folder(first, date).name, first.on(date, layout.zone()));
  }

  /**
   * Of folders that hold the objects of all dates, it lists those folders only in which the day has
   * objects: all of {@code events-uri} is listed once a run.
   */
  @Override
  public DayLister again(DayInput before) {
    Set<Folder> ofDay =
        before.all().stream()
            .map(object -> store.name(object.uri()))
            .map(name -> new Folder(name.substring(0, name.lastIndexOf('/') + 1), false))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return new TemplateLister(store, eventsUri, layout, warning -> {}, ofDay);
  }

  private Set<Folder> folders(LocalDate date) {
    return layout.objects().stream()
        .flatMap(
            template ->
                instead == null || template.hasDateInBeginning()
                    ? Stream.of(folder(template, date))
                    : instead.stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private Folder folder(Template template, LocalDate date) {
    String beginning = template.beginning(date, layout.zone());
    String name = beginning.substring(0, beginning.lastIndexOf('/') + 1);
    String rest = template.on(date, layout.zone()).substring(name.length());
    return new Folder(name, rest.contains("/") || rest.contains("**"));
  }

  private ListedFolder listed(Folder folder) throws IOException {
    ListedFolder known = listed.get(folder);
    if (known == null) {
      ListedFolder found = new ListedFolder(layout);
      store.each(folder.name, folder.isDeep, found::add);
      if (folder.name.isEmpty() && folder.isDeep) {
        warnings.accept(
            String.format(
                Locale.ROOT,
                "source.layout.objects has a template with a wildcard before its first folder: all"
                    + " %,d objects below %s were listed",
                found.objects(),
                eventsUri));
      }
      listed.put(folder, found);
      return found;
    }
    return known;
  }

  private static String message(Map<String, String> faults) {
    String shown =
        faults.entrySet().stream()
            .limit(SHOWN_FAULTS)
            .map(fault -> fault.getKey() + " " + fault.getValue())
            .collect(Collectors.joining("; "));
    int more = faults.size() - SHOWN_FAULTS;
    return "objects match source.layout.objects without one date of their own: "
        + shown
        + (more > 0 ? "; and " + more + " more" : "")
        + ": rename them, or write the templates so that each object has one date";
  }
}
