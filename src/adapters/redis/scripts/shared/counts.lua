-- How many messages an entry holds, by its fields; more than one for a record batch (core/batchEncoding.ts).
local function countOf(fields)
  if fields[7] ~= 'encoding' or fields[8]:sub(1, 12) ~= 'sluice-batch' then return 1 end
  local count = tonumber((fields[10] or ''):match('^{"count":(%d%d?%d?%d?%d?)[,}]') or 1)
  return count >= 1 and count <= 10000 and count or 1
end
