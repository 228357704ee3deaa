-- Users at lessons, one row per user, course, lesson and day with at least one event that names the
-- course or the lesson. A load knows lessons where ops.publications has a count of this table's rows, a 0
-- included; of a load of before there were lessons it has none, and nothing is known, which is not 0.
CREATE TABLE IF NOT EXISTS store.staging_user_lesson_day
(
    event_date Date COMMENT 'date of the events in the configured zone',
    user_id String,
    course_id LowCardinality(String) COMMENT '\'\' = the events name a lesson only',
    lesson_id LowCardinality(String) COMMENT '\'\' = the events name a course only',
    events UInt64 COMMENT 'accepted events of every type that name both so; at least 1',
    starts UInt64 COMMENT 'events of event-types.lesson-start',
    completions UInt64 COMMENT 'events of event-types.lesson-complete',
    first_started_at DateTime64(6, 'UTC') COMMENT 'the day\'s first start; 1970-01-01 = none',
    first_completed_at DateTime64(6, 'UTC') COMMENT 'the day\'s first completion; 1970-01-01 = none',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY (user_id, course_id, lesson_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
