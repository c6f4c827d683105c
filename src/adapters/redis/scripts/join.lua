#!lua flags=allow-oom
-- Makes a consumer a member of its group, or its only one.
-- KEYS   1 groups; 2 members; 3 fallen; 4 owners; 5 idle
-- ARGV   1 group; 2 consumer; 3 lease, ms; 4 'exclusive' or 'shared'
-- Errors NOGROUP; FENCED if a consumer of that name has lost its lease and its work is being taken over; OWNED by
--        another exclusive consumer; MIXED if consumers of the other kind are there

local group, consumer = ARGV[1], ARGV[2]
if redis.call('HEXISTS', KEYS[1], group) == 0 then return redis.error_reply('NOGROUP no such group') end
if redis.call('SISMEMBER', KEYS[3], consumer) == 1 then return redis.error_reply('FENCED its work was taken over') end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local owner = redis.call('HGET', KEYS[4], group)

if ARGV[4] == 'exclusive' then
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], now, '+inf')) do
    if other ~= consumer then
      if other == owner then return redis.error_reply('OWNED by another consumer') end
      return redis.error_reply('MIXED with consumers that are not exclusive')
    end
  end
  for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. now)) do
    if dead ~= consumer then
      redis.call('ZREM', KEYS[2], dead)
      redis.call('SADD', KEYS[3], dead)
    end
  end
  redis.call('HSET', KEYS[4], group, consumer)
elseif owner then
  local expiry = redis.call('ZSCORE', KEYS[2], owner)
  if expiry and tonumber(expiry) >= now and owner ~= consumer then
    return redis.error_reply('MIXED with an exclusive consumer')
  end
  redis.call('HDEL', KEYS[4], group)
end
redis.call('ZADD', KEYS[2], now + ARGV[3], consumer)
redis.call('HDEL', KEYS[5], group)
return 1
