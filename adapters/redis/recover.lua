-- Give every open deploy that the agenda does not know a place in it.
-- KEYS 1 due  2 open  3 nudge:due   ARGV 1 score in ms
-- Returns how many were woken.
local woken = 0
for _, id in ipairs(redis.call("SMEMBERS", KEYS[2])) do
  woken = woken + redis.call("ZADD", KEYS[1], "NX", ARGV[1], id)
end
if woken > 0 then
  redis.call("RPUSH", KEYS[3], "1")
  redis.call("LTRIM", KEYS[3], -16, -1)
end
return woken
