#!lua flags=allow-oom
-- Hands out entries to a consumer: retries that are due, then what dead consumers left, then new ones.
-- The delivery counter of the pending list is the attempt: XREADGROUP sets it to 1, XCLAIM adds 1.
-- KEYS   1-4 the lanes, most urgent first; 5-8 their due sets; 9 members; 10 fallen; 11 groups
-- ARGV   1 group; 2 consumer; 3 its lease, ms; 4 'all', or 'owed' to leave out new ones; 5-8 credit a lane;
--        9 'alone' if it is the only consumer of the group, or 'shared'
-- Reply  MessagePack {wait, lost, hands}
--        wait: ms until something may be due though nothing is appended, -1 for never
--        lost: {lane, id, lane, id, …}
--        hands: {lane, attempts, entries, …}; entries as XREADGROUP gives them, attempts one each, or 0 for 1 each
-- Errors NOGROUP, FENCED

local group, consumer = ARGV[1], ARGV[2]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local left = { tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]) }
local hands, lost = {}, {}

local expiry = redis.call('ZSCORE', KEYS[9], consumer)
if not expiry then
  if redis.call('HEXISTS', KEYS[11], group) == 0 then return redis.error_reply('NOGROUP no such group') end
  return redis.error_reply('FENCED its work was taken over')
end
if tonumber(expiry) < now then redis.call('ZADD', KEYS[9], now + ARGV[3], consumer) end

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
  if #entries == 0 then return end
  hands[#hands + 1] = lane
  hands[#hands + 1] = attempts
  hands[#hands + 1] = entries
  left[lane] = left[lane] - #entries
end

-- Members of a due set sort as text where their times are equal, so the sequence is padded.
local function padded(id)
  local ms, seq = id:match('^(%d+)%-(%d+)$')
  return ms .. '-' .. string.rep('0', 20 - #seq) .. seq
end

-- For the only consumer all that is owed is due, in the order of the lane: what others left, or took with a blocked read
-- that outlived their lease, and what came due at one time or another.
local function lineUp(lane)
  local key, due = KEYS[lane], KEYS[4 + lane]
  local consumers = redis.pcall('XINFO', 'CONSUMERS', key, group)
  if consumers.err then return end
  for _, info in ipairs(consumers) do
    -- {'name', name, 'pending', count, …}
    local name = info[2]
    local page = (info[4] > 0 and name ~= consumer and name ~= '~due') and {} or nil
    while page do
      page = redis.call('XPENDING', key, group, '-', '+', 500, name)
      for _, pending in ipairs(page) do
        redis.call('ZADD', due, 0, padded(pending[1]))
        redis.call('XCLAIM', key, group, '~due', 0, pending[1], 'RETRYCOUNT', pending[4], 'JUSTID')
      end
      if #page < 500 then page = nil end
    end
  end
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', due, '(0', now)) do redis.call('ZADD', due, 0, member) end
end

local function takeDue(lane)
  repeat
    local count = math.min(left[lane], 500)
    local due = redis.call('ZRANGEBYSCORE', KEYS[4 + lane], '-inf', now, 'LIMIT', 0, count)
    if #due == 0 then return end
    redis.call('ZREM', KEYS[4 + lane], unpack(due))
    local ids, attempts = {}, {}
    for _, member in ipairs(due) do
      local id = member:gsub('%-0*(%d+)$', '-%1')
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
  until left[lane] == 0
end

local function takeLeft(lane, dead)
  while left[lane] > 0 do
    local page = redis.call('XPENDING', KEYS[lane], group, '-', '+', math.min(left[lane], 500), dead)
    if #page == 0 then return end
    local ids, attempts = {}, {}
    for i, pending in ipairs(page) do
      ids[i] = pending[1]
      attempts[i] = pending[4] + 1
    end
    claim(lane, ids, attempts)
  end
end

-- A consumer is deleted only once it owes nothing: its pending entries would go with it.
local function forgetIfDone(dead)
  for lane = 1, 4 do
    if #redis.call('XPENDING', KEYS[lane], group, '-', '+', 1, dead) > 0 then return end
  end
  for lane = 1, 4 do redis.call('XGROUP', 'DELCONSUMER', KEYS[lane], group, dead) end
  redis.call('SREM', KEYS[10], dead)
end

for lane = 1, 4 do
  if ARGV[9] == 'alone' then lineUp(lane) end
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

for lane = 1, 4 do
  if left[lane] > 0 and ARGV[4] == 'all' then
    local new = redis.pcall('XREADGROUP', 'GROUP', group, consumer, 'COUNT', left[lane], 'STREAMS', KEYS[lane], '>')
    if new and new.err then
      -- An error would drop what is in hand already; the next take meets it again.
      if #hands == 0 then return new end
    elseif new then
      hands[#hands + 1] = lane
      hands[#hands + 1] = 0
      hands[#hands + 1] = new[1][2]
    end
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
end
return cmsgpack.pack({ wait, lost, hands })
