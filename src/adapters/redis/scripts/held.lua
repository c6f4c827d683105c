#!lua flags=no-writes
-- The messages that a consumer holds of record batches in parts.
-- KEYS   1 records, 2 holds of shared/parts.lua
-- ARGV   1 group; 2 consumer
-- Reply  MessagePack {lane, id, {index, attempt, …}, lane, id, {index, attempt, …}, …}

--#include shared/ids
--#include shared/parts
local parts = Parts.new(ARGV[1], KEYS[1], KEYS[2])
local held = {}
for lane = 1, 4 do
  for _, id in ipairs(Parts.heldBy(parts, lane, ARGV[2], -1)) do
    local record, flat = Parts.load(parts, lane, id), {}
    for _, index in ipairs(Parts.indexesOf(record, ARGV[2])) do
      flat[#flat + 1] = index
      flat[#flat + 1] = record.owed[index][2]
    end
    held[#held + 1] = lane
    held[#held + 1] = id
    held[#held + 1] = flat
  end
end
return cmsgpack.pack(held)
