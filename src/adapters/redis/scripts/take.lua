#!lua flags=allow-oom
-- Hands out entries to a consumer: retries that are due, then what dead consumers left, then new ones.
-- The delivery counter of the pending list is the attempt: XREADGROUP sets it to 1, XCLAIM adds 1.
-- KEYS   1-4 the lanes, most urgent first; 5-8 their due sets; 9 members; 10 fallen; 11 groups; 12 largest;
--        13 records, 14 holds of shared/parts.lua; 15 the book of shared/deaths.lua; 16 queue,
--        17 records of shared/promote.lua
-- ARGV   1 group; 2 consumer; 3 its lease, ms; 4 'all', or 'owed' to leave out new ones; 5-8 credit a lane;
--        9 'alone' if it is the only consumer of the group, or 'shared'
-- Reply  MessagePack {wait, largest, lost, hands, deaths}
--        wait: ms until something may be due though nothing is appended, -1 for never; -2 if there was too much to put
--        in order for one call: then nothing is handed out, and the next call goes on
--        largest: how many messages an entry of each lane may hold
--        lost: {lane, id, lane, id, …}
--        hands: {lane, attempts, entries, …}; entries as XREADGROUP gives them, attempts one each, or 0 for 1 each;
--        for a record batch in parts an attempt is {index, attempt, index, attempt, …}
--        deaths: {lane, id, consumers joined by commas, …}: who died with what is handed out
-- Errors NOGROUP, FENCED

local group, consumer = ARGV[1], ARGV[2]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local left = { tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]) }
local hands, lost = {}, {}

-- How many messages an entry of each lane may hold.
local largest = redis.call('HMGET', KEYS[12], '1', '2', '3', '4')
for lane = 1, 4 do largest[lane] = tonumber(largest[lane] or 1) end

--#include shared/ids
--#include shared/counts
--#include shared/parts
--#include shared/deaths
--#include shared/promote
local parts = Parts.new(group, KEYS[13], KEYS[14])

local expiry = redis.call('ZSCORE', KEYS[9], consumer)
if not expiry then
  if redis.call('HEXISTS', KEYS[11], group) == 0 then return redis.error_reply('NOGROUP no such group') end
  return redis.error_reply('FENCED its work was taken over')
end
if tonumber(expiry) < now then redis.call('ZADD', KEYS[9], now + ARGV[3], consumer) end

-- How many entries fit for sure, or one: what is left of the credit is never passed by more than a record batch.
local function fitting(lane)
  return math.max(1, math.floor(math.min(left[lane], 500 * largest[lane]) / largest[lane]))
end

