package edtech.analytics.input.line;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Says what lines come to, for dev/tests/test_lines.py: a line in base64 on each line of its input,
 * a JSON object on each of its output.
 */
public final class LineVerdicts {
  private LineVerdicts() {}

  public static void main(String[] none) throws IOException {
    ObjectMapper json = new ObjectMapper();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(json.writeValueAsString(of(Base64.getDecoder().decode(line))));
    }
  }

  private static Map<String, Object> of(byte[] line) {
    ParsedLine parsed = Lines.parse(line);
    Map<String, Object> verdict = new LinkedHashMap<>();
    verdict.put("reason", parsed.reason() == null ? "" : parsed.reason().code());
    if (parsed.reason() == null) {
      verdict.put("event_date", LocalDate.ofEpochDay(parsed.eventDay()).toString());
      verdict.put("micros", parsed.timestampMicros());
      verdict.put("event_id", parsed.eventId());
      verdict.put("user_id", parsed.userId());
      verdict.put("event_type", parsed.eventType());
      verdict.put("session_id", parsed.sessionId());
      verdict.put("platform", parsed.platform());
      verdict.put("screen_name", parsed.screenName());
      verdict.put("course_id", parsed.courseId());
      verdict.put("lesson_id", parsed.lessonId());
      verdict.put("properties", parsed.properties());
      verdict.put("cents", parsed.amountCents());
      verdict.put("currency", parsed.currency());
      verdict.put("task_id", parsed.taskId());
      verdict.put("task_result", parsed.taskResult());
      verdict.put("is_success", parsed.isSuccess());
      verdict.put("ab_test_id", parsed.abTestId());
      verdict.put("ab_group", parsed.abGroup());
    }
    return verdict;
  }
}
