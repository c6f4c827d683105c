#!lua flags=allow-oom
-- Settles entries in one step. What the consumer does not hold at the attempt named is passed over.
-- KEYS   1-4 the lanes; 5-8 their due sets; 9 members; 10 groups; 11 dead letters; 12 records, 13 holds of shared/parts.lua;
--        the last one is the book of shared/deaths.lua
-- ARGV   1 group; 2 consumer; 3 'member' if it must be one, or 'anyone'; then for each lane how many acks of entries
--        that it is known to hold, and their ids; then any number of
--        'ack', lane, id, attempt
--        'retry', lane, id, attempt, delay in ms
--        'release', lane, id, attempt
--        'reject', lane, id, attempt, stage, error's name, its message, its stack, traceparent
--        and of messages of a record batch of so many
--        'ack-parts', lane, id, attempt, count, how many, their indexes
--        'retry-parts', lane, id, attempt, count, how many, their indexes, delay in ms
--        'release-parts', lane, id, attempt, count, how many, their indexes
--        'reject-part', lane, id, attempt, count, 1, its index, stage, error's name, its message, its stack,
--           traceparent, topic, payload, type, encoding, meta
--        and, in settleAndAppend.lua only, with the keys 14-16, the books of shared/once.lua
--        'once', window in ms, the most ids to remember: before the first output that has one
--        'ack-with', lane, id, attempt, how many outputs, each its tier, topic, payload, type, encoding, meta, and '=' and
--           the id by which it is kept once, or ''
--        'ack-part-with', lane, id, attempt, count, 1, its index, and outputs likewise
-- Errors NOGROUP, FENCED

local group, consumer = ARGV[1], ARGV[2]
if ARGV[3] == 'member' and not redis.call('ZSCORE', KEYS[9], consumer) then
  if redis.call('HEXISTS', KEYS[10], group) == 0 then return redis.error_reply('NOGROUP no such group') end
  return redis.error_reply('FENCED its work was taken over')
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- Nobody has died, mostly: then there is nothing to look for.
local deaths = KEYS[#KEYS]
local haunted = redis.call('EXISTS', deaths) == 1
local function forget(name)
  if haunted then redis.call('HDEL', deaths, name) end
end

local at = 4
for lane = 1, 4 do
  local last = at + tonumber(ARGV[at])
  -- unpack has room for some 8,000.
  for from = at + 1, last, 1000 do
    redis.call('XACK', KEYS[lane], group, unpack(ARGV, from, math.min(from + 999, last)))
  end
  for i = at + 1, haunted and last or at do forget(lane .. ':' .. ARGV[i]) end
  at = last + 1
end

--#include shared/ids
--#include shared/parts
--#include shared/once
local parts = Parts.new(group, KEYS[12], KEYS[13])

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

-- `why` is where stage, error's name, its message, its stack and the traceparent are.
local function bury(letter, lane, id, attempt, why)
  local about = {
    'group', group, 'entryId', id, 'tier', lane, 'attempts', attempt, 'stage', ARGV[why], 'errorName', ARGV[why + 1],
    'errorMessage', ARGV[why + 2], 'errorStack', ARGV[why + 3], 'time', string.format('%.0f', now),
  }
  if ARGV[why + 4] ~= '' then
    about[#about + 1] = 'trace'
    about[#about + 1] = ARGV[why + 4]
  end
  for _, part in ipairs(about) do letter[#letter + 1] = part end
  redis.call('XADD', KEYS[11], '*', unpack(letter))
end

local function reject(lane, i)
  local id = ARGV[i + 2]
  local entry = redis.call('XRANGE', KEYS[lane], id, id)[1]
  if entry then bury(letterOf(entry[2]), lane, id, ARGV[i + 3], i + 4) end
  redis.call('XACK', KEYS[lane], group, id)
  forget(lane .. ':' .. id)
end

local function rejectPart(lane, id, index, i)
  local letter = {}
  for f, name in ipairs(FIELDS) do
    letter[#letter + 1] = name
    letter[#letter + 1] = ARGV[i + 11 + f]
  end
  bury(letter, lane, id .. '#' .. index, ARGV[i + 3], i + 7)
end

local once

-- Appends the outputs described from here on, if their message was settled. Returns where the arguments go on.
local function append(at, settled)
  local first = at + 1
  local last = at + 7 * ARGV[at]
  for i = first, settled and last or at, 7 do
    local tier, topic, payload, type, encoding, meta, id = unpack(ARGV, i, i + 6)
    local name = id ~= '' and Once.name(topic, id:sub(2))
    if not (name and Once.find(once, name)) then
      local entryId = redis.call('XADD', KEYS[tonumber(tier)], '*', 'topic', topic, 'payload', payload, 'type', type,
        'encoding', encoding, 'meta', meta)
      if name then Once.keep(once, name, tier .. entryId) end
    end
  end
  return last + 1
end

-- Returns where the arguments go on behind the indexes, and whether a message was settled for good.
local function settleParts(kind, lane, id, attempt, i)
  local last = i + 5 + tonumber(ARGV[i + 5])
  local record = Parts.load(parts, lane, id)
  if not record and held(lane, id, attempt) then
    record = Parts.divide(parts, KEYS[lane], lane, id, consumer, attempt, tonumber(ARGV[i + 4]))
  end
  if not record then return last + 1, false end
  local ended = false
  for at = i + 6, last do
    local index = tonumber(ARGV[at])
    local part = record.owed[index]
    if part and part[1] == consumer and part[2] == attempt then
      if kind == 'retry-parts' then
        part[1] = '~due'
        Parts.due(KEYS[4 + lane], record, index, now + ARGV[last + 1])
      elseif kind == 'release-parts' then
        part[1], part[2] = '~due', attempt - 1
        Parts.due(KEYS[4 + lane], record, index, now)
      else
        if kind == 'reject-part' then rejectPart(lane, id, index, i) end
        record.owed[index] = nil
        ended = true
        forget(lane .. ':' .. id .. '#' .. index)
      end
    end
  end
  Parts.save(parts, KEYS[lane], record)
  if haunted and not next(record.owed) then forget(lane .. ':' .. id) end
  return last + 1, ended
end

-- How many arguments follow the indexes.
local MORE = { ['ack-parts'] = 0, ['retry-parts'] = 1, ['release-parts'] = 0, ['reject-part'] = 10, ['ack-part-with'] = 0 }

while at <= #ARGV do
  local kind, lane, id, attempt = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2], tonumber(ARGV[at + 3])
  local more = MORE[kind]
  local holds = not more and kind ~= 'once' and held(lane, id, attempt)
  if more then
    local next, ended = settleParts(kind, lane, id, attempt, at)
    at = kind == 'ack-part-with' and append(next, ended) or next + more
  elseif kind == 'once' then
    once = Once.open(KEYS[14], KEYS[15], KEYS[16], lane, tonumber(id))
    at = at + 3
  elseif kind == 'ack-with' then
    if holds then
      redis.call('XACK', KEYS[lane], group, id)
      forget(lane .. ':' .. id)
    end
    at = append(at + 4, holds)
  elseif kind == 'retry' then
    if holds then defer(lane, id, attempt, now + ARGV[at + 4]) end
    at = at + 5
  elseif kind == 'release' then
    if holds then defer(lane, id, attempt - 1, now) end
    at = at + 4
  elseif kind == 'ack' then
    if holds then
      redis.call('XACK', KEYS[lane], group, id)
      forget(lane .. ':' .. id)
    end
    at = at + 4
  else
    if holds then reject(lane, at) end
    at = at + 9
  end
end
if once then Once.close(once) end
return 1
