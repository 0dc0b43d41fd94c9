-- Remove delivered entries and remember where a card was posted. A channel without further entries
-- leaves the agenda in the same breath, so that the next entry makes it due at once.
-- KEYS 1 outbox:to:<channel>  2 outbox:due  3 intents  4 cards  5 dead
-- ARGV 1 channel  2 card's deploy ("" = none)  3 card's place  4 obituary ("" = none)
--      5 entries   then each: id, json
-- Returns how many entries are left.
if ARGV[2] ~= "" then
  redis.call("HSET", KEYS[4], ARGV[2], ARGV[3])
end
if ARGV[4] ~= "" then
  redis.call("RPUSH", KEYS[5], ARGV[4])
end
for place = 6, 5 + 2 * tonumber(ARGV[5]), 2 do
  redis.call("HDEL", KEYS[3], ARGV[place])
  redis.call("LREM", KEYS[1], 1, ARGV[place + 1])
end
local left = redis.call("LLEN", KEYS[1])
if left == 0 then
  redis.call("ZREM", KEYS[2], ARGV[1])
end
return left
