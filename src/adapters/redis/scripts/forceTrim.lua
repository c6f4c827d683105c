#!lua flags=allow-oom
-- Removes the oldest entries, whoever owes them, until the lanes have no more bytes than they may. What a group owed ends
-- for it here: in the pending list, among what is due, and in the books of record batches in parts.
-- KEYS   1-4 the lanes; 5 groups; 6 trimmed: by group, how many messages went that way; then for each group its 4 due
--        sets, and the records and holds of shared/parts.lua
-- ARGV   1 bytes to keep; then the groups
-- Reply  {removed, 1 if there is more to remove, {group, messages, …}}; removed is up to some 5,000 a call

local MOST, PAGE = 5000, 200
local keep = tonumber(ARGV[1])

--#include shared/ids
--#include shared/counts
--#include shared/bytes
--#include shared/order
--#include shared/parts

local known, taken = {}, {}
for g = 2, #ARGV do known[ARGV[g]] = 7 + (g - 2) * 6 end

local function count(group, messages)
  if messages == 0 then return end
  taken[group] = (taken[group] or 0) + messages
  redis.call('HINCRBY', KEYS[6], group, messages)
end

-- Ends a record batch in parts for a group. Returns how many of its messages were owed.
local function endParts(group, lane, id)
  local first = known[group]
  local parts = Parts.new(group, KEYS[first + 4], KEYS[first + 5])
  local record = Parts.load(parts, lane, id)
  if not record then return 0 end
  local owed = 0
  for index, part in pairs(record.owed) do
    owed = owed + 1
    if part[1] == '~due' then redis.call('ZREM', KEYS[first + lane - 1], Parts.dueMember(record, index)) end
  end
  record.owed = {}
  Parts.save(parts, KEYS[lane], record)
  return owed
end

-- Ends what a group has been given up to an id. `sizes` has how many messages each entry holds.
local function endPending(group, lane, last, sizes)
  local ended = 0
  repeat
    local page = redis.call('XPENDING', KEYS[lane], group, '-', last, 500)
    for _, pending in ipairs(page) do
      local id = pending[1]
      if pending[2] == '~parts' and known[group] then
        ended = ended + endParts(group, lane, id)
      else
        ended = ended + (sizes[id] or 1)
        if pending[2] == '~due' and known[group] then
          redis.call('ZREM', KEYS[known[group] + lane - 1], padded(id))
        end
      end
      redis.call('XACK', KEYS[lane], group, id)
    end
  until #page == 0
  return ended
end

-- What a group has not been given up to an id: as if it had. Its lag is right only if it is told how many that were.
local function passOver(group, lane, entries, delivered, read)
  local passed = 0
  for _, entry in ipairs(entries) do
    if before(delivered, entry[1]) then passed = passed + countOf(entry[2]) end
  end
  if passed > 0 then redis.call('XGROUP', 'SETID', KEYS[lane], group, entries[#entries][1], 'ENTRIESREAD', read) end
  return passed
end

local function added(key)
  local flat = redis.call('XINFO', 'STREAM', key)
  for i = 1, #flat, 2 do
    if flat[i] == 'entries-added' then return flat[i + 1] end
  end
end

local function drop(lane, size)
  local key = KEYS[lane]
  local entries = redis.call('XRANGE', key, '-', '+', 'COUNT', size)
  local left = redis.call('XLEN', key) - #entries
  local last, sizes = entries[#entries][1], {}
  for _, entry in ipairs(entries) do sizes[entry[1]] = countOf(entry[2]) end
  local read = added(key) - left
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', key)) do
    local info = {}
    for i = 1, #flat, 2 do info[flat[i]] = flat[i + 1] end
    local ended = endPending(info.name, lane, last, sizes)
    count(info.name, ended + passOver(info.name, lane, entries, info['last-delivered-id'], read))
  end
  redis.call('XTRIM', key, 'MAXLEN', '=', left)
  return #entries
end

-- A group that was made since the caller looked has books that are not among the keys.
for lane = 1, 4 do
  if redis.call('EXISTS', KEYS[lane]) == 1 then
    for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[lane])) do
      if not known[flat[2]] and redis.call('HEXISTS', KEYS[5], flat[2]) == 1 then return { 0, 1, {} } end
    end
  end
end

local removed = 0
local excess, each = bytesBeyond(keep)
while excess > 0 and removed < MOST do
  local lane = oldestLane()
  if not lane then break end
  local size = math.max(1, math.min(PAGE, math.ceil(excess / each[lane])))
  local count = drop(lane, size)
  removed, excess = removed + count, excess - count * each[lane]
end
local flat = {}
for group, messages in pairs(taken) do
  flat[#flat + 1] = group
  flat[#flat + 1] = messages
end
return { removed, excess > 0 and removed > 0 and 1 or 0, flat }
