#!lua flags=allow-oom
-- Hands entries that a consumer holds out to it once more: they stay in its hands, and the attempt counts.
-- KEYS   1-4 the lanes; 5 members; 6 groups
-- ARGV   1 group; 2 consumer; then lane, id, attempt for each entry
-- Reply  {lane, id, lane, id, …}: what it does not hold any more
-- Errors NOGROUP, FENCED

local group, consumer = ARGV[1], ARGV[2]
if not redis.call('ZSCORE', KEYS[5], consumer) then
  if redis.call('HEXISTS', KEYS[6], group) == 0 then return redis.error_reply('NOGROUP no such group') end
  return redis.error_reply('FENCED its work was taken over')
end

-- An attempt higher by one is this call's own, whose answer was lost.
local function holds(lane, id, attempt)
  local pending = redis.call('XPENDING', KEYS[lane], group, id, id, 1)[1]
  return pending and pending[2] == consumer and (pending[4] == attempt or pending[4] == attempt + 1)
end

local gone = {}
for i = 3, #ARGV, 3 do
  local lane, id, attempt = tonumber(ARGV[i]), ARGV[i + 1], tonumber(ARGV[i + 2])
  -- What XCLAIM leaves out is gone from the stream, and from the pending list with that.
  local kept = holds(lane, id, attempt)
    and #redis.call('XCLAIM', KEYS[lane], group, consumer, 0, id, 'RETRYCOUNT', attempt + 1, 'JUSTID') > 0
  if not kept then
    gone[#gone + 1] = lane
    gone[#gone + 1] = id
  end
end
return gone
