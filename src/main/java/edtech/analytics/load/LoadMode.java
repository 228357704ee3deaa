package edtech.analytics.load;

/** When a day that is already published is loaded again. */
public enum LoadMode {
  /** When its objects or the settings that matter have changed, and it was not rolled back. */
  UNLESS_UNCHANGED,
  /** Always. */
  FORCED
}
