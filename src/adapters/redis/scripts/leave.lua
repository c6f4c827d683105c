#!lua flags=allow-oom
-- Ends a membership: what the consumer owes is due at once, and the attempt does not count.
-- KEYS   1-4 the lanes; 5-8 their due sets; 9 members; 10 groups
-- ARGV   1 group; 2 consumer
-- Reply  how many entries were given back

local group, consumer = ARGV[1], ARGV[2]
if redis.call('ZREM', KEYS[9], consumer) == 0 or redis.call('HEXISTS', KEYS[10], group) == 0 then return 0 end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local given = 0

-- Members of a due set sort as text where their times are equal, so the sequence is padded: order is kept.
local function padded(id)
  local ms, seq = id:match('^(%d+)%-(%d+)$')
  return ms .. '-' .. string.rep('0', 20 - #seq) .. seq
end

for lane = 1, 4 do
  local page
  repeat
    page = redis.call('XPENDING', KEYS[lane], group, '-', '+', 500, consumer)
    for _, pending in ipairs(page) do
      local id, attempt = pending[1], pending[4]
      redis.call('XCLAIM', KEYS[lane], group, '~due', 0, id, 'RETRYCOUNT', math.max(0, attempt - 1), 'JUSTID')
      redis.call('ZADD', KEYS[4 + lane], now, padded(id))
    end
    given = given + #page
  until #page == 0
  redis.call('XGROUP', 'DELCONSUMER', KEYS[lane], group, consumer)
end
return given
