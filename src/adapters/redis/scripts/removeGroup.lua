#!lua flags=allow-oom
-- Removes a group from every lane, with its books.
-- KEYS   1-4 the lanes; 5 groups; 6 owners; 7 idle; 8 trimmed; 9-17 the group's, as shared/groups.lua has them
-- ARGV   1 group; 2 'force', or 'careful' to leave it if it has members or owes something
-- Reply  {1 if it was removed, its members with a lease, the entries it owed}

local group = ARGV[1]
if redis.call('HEXISTS', KEYS[5], group) == 0 then return { 0, 0, 0 } end

--#include shared/groups

local lanes = { unpack(KEYS, 1, 4) }
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local members = redis.call('ZCOUNT', KEYS[13], now, '+inf')
local owed = Groups.owed(lanes, group)
if ARGV[2] ~= 'force' and (members > 0 or owed > 0) then return { 0, members, owed } end
Groups.destroy(lanes, group, { unpack(KEYS, 9, 17) }, { unpack(KEYS, 5, 8) })
return { 1, members, owed }
