package edtech.analytics.measure;

import java.io.Serializable;

/**
 * Something that users are split by.
 *
 * @param name what the tables call it
 * @param path where an event has its value
 */
public record Dimension(String name, EventPath path) implements Serializable {}
