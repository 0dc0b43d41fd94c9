-- The oldest entries of a channel, with what is known of them.
-- KEYS 1 outbox:to:<channel>  2 intents  3 cards   ARGV 1 how many
-- Returns {entries, when posting each was begun, the deploy that each speaks of, its card's place};
-- what is not known is nil (deploys: "").
local rows = redis.call("LRANGE", KEYS[1], 0, ARGV[1] - 1)
if #rows == 0 then
  return {rows, {}, {}, {}}
end
local ids, deploys = {}, {}
for place, row in ipairs(rows) do
  local good, entry = pcall(cjson.decode, row)
  local known = good and type(entry) == "table"
  local message = known and type(entry.message) == "table" and entry.message or {}
  ids[place] = known and type(entry.id) == "string" and entry.id or ""
  deploys[place] = type(message.deploy) == "string" and message.deploy or ""
end
return {
  rows,
  redis.call("HMGET", KEYS[2], unpack(ids)),
  deploys,
  redis.call("HMGET", KEYS[3], unpack(deploys)),
}
