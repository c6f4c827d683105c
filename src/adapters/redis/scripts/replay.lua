#!lua
-- Appends dead letters to their lanes again and removes them; those that are gone already are passed over.
-- KEYS   1-4 the lanes; 5 dead letters
-- ARGV   for each: id, how many fields it is to have instead of its own, then name, value of each
-- Reply  how many were appended

local count, at = 0, 1
while at <= #ARGV do
  local letter = redis.call('XRANGE', KEYS[5], ARGV[at], ARGV[at])[1]
  local last = at + 1 + 2 * ARGV[at + 1]
  if letter then
    local fields = {}
    for f = 1, #letter[2], 2 do fields[letter[2][f]] = letter[2][f + 1] end
    for f = at + 2, last, 2 do fields[ARGV[f]] = ARGV[f + 1] end
    redis.call('XADD', KEYS[tonumber(fields.tier)], '*', 'topic', fields.topic, 'payload', fields.payload, 'type', fields.type,
      'encoding', fields.encoding, 'meta', fields.meta)
    redis.call('XDEL', KEYS[5], ARGV[at])
    count = count + 1
  end
  at = last + 1
end
return count
