/**
 * One parsed day as named views, and the SQL files that make tables of them. Compares the lines of
 * the same id. Knows neither where lines come from nor where rows go.
 */
package edtech.analytics.transform;
