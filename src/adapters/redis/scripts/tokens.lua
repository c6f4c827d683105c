#!lua flags=allow-oom
-- Takes tokens of a limit that many processes share, and may change the limit. One that is not there begins full.
-- KEYS   1 the limit, a hash of rate (tokens a second), burst (the most it keeps), tokens, at (ms)
-- ARGV   1 tokens wanted; 2 rate; 3 burst; 4 'begin': a limit that is not there gets these, or 'set': it gets them anyhow
-- Reply  {tokens granted, ms until there is another or 0, rate, burst}, the last two as text

local KEPT, LONGEST = 86400000, 2147483647
local want, rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local known = redis.call('HMGET', KEYS[1], 'rate', 'burst', 'tokens', 'at')

local tokens = burst
if known[4] then
  local was = tonumber(known[1])
  tokens = math.min(tonumber(known[2]), tonumber(known[3]) + math.max(0, now - tonumber(known[4])) * was / 1000)
  if ARGV[4] == 'begin' then rate, burst = was, tonumber(known[2]) end
  tokens = math.min(tokens, burst)
end

local granted = math.min(want, math.floor(tokens))
tokens = tokens - granted
local wait = 0
if tokens < 1 then wait = math.min(LONGEST, math.ceil((1 - tokens) * 1000 / rate)) end

local function text(number) return string.format('%.17g', number) end
redis.call('HSET', KEYS[1], 'rate', text(rate), 'burst', text(burst), 'tokens', text(tokens), 'at', text(now))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.min(1e13, math.max(KEPT, burst * 1000 / rate))))
return { granted, wait, text(rate), text(burst) }
