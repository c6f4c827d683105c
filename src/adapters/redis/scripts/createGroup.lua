#!lua flags=allow-oom
-- Makes a group on every lane and binds it to its pattern. On a full server too: whoever starts again asks for its group.
-- KEYS   1-4 the lanes; 5 groups
-- ARGV   1 group; 2 pattern; 3 the id after which it begins, or $
-- Reply  the pattern the group is bound to

redis.call('HSETNX', KEYS[5], ARGV[1], ARGV[2])
local bound = redis.call('HGET', KEYS[5], ARGV[1])
if bound ~= ARGV[2] then return bound end
for lane = 1, 4 do
  local made = redis.pcall('XGROUP', 'CREATE', KEYS[lane], ARGV[1], ARGV[3], 'MKSTREAM')
  if made.err and not made.err:find('^-?BUSYGROUP') then return made end
end
return bound
