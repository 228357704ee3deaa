/**
 * The commands: arguments to settings to a job to an exit code, and what people read on the way.
 * Knows no step of a load and sends no statement of its own but the questions of {@code status}.
 */
package edtech.analytics.cli;
