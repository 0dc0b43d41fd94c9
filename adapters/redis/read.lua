-- The oldest entries of a channel, with what is known of them.
-- KEYS 1 outbox:to:<channel>  2 intents  3 cards   ARGV 1 how many
-- Returns {entries, when posting each was begun, names of cards, the place of each}; what is not
-- known is nil.
local rows = redis.call("LRANGE", KEYS[1], 0, ARGV[1] - 1)
if #rows == 0 then
  return {rows, {}, {}, {}}
end
local ids, names, seen = {}, {}, {}
local function note(name)
  if type(name) == "string" and not seen[name] then
    seen[name] = true
    names[#names + 1] = name
  end
end
for place, row in ipairs(rows) do
  local good, entry = pcall(cjson.decode, row)
  local known = good and type(entry) == "table"
  ids[place] = known and type(entry.id) == "string" and entry.id or ""
  if known then
    note(entry.card)
    note(entry.thread)
    note(entry.picture)
  end
end
local places = {}
if #names > 0 then
  places = redis.call("HMGET", KEYS[3], unpack(names))
end
return {rows, redis.call("HMGET", KEYS[2], unpack(ids)), names, places}
