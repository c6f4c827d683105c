#!lua flags=allow-oom
-- Says what is kept of a key, and takes its flight unless that is fresh. On a full server too: what it writes ends by itself.
-- KEYS   as shared/flight.lua
-- ARGV   1 token; 2 lease (ms); 3 up to what age a value is fresh (ms); 4 the same of an error; 5 the version that is known
-- Reply  {flight, version or false, 1 for an error, age (ms), for how many ms yet it is kept, payload or false}: flight is 0 if
--        what is kept is fresh, -1 if it is the caller's, else for how many ms another has it. Nothing is kept: no version.
--        That version is known: no payload
--#include shared/flight

local token, lease, known = ARGV[1], tonumber(ARGV[2]), ARGV[5]
local kept = call('HMGET', KEYS[1], 'version', 'generation', 'at', 'until', 'error')
local there = kept[1] and kept[2] == generation and tonumber(kept[4]) > now
-- A clock that was put back makes nothing younger than new.
local age = there and math.max(0, now - tonumber(kept[3]))

local flight = 0
if not there or age >= tonumber(kept[5] == '1' and ARGV[4] or ARGV[3]) then
  local other, till = holder()
  if other and other ~= token then
    flight = till - now
  else
    hold(token, lease)
    flight = -1
  end
end

if not there then return { flight, false, 0, 0, 0, false } end
local payload = kept[1] ~= known and call('HGET', KEYS[1], 'payload')
return { flight, kept[1], tonumber(kept[5]), age, tonumber(kept[4]) - now, payload }
