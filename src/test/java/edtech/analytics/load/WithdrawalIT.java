package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.forget.Forget;
import edtech.analytics.job.JobContext;
import edtech.analytics.testing.AtStep;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WithdrawalIT {
  private static final LocalDate DAY = LocalDate.of(2008, 5, 1);

  private static LocalServices services;

  @BeforeAll
  static void open() {
    services = new LocalServices("withdrawal");
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void withdrawnDay_isSeenNowhereAndComesBackWithARollback() {
    services.put(DAY, "a.jsonl", SampleDay.lines(DAY, "first", 40));
    long first = services.load(DAY).load().loadId();
    services.put(DAY, "a.jsonl", SampleDay.lines(DAY, "second", 30));
    long second = services.load(DAY).load().loadId();
    Map<String, String> published = services.contents(DAY);

    try (JobContext job = services.job("keep-loads", "2", "sweep-grace-minutes", "0")) {
      Withdrawal withdrawal = new Withdrawal(job);
      assertThat(withdrawal.run(DAY).loadId()).isEqualTo(second);
      assertThat(services.contents(DAY).values()).allMatch(content -> content.startsWith("0:"));
      assertThat(job.publications().last())
          .filteredOn(Publication::isWithdrawn)
          .extracting(Publication::date)
          .contains(DAY);
      assertThatThrownBy(() -> withdrawal.run(DAY))
          .isInstanceOf(LoadFailedException.class)
          .hasMessage(
              "nothing of 2008-05-01 is published, so there is nothing to withdraw: status shows the"
                  + " days that are");

      services.put(DAY, "a.jsonl", SampleDay.lines(DAY, "third", 20));
      LoadReport held = services.load(DAY);
      assertThat(held.load().status()).hasToString("held");
      assertThat(held.load().error())
          .isEqualTo(
              "2008-05-01 was withdrawn and is held so: --force loads it again, rollback shows its"
                  + " last load");

      job.sweep().run();
      Rollback rollback = new Rollback(job);
      assertThat(rollback.run(DAY, OptionalLong.empty()).loadId()).isEqualTo(second);
      assertThat(services.contents(DAY)).isEqualTo(published);
      assertThat(rollback.run(DAY, OptionalLong.empty()).loadId()).isEqualTo(first);
      withdrawal.run(DAY);
      assertThat(rollback.run(DAY, OptionalLong.empty()).loadId())
          .as("visible last")
          .isEqualTo(first);
      assertThat(
              services
                  .backfill(
                      DAY,
                      DAY,
                      LoadMode.FORCED,
                      new AtStep(Step.PUBLISH, () -> withdrawal.run(DAY)))
                  .get(0)
                  .load()
                  .status())
          .as("overtaken by a withdrawal: no load is visible")
          .hasToString("held");
      assertThat(services.load(DAY, LoadMode.FORCED).load().status()).hasToString("published");
      assertThat(services.visibleEvents(DAY)).isEqualTo(20);
    }
  }

  @Test
  void userOfAWithdrawnDay_isForgottenAndTheDayStaysWithdrawn() {
    LocalDate day = DAY.plusDays(1);
    String user = "withdrawn-" + System.nanoTime();
    services.put(
        day, "a.jsonl", SampleDay.lines(day, "a", 20)[0].replace("\"u0\"", "\"" + user + "\""));
    long load = services.load(day).load().loadId();
    try (JobContext job = services.job()) {
      new Withdrawal(job).run(day);
      services.abandonRunning();
      assertThat(new Forget(job, new SilentProgress()).run(user).isFinished()).isTrue();
      assertThat(job.publications().current(day).orElseThrow().isWithdrawn()).isTrue();
      assertThat(
              services.number(
                  "SELECT count() FROM store.raw_events WHERE user_id = '" + user + "'"))
          .isZero();
      assertThatThrownBy(() -> new Rollback(job).run(day, OptionalLong.empty()))
          .hasMessageContaining("load " + load + " of 2008-05-02 is no longer whole");
    }
  }
}
