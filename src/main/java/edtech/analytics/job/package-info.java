/**
 * What every command that needs Spark or S3 has: the session, the settings in force, and access to
 * S3 and ClickHouse. Knows no step of a load.
 */
package edtech.analytics.job;
