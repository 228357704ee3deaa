package edtech.analytics.clickhouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SchemaTest {
  @Test
  void rowPolicy_hasTheConditionOfTheViews() throws IOException {
    String policies = Files.readString(Path.of("conf/clickhouse/row_policies.sql"));
    assertThat(policies.replaceAll("\\s+", " ")).contains(" USING " + Schema.PUBLISHED + " TO ");
  }
}
