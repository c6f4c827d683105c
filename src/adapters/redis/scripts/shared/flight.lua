#!lua
-- A key of a cache, what is kept of it and its flight, as all scripts of caches have them.
-- KEYS  1 what is kept, a hash of version, generation, at (ms), until (ms), error ('1' or '0'), payload
--       2 the flight, a hash of token, generation, until (ms)
--       3 the generation of all of them that share the slot, a hash of id; not there: ''. What is of another is cleared
local call = redis.call
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local generation = call('HGET', KEYS[3], 'id') or ''

local function text(ms) return string.format('%.0f', ms) end

-- Who has the flight, and until when; nothing if nobody has.
local function holder()
  local flight = call('HMGET', KEYS[2], 'token', 'generation', 'until')
  if flight[1] and flight[2] == generation and tonumber(flight[3]) > now then return flight[1], tonumber(flight[3]) end
end

local function hold(token, lease)
  call('HSET', KEYS[2], 'token', token, 'generation', generation, 'until', text(now + lease))
  call('PEXPIRE', KEYS[2], lease)
end
