#!lua flags=allow-oom
-- Appends what waited and is due to its lane.
-- KEYS   1-4 the lanes; 5 queue, 6 records of shared/promote.lua
-- Reply  {how many, in how many ms more is due or -1 for never}; at most 500 a call, then 0 if there are more

--#include shared/promote
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local wait, count = promote({ unpack(KEYS, 1, 4) }, KEYS[5], KEYS[6], now)
return { count, wait }
