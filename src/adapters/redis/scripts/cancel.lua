#!lua flags=allow-oom
-- Drops records that wait to be due, and what is remembered of those that were to be kept once.
-- KEYS   1 queue, 2 records of shared/promote.lua; 3 and 4 ids of shared/once.lua
-- ARGV   for each its topic and its id
-- Reply  how many waited

local count = 0
for i = 1, #ARGV, 2 do
  local name = ARGV[i] .. '\0' .. ARGV[i + 1]
  local packed = redis.call('HGET', KEYS[2], name)
  if packed then
    local record = cmsgpack.unpack(packed)
    redis.call('ZREM', KEYS[1], record[1])
    redis.call('HDEL', KEYS[2], name)
    if record[7] then
      redis.call('HDEL', KEYS[3], name)
      redis.call('HDEL', KEYS[4], name)
    end
    count = count + 1
  end
end
if count > 0 and redis.call('EXISTS', KEYS[1]) == 0 then redis.call('UNLINK', KEYS[2]) end
return count
