#!lua flags=allow-oom
-- Ends a flight that brought nothing.
-- KEYS   as shared/flight.lua
-- ARGV   1 token
-- Reply  1; 0 if the flight is not, or not any more, that token's
--#include shared/flight

if holder() ~= ARGV[1] then return 0 end
call('UNLINK', KEYS[2])
return 1
