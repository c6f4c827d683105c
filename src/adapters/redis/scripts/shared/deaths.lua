-- The book of what was in the hands of consumers that died: of entries, and of messages of a record batch in parts.
--   deaths  a hash: lane:id or lane:id#index -> the consumers, joined by commas, the first hundred
-- What is settled leaves it. What goes otherwise, such as by a trim, is forgotten a week after the last death.

local Deaths = {}
local WEEK_MS = 604800000

function Deaths.add(key, name, consumer)
  local known = redis.call('HGET', key, name)
  if not known then
    redis.call('HSET', key, name, consumer)
  elseif select(2, known:gsub(',', ',')) < 99 then
    redis.call('HSET', key, name, known .. ',' .. consumer)
  end
  redis.call('PEXPIRE', key, WEEK_MS)
end

-- Who died with an entry, or with the message of it that most died with, its time as a whole included; or ''.
function Deaths.of(key, name, indexes)
  local whole = redis.call('HGET', key, name) or ''
  local most = ''
  for i = 1, #indexes, 2 do
    local part = redis.call('HGET', key, name .. '#' .. indexes[i]) or ''
    if #part > #most then most = part end
  end
  if whole == '' or most == '' then return whole .. most end
  return whole .. ',' .. most
end

-- Who died with what is handed out, as take.lua replies it: {lane, id, consumers, …}.
function Deaths.among(key, hands)
  local found = {}
  if #hands == 0 or redis.call('EXISTS', key) == 0 then return found end
  for h = 1, #hands, 3 do
    local lane, attempts, entries = hands[h], hands[h + 1], hands[h + 2]
    for i, entry in ipairs(attempts == 0 and {} or entries) do
      local indexes = type(attempts[i]) == 'table' and attempts[i] or {}
      local consumers = Deaths.of(key, lane .. ':' .. entry[1], indexes)
      if consumers ~= '' then
        found[#found + 1] = lane
        found[#found + 1] = entry[1]
        found[#found + 1] = consumers
      end
    end
  end
  return found
end
