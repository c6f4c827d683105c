#!lua flags=allow-oom
-- Hands out, once more, what the consumer holds and never received: the attempt is the one it was.
-- KEYS   1-4 the lanes; 5 members
-- ARGV   1 group; 2 consumer; then lane, id for each entry
-- Reply  as take.lua
-- Errors FENCED

local group, consumer = ARGV[1], ARGV[2]
if not redis.call('ZSCORE', KEYS[5], consumer) then return redis.error_reply('FENCED its work was taken over') end
local hands, lost = {}, {}
for i = 3, #ARGV, 2 do
  local lane, id = tonumber(ARGV[i]), ARGV[i + 1]
  local pending = redis.call('XPENDING', KEYS[lane], group, id, id, 1)[1]
  if pending and pending[2] == consumer then
    local entries = redis.call('XRANGE', KEYS[lane], id, id)
    if #entries == 0 then
      redis.call('XACK', KEYS[lane], group, id)
      lost[#lost + 1] = lane
      lost[#lost + 1] = id
    else
      hands[#hands + 1] = lane
      hands[#hands + 1] = { pending[4] }
      hands[#hands + 1] = entries
    end
  end
end
return cmsgpack.pack({ -1, lost, hands })
