#!lua flags=allow-oom
-- Takes an attendee out of the list of those that share out a stream's partitions.
-- KEYS   1 attendees by the ms when their lease runs out; 2 what each owns
-- ARGV   1 attendee

redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
