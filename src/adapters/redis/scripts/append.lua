#!lua
-- Appends records in order; all or nothing: without allow-oom a full server refuses before the first is written.
-- KEYS   1-4 the lanes, most urgent first
-- ARGV   runs of records of one lane, each: lane, how many, then for every record topic, payload, type, encoding, meta
-- Reply  the new ids in order, joined by spaces

local ids = {}
local at = 1
while at < #ARGV do
  local lane = KEYS[tonumber(ARGV[at])]
  local last = at + 1 + 5 * tonumber(ARGV[at + 1])
  for i = at + 2, last, 5 do
    ids[#ids + 1] = redis.call('XADD', lane, '*', 'topic', ARGV[i], 'payload', ARGV[i + 1], 'type', ARGV[i + 2],
      'encoding', ARGV[i + 3], 'meta', ARGV[i + 4])
  end
  at = last + 1
end
return table.concat(ids, ' ')
