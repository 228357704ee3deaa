package edtech.analytics.clickhouse.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.TreeMap;

/** A column of type {@code Map(String, UInt64)}, as the server's {@code toJSONString} gives it. */
final class JsonMap {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonMap() {}

  static Map<String, Long> counts(String json) {
    try {
      return JSON.readValue(json, new TypeReference<TreeMap<String, Long>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the server gave no map of counts: " + json, e);
    }
  }
}
