package edtech.analytics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.load.ForkedJvm;
import edtech.analytics.load.LocalServices;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Commands of the job in a JVM of their own, as the loader, on the services of a test class. */
record JobJvm(LocalServices services) {
  /**
   * Runs a command to its end.
   *
   * @param environment what differs from that of the loader; a null value removes a variable
   * @param options of the JVM
   */
  ForkedJvm.Result run(Map<String, String> environment, List<String> options, String... arguments)
      throws InterruptedException {
    Map<String, String> all = new HashMap<>();
    all.put("EVENTS_URI", services.eventsUri());
    all.put("CLICKHOUSE_USER", LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_USER"));
    all.put("CLICKHOUSE_PASSWORD", LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_PASSWORD"));
    all.putAll(environment);
    return ForkedJvm.run(Main.class, all, options, List.of(arguments));
  }

  /** Every secret of the environment: none may be in what a command leaves. */
  static String[] secrets() {
    String[] secrets =
        LocalServices.ENVIRONMENT.entrySet().stream()
            .filter(e -> e.getKey().matches("CLICKHOUSE_.*PASSWORD|AWS_SECRET_ACCESS_KEY"))
            .map(Map.Entry::getValue)
            .toArray(String[]::new);
    assertThat(secrets).hasSizeGreaterThanOrEqualTo(4).allMatch(secret -> secret.length() > 10);
    return secrets;
  }
}
