#!lua flags=allow-oom
-- Renews a lease, and puts the group's consumers in order. The server may serve a blocked read after its consumer has
-- left: what such a consumer holds counts as left by a dead one. A consumer that holds nothing is removed.
-- KEYS   1-4 the lanes; 5 members; 6 fallen; 7 groups
-- ARGV   1 group; 2 consumer; 3 lease, ms
-- Errors NOGROUP, FENCED

local group, consumer = ARGV[1], ARGV[2]
if not redis.call('ZSCORE', KEYS[5], consumer) then
  if redis.call('HEXISTS', KEYS[7], group) == 0 then return redis.error_reply('NOGROUP no such group') end
  return redis.error_reply('FENCED its work was taken over')
end
local clock = redis.call('TIME')
redis.call('ZADD', KEYS[5], clock[1] * 1000 + math.floor(clock[2] / 1000) + ARGV[3], consumer)

for lane = 1, 4 do
  for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[lane], group)) do
    -- {'name', name, 'pending', count, …}
    local name, pending = info[2], info[4]
    if name ~= '~due' and name ~= '~parts' and not redis.call('ZSCORE', KEYS[5], name) then
      if pending > 0 then
        redis.call('SADD', KEYS[6], name)
      else
        redis.call('XGROUP', 'DELCONSUMER', KEYS[lane], group, name)
      end
    end
  end
end
return 1
