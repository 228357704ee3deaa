package edtech.analytics.job;

import edtech.analytics.config.Settings;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.s3a.Constants;
import org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider;
import org.apache.hadoop.fs.s3a.TemporaryAWSCredentialsProvider;

/** What S3A has to know beyond Hadoop's defaults: where the S3 is, and where its keys are found. */
public final class S3Access {
  /**
   * The chain of the AWS SDK: variables, web identity, profile, role of the container or instance.
   * Of these S3A's own default knows neither the web identity nor the profile. The two before it
   * take what Spark hands from the driver to its executors.
   */
  private static final String PROVIDERS =
      String.join(
          ",",
          TemporaryAWSCredentialsProvider.NAME,
          SimpleAWSCredentialsProvider.NAME,
          "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider");

  private S3Access() {}

  /**
   * Properties to set, by name.
   *
   * @param hadoop what is set already; providers that the cluster or spark-submit names are left
   */
  public static Map<String, String> properties(Settings settings, Configuration hadoop) {
    Map<String, String> properties = new HashMap<>();
    if (isDefault(hadoop, Constants.AWS_CREDENTIALS_PROVIDER)) {
      properties.put(Constants.AWS_CREDENTIALS_PROVIDER, PROVIDERS);
    }
    String endpoint = settings.s3Endpoint();
    if (!endpoint.isEmpty()) {
      properties.put(Constants.ENDPOINT, endpoint);
      properties.put(Constants.PATH_STYLE_ACCESS, "true");
      properties.put(Constants.SECURE_CONNECTIONS, String.valueOf(endpoint.startsWith("https:")));
      if (isDefault(hadoop, Constants.AWS_REGION)) {
        properties.put(Constants.AWS_REGION, "us-east-1");
      }
    }
    return properties;
  }

  private static boolean isDefault(Configuration hadoop, String name) {
    String[] sources = hadoop.getPropertySources(name);
    return sources == null || sources[sources.length - 1].equals("core-default.xml");
  }
}
