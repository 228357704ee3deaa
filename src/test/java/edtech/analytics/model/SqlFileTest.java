package edtech.analytics.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SqlFileTest {
  @Test
  void queries_holdEveryTablesAndTheDays_withoutComments() {
    assertThat(SqlFile.queries())
        .contains("raw/sessions.sql: SELECT event_date, session_id, user_id,")
        .contains("day/user_sessions.sql: SELECT event_date,")
        .doesNotContain("--");
    assertThat(SqlFile.queries().lines().count()).isGreaterThan(Tables.PUBLISHED.size());
    for (Table table : Tables.PUBLISHED) {
      assertThat(SqlFile.queries())
          .contains("\n" + table.database() + "/" + table.name() + ".sql: ");
    }
  }

  @Test
  void resourceThatIsNotThere_isNamed() {
    assertThatThrownBy(() -> SqlFile.read("/sql/raw/other.sql"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the job jar holds no /sql/raw/other.sql");
  }
}
