#!lua flags=allow-oom
-- Hands out, once more, what the consumer holds and never received: the attempt is the one it was.
-- KEYS   1-4 the lanes; 5 members; 6 records, 7 holds of shared/parts.lua; 8 the book of shared/deaths.lua
-- ARGV   1 group; 2 consumer; then lane, id, and for a record batch in parts the indexes of messages, joined by commas,
--        or else an empty string
-- Reply  MessagePack {lost, hands, deaths}, as take.lua has them
-- Errors FENCED

local group, consumer = ARGV[1], ARGV[2]
if not redis.call('ZSCORE', KEYS[5], consumer) then return redis.error_reply('FENCED its work was taken over') end
local hands, lost = {}, {}

--#include shared/ids
--#include shared/parts
--#include shared/deaths
local parts = Parts.new(group, KEYS[6], KEYS[7])

local function hand(lane, id, attempt)
  local entries = redis.call('XRANGE', KEYS[lane], id, id)
  if #entries == 0 then
    redis.call('XACK', KEYS[lane], group, id)
    lost[#lost + 1] = lane
    lost[#lost + 1] = id
    return
  end
  hands[#hands + 1] = lane
  hands[#hands + 1] = { attempt }
  hands[#hands + 1] = entries
end

for i = 3, #ARGV, 3 do
  local lane, id, indexes = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  if indexes == '' then
    local pending = redis.call('XPENDING', KEYS[lane], group, id, id, 1)[1]
    if pending and pending[2] == consumer then hand(lane, id, pending[4]) end
  else
    local record, held = Parts.load(parts, lane, id), {}
    for index in indexes:gmatch('%d+') do
      local part = record and record.owed[tonumber(index)]
      if part and part[1] == consumer then
        held[#held + 1] = tonumber(index)
        held[#held + 1] = part[2]
      end
    end
    if #held > 0 then hand(lane, id, held) end
  end
end
return cmsgpack.pack({ lost, hands, Deaths.among(KEYS[8], hands) })
