-- What was kept once: of a message that was published with an id, its topic and id, and where it is.
--   state   a hash: current, 1 or 2; since, the ms when that one began
--   ids 1, 2  hashes: topic NUL id -> tier (a digit) and the entry's id. The current one is written; once it has run for the
--           whole window, or holds half of what may be remembered, the other is emptied and takes its place.
-- The time in an entry's id says whether its window has passed.

local Once = {}

function Once.open(stateKey, firstKey, secondKey, window, most)
  local clock = redis.call('TIME')
  local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
  local keys = { firstKey, secondKey }
  local known = redis.call('HMGET', stateKey, 'current', 'since')
  local current, since = tonumber(known[1] or 1), tonumber(known[2] or 0)
  -- A clock that was put back ends a run too.
  local over = since > now or now - since >= window or redis.call('HLEN', keys[current]) >= most / 2
  if over then
    current = 3 - current
    redis.call('UNLINK', keys[current])
    redis.call('HSET', stateKey, 'current', current, 'since', string.format('%.0f', now))
  end
  redis.call('PEXPIRE', stateKey, string.format('%.0f', window))
  local former = keys[3 - current]
  local hasFormer = redis.call('HLEN', former) > 0
  return {
    now = now, window = window, current = keys[current], former = former, hasFormer = hasFormer, known = {}, added = {},
  }
end

function Once.name(topic, id)
  return topic .. '\0' .. id
end

-- Looks up many at once: one command for each would take the time of the append itself.
function Once.load(once, names)
  for from = 1, #names, 1000 do
    local to = math.min(from + 999, #names)
    local current = redis.call('HMGET', once.current, unpack(names, from, to))
    local former = once.hasFormer and redis.call('HMGET', once.former, unpack(names, from, to)) or {}
    for i = from, to do once.known[names[i]] = current[i - from + 1] or former[i - from + 1] or false end
  end
end

-- Where it was kept within the window, as it is remembered; nil if it was not.
function Once.find(once, name)
  if once.known[name] == nil then Once.load(once, { name }) end
  local place = once.known[name]
  if place and once.now - tonumber(place:match('^%d(%d+)%-')) < once.window then return place end
end

function Once.keep(once, name, place)
  local added = once.added
  once.known[name] = place
  added[#added + 1] = name
  added[#added + 1] = place
end

function Once.close(once)
  local added = once.added
  for from = 1, #added, 1000 do redis.call('HSET', once.current, unpack(added, from, math.min(from + 999, #added))) end
  if #added > 0 then redis.call('PEXPIRE', once.current, string.format('%.0f', once.window)) end
end