local function hand(lane, attempts, entries)
  hands[#hands + 1] = lane
  hands[#hands + 1] = attempts
  hands[#hands + 1] = entries
  local size = #entries
  if largest[lane] > 1 then
    size = 0
    for _, entry in ipairs(entries) do size = size + countOf(entry[2]) end
  end
  left[lane] = left[lane] - size
end

-- What XCLAIM leaves out is gone from the stream, and from the pending list with that.
local function claim(lane, ids, attempts)
  local entries = redis.call('XCLAIM', KEYS[lane], group, consumer, 0, unpack(ids))
  if #entries < #ids then
    local present, kept = {}, {}
    for _, entry in ipairs(entries) do present[entry[1]] = true end
    for i, id in ipairs(ids) do
      if present[id] then
        kept[#kept + 1] = attempts[i]
      else
        lost[#lost + 1] = lane
        lost[#lost + 1] = id
      end
    end
    attempts = kept
  end
  if #entries > 0 then hand(lane, attempts, entries) end
end

-- Hands out messages of a record batch in parts: of those named, as many as there is credit for. Returns how many.
local function handParts(lane, record, indexes)
  local entry = redis.call('XRANGE', KEYS[lane], record.id, record.id)
  if #entry == 0 then
    record.owed = {}
    lost[#lost + 1] = lane
    lost[#lost + 1] = record.id
    Parts.save(parts, KEYS[lane], record)
    return #indexes
  end
  local handed = {}
  local count = math.min(#indexes, left[lane])
  for i = 1, count do
    local part = record.owed[indexes[i]]
    part[1], part[2] = consumer, part[2] + 1
    handed[2 * i - 1] = indexes[i]
    handed[2 * i] = part[2]
  end
  Parts.save(parts, KEYS[lane], record)
  hands[#hands + 1] = lane
  hands[#hands + 1] = { handed }
  hands[#hands + 1] = entry
  left[lane] = left[lane] - count
  return count
end

-- Members of the due set that are messages: each record batch once, with those of its messages that are due.
local function takeDueParts(lane, members)
  local records, order = {}, {}
  for _, member in ipairs(members) do
    local id, index = member:match('^(.*)#(%d+)$')
    id, index = unpadded(id), tonumber(index)
    local due = records[id]
    if not due then
      due = { record = Parts.load(parts, lane, id), indexes = {} }
      records[id] = due
      order[#order + 1] = due
    end
    local part = due.record and due.record.owed[index]
    if part and part[1] == '~due' then due.indexes[#due.indexes + 1] = index end
  end
  for _, due in ipairs(order) do
    if #due.indexes > 0 then handParts(lane, due.record, due.indexes) end
  end
end

local function takeDueEntries(lane, members)
  local ids, attempts = {}, {}
  for _, member in ipairs(members) do
    local id = unpadded(member)
    local pending = redis.call('XPENDING', KEYS[lane], group, id, id, 1)[1]
    if pending and pending[2] == '~due' then
      ids[#ids + 1] = id
      attempts[#attempts + 1] = pending[4] + 1
    elseif #redis.call('XRANGE', KEYS[lane], id, id) == 0 then
      lost[#lost + 1] = lane
      lost[#lost + 1] = id
    end
  end
  if #ids > 0 then claim(lane, ids, attempts) end
end

-- So many members of the due set that are all of one sort, entries or messages, from its beginning.
local function run(members, mostEntries)
  local isPart = members[1]:find('#', 1, true) ~= nil
  for i = 2, #members do
    if (members[i]:find('#', 1, true) ~= nil) ~= isPart or (not isPart and i > mostEntries) then return i - 1, isPart end
  end
  return #members, isPart
end

-- For the only consumer all that is owed is due, in the order of the lane: what others left, or took with a blocked read
-- that outlived their lease, and what came due at one time or another. In steps, so that a long list does not keep the
-- server from others: false if there is more to do.
local steps = 1000
local function lineUp(lane)
  local key, due = KEYS[lane], KEYS[4 + lane]
  local consumers = redis.pcall('XINFO', 'CONSUMERS', key, group)
  if consumers.err then return true end
  for _, info in ipairs(consumers) do
    -- {'name', name, 'pending', count, …}
    local name = info[2]
    local owing = (name ~= consumer and name ~= '~due' and name ~= '~parts') and info[4] or 0
    if owing > 0 then
      if steps == 0 then return false end
      local page = redis.call('XPENDING', key, group, '-', '+', steps, name)
      for _, pending in ipairs(page) do
        redis.call('ZADD', due, 0, padded(pending[1]))
        redis.call('XCLAIM', key, group, '~due', 0, pending[1], 'RETRYCOUNT', pending[4], 'JUSTID')
        -- Of a very long estate not all: nobody had that much in work, and the book must stay short.
        if owing <= 5000 then Deaths.add(KEYS[15], lane .. ':' .. pending[1], name) end
      end
      steps = steps - #page
      if #page < owing then return false end
    end
  end
  while true do
    local late = redis.call('ZRANGEBYSCORE', due, '(0', now, 'LIMIT', 0, steps)
    if #late == 0 then return steps > 0 or redis.call('ZCOUNT', due, '(0', now) == 0 end
    for _, member in ipairs(late) do redis.call('ZADD', due, 0, member) end
    steps = steps - #late
  end
end

local function takeDue(lane)
  while left[lane] > 0 do
    local due = redis.call('ZRANGEBYSCORE', KEYS[4 + lane], '-inf', now, 'LIMIT', 0, math.min(left[lane], 500))
    if #due == 0 then return end
    local count, isPart = run(due, fitting(lane))
    local members = { unpack(due, 1, count) }
    redis.call('ZREM', KEYS[4 + lane], unpack(members))
    if isPart then takeDueParts(lane, members) else takeDueEntries(lane, members) end
  end
end

local function takeLeft(lane, dead)
  while left[lane] > 0 do
    local page = redis.call('XPENDING', KEYS[lane], group, '-', '+', fitting(lane), dead)
    if #page == 0 then break end
    local ids, attempts = {}, {}
    for i, pending in ipairs(page) do
      ids[i] = pending[1]
      attempts[i] = pending[4] + 1
      Deaths.add(KEYS[15], lane .. ':' .. pending[1], dead)
    end
    claim(lane, ids, attempts)
  end
  while left[lane] > 0 do
    local id = Parts.heldBy(parts, lane, dead, 1)[1]
    if not id then return end
    local record = Parts.load(parts, lane, id)
    local indexes = Parts.indexesOf(record, dead)
    local count = handParts(lane, record, indexes)
    for i = 1, count do Deaths.add(KEYS[15], lane .. ':' .. id .. '#' .. indexes[i], dead) end
  end
end

-- A consumer is deleted only once it owes nothing: its pending entries would go with it.
local function forgetIfDone(dead)
  for lane = 1, 4 do
    if #redis.call('XPENDING', KEYS[lane], group, '-', '+', 1, dead) > 0 then return end
    if #Parts.heldBy(parts, lane, dead, 1) > 0 then return end
  end
  for lane = 1, 4 do redis.call('XGROUP', 'DELCONSUMER', KEYS[lane], group, dead) end
  redis.call('SREM', KEYS[10], dead)
end

if ARGV[9] == 'alone' then
  for lane = 1, 4 do
    if not lineUp(lane) then return cmsgpack.pack({ -2, largest, lost, hands, {} }) end
  end
end
for lane = 1, 4 do
  if left[lane] > 0 then takeDue(lane) end
end

for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[9], '-inf', '(' .. now)) do
  redis.call('ZREM', KEYS[9], dead)
  redis.call('SADD', KEYS[10], dead)
end
local fallen = redis.call('SMEMBERS', KEYS[10])
for lane = 1, 4 do
  for _, dead in ipairs(fallen) do takeLeft(lane, dead) end
end
for _, dead in ipairs(fallen) do forgetIfDone(dead) end

-- Whoever reads what is new, here or by a command of its own behind this, finds what became due.
local nextDelayed = promote({ unpack(KEYS, 1, 4) }, KEYS[16], KEYS[17], now)

for lane = 1, 4 do
  while left[lane] > 0 and ARGV[4] == 'all' do
    local asked = largest[lane] > 1 and fitting(lane) or left[lane]
    local new = redis.pcall('XREADGROUP', 'GROUP', group, consumer, 'COUNT', asked, 'STREAMS', KEYS[lane], '>')
    if new and new.err then
      -- An error would drop what is in hand already; the next take meets it again.
      if #hands == 0 then return new end
      break
    end
    if not new then break end
    local entries = new[1][2]
    hand(lane, 0, entries)
    if #entries < asked then break end
  end
end

local wait = -1
local function soonest(time)
  if wait < 0 or time - now < wait then wait = math.max(0, time - now) end
end
if #hands == 0 then
  for lane = 1, 4 do
    local first = redis.call('ZRANGE', KEYS[4 + lane], 0, 0, 'WITHSCORES')
    if #first > 0 and tonumber(ARGV[4 + lane]) > 0 then soonest(tonumber(first[2])) end
  end
  local leases = redis.call('ZRANGE', KEYS[9], 0, 1, 'WITHSCORES')
  for i = 1, #leases, 2 do
    if leases[i] ~= consumer then soonest(tonumber(leases[i + 1]) + 1) end
  end
  if nextDelayed >= 0 then soonest(now + nextDelayed) end
end

return cmsgpack.pack({ wait, largest, lost, hands, Deaths.among(KEYS[15], hands) })
