-- Members of a due set, and of `holds`, sort as text, so the sequence of an id is padded, and so is the place of a message
-- in its record batch: order is kept.
local function padded(id)
  local ms, seq = id:match('^(%d+)%-(%d+)$')
  return ms .. '-' .. string.rep('0', 20 - #seq) .. seq
end

local function unpadded(member)
  return (member:gsub('%-0*(%d+)$', '-%1'))
end
