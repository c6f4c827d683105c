-- Ids of entries in order: as text they are not.

local MAX_SEQ = '18446744073709551615'

local function split(id)
  local ms, seq = id:match('^(%d+)%-(%d+)$')
  return tonumber(ms), seq
end

local function before(a, b)
  local msA, seqA = split(a)
  local msB, seqB = split(b)
  if msA ~= msB then return msA < msB end
  if #seqA ~= #seqB then return #seqA < #seqB end
  return seqA < seqB
end

local function after(id)
  local ms, seq = split(id)
  if seq == MAX_SEQ then return string.format('%.0f-0', ms + 1) end
  return string.format('%.0f-%.0f', ms, tonumber(seq) + 1)
end
