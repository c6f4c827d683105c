#!lua flags=allow-oom
-- Keeps an attendee in the list of those that share out a stream's partitions; drops those whose lease has run out.
-- KEYS   1 attendees by the ms when their lease runs out; 2 what each owns
-- ARGV   1 attendee; 2 lease, ms; 3 the numbers of what it owns, joined by commas
-- Reply  {name, owns, name, owns, …}

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. now)) do
  redis.call('ZREM', KEYS[1], dead)
  redis.call('HDEL', KEYS[2], dead)
end
return redis.call('HGETALL', KEYS[2])
