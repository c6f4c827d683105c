-- The books of record batches that a group has settled in part. Such an entry is with the consumer '~parts' in the pending
-- list, so nobody claims it and nothing trims it, and has a record of what is still owed:
--   records  a hash: lane:id -> MessagePack {owners, {index, attempt, which owner, index, attempt, …}};
--            the owner '~due' is the due set, where the member of a message is <id>#<index>
--   holds    a sorted set to find them by owner: <owner> NUL <lane>:<id>
-- Needs shared/ids.lua. In memory a record is {lane, id, owed = {index -> {owner, attempt}}, owners = {owner -> true}}.

local Parts = {}

function Parts.new(group, recordsKey, holdsKey)
  return { group = group, records = recordsKey, holds = holdsKey }
end

-- Nil if the entry is owed as a whole, or not at all.
function Parts.load(parts, lane, id)
  local packed = redis.call('HGET', parts.records, lane .. ':' .. id)
  if not packed then return nil end
  local names, flat = unpack(cmsgpack.unpack(packed))
  local record = { lane = lane, id = id, owed = {}, owners = {} }
  for _, name in ipairs(names) do record.owners[name] = true end
  for i = 1, #flat, 3 do record.owed[flat[i]] = { names[flat[i + 2]], flat[i + 1] } end
  return record
end

-- Keeps what a record has become; once nothing is owed any more, ends the entry.
function Parts.save(parts, key, record)
  local names, places, flat = {}, {}, {}
  for index, part in pairs(record.owed) do
    local owner = part[1]
    if not places[owner] then
      names[#names + 1] = owner
      places[owner] = #names
    end
    flat[#flat + 1] = index
    flat[#flat + 1] = part[2]
    flat[#flat + 1] = places[owner]
  end
  local name = record.lane .. ':' .. record.id
  local held = record.lane .. ':' .. padded(record.id)
  for owner in pairs(record.owners) do
    if not places[owner] then redis.call('ZREM', parts.holds, owner .. '\0' .. held) end
  end
  for _, owner in ipairs(names) do
    if owner ~= '~due' and not record.owners[owner] then redis.call('ZADD', parts.holds, 0, owner .. '\0' .. held) end
  end
  record.owners = places
  if #names == 0 then
    redis.call('HDEL', parts.records, name)
    redis.call('XACK', key, parts.group, record.id)
  else
    redis.call('HSET', parts.records, name, cmsgpack.pack({ names, flat }))
  end
end

-- A record of an entry that its consumer held as a whole until now.
function Parts.divide(parts, key, lane, id, consumer, attempt, count)
  local record = { lane = lane, id = id, owed = {}, owners = {} }
  for index = 0, count - 1 do record.owed[index] = { consumer, attempt } end
  -- In this order: with '~parts' and without a record it would be lost.
  Parts.save(parts, key, record)
  redis.call('XCLAIM', key, parts.group, '~parts', 0, id, 'RETRYCOUNT', attempt, 'JUSTID')
  return record
end

-- The ids of the entries of which a consumer holds some messages, in order.
function Parts.heldBy(parts, lane, consumer, most)
  local prefix = consumer .. '\0' .. lane
  local members = redis.call('ZRANGEBYLEX', parts.holds, '[' .. prefix .. ':', '(' .. prefix .. ';', 'LIMIT', 0, most)
  local ids = {}
  for i, member in ipairs(members) do ids[i] = unpadded(member:sub(#prefix + 2)) end
  return ids
end

-- The places of the messages that a consumer holds, in order.
function Parts.indexesOf(record, consumer)
  local indexes = {}
  for index, part in pairs(record.owed) do
    if part[1] == consumer then indexes[#indexes + 1] = index end
  end
  table.sort(indexes)
  return indexes
end

-- The member of a due set that is a message.
function Parts.dueMember(record, index)
  return padded(record.id) .. '#' .. string.format('%05d', index)
end

function Parts.due(dueKey, record, index, time)
  redis.call('ZADD', dueKey, time, Parts.dueMember(record, index))
end
