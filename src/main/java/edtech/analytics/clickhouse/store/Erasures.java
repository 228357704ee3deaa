package edtech.analytics.clickhouse.store;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.input.ErasedUsers;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Owns {@code ops.erased_users} and {@code ops.erasures}: who was forgotten, and what went. */
public final class Erasures {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final String USERS = "ops.erased_users";
  private static final String LOADS = "ops.erasures";

  private static final int SALT_BYTES = 32;

  /**
   * A run of forget for one user.
   *
   * @param userHash what stands for the user
   */
  public record Erasure(String userHash, String salt, Instant begunAt) {}

  /**
   * A load that held the user.
   *
   * @param replacedBy the load that was published in its place; 0 = it was not in view
   * @param rows the user's rows by table
   */
  public record ErasedLoad(LocalDate date, long loadId, long replacedBy, Map<String, Long> rows) {}

  private final ClickHouse server;

  public Erasures(ClickHouse server) {
    this.server = server;
  }

  /** The users whom loads leave out. */
  public ErasedUsers users() {
    server.catchUp(USERS);
    return new ErasedUsers(
        server.rows("SELECT DISTINCT salt, user_hash FROM ops.erased_users").stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.getString("salt"),
                    Collectors.mapping(row -> row.getString("user_hash"), Collectors.toSet()))));
  }

  /** From here on loads leave the user out. */
  public Erasure begin(String userId) {
    String salt = users().hashesBySalt().keySet().stream().findFirst().orElseGet(Erasures::salt);
    Erasure erasure = new Erasure(ErasedUsers.hash(salt, userId), salt, Instant.now());
    write(erasure, false);
    return erasure;
  }

  /** Marks the run as finished: all that can be removed is removed. */
  public void finish(Erasure erasure) {
    write(erasure, true);
  }

  /** Hashes of the users whose last run of forget did not finish. */
  public Set<String> unfinished() {
    server.catchUp(USERS);
    return server
        .rows(
            """
            SELECT user_hash FROM ops.erased_users
            GROUP BY user_hash
            HAVING argMax(is_finished, (begun_at, is_finished)) = 0
            """)
        .stream()
        .map(row -> row.getString("user_hash"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Records a load before its rows are removed. */
  public void record(Erasure erasure, ErasedLoad load) {
    Map<String, Object> row = new HashMap<>();
    row.put("user_hash", erasure.userHash());
    row.put("event_date", load.date().toString());
    row.put("load_id", load.loadId());
    row.put("replaced_by", load.replacedBy());
    row.put("rows", load.rows());
    server.insert(
        LOADS,
        List.of(row),
        "erasure/" + erasure.userHash() + "/" + load.loadId() + "/" + load.replacedBy());
  }

  /** All loads that held the user, whichever run removed them; by day, the oldest first. */
  public List<ErasedLoad> loads(Erasure erasure) {
    server.catchUp(LOADS);
    return server
        .rows(
            """
            SELECT event_date, toInt64(load_id) AS load,
                toInt64(maxIf(replaced_by, replaced_by IN (SELECT load_id FROM ops.publications)))
                    AS replacement,
                toJSONString(argMin(rows, recorded_at)) AS removed
            FROM ops.erasures
            WHERE user_hash = {user:String}
            GROUP BY event_date, load_id
            ORDER BY event_date, load_id
            """,
            Map.of("user", erasure.userHash()))
        .stream()
        .map(
            row ->
                new ErasedLoad(
                    row.getLocalDate("event_date"),
                    row.getLong("load"),
                    row.getLong("replacement"),
                    JsonMap.counts(row.getString("removed"))))
        .toList();
  }

  /** The loads that runs of forget made without the user, published or not. */
  public Set<Long> replacements(Erasure erasure) {
    server.catchUp(LOADS);
    return server
        .rows(
            """
            SELECT DISTINCT toInt64(replaced_by) AS load FROM ops.erasures
            WHERE user_hash = {user:String}
            """,
            Map.of("user", erasure.userHash()))
        .stream()
        .map(row -> row.getLong("load"))
        .collect(Collectors.toSet());
  }

  private void write(Erasure erasure, boolean isFinished) {
    Map<String, Object> row = new HashMap<>();
    row.put("user_hash", erasure.userHash());
    row.put("salt", erasure.salt());
    row.put("begun_at", MICROS.format(erasure.begunAt()));
    row.put("is_finished", isFinished);
    server.insert(
        USERS, List.of(row), "erased/" + erasure.userHash() + "/" + erasure.begunAt() + isFinished);
  }

  private static String salt() {
    byte[] bytes = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
