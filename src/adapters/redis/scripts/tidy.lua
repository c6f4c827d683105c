#!lua flags=allow-oom
-- Removes consumers whose lease ended long ago and that owe nothing, and groups without a member for long.
-- KEYS   1-4 the lanes; 5 groups; 6 owners; 7 idle: since when a group has had no member, in ms; 8 trimmed; then each
--        group's, as shared/groups.lua has them
-- ARGV   1 how long ago a lease must have ended, ms; 2 how long a group may have no member, ms, -1 for ever; 3 'force' to
--        remove it whatever it owes, or 'careful'; then the groups
-- Reply  {consumers removed, {group, for how long, owed, 1 if removed, …}}; consumers up to 500 a group

local MOST, LOOKED_AT = 500, 5000
local deadMs, expireMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local lanes = { unpack(KEYS, 1, 4) }
local removed, expired = 0, {}

--#include shared/ids
--#include shared/parts
--#include shared/groups

-- XGROUP DELCONSUMER drops what a consumer owes: it must owe nothing.
local function owes(group, consumer, parts)
  for lane = 1, 4 do
    local pending = redis.pcall('XPENDING', KEYS[lane], group, '-', '+', 1, consumer)
    if not pending.err and #pending > 0 then return true end
    if #Parts.heldBy(parts, lane, consumer, 1) > 0 then return true end
  end
  return false
end

local function sweep(group, membersKey, parts)
  local kept, count = 0, 0
  -- Those that owe are taken over as soon as anybody reads; beyond so many of them the rest waits for that.
  while count < MOST and kept < LOOKED_AT do
    local dead = redis.call('ZRANGEBYSCORE', membersKey, '-inf', '(' .. now - deadMs, 'LIMIT', kept, 100)
    if #dead == 0 then break end
    for _, consumer in ipairs(dead) do
      if owes(group, consumer, parts) then
        kept = kept + 1
      else
        redis.call('ZREM', membersKey, consumer)
        for lane = 1, 4 do redis.pcall('XGROUP', 'DELCONSUMER', KEYS[lane], group, consumer) end
        count = count + 1
      end
    end
  end
  return count
end

-- For how long a group has had no member, by the lease that ended last, or since this was first asked; nil while it has
-- one. Whoever joins begins it anew.
local function idleFor(group, membersKey)
  local last = redis.call('ZRANGE', membersKey, -1, -1, 'WITHSCORES')[2]
  if last and tonumber(last) >= now then return nil end
  local since = tonumber(redis.call('HGET', KEYS[7], group) or last or now)
  if last then since = math.max(since, tonumber(last)) end
  redis.call('HSET', KEYS[7], group, string.format('%.0f', since))
  return now - since
end

for g = 4, #ARGV do
  local group, first = ARGV[g], 9 + (g - 4) * 9
  local keys = { unpack(KEYS, first, first + 8) }
  if redis.call('HEXISTS', KEYS[5], group) == 1 then
    local idle = idleFor(group, keys[5])
    removed = removed + sweep(group, keys[5], Parts.new(group, keys[7], keys[8]))
    if idle and expireMs >= 0 and idle >= expireMs then
      local owed = Groups.owed(lanes, group)
      local goes = owed == 0 or ARGV[3] == 'force'
      if goes then Groups.destroy(lanes, group, keys, { unpack(KEYS, 5, 8) }) end
      for _, item in ipairs({ group, idle, owed, goes and 1 or 0 }) do expired[#expired + 1] = item end
    end
  end
end
return { removed, expired }
