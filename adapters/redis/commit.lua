-- One transition, all or nothing. Plain arguments, so that nothing is decoded here.
--
-- KEYS  1 due  2 nudge:due  3 outbox:due  4 nudge:outbox  5 open  6 last  7 once:<key>
--       8 incidents:index   9 asked:<key>
--       then one per document, one per document that stays as it is, one per entry, one per audit
--       entry, one per record, one per story, one per line of a timeline, one per incident
-- ARGV  1 once: "1" or ""   2 result of once   3 fingerprint of what is asked for ("" = none)
--       4 seconds that once is kept   5 that a story is kept   6 that the audit log is kept
--       7 documents   then each: expected version, json
--       . unchanged   then each: expected version
--       . wakes       then each: id, score in ms ("" = never)
--       . entries     then each: channel, json
--       . audit       then each: json
--       . open        then each: id, when it is due in ms ("+inf" = never, "" = it is over), and
--                     whether that counts only if it is not there yet ("NX"), or is ("XX")
--       . last        then each: target, json
--       . records     then each: json, how many are kept
--       . stories     then each: two ids; the key lives as long as one of them is open
--       . lines       then each: json
--       . incidents   then each: what it is found by, one per line: its position, then its terms
-- Returns {"ok"}, {"repeated", first result}, {"reused"} when the first one was something else, or
-- {"conflict", key}.

local once = ARGV[1] == "1"
if once then
  local first = redis.call("GET", KEYS[7])
  if first then
    local asked = ARGV[3] ~= "" and redis.call("GET", KEYS[9])
    if asked and asked ~= ARGV[3] then
      return {"reused"}
    end
    return {"repeated", first}
  end
end

local key, arg = 9, 6
local function next_key()
  key = key + 1
  return KEYS[key]
end
local function next_arg()
  arg = arg + 1
  return ARGV[arg]
end

local function is_at(document, expected)
  return (redis.call("HGET", document, "v") or "0") == expected
end

local documents = {}
for _ = 1, tonumber(next_arg()) do
  local document = {key = next_key(), expected = next_arg(), json = next_arg()}
  if not is_at(document.key, document.expected) then
    return {"conflict", document.key}
  end
  documents[#documents + 1] = document
end
for _ = 1, tonumber(next_arg()) do
  local known = next_key()
  if not is_at(known, next_arg()) then
    return {"conflict", known}
  end
end

for _, document in ipairs(documents) do
  local version = tostring(tonumber(document.expected) + 1)
  redis.call("HSET", document.key, "v", version, "doc", document.json)
end

local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local function nudge(list)
  redis.call("RPUSH", list, "1")
  redis.call("LTRIM", list, -16, -1)
end

local woken = false
for _ = 1, tonumber(next_arg()) do
  local id, score = next_arg(), next_arg()
  if score == "" then
    redis.call("ZREM", KEYS[1], id)
  else
    redis.call("ZADD", KEYS[1], score, id)
    woken = woken or tonumber(score) <= now + 50
  end
end
if woken then
  nudge(KEYS[2])
end

local entries = tonumber(next_arg())
for _ = 1, entries do
  local channel, json = next_arg(), next_arg()
  redis.call("RPUSH", next_key(), json)
  -- NX: a channel that is being emptied, or that rests until Slack takes more, keeps its time.
  redis.call("ZADD", KEYS[3], "NX", now, channel)
end
if entries > 0 then
  nudge(KEYS[4])
end

for _ = 1, tonumber(next_arg()) do
  local log = next_key()
  redis.call("XADD", log, "*", "entry", next_arg())
  redis.call("EXPIRE", log, ARGV[6])
end
for _ = 1, tonumber(next_arg()) do
  local id, due, only = next_arg(), next_arg(), next_arg()
  if due == "" then
    redis.call("ZREM", KEYS[5], id)
  elseif only == "" then
    redis.call("ZADD", KEYS[5], due, id)
  else
    redis.call("ZADD", KEYS[5], only, due, id)
  end
end
for _ = 1, tonumber(next_arg()) do
  local target, json = next_arg(), next_arg()
  redis.call("HSET", KEYS[6], target, json)
end
for _ = 1, tonumber(next_arg()) do
  local ledger, json, kept = next_key(), next_arg(), next_arg()
  redis.call("LPUSH", ledger, json)
  redis.call("LTRIM", ledger, 0, tonumber(kept) - 1)
end
for _ = 1, tonumber(next_arg()) do
  local story, one, other = next_key(), next_arg(), next_arg()
  if redis.call("ZSCORE", KEYS[5], one) or redis.call("ZSCORE", KEYS[5], other) then
    redis.call("PERSIST", story)
  else
    redis.call("EXPIRE", story, ARGV[5])
  end
end
for _ = 1, tonumber(next_arg()) do
  redis.call("RPUSH", next_key(), next_arg())
end

local function members(found_by)
  local position, found = nil, {}
  for line in string.gmatch(found_by, "[^\n]+") do
    if position then
      found[line .. " " .. position] = true
    else
      position = line
    end
  end
  return found
end

-- Lua passes on about 8,000 values at once; an incident has up to some thousand terms.
local function in_pieces(command, values)
  for first = 1, #values, 1000 do
    local last = math.min(first + 999, #values)
    redis.call(command, KEYS[8], unpack(values, first, last))
  end
end

for _ = 1, tonumber(next_arg()) do
  local incident, found_by = next_key(), next_arg()
  local before = redis.call("HGET", incident, "ix") or ""
  -- Most changes of an incident are about nothing that it is found by.
  if before ~= found_by then
    local old, new, gone, come = members(before), members(found_by), {}, {}
    for member in pairs(old) do
      if not new[member] then
        gone[#gone + 1] = member
      end
    end
    for member in pairs(new) do
      if not old[member] then
        come[#come + 1] = 0
        come[#come + 1] = member
      end
    end
    in_pieces("ZREM", gone)
    in_pieces("ZADD", come)
    redis.call("HSET", incident, "ix", found_by)
  end
end
if once then
  redis.call("SET", KEYS[7], ARGV[2], "EX", ARGV[4])
  if ARGV[3] ~= "" then
    redis.call("SET", KEYS[9], ARGV[3], "EX", ARGV[4])
  end
end
return {"ok"}
