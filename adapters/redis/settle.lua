-- Remove delivered entries and remember where a card was posted. A channel without further entries
-- leaves the agenda in the same breath, so that the next entry makes it due at once.
-- KEYS 1 outbox:to:<channel>  2 outbox:due  3 intents  4 cards  5 dead
-- ARGV 1 channel  2 score of the caller's lease ("" = it has none)
--      3 card's name ("" = none)  4 card's place  5 why it is buried ("" = delivered)
--      then one per entry: its id
-- Returns 1 when more entries are waiting for this caller, else 0.
local CHUNK = 50

local wanted, missing = {}, 0
for place = 6, #ARGV do
  wanted[ARGV[place]] = true
  missing = missing + 1
end

-- By id: another release may write the same entry in other words. Delivered entries are the oldest,
-- so the first chunk has them; all are looked through only for those that are gone already.
local found = {}
local from = 0
while missing > 0 do
  local rows = redis.call("LRANGE", KEYS[1], from, from + CHUNK - 1)
  for _, row in ipairs(rows) do
    local good, entry = pcall(cjson.decode, row)
    if good and type(entry) == "table" and wanted[entry.id] then
      wanted[entry.id] = nil
      missing = missing - 1
      found[#found + 1] = {id = entry.id, row = row}
    end
  end
  if #rows < CHUNK then
    break
  end
  from = from + CHUNK
end

for _, entry in ipairs(found) do
  redis.call("LREM", KEYS[1], 1, entry.row)
  redis.call("HDEL", KEYS[3], entry.id)
  if ARGV[5] ~= "" then
    redis.call("XADD", KEYS[5], "*", "reason", ARGV[5], "entry", entry.row)
  end
end
if ARGV[3] ~= "" then
  redis.call("HSET", KEYS[4], ARGV[3], ARGV[4])
end

-- A caller that was paused beyond its lease leaves the channel to whoever has it by now.
local score = redis.call("ZSCORE", KEYS[2], ARGV[1])
if ARGV[2] ~= "" and not (score and tonumber(score) == tonumber(ARGV[2])) then
  return 0
end
if redis.call("LLEN", KEYS[1]) > 0 then
  return 1
end
redis.call("ZREM", KEYS[2], ARGV[1])
return 0
