-- Give a claimed item another time, unless it is gone or somebody else gave it one meanwhile.
-- KEYS 1 agenda   ARGV 1 item  2 score it was claimed with  3 delay in ms
-- Returns the new score, or false.
local found = redis.call("ZSCORE", KEYS[1], ARGV[1])
if not found or tonumber(found) ~= tonumber(ARGV[2]) then
  return false
end
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local score = string.format("%.0f", now + tonumber(ARGV[3]))
redis.call("ZADD", KEYS[1], score, ARGV[1])
return score
