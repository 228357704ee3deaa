/**
 * Which tables a load publishes, and the names derived from theirs. Columns are in the DDL files,
 * rows in the SQL files; neither is repeated here.
 */
package edtech.analytics.model;
