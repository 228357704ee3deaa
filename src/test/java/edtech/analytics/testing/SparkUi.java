package edtech.analytics.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the REST API of a running Spark's UI tells about it. */
public final class SparkUi {
  private static final Pattern APPLICATION = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"");

  private SparkUi() {}

  /**
   * Everything that it tells of settings, jobs and queries.
   *
   * @throws IOException when no UI listens at the port
   */
  public static String told(int port) throws IOException, InterruptedException {
    String applications = "http://127.0.0.1:" + port + "/api/v1/applications";
    Matcher application = APPLICATION.matcher(get(applications));
    if (!application.find()) {
      throw new IOException("the UI knows no application yet");
    }
    StringBuilder told = new StringBuilder();
    for (String what : List.of("environment", "jobs", "stages?details=true", "sql?details=true")) {
      told.append(get(applications + "/" + application.group(1) + "/" + what));
    }
    return told.toString();
  }

  private static String get(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
        .body();
  }
}
