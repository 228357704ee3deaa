/**
 * One day, or a range of days: the order of the steps, what is refused, and how a load ended.
 * Leaves formats and statements to the packages before it.
 */
package edtech.analytics.load;
