#!lua flags=no-writes
-- The messages that a consumer holds of record batches in parts.
-- KEYS   1 records, 2 holds of shared/parts.lua
-- ARGV   1 group; 2 consumer
-- Reply  MessagePack {lane, id, {index, …}, lane, id, {index, …}, …}

--#include shared/ids
--#include shared/parts
local parts = Parts.new(ARGV[1], KEYS[1], KEYS[2])
local held = {}
for lane = 1, 4 do
  for _, id in ipairs(Parts.heldBy(parts, lane, ARGV[2], -1)) do
    held[#held + 1] = lane
    held[#held + 1] = id
    held[#held + 1] = Parts.indexesOf(Parts.load(parts, lane, id), ARGV[2])
  end
end
return cmsgpack.pack(held)
