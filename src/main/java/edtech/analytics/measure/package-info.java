/**
 * What the settings ask of every event: the dimensions that users are split by and the metrics that
 * are counted. Knows neither lines nor tables.
 */
package edtech.analytics.measure;
