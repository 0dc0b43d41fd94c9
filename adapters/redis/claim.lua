-- Take what is due and push it out by a lease, so that it comes back if the worker dies.
-- KEYS 1 agenda   ARGV 1 limit  2 lease in ms
-- Returns {score of the lease, ms until the next item falls due (-1: nothing there), items…}.
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local until_ = now + tonumber(ARGV[2])
local items = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", now, "LIMIT", 0, ARGV[1])
for _, item in ipairs(items) do
  redis.call("ZADD", KEYS[1], until_, item)
end
local first = redis.call("ZRANGE", KEYS[1], 0, 0, "WITHSCORES")
local wait = first[2] and math.max(tonumber(first[2]) - now, 0) or -1
table.insert(items, 1, string.format("%.0f", wait))
table.insert(items, 1, string.format("%.0f", until_))
return items
