/**
 * Settings: where they come from, their types, and words for all that is wrong with them. Knows
 * where a secret lies and reads it on demand only; knows nothing of who uses a setting.
 */
package edtech.analytics.config;
