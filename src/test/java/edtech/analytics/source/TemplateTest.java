package edtech.analytics.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalDate;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final LocalDate DAY = LocalDate.of(2016, 5, 2);

  private static String dates(String template, String name) {
    Template.Match match = Template.parse(template).match(name, UTC);
    return match.isNoDate() ? "no such date" : match.dates().toString();
  }

  @ParameterizedTest
  @CsvSource({
    "dt={yyyy-MM-dd}/*, dt=2016-05-02/a b+%é:#.json",
    "dt={yyyy-MM-dd}/**, dt=2016-05-02/hour=09/a",
    "segment-logs/*/{epoch-ms}/*.gz, segment-logs/src-7/1462147200000/0#1.gz",
    "x/{epoch-s}.json, x/1462190400.json",
    "**/*_{yyyy-MM-dd}_*#*.json.gz, 187520/187520_2016-05-02_8#1.json.gz",
    "**/*_{yyyy-MM-dd}_*#*.json.gz, 187520_2016-05-02_8#1.json.gz",
    "**/tracking.log-{yyyyMMdd}*.gz, a/b/tracking.log-20160502-1462233600.gz",
    "**/tracking.log-{yyyyMMdd}*.gz, tracking.log-20160502.gz",
    "year={yyyy}/month={MM}/day={dd}/*.json.gz, year=2016/month=05/day=02/1.json.gz",
    "*/mp_master_event/{yyyy}/{MM}/{dd}/**, 12/mp_master_event/2016/05/02/full_day/1",
    "{yyyy/MM/dd}/*/**, 2016/05/02/09/stream-1",
    "{yyyy}/{MM}/{dd}/{HH}/*, 2016/05/02/23/x",
    "rudder-logs/*/{MM-dd-yyyy}/*, rudder-logs/a/05-02-2016/1.json.gz",
    "events_{yyyyMMdd}*, events_20160502",
    "{yyyyMMdd}{HH}.log, 2016050209.log",
    "_logs/{yyyy-MM-dd}, _logs/2016-05-02"
  })
  void nameOfATemplate_hasItsDate(String template, String name) {
    assertThat(dates(template, name)).isEqualTo("[2016-05-02]");
  }

  @ParameterizedTest
  @CsvSource({
    "dt={yyyy-MM-dd}/*, dt=2016-05-02/a/b",
    "dt={yyyy-MM-dd}/*, dt=2016-05-02/_SUCCESS",
    "dt={yyyy-MM-dd}/**, dt=2016-05-02/_temporary/0/a",
    "dt={yyyy-MM-dd}/**, dt=2016-05-02/a/.part.crc",
    "**/{yyyy-MM-dd}, .x/2016-05-02",
    "dt={yyyy-MM-dd}/*.gz, dt=2016-05-02/a.json",
    "dt={yyyy-MM-dd}/*, dt=16-05-02/a",
    "dt={yyyy-MM-dd}/*, dt=1999-05-02/a",
    "x/{epoch-ms}/*, x/11462147200000/a",
    "x/{epoch-ms}/*, x/1462147200/a",
    "{yyyy}/{MM}/{dd}/{HH}/*, 2016/05/02/x9/x"
  })
  void otherName_hasNone(String template, String name) {
    assertThat(dates(template, name)).isEqualTo("[]");
  }

  @Test
  void dateThatDoesNotExist_isSaid() {
    assertThat(dates("events_{yyyyMMdd}*", "events_20160231.json")).isEqualTo("no such date");
    assertThat(dates("events_{yyyyMMdd}*", "events_20161301.json")).isEqualTo("no such date");
  }

  @Test
  void nameThatMatchesInTwoWays_hasBothDates() {
    assertThat(dates("*{yyyyMMdd}*", "20160502-20160503.gz")).isEqualTo("[2016-05-02, 2016-05-03]");
  }

  @Test
  void stampInsideADay_isOfThatDayInTheZone() {
    assertThat(Template.parse("{epoch-s}").match("1462147199", ZoneId.of("Europe/Berlin")).dates())
        .containsExactly(DAY);
  }

  @Test
  void longNameOfManyWildcards_isMatchedAtOnce() {
    String name = "a/".repeat(500) + "b";
    assertThat(
            dates("**/*a*a*a*a*a*a*a*a*a*/**/{yyyy-MM-dd}*a*a*a*a*a*c", name + "2016-05-02" + name))
        .isEqualTo("[]");
  }

  @Test
  void on_writesTheDateAndKeepsTheRest() {
    assertThat(Template.parse("a/*/{yyyy}/{MM}/{dd}/{HH}/**").on(DAY, UTC))
        .isEqualTo("a/*/2016/05/02/{HH}/**");
    assertThat(Template.parse("{yyyyMMddHH}/{HH}.gz").on(DAY, UTC))
        .isEqualTo("20160502{HH}/{HH}.gz");
    assertThat(Template.parse("x/{epoch-ms}/*").on(DAY, UTC)).isEqualTo("x/1462147200000/*");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "dt={yyyy-MM-dd}/*, dt=2016-05-02/",
        "segment-logs/*/{epoch-ms}/*.gz, segment-logs/",
        "x/{epoch-ms}/*, x/1462147200000/",
        "**/*_{yyyy-MM-dd}_*, ``",
        "year={yyyy}/month={MM}/day={dd}/*, year=2016/month=05/day=02/",
        "{yyyy}/{MM}/{dd}/{HH}/*, 2016/05/02/",
        "{yyyy}/{MM}/{dd}/a-{HH}-*, 2016/05/02/a-",
        "events_{yyyyMMdd}*, events_20160502",
        "rudder-logs/{MM-dd-yyyy}/x.gz, rudder-logs/05-02-2016/x.gz"
      })
  void beginning_endsAtTheFirstWildcard(String template, String beginning) {
    assertThat(Template.parse(template).beginning(DAY, UTC)).isEqualTo(beginning);
  }

  @ParameterizedTest
  @CsvSource({
    "events/*, 'must hold a whole date, such as {yyyy-MM-dd}, {yyyy}/{MM}/{dd} or {epoch-ms}'",
    "{HH}/*, 'must hold a whole date, such as {yyyy-MM-dd}, {yyyy}/{MM}/{dd} or {epoch-ms}'",
    "{yyyy-MM}/*, 'must hold one whole date: yyyy, MM and dd, or epoch-ms, or epoch-s, once each'",
    "{yyyy-MM-dd}/{epoch-s}, 'must hold one whole date: yyyy, MM and dd, or epoch-ms, or epoch-s, once each'",
    "{yyyy}/*/{MM}/{dd}, must have no * between the parts of its date",
    "{yy-MM-dd}, 'has the date part \"yy-\": known are yyyy, MM, dd, HH, epoch-ms and epoch-s'",
    "{yyyy-MM-dd}/{, 'must have one date, and in braces nothing but it and {HH}'",
    "/x/{yyyy-MM-dd}, 'must be names below events-uri, without / at the beginning and without //'",
    "x//{yyyy-MM-dd}, 'must be names below events-uri, without / at the beginning and without //'",
    "../{yyyy-MM-dd}, must have no . or .. between slashes"
  })
  void brokenTemplate_isRefused(String text, String why) {
    assertThatIllegalArgumentException().isThrownBy(() -> Template.parse(text)).withMessage(why);
  }
}
