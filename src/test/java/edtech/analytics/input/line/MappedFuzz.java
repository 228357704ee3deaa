package edtech.analytics.input.line;

import static edtech.analytics.input.line.LineFuzz.require;

import edtech.analytics.config.Settings;
import edtech.analytics.config.SettingsReader;
import edtech.analytics.testing.SourceDay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What must hold for any bytes whatever as a line of a source with a preset: what is read in place
 * comes to the same as when it is read in full. Called as {@link LineFuzz} is; the fuzzer names the
 * preset ({@code make fuzz PRESET=segment}).
 */
public final class MappedFuzz {
  private static final Path PRESETS = Path.of("conf/sources");
  private static final Path DAYS = Path.of("src/test/resources/sources");
  private static MappedFuzz ofTheFuzzer;

  private final LineParser parser;
  private final MappedParser mapped;
  private final boolean dropsTextBefore;

  /** The lines of the preset's sample day; of all sample days when it has none. */
  final List<String> lines;

  MappedFuzz(String preset) {
    Settings settings =
        SettingsReader.readForEvents(
            Optional.empty(),
            Map.of(),
            Map.of("source.preset", preset, "events-uri", "s3a://bucket/events"));
    ParseRules rules = ParseRules.of(settings);
    this.parser = new LineParser(rules);
    this.mapped =
        new MappedParser(settings.source().mapping(), settings.measures(), new EventRules(rules));
    this.lines = lines(preset);
    this.dropsTextBefore = settings.source().dropsTextBefore();
  }

  /** The fuzzer's way in: anything thrown is a finding. */
  public static void fuzzerTestOneInput(byte[] line) {
    if (ofTheFuzzer == null) {
      ofTheFuzzer = new MappedFuzz(System.getProperty("preset"));
    }
    ofTheFuzzer.check(line);
  }

  /** Writes the lines to begin with, a file for each: the preset, then the folder. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[1]));
    int count = 0;
    for (String line : lines(arguments[0])) {
      Files.writeString(folder.resolve("line" + count++), line);
    }
  }

  static List<String> presets() {
    return names(PRESETS, ".conf");
  }

  private static List<String> lines(String preset) {
    List<String> days = names(DAYS, ".day");
    return Stream.of(preset)
        .flatMap(name -> days.contains(name) ? Stream.of(name) : days.stream())
        .flatMap(day -> SourceDay.of(day).objects().values().stream())
        .flatMap(List::stream)
        .toList();
  }

  private static List<String> names(Path folder, String suffix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(suffix))
          .map(name -> name.substring(0, name.length() - suffix.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a line comes to; throws when anything is wrong with that. */
  ParsedLine check(byte[] line) {
    byte[] before = line.clone();
    ParsedLine parsed = new ParsedLine();
    parser.parse(line, 0, line.length, parsed);
    require(Arrays.equals(line, before), "the line was changed");
    require(!parsed.isIgnored() || parsed.reason() == null, "ignored and rejected");
    int from = begin(line);
    if (from >= 0) {
      ParsedLine inFull = new ParsedLine();
      mapped.parseInFull(line, from, line.length, inFull);
      require(
          Lines.outcome(parsed).equals(Lines.outcome(inFull)),
          Lines.outcome(parsed) + " is not " + Lines.outcome(inFull));
    }
    if (parsed.reason() == null && !parsed.isIgnored()) {
      LineFuzz.requireSound(parsed);
    }
    return parsed;
  }

  /** Where the event begins; -1 when the line is no text, or holds no object. */
  private int begin(byte[] line) {
    if (!Utf8.isValid(line, 0, line.length)) {
      return -1;
    }
    return dropsTextBefore ? ByteScan.indexOf((byte) '{', line, 0, line.length) : 0;
  }

  /** Whether a line is not read in full. */
  boolean isReadInPlace(byte[] line) {
    int from = begin(line);
    return from >= 0 && mapped.parseInPlace(line, from, line.length, new ParsedLine());
  }
}
