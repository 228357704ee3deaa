package edtech.analytics.load;

/** When a day that is already published is loaded again. */
public enum LoadMode {
  /** When its objects or the settings that matter have changed, and it was not rolled back. */
  UNLESS_UNCHANGED,
  /**
   * The same, but a day with far fewer lines than its weekday usually has is held: staged, and not
   * published before somebody has looked.
   */
  NIGHTLY,
  /** Always. */
  FORCED
}
