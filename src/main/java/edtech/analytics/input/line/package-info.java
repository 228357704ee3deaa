/**
 * One line to one event or one reason why it is rejected. Knows JSON and the rules of the fields.
 * Knows no other line of the same id, no Hadoop and no Spark session.
 */
package edtech.analytics.input.line;
