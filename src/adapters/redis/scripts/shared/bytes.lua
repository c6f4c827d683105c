-- How many bytes the lanes have, which are KEYS 1-4: the server's own estimate, pending entries included.

-- How many more than may be kept, over all lanes; and how many an entry of each lane has, on average.
local function bytesBeyond(keep)
  local total, each = 0, {}
  for lane = 1, 4 do
    local bytes = redis.call('MEMORY', 'USAGE', KEYS[lane], 'SAMPLES', 100) or 0
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
