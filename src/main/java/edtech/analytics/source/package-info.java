/**
 * What a company's own events look like: where the objects of a day lie, and how a line becomes an
 * event. Settings as types, checked when they are read; whoever lists, reads or parses asks them.
 */
package edtech.analytics.source;
