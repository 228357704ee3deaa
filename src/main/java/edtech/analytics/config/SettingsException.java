package edtech.analytics.config;

import java.util.List;

/** Settings that cannot be used. Carries every problem found, so that one run shows them all. */
public final class SettingsException extends RuntimeException {
  private final List<String> problems;

  public SettingsException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence a problem: which key, which value, what to write instead. Never empty. */
  public List<String> problems() {
    return problems;
  }
}
