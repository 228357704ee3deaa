package edtech.analytics.job;

import edtech.analytics.config.Address;
import edtech.analytics.config.Settings;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.s3a.Constants;
import org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider;
import org.apache.hadoop.fs.s3a.TemporaryAWSCredentialsProvider;

/** S3A's settings beyond Hadoop's defaults: the address of S3, and where its keys are found. */
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

  /**
   * The property of the JVM with names that no proxy is asked for, and what it means when unset.
   */
  private static final String NOT_BY_PROXY = "http.nonProxyHosts";

  private static final String THIS_MACHINE = "localhost|127.*|[::1]";

  private S3Access() {}

  /**
   * Keeps an S3 of this machine from being asked for by way of the proxy of {@code http_proxy}: the
   * AWS SDK would, whatever the JVM's own rule is, unless that rule is set.
   */
  public static void withoutProxy(Settings settings) {
    String endpoint = settings.s3Endpoint();
    if (!endpoint.isEmpty()
        && Address.parse(endpoint).isHere()
        && System.getProperty(NOT_BY_PROXY) == null) {
      System.setProperty(NOT_BY_PROXY, THIS_MACHINE);
    }
  }

  /** Lets a configuration of Hadoop reach the S3 of the settings. */
  public static void apply(Settings settings, Configuration hadoop) {
    withoutProxy(settings);
    properties(settings, hadoop).forEach(hadoop::set);
  }

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
