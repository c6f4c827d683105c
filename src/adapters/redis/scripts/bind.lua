#!lua flags=allow-oom
-- Binds streams to their numbers of partitions, each the first time only.
-- KEYS   1 the numbers by stream
-- ARGV   stream, number, stream, number, …
-- Reply  what each is bound to, in the order asked

local bound = {}
for i = 1, #ARGV, 2 do
  redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1])
  bound[#bound + 1] = tonumber(redis.call('HGET', KEYS[1], ARGV[i]))
end
return bound
