-- How many bytes the lanes have, which are KEYS 1-4: the server's own estimate, pending entries included. Consumers are left
-- out but for a rest: no trim frees them, and where they alone have more than may be kept, everything owed would go.

-- What a consumer costs a lane at least: some 290 bytes with a name of 20 letters (Redis 7.0).
local CONSUMER = 250

local function consumersOf(lane)
  local count = 0
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[lane])) do
    for i = 1, #flat, 2 do
      if flat[i] == 'consumers' then count = count + flat[i + 1] end
    end
  end
  return count
end

-- How many more than may be kept, over all lanes; and how many an entry of each lane has, on average.
local function bytesBeyond(keep)
  local total, each = 0, {}
  for lane = 1, 4 do
    local bytes = redis.call('MEMORY', 'USAGE', KEYS[lane], 'SAMPLES', 100) or 0
    if bytes > 0 then bytes = math.max(0, bytes - CONSUMER * consumersOf(lane)) end
    total = total + bytes
    each[lane] = bytes / math.max(1, redis.call('XLEN', KEYS[lane]))
  end
  return total - keep, each
end

-- The lane whose first entry is the oldest, of those that have any before the ids given; nil if there is none.
local function oldestLane(limits)
  local oldest, found
  for lane = 1, 4 do
    local to = limits and limits[lane] and '(' .. limits[lane] or '+'
    local first = redis.call('XRANGE', KEYS[lane], '-', to, 'COUNT', 1)[1]
    local ms = first and tonumber(first[1]:match('^%d+'))
    if ms and (not oldest or ms < oldest) then oldest, found = ms, lane end
  end
  return found
end
