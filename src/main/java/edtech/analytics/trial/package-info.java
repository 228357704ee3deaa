/** A source tried on a few objects, to be looked at. Needs no Spark and no ClickHouse. */
package edtech.analytics.trial;
