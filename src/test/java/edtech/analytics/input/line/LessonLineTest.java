package edtech.analytics.input.line;

import static edtech.analytics.input.line.Lines.event;
import static edtech.analytics.input.line.Lines.parse;
import static edtech.analytics.input.line.Lines.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LessonLineTest {

  @ParameterizedTest
  @CsvSource({"lesson_start, LESSON_START", "lesson_complete, LESSON_COMPLETE"})
  void lessonEvent_needsItsLessonAndMayHaveACourse(String type, EventKind kind) {
    ParsedLine event = parse(event(type, "\"lesson_id\":7,\"course_id\":-0,\"minutes\":5"));
    assertThat(verdict(event)).isEmpty();
    assertThat(event.kind()).isEqualTo(kind);
    assertThat(event.lessonId()).isEqualTo("7");
    assertThat(event.courseId()).isEqualTo("0");
    assertThat(event.properties()).isEqualTo("{\"minutes\":5}");
    assertThat(parse(event(type, "\"lesson_id\":\"l\"")).courseId()).isEmpty();
    assertThat(verdict(event(type, "\"course_id\":\"c\""))).isEqualTo("missing_field lesson_id");
    assertThat(verdict(event(type, "\"lesson_id\":\" \""))).isEqualTo("missing_field lesson_id");
  }
}
