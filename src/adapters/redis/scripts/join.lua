#!lua flags=allow-oom
-- Makes a consumer a member of its group.
-- KEYS   1 groups; 2 members; 3 fallen
-- ARGV   1 group; 2 consumer; 3 lease, ms
-- Errors NOGROUP; FENCED if a consumer of that name has lost its lease and its work is being taken over

if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return redis.error_reply('NOGROUP no such group') end
if redis.call('SISMEMBER', KEYS[3], ARGV[2]) == 1 then return redis.error_reply('FENCED its work was taken over') end
local clock = redis.call('TIME')
redis.call('ZADD', KEYS[2], clock[1] * 1000 + math.floor(clock[2] / 1000) + ARGV[3], ARGV[2])
return 1
