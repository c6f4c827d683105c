#!lua flags=allow-oom
-- Removes the oldest entries of every lane that the bounds let go, up to the first that some group still owes.
-- KEYS   1-4 the lanes
-- ARGV   1 entries to keep a lane, -1 for all; 2 age to keep, ms, -1 for any; 3 bytes to keep over all lanes, -1 for any
-- Reply  {removed, owed, state, {group, …}}; owed is counted up to 10,000 a lane, and the groups are those that owe the
--        first of these; the state is 0 if the lanes have no more bytes than they may, 1 if only what is owed is left of
--        what they have too many, 2 if there is more to remove

local MOST, PAGE = 10000, 500

--#include shared/order
--#include shared/bytes

-- The first id that some group has in hand or has not been given, and that group; nil if there is no group.
local function firstOwed(key)
  local first, group
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', key)) do
    local info = {}
    for i = 1, #flat, 2 do info[flat[i]] = flat[i + 1] end
    local owed = after(info['last-delivered-id'])
    local oldest = redis.call('XPENDING', key, info.name)[2]
    if oldest and before(oldest, owed) then owed = oldest end
    if not first or before(owed, first) then first, group = owed, info.name end
  end
  return first, group
end

-- How many entries there are from one id to another, up to a limit.
local function count(key, from, to, limit)
  local total = 0
  while total < limit do
    local page = redis.call('XRANGE', key, from, to, 'COUNT', math.min(PAGE, limit - total))
    total = total + #page
    if #page < PAGE then break end
    from = '(' .. page[#page][1]
  end
  return total
end

-- Removes the `excess` oldest entries, though none from `owed` on, reading what it removes.
local function removeOldest(key, excess, owed)
  local removed = 0
  while removed < math.min(excess, MOST) do
    local page = redis.call('XRANGE', key, '-', '(' .. owed, 'COUNT', math.min(PAGE, excess - removed))
    if #page == 0 then break end
    removed = removed + redis.call('XTRIM', key, 'MAXLEN', '=', redis.call('XLEN', key) - #page)
  end
  return removed
end

local function trimByCount(key, keep, owed)
  local excess = redis.call('XLEN', key) - keep
  if excess <= 0 then return 0, 0 end
  if not owed then return redis.call('XTRIM', key, 'MAXLEN', '=', keep), 0 end
  local limit = math.min(keep + 1, MOST)
  local kept = count(key, owed, '+', limit)
  if kept <= keep and kept < limit then return redis.call('XTRIM', key, 'MAXLEN', '=', keep), 0 end
  local removed
  if kept > keep then
    removed = redis.call('XTRIM', key, 'MINID', '=', owed)
  else
    removed = removeOldest(key, excess, owed)
    if removed >= math.min(excess, MOST) then return removed, 0 end
  end
  return removed, excess - removed
end

local function trimByAge(key, cutoff, owed)
  if not owed or not before(owed, cutoff) then return redis.call('XTRIM', key, 'MINID', '=', cutoff), 0 end
  return redis.call('XTRIM', key, 'MINID', '=', owed), count(key, owed, '(' .. cutoff, MOST)
end

-- Removes the oldest over all lanes, none that is owed. `limits` has the first id of each lane that is.
local function trimByBytes(keep, limits)
  local excess, each = bytesBeyond(keep)
  local removed = 0
  while excess > 0 do
    local lane = oldestLane(limits)
    if not lane then return removed, 1 end
    if removed >= MOST then return removed, 2 end
    local key, size = KEYS[lane], math.min(PAGE, math.ceil(excess / each[lane]))
    local gone
    if limits[lane] then
      gone = removeOldest(key, size, limits[lane])
    else
      gone = redis.call('XTRIM', key, 'MAXLEN', '=', math.max(0, redis.call('XLEN', key) - size))
    end
    removed, excess = removed + gone, excess - gone * each[lane]
  end
  return removed, 0
end

local keep, age, bytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local removed, owed, state, limits, holders = 0, 0, 0, {}, {}
for lane = 1, 4 do
  local key = KEYS[lane]
  if redis.call('EXISTS', key) == 1 then
    local first, group = firstOwed(key)
    local byCount, keptByCount, byAge, keptByAge = 0, 0, 0, 0
    if keep >= 0 then byCount, keptByCount = trimByCount(key, keep, first) end
    if age >= 0 then byAge, keptByAge = trimByAge(key, string.format('%.0f-0', math.max(0, now - age + 1)), first) end
    local kept = math.max(keptByCount, keptByAge)
    limits[lane] = first
    removed, owed = removed + byCount + byAge, owed + kept
    if kept > 0 then holders[#holders + 1] = group end
  end
end
if bytes >= 0 then
  local byBytes
  byBytes, state = trimByBytes(bytes, limits)
  removed = removed + byBytes
end
return { removed, owed, state, holders }
