package edtech.analytics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.JobJvm;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.TokenService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a load finds its keys for S3 when no variable holds them; the S3 checks signatures. */
class S3CredentialsIT {
  private static final LocalDate DAY = LocalDate.of(2007, 5, 1);
  private static final String KEY_ID = LocalServices.ENVIRONMENT.get("AWS_ACCESS_KEY_ID");
  private static final String KEY = LocalServices.ENVIRONMENT.get("AWS_SECRET_ACCESS_KEY");
  private static final String TOKEN = "web-identity-canary-9d40c7a1";

  private static LocalServices services;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    services = new LocalServices("s3-credentials");
    services.put(DAY, "a.jsonl", SampleDay.lines(DAY, "a", 10));
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void keysOfAProfile_areUsedAndShownNowhere() throws Exception {
    requireLoaded(load(profile()));
  }

  @Test
  void keysForAWebIdentity_areUsedAndShownNowhere() throws Exception {
    try (TokenService sts = new TokenService(TOKEN, KEY_ID, KEY)) {
      requireLoaded(load(webIdentity(sts)));
      assertThat(sts.exchanges()).isPositive();
    }
  }

  @Test
  void noKeysAnywhere_failsTheLoadAndSaysWhereTheyMayBe() throws Exception {
    Map<String, String> environment = profile();
    environment.put("AWS_PROFILE", "misspelt");
    ForkedJvm.Result result = load(environment);
    requireNoKeys(result);
    assertThat(result.text()).contains("contained no credentials for profile 'misspelt'");
  }

  @Test
  void webIdentityThatIsRefused_failsTheLoad() throws Exception {
    try (TokenService sts = new TokenService("another", KEY_ID, KEY)) {
      ForkedJvm.Result result = load(webIdentity(sts));
      requireNoKeys(result);
      assertThat(result.text())
          .contains("Not authorized to perform sts:AssumeRoleWithWebIdentity")
          .doesNotContain(TOKEN);
    }
  }

  private Map<String, String> profile() throws IOException {
    Path file = folder.resolve("credentials");
    Files.writeString(
        file,
        "[lake]%naws_access_key_id = %s%naws_secret_access_key = %s%n".formatted(KEY_ID, KEY));
    Map<String, String> environment = noKeys();
    environment.put("AWS_PROFILE", "lake");
    environment.put("AWS_SHARED_CREDENTIALS_FILE", file.toString());
    return environment;
  }

  private Map<String, String> webIdentity(TokenService sts) throws IOException {
    Path file = Files.writeString(folder.resolve("token"), TOKEN);
    Map<String, String> environment = noKeys();
    environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", file.toString());
    environment.put("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/edtech-load");
    environment.put("AWS_ENDPOINT_URL_STS", sts.url());
    environment.put("AWS_REGION", "us-east-1");
    return environment;
  }

  /** No variable with keys, no file of the machine, no role of an instance. */
  private Map<String, String> noKeys() {
    Map<String, String> environment = new HashMap<>();
    for (String variable :
        List.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")) {
      environment.put(variable, null);
    }
    environment.put("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("none").toString());
    environment.put("AWS_CONFIG_FILE", folder.resolve("none").toString());
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    return environment;
  }

  private ForkedJvm.Result load(Map<String, String> environment)
      throws IOException, InterruptedException {
    Path events = Files.createDirectories(folder.resolve("events"));
    return new JobJvm(services)
        .run(
            environment,
            JobJvm.eventLog(events),
            "load",
            "--date",
            DAY.toString(),
            "--force",
            "--debug",
            "--summary",
            events.resolve("summary.json").toString());
  }

  private void requireLoaded(ForkedJvm.Result result) throws IOException {
    assertThat(result.code()).as(result.text()).isZero();
    assertThat(result.out()).contains("accepted 10 ");
    JobJvm.requireNowhere(result, folder.resolve("events"), KEY, TOKEN, TokenService.SESSION_TOKEN);
  }

  private static void requireNoKeys(ForkedJvm.Result result) {
    assertThat(result.code()).as(result.text()).isEqualTo(1);
    assertThat(result.lastError())
        .startsWith("error: " + DAY + " was not loaded: cannot list " + services.eventsUri())
        .endsWith(
            ": no AWS keys found (--debug shows where they were looked for); give keys that may list and read the bucket: AWS_ACCESS_KEY_ID and"
                + " AWS_SECRET_ACCESS_KEY, AWS_PROFILE, a web identity, or an instance role");
    assertThat(result.text()).doesNotContain(JobJvm.secrets());
  }
}
