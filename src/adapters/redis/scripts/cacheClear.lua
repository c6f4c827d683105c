#!lua flags=allow-oom
-- Begins a generation: what is kept of another, and flights of another, are over. It ends by itself.
-- KEYS   1 the generation, as shared/flight.lua has it
-- ARGV   1 its id; 2 how long it is kept (ms): longer than anything that it clears
-- Reply  1

redis.call('HSET', KEYS[1], 'id', ARGV[1])
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]))
return 1
