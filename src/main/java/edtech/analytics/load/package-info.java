/**
 * One day, or a range of days: the order of the steps, what is refused, and how a load ended. The
 * only package that knows all the others but {@code cli}; leaves formats and statements to them.
 */
package edtech.analytics.load;
