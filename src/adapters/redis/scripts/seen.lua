#!lua flags=allow-oom
-- Claims keys of a list, keeps them as seen, or drops claims. On a full server too: without, nothing would be handled and
-- no room be made; and what it keeps is bounded.
-- KEYS   1 kept, a sorted set: keys by the ms until which they are; 2 claims, a sorted set: keys by the ms until which they
--        are claimed; 3 owners, a hash: who has claimed them
-- ARGV   1 'claim', 'keep' or 'drop'; 2 owner; 3 for how many ms; 4 how many are kept at most; then the keys
-- Reply  for each key: -1 if it is kept, 0 if it is not or is the owner's, or for how many ms another has claimed it

local kind, owner, window, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local call = redis.call
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local till = string.format('%.0f', now + window)

-- So many at a time: what is over is looked at again before it counts.
local over = call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, 1000)
if #over > 0 then call('ZREM', KEYS[1], unpack(over)) end
over = call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE', 'LIMIT', 0, 1000)
if #over > 0 then
  call('ZREM', KEYS[2], unpack(over))
  call('HDEL', KEYS[3], unpack(over))
end

local function claim(key)
  local kept = call('ZSCORE', KEYS[1], key)
  if kept and tonumber(kept) > now then return -1 end
  local claimed = call('ZSCORE', KEYS[2], key)
  if claimed and tonumber(claimed) > now and call('HGET', KEYS[3], key) ~= owner then return tonumber(claimed) - now end
  call('ZADD', KEYS[2], till, key)
  call('HSET', KEYS[3], key, owner)
  return 0
end

local function keep(key)
  call('ZADD', KEYS[1], till, key)
  call('ZREM', KEYS[2], key)
  call('HDEL', KEYS[3], key)
  return -1
end

local function drop(key)
  if call('HGET', KEYS[3], key) == owner then
    call('ZREM', KEYS[2], key)
    call('HDEL', KEYS[3], key)
  end
  return 0
end

local run = kind == 'claim' and claim or kind == 'keep' and keep or drop
local states = {}
for i = 5, #ARGV do states[#states + 1] = run(ARGV[i]) end
if kind == 'keep' then
  local more = call('ZCARD', KEYS[1]) - most
  if more > 0 then call('ZPOPMIN', KEYS[1], more) end
  call('PEXPIRE', KEYS[1], window)
elseif kind == 'claim' then
  for i = 2, 3 do call('PEXPIRE', KEYS[i], window) end
end
return states
