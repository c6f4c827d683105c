#!lua
-- Appends records in order; all or nothing: without allow-oom a full server refuses before the first is written.
-- What many records share is sent once: a shape is lane, topic, type and encoding.
-- KEYS   1-4 the lanes, most urgent first; 5 largest; 6 the sender's turns; with form 'once', 7 state, 8 and 9 ids of
--        shared/once.lua
-- ARGV   1 how many shapes; 2 the shape of each record, two bytes each, high byte first, or '' if all have the first;
--        3 the form: 'plain', 'meta' if every record has one, or 'once' if they have an id too; 4 how many messages the
--        largest record batch of each lane holds, joined by spaces, or '' if there is none; 5 the number of its turn, or
--        ''; 6 the number that must have come just before, or ''; 7 how many ms the turn may be repeated; 8 how many ms an
--        id is remembered, 9 how many of them at most, both '' without; then the shapes, four each; then for each record
--        its payload, its meta if it has one, and '=' and the id by which it is kept once, or ''
-- Reply  where they are, in order, joined by spaces: <id>; <first id>x<count> for so many whose sequences follow each
--        other; or '=', its tier from 1, its id for one that was kept before. A turn that was kept answers as it did.
-- Errors OUTOFTURN: nothing was kept; what should have come before was not kept, or what comes after was

local call, byte = redis.call, string.byte
local shapes, order, form = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local step = form == 'plain' and 1 or form == 'meta' and 2 or 3
local first = 10 + 4 * shapes
local ids, n, meta, shape = {}, 0, '', -1
local tier, lane, topic, type, encoding
local turn = ARGV[5]
-- Of a sender the last turns that were kept are remembered: two may be under way, and so in doubt.
local slot = turn ~= '' and turn % 4

if slot then
  local known = call('HMGET', KEYS[6], 'last', slot)
  if known[1] and tonumber(turn) <= tonumber(known[1]) then
    local number, reply = (known[2] or ''):match('^(%d+) (.*)$')
    if number == turn then
      -- A write of the connection that asks: WAIT behind it must speak of what was kept, whoever sent that.
      call('PEXPIRE', KEYS[6], ARGV[7])
      return reply
    end
    return redis.error_reply('OUTOFTURN what was sent after this was kept')
  end
  if ARGV[6] ~= '' and known[1] ~= ARGV[6] then
    return redis.error_reply('OUTOFTURN what was sent before this was not kept')
  end
end

--#include shared/once
local once = form == 'once' and Once.open(KEYS[7], KEYS[8], KEYS[9], tonumber(ARGV[8]), tonumber(ARGV[9]))
local alike = not once

-- The shape of the record so many places behind the first.
local function shapeOf(place)
  if order == '' then return 0 end
  local high, low = byte(order, 2 * place + 1, 2 * place + 2)
  return high * 256 + low
end

-- By the arguments' places, what each record is kept once as.
local names = {}
if once then
  local all = {}
  for i = first, #ARGV, step do
    local id = ARGV[i + 2]
    if id ~= '' then
      names[i] = Once.name(ARGV[11 + 4 * shapeOf((i - first) / step)], id:sub(2))
      all[#all + 1] = names[i]
    end
  end
  Once.load(once, all)
end

for i = first, #ARGV, step do
  local next = order == '' and 0 or shapeOf(n)
  if next ~= shape then
    shape = next
    local from = 10 + 4 * shape
    alike = alike and (not tier or tier == ARGV[from])
    tier = ARGV[from]
    lane, topic, type, encoding = KEYS[tonumber(tier)], unpack(ARGV, from + 1, from + 3)
  end
  if step > 1 then meta = ARGV[i + 1] end
  local name = names[i]
  local place = name and Once.find(once, name)
  n = n + 1
  if place then
    ids[n] = '=' .. place
  else
    ids[n] = call('XADD', lane, '*', 'topic', topic, 'payload', ARGV[i], 'type', type, 'encoding', encoding, 'meta', meta)
    if name then Once.keep(once, name, tier .. ids[n]) end
  end
end
if once then Once.close(once) end

local number = 0
for count in ARGV[4]:gmatch('%d+') do
  number = number + 1
  if tonumber(count) > tonumber(call('HGET', KEYS[5], number) or 1) then call('HSET', KEYS[5], number, count) end
end

-- In one lane the ids of one ms follow each other.
local function runs()
  local found, from = {}, 1
  while from <= n do
    local ms = ids[from]:match('^%d+%-')
    local last, beyond = from, n + 1
    while beyond - last > 1 do
      local middle = math.floor((last + beyond) / 2)
      if ids[middle]:sub(1, #ms) == ms then last = middle else beyond = middle end
    end
    found[#found + 1] = ids[from] .. 'x' .. last - from + 1
    from = last + 1
  end
  return found
end
local reply = table.concat(alike and runs() or ids, ' ')
if slot then
  call('HSET', KEYS[6], 'last', turn, slot, turn .. ' ' .. reply)
  call('PEXPIRE', KEYS[6], ARGV[7])
end
return reply
