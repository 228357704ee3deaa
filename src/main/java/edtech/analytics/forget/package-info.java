/**
 * Erasure of a user from all loads: each load that holds the user is written anew without them, and
 * a receipt says what was removed (docs/erasure.md).
 */
package edtech.analytics.forget;
