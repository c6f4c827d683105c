#!lua flags=allow-oom
-- Prolongs a flight.
-- KEYS   as shared/flight.lua
-- ARGV   1 token; 2 lease (ms)
-- Reply  1; 0 if the flight is not, or not any more, that token's
--#include shared/flight

if holder() ~= ARGV[1] then return 0 end
hold(ARGV[1], tonumber(ARGV[2]))
return 1
