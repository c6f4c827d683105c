#!lua
-- Appends records in order; all or nothing: without allow-oom a full server refuses before the first is written.
-- What many records share is sent once: a shape is lane, topic, type and encoding.
-- KEYS   1-4 the lanes, most urgent first; 5 largest; 6 the sender's turn
-- ARGV   1 how many shapes; 2 the shape of each record, two bytes each, high byte first, or '' if all have the first;
--        3 'meta' if every record has one, or 'plain'; 4 how many messages the largest record batch of each lane holds,
--        joined by spaces, or '' if there is none; 5 the number of its turn, or ''; 6 the number that must have come just
--        before, or ''; then the shapes, four each; then for each record its payload, and its meta if it has one
-- Reply  the new ids in order, joined by spaces
-- Errors OUTOFTURN: what should have come before was not kept, and neither is this

local call, byte = redis.call, string.byte
local shapes, order, step = tonumber(ARGV[1]), ARGV[2], ARGV[3] == 'meta' and 2 or 1
local first = 7 + 4 * shapes
local ids, meta, shape, at = {}, '', -1, 0
local lane, topic, type, encoding

if ARGV[6] ~= '' and call('HGET', KEYS[6], 'last') ~= ARGV[6] then
  return redis.error_reply('OUTOFTURN what was sent before this was not kept')
end
if ARGV[5] ~= '' then
  call('HSET', KEYS[6], 'last', ARGV[5])
  -- A minute: far longer than the one behind may be on its way.
  call('PEXPIRE', KEYS[6], 60000)
end

for i = first, #ARGV, step do
  local next = 0
  if order ~= '' then
    local high, low = byte(order, at + 1, at + 2)
    next, at = high * 256 + low, at + 2
  end
  if next ~= shape then
    shape = next
    lane, topic, type, encoding = KEYS[tonumber(ARGV[7 + 4 * shape])], unpack(ARGV, 8 + 4 * shape, 10 + 4 * shape)
  end
  if step == 2 then meta = ARGV[i + 1] end
  ids[#ids + 1] = call('XADD', lane, '*', 'topic', topic, 'payload', ARGV[i], 'type', type, 'encoding', encoding, 'meta', meta)
end
local number = 0
for count in ARGV[4]:gmatch('%d+') do
  number = number + 1
  if tonumber(count) > tonumber(call('HGET', KEYS[5], number) or 1) then call('HSET', KEYS[5], number, count) end
end
return table.concat(ids, ' ')
