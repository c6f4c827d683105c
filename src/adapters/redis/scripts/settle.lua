#!lua flags=allow-oom
-- Settles entries in one step. What the consumer does not hold at the attempt named is passed over.
-- KEYS   1-4 the lanes; 5-8 their due sets; 9 members; 10 groups; 11 dead letters
-- ARGV   1 group; 2 consumer; 3 'member' if it must be one, or 'anyone'; then for each lane how many acks of entries
--        that it is known to hold, and their ids; then any number of
--        'ack', lane, id, attempt
--        'retry', lane, id, attempt, delay in ms
--        'release', lane, id, attempt
--        'reject', lane, id, attempt, stage, error's name, its message, its stack
-- Errors NOGROUP, FENCED

local group, consumer = ARGV[1], ARGV[2]
if ARGV[3] == 'member' and not redis.call('ZSCORE', KEYS[9], consumer) then
  if redis.call('HEXISTS', KEYS[10], group) == 0 then return redis.error_reply('NOGROUP no such group') end
  return redis.error_reply('FENCED its work was taken over')
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local at = 4
for lane = 1, 4 do
  local last = at + tonumber(ARGV[at])
  -- unpack has room for some 8,000.
  for from = at + 1, last, 1000 do
    redis.call('XACK', KEYS[lane], group, unpack(ARGV, from, math.min(from + 999, last)))
  end
  at = last + 1
end

-- Members of a due set sort as text where their times are equal, so the sequence is padded: order is kept.
local function padded(id)
  local ms, seq = id:match('^(%d+)%-(%d+)$')
  return ms .. '-' .. string.rep('0', 20 - #seq) .. seq
end

local function held(lane, id, attempt)
  local pending = redis.call('XPENDING', KEYS[lane], group, id, id, 1)[1]
  return pending and pending[2] == consumer and pending[4] == attempt
end

-- An entry that is gone from the stream leaves the pending list here; take.lua finds it in the due set and reports it.
local function defer(lane, id, attempts, due)
  -- In this order: a due time that the server refuses must not leave the entry with '~due', where nobody finds it.
  redis.call('ZADD', KEYS[4 + lane], due, padded(id))
  redis.call('XCLAIM', KEYS[lane], group, '~due', 0, id, 'RETRYCOUNT', attempts, 'JUSTID')
end

local FIELDS = { 'topic', 'payload', 'type', 'encoding', 'meta' }

-- What is no message keeps its fields as they were, each behind 'raw:'.
local function letterOf(found)
  local fields = { type = '', encoding = 'json', meta = '' }
  for i = 1, #found, 2 do fields[found[i]] = found[i + 1] end
  local letter = {}
  if fields.topic and fields.payload then
    for _, name in ipairs(FIELDS) do
      letter[#letter + 1] = name
      letter[#letter + 1] = fields[name]
    end
  else
    for i = 1, math.min(#found, 2000), 2 do
      letter[#letter + 1] = 'raw:' .. found[i]
      letter[#letter + 1] = found[i + 1]
    end
  end
  return letter
end

local function reject(lane, i)
  local id = ARGV[i + 2]
  local entry = redis.call('XRANGE', KEYS[lane], id, id)[1]
  if entry then
    local letter = letterOf(entry[2])
    local why = {
      'group', group, 'entryId', id, 'tier', lane, 'attempts', ARGV[i + 3], 'stage', ARGV[i + 4],
      'errorName', ARGV[i + 5], 'errorMessage', ARGV[i + 6], 'errorStack', ARGV[i + 7], 'time', string.format('%.0f', now),
    }
    for _, part in ipairs(why) do letter[#letter + 1] = part end
    redis.call('XADD', KEYS[11], '*', unpack(letter))
  end
  redis.call('XACK', KEYS[lane], group, id)
end

while at <= #ARGV do
  local kind, lane, id, attempt = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2], tonumber(ARGV[at + 3])
  local holds = held(lane, id, attempt)
  if kind == 'retry' then
    if holds then defer(lane, id, attempt, now + ARGV[at + 4]) end
    at = at + 5
  elseif kind == 'release' then
    if holds then defer(lane, id, attempt - 1, now) end
    at = at + 4
  elseif kind == 'ack' then
    if holds then redis.call('XACK', KEYS[lane], group, id) end
    at = at + 4
  else
    if holds then reject(lane, at) end
    at = at + 8
  end
end
return 1
