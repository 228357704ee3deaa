package edtech.analytics.load;

/** Gives the frames of a range, and starts Spark for them, when the first day needs them. */
interface FrameSource {
  DayFrames get();
}
