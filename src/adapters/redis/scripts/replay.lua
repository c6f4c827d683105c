#!lua
-- Appends dead letters to their lanes again and removes them; those that are gone already are passed over.
-- KEYS   1-4 the lanes; 5 dead letters
-- ARGV   for each: id, the meta it is to have
-- Reply  how many were appended

local count = 0
for i = 1, #ARGV, 2 do
  local letter = redis.call('XRANGE', KEYS[5], ARGV[i], ARGV[i])[1]
  if letter then
    local fields = {}
    for f = 1, #letter[2], 2 do fields[letter[2][f]] = letter[2][f + 1] end
    redis.call('XADD', KEYS[tonumber(fields.tier)], '*', 'topic', fields.topic, 'payload', fields.payload, 'type', fields.type,
      'encoding', fields.encoding, 'meta', ARGV[i + 1])
    redis.call('XDEL', KEYS[5], ARGV[i])
    count = count + 1
  end
end
return count
