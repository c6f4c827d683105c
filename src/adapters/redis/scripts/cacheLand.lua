#!lua
-- Ends a flight and keeps what it brought.
-- KEYS   as shared/flight.lua
-- ARGV   1 token; 2 error: '1' or '0'; 3 how long to keep it (ms); 4 payload; 5 how long a generation is kept (ms)
-- Reply  1; 0 if the flight is not, or not any more, that token's: then nothing is kept
--#include shared/flight

if holder() ~= ARGV[1] then return 0 end
local keep = tonumber(ARGV[3])
call('UNLINK', KEYS[2])
call('HSET', KEYS[1], 'version', ARGV[1], 'generation', generation, 'at', text(now), 'until', text(now + keep),
  'error', ARGV[2], 'payload', ARGV[4])
call('PEXPIRE', KEYS[1], keep)
-- A generation must outlive what is of it, or what it cleared would be there again.
if generation ~= '' then call('PEXPIRE', KEYS[3], tonumber(ARGV[5])) end
return 1
