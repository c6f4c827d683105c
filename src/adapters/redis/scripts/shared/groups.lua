-- What a group owes, and how it ends. Its keys are in the order: four due sets, members, fallen, records, holds, deaths.

local Groups = {}

-- The group's fields of XINFO GROUPS; nil if the lane has no such group.
function Groups.info(lane, group)
  if redis.call('EXISTS', lane) == 0 then return nil end
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', lane)) do
    local info = {}
    for i = 1, #flat, 2 do info[flat[i]] = flat[i + 1] end
    if info.name == group then return info end
  end
  return nil
end

-- Entries in hand, due, and not handed out yet: at least, where the server can't tell how many those are.
function Groups.owed(lanes, group)
  local owed = 0
  for _, lane in ipairs(lanes) do
    local info = Groups.info(lane, group)
    if info then
      owed = owed + info.pending
      if #redis.call('XRANGE', lane, '(' .. info['last-delivered-id'], '+', 'COUNT', 1) > 0 then
        owed = owed + math.max(1, info.lag or 1)
      end
    end
  end
  return owed
end

-- A time of 0 removes a key: DEL is not among the commands that a user needs.
function Groups.destroy(lanes, group, keys, hashes)
  for _, lane in ipairs(lanes) do redis.pcall('XGROUP', 'DESTROY', lane, group) end
  for _, key in ipairs(keys) do redis.call('PEXPIRE', key, 0) end
  for _, hash in ipairs(hashes) do redis.call('HDEL', hash, group) end
end
