-- Users who were forgotten, and whom later loads leave out: two rows a run of forget, one as it
-- begins and one when nothing is left to do. Not for readers.
CREATE TABLE IF NOT EXISTS ops.erased_users
(
    user_hash String COMMENT 'SHA-256 of salt and id, in hex: the id itself is what is to be forgotten',
    salt String COMMENT '32 random bytes in hex, the same for all users',
    begun_at DateTime64(6, 'UTC'),
    is_finished Bool COMMENT 'whether all that could be removed is',
    recorded_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY (user_hash, begun_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
