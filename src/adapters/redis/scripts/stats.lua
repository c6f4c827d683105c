#!lua flags=no-writes
-- What a stream holds, as seen in one step.
-- KEYS   1-4 the lanes; 5 dead letters; 6 queue of shared/promote.lua; then for each group its 4 due sets, its members, and the records of shared/parts.lua
-- ARGV   the groups
-- Reply  {dead letters, lanes: {{length, first id, last id}, …}, groups: {{pending, retrying, lag or -1, consumers: {name, pending, …}}, …},
--        how many wait to be due}

-- Of a record batch in parts, each message still owed counts as an entry.
local function countParts(group, recordsKey)
  local all = redis.call('HVALS', recordsKey)
  group.pending = group.pending - #all
  for _, packed in ipairs(all) do
    local names, flat = unpack(cmsgpack.unpack(packed))
    group.pending = group.pending + #flat / 3
    for i = 3, #flat, 3 do
      local owner = names[flat[i]]
      group.held[owner] = (group.held[owner] or 0) + 1
    end
  end
end

local function byField(flat)
  local fields = {}
  for i = 1, #flat, 2 do fields[flat[i]] = flat[i + 1] end
  return fields
end

local lanes, groups = {}, {}
for g = 1, #ARGV do groups[g] = { pending = 0, lag = 0, known = true, held = {} } end

for lane = 1, 4 do
  local key = KEYS[lane]
  lanes[lane] = { redis.call('XLEN', key), '', '' }
  if lanes[lane][1] > 0 then
    lanes[lane][2] = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1][1]
    lanes[lane][3] = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1][1]
  end
  local found = {}
  if redis.call('EXISTS', key) == 1 then
    for _, flat in ipairs(redis.call('XINFO', 'GROUPS', key)) do
      local info = byField(flat)
      found[info.name] = info
    end
  end
  for g, name in ipairs(ARGV) do
    local group, info = groups[g], found[name]
    if info then
      group.pending = group.pending + info.pending
      -- The counter behind a lag is stale on a replica that took over (7.0.15); who has had the last entry lags by none.
      local seenAll = lanes[lane][1] == 0 or info['last-delivered-id'] == lanes[lane][3]
      local lag = seenAll and 0 or info.lag
      if lag then group.lag = group.lag + lag else group.known = false end
      for _, flat in ipairs(redis.call('XINFO', 'CONSUMERS', key, name)) do
        local consumer = byField(flat)
        group.held[consumer.name] = (group.held[consumer.name] or 0) + consumer.pending
      end
    end
  end
end

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local replies = {}
for g, group in ipairs(groups) do
  local first = 6 + (g - 1) * 6
  local retrying, consumers = 0, {}
  countParts(group, KEYS[first + 6])
  for lane = 1, 4 do retrying = retrying + redis.call('ZCARD', KEYS[first + lane]) end
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[first + 5], now, '+inf')) do
    consumers[#consumers + 1] = name
    consumers[#consumers + 1] = group.held[name] or 0
  end
  replies[g] = { group.pending, retrying, group.known and group.lag or -1, consumers }
end
return { redis.call('XLEN', KEYS[5]), lanes, replies, redis.call('ZCARD', KEYS[6]) }
