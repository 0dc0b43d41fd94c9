-- Remove delivered entries and remember where a card was posted. A channel without further entries
-- leaves the agenda in the same breath, so that the next entry makes it due at once.
-- KEYS 1 outbox:to:<channel>  2 outbox:due  3 outbox:begun:<channel>  4 outbox:dead
--      with a card: 5 outbox:cards:<id>  6 the document of what it is about, such as deploy:<id>
-- ARGV 1 channel  2 score of the caller's lease ("" = it has none)
--      3 card's name  4 card's place  5 seconds that it is kept without that document
--      6 why it is buried ("" = delivered)  7 how many of the buried are kept
--      then one per entry: its id
-- Returns 1 when more entries are waiting for this caller, else 0.
local CHUNK, FIRST = 50, 8

local wanted, missing = {}, 0
for place = FIRST, #ARGV do
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
  if ARGV[6] ~= "" then
    redis.call("XADD", KEYS[4], "MAXLEN", ARGV[7], "*", "reason", ARGV[6], "entry", entry.row)
  end
end
if KEYS[5] then
  redis.call("HSET", KEYS[5], ARGV[3], ARGV[4])
  -- It is kept exactly as long as what it is about.
  local left = redis.call("PTTL", KEYS[6])
  if left == -1 then
    redis.call("PERSIST", KEYS[5])
  elseif left == -2 then
    redis.call("EXPIRE", KEYS[5], ARGV[5])
  else
    redis.call("PEXPIRE", KEYS[5], left)
  end
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
-- With what a paused caller may have left behind.
redis.call("DEL", KEYS[3])
return 0
