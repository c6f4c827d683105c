#!lua
-- Keeps records until they are due; all or nothing: without allow-oom a full server refuses before the first is written.
-- What is due already is appended at once.
-- KEYS   1-4 the lanes, most urgent first; 5 queue, 6 records of shared/promote.lua; 7 the sender's turns; 8 state, 9 and 10
--        ids of shared/once.lua
-- ARGV   1 the number of its turn, or ''; 2 how many ms that may be repeated; 3 how many ms an id is remembered, 4 how many
--        of them at most, both '' if nothing is to be kept once; then for each record its tier from 1, topic, id, payload,
--        type, encoding, meta, 'after' or 'at', the ms, and 'once' or ''
-- Reply  in how many ms something is due, or -1 for never; a space; then for each record 1, or 0 if it waits already or was
--        kept before. A turn that was kept answers as it did.
-- Errors OUTOFTURN: nothing was kept; what comes after was

local call = redis.call
local turn = ARGV[1]
if turn ~= '' then
  local known = call('HMGET', KEYS[7], 'last', 'reply')
  if known[1] == turn then
    -- A write of the connection that asks: WAIT behind it must speak of what was kept, whoever sent that.
    call('PEXPIRE', KEYS[7], ARGV[2])
    return known[2]
  end
  if tonumber(known[1] or 0) > tonumber(turn) then
    return redis.error_reply('OUTOFTURN what was sent after this was kept')
  end
end

--#include shared/once
--#include shared/promote
local once = ARGV[3] ~= '' and Once.open(KEYS[8], KEYS[9], KEYS[10], tonumber(ARGV[3]), tonumber(ARGV[4]))
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- Whether it was kept before; else it is remembered, as if it was appended now.
local function keptBefore(name, tier, mode)
  if call('HEXISTS', KEYS[6], name) == 1 then return true end
  if not once or mode ~= 'once' then return false end
  if Once.find(once, name) then return true end
  Once.keep(once, name, tier .. string.format('%.0f-0', now))
  return false
end

local flags = {}
for i = 5, #ARGV, 10 do
  local tier, topic, id, payload, type, encoding, meta, from, ms, mode = unpack(ARGV, i, i + 9)
  local name = topic .. '\0' .. id
  if keptBefore(name, tier, mode) then
    flags[#flags + 1] = '0'
  else
    local due = tonumber(ms) + (from == 'after' and now or 0)
    local member = string.format('%016d', call('HINCRBY', KEYS[6], 'sequence', 1)) .. name
    call('HSET', KEYS[6], name, cmsgpack.pack({ member, tonumber(tier), payload, type, encoding, meta, mode == 'once' }))
    call('ZADD', KEYS[5], string.format('%.0f', due), member)
    flags[#flags + 1] = '1'
  end
end
if once then Once.close(once) end

local wait = promote({ unpack(KEYS, 1, 4) }, KEYS[5], KEYS[6], now)
local reply = string.format('%.0f ', wait) .. table.concat(flags)
if turn ~= '' then
  call('HSET', KEYS[7], 'last', turn, 'reply', reply)
  call('PEXPIRE', KEYS[7], ARGV[2])
end
return reply
