/**
 * The commands: arguments to settings to a job to an exit code, and what people read on the way.
 * Knows no step of a load and no statement.
 */
package edtech.analytics.cli;
