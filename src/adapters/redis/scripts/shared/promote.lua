-- What waits to be due.
--   queue    a sorted set: a sequence of 16 digits, topic NUL id, by the ms when it is due; so in order at equal times
--   records  a hash: topic NUL id -> MessagePack {its member of the queue, tier, payload, type, encoding, meta, kept once};
--            and 'sequence', the last one given

-- Appends what is due to its lane, soonest first: each at the place of now, so that nobody who has read on misses it. At most
-- 500, so that a long list does not keep the server from others. Returns in how many ms more is due, -1 for never, and how
-- many were appended.
local function promote(lanes, queue, records, now)
  local first = redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')
  if #first == 0 then return -1, 0 end
  if tonumber(first[2]) > now then return tonumber(first[2]) - now, 0 end
  local due = redis.call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, 500)
  for _, member in ipairs(due) do
    local name = member:sub(17)
    local packed = redis.call('HGET', records, name)
    if packed then
      local _, tier, payload, type, encoding, meta = unpack(cmsgpack.unpack(packed))
      local topic = name:sub(1, name:find('\0', 1, true) - 1)
      redis.call('XADD', lanes[tier], '*', 'topic', topic, 'payload', payload, 'type', type, 'encoding', encoding, 'meta', meta)
      redis.call('HDEL', records, name)
    end
    redis.call('ZREM', queue, member)
  end
  local next = redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')
  if #next > 0 then return math.max(0, tonumber(next[2]) - now), #due end
  redis.call('UNLINK', records)
  return -1, #due
end
