#!lua flags=no-writes
-- Reads without a group, most urgent lane first.
-- KEYS   1-4 the lanes; 5 queue of shared/promote.lua
-- ARGV   1 how many entries at most, over all lanes; 2-5 the id in each lane after which to read, or $ for its end
-- Reply  MessagePack {wait, positions, hands}: in how many ms something that waits is due, 0 if something is, -1 for never;
--        where each lane was read up to, and hands as take.lua gives them

local count = tonumber(ARGV[1])
local positions, hands = {}, {}
for lane = 1, 4 do
  local position = ARGV[1 + lane]
  if position == '$' then
    position = '0-0'
    if redis.call('EXISTS', KEYS[lane]) == 1 then
      local info = redis.call('XINFO', 'STREAM', KEYS[lane])
      for i = 1, #info, 2 do
        if info[i] == 'last-generated-id' then position = info[i + 1] end
      end
    end
  elseif count > 0 then
    local entries = redis.call('XRANGE', KEYS[lane], '(' .. position, '+', 'COUNT', count)
    if #entries > 0 then
      position = entries[#entries][1]
      count = count - #entries
      hands[#hands + 1] = lane
      hands[#hands + 1] = 0
      hands[#hands + 1] = entries
    end
  end
  positions[lane] = position
end

local wait = -1
local first = redis.call('ZRANGE', KEYS[5], 0, 0, 'WITHSCORES')
if #first > 0 then
  local clock = redis.call('TIME')
  wait = math.max(0, tonumber(first[2]) - clock[1] * 1000 - math.floor(clock[2] / 1000))
end
return cmsgpack.pack({ wait, positions, hands })
