package edtech.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.config.Settings;
import edtech.analytics.config.SettingsReader;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class S3AccessTest {
  private static final String PROVIDERS = "fs.s3a.aws.credentials.provider";
  private static final String REGION = "fs.s3a.endpoint.region";

  private static Settings settings(String endpoint) {
    return SettingsReader.readForEvents(
        Optional.empty(), Map.of(), Map.of("events-uri", "s3a://b/e", "s3.endpoint", endpoint));
  }

  @Test
  void amazonsS3_properties_areTheProvidersAlone() {
    assertThat(S3Access.properties(settings(""), new Configuration()))
        .containsOnlyKeys(PROVIDERS)
        .extractingByKey(PROVIDERS)
        .asString()
        .endsWith(",software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider");
  }

  @Test
  void providersAndRegionThatAreSet_properties_leaveThem() {
    Configuration hadoop = new Configuration();
    hadoop.set(PROVIDERS, "of.the.Cluster");
    hadoop.set(REGION, "eu-west-1");
    assertThat(S3Access.properties(settings("https://s3.example"), hadoop))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "fs.s3a.endpoint", "https://s3.example",
                "fs.s3a.path.style.access", "true",
                "fs.s3a.connection.ssl.enabled", "true"));
  }

  @Test
  void anotherS3_properties_haveARegion() {
    assertThat(S3Access.properties(settings("http://127.0.0.1:1"), new Configuration()))
        .containsEntry(REGION, "us-east-1")
        .containsEntry("fs.s3a.connection.ssl.enabled", "false");
  }
}
