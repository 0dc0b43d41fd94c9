-- Give everything open that the agenda does not know its place in it, at the time that it is due.
-- KEYS 1 due  2 open  3 nudge:due   ARGV 1 the present in ms
-- Returns how many got one.
local found, due = 0, false
local open = redis.call("ZRANGEBYSCORE", KEYS[2], "-inf", "(+inf", "WITHSCORES")
for place = 1, #open, 2 do
  local item, score = open[place], open[place + 1]
  if redis.call("ZADD", KEYS[1], "NX", score, item) == 1 then
    found = found + 1
    due = due or tonumber(score) <= tonumber(ARGV[1])
  end
end
if due then
  redis.call("RPUSH", KEYS[3], "1")
  redis.call("LTRIM", KEYS[3], -16, -1)
end
return found
