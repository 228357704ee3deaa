package edtech.analytics.testing;

import edtech.analytics.load.Progress;
import edtech.analytics.load.Step;
import java.util.List;

/** A way to replace what readers see of a day, for {@link ServerKills} to break. */
public interface Replacing {
  /** What readers query, one query over all of them. */
  List<String> tables();

  /** In which to kill, in their order. */
  List<Step> steps();

  /**
   * Replaces.
   *
   * @param content number of the content that readers are to see
   * @param progress told of the steps; what readers see may change only once a part of {@link
   *     Step#PUBLISH} has begun
   * @return '' when it says that readers now see the content, else what went wrong
   */
  String replace(int content, Progress progress);
}
