#!lua flags=allow-oom
-- Ends a membership: what the consumer owes is due at once, and the attempt does not count.
-- KEYS   1-4 the lanes; 5-8 their due sets; 9 members; 10 groups; 11 records, 12 holds of shared/parts.lua
-- ARGV   1 group; 2 consumer
-- Reply  how many entries, and messages of record batches in parts, were given back

local group, consumer = ARGV[1], ARGV[2]
if redis.call('ZREM', KEYS[9], consumer) == 0 or redis.call('HEXISTS', KEYS[10], group) == 0 then return 0 end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local given = 0

--#include shared/ids
--#include shared/parts
local parts = Parts.new(group, KEYS[11], KEYS[12])

local function giveBackParts(lane)
  local ids
  repeat
    ids = Parts.heldBy(parts, lane, consumer, 100)
    for _, id in ipairs(ids) do
      local record = Parts.load(parts, lane, id)
      local indexes = Parts.indexesOf(record, consumer)
      for _, index in ipairs(indexes) do
        local part = record.owed[index]
        part[1], part[2] = '~due', part[2] - 1
        Parts.due(KEYS[4 + lane], record, index, now)
      end
      Parts.save(parts, KEYS[lane], record)
      given = given + #indexes
    end
  until #ids == 0
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
  giveBackParts(lane)
  redis.call('XGROUP', 'DELCONSUMER', KEYS[lane], group, consumer)
end
return given
