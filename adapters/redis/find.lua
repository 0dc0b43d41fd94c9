-- Incidents that have all of some terms, the newest first. Looks through the rarest term and asks
-- the others, the rarer first, which of these incidents they have as well, so that no document is
-- read in vain. The steps double: what is found soon costs little, and what takes long few commands.
-- KEYS 1 incidents:index  2 incident: (each document is this followed by its reference)
-- ARGV 1 how many are wanted   2 how many are looked at
--      3 the earliest time ("" = any)   4 a time before which ("" = any)
--      5 a position after which it goes on ("" = it begins)   6 likewise, as a reference
--      then one per term
-- Returns {position at which it goes on ("" = that is all), document…}, or false when there is no
-- incident of that reference.
local LARGEST, FIRST, TIME = 1000, 7, 17

local position = ARGV[5]
if ARGV[6] ~= "" then
  local found_by = redis.call("HGET", KEYS[2] .. ARGV[6], "ix")
  if not found_by then
    return false
  end
  position = string.match(found_by, "[^\n]+")
end

-- As numbers: how Redis compares texts in Lua depends on the server's locale.
local top = ARGV[4]
if position ~= "" and (top == "" or tonumber(string.sub(position, 1, TIME)) < tonumber(top)) then
  top = position
end
local function above(term)
  -- “!” is the character that follows the space.
  return top == "" and "(" .. term .. "!" or "(" .. term .. " " .. top
end
local function below(term)
  return "[" .. term .. " " .. ARGV[3]
end

local counts = {}
for place = FIRST, #ARGV do
  local term = ARGV[place]
  counts[#counts + 1] = {term, redis.call("ZLEXCOUNT", KEYS[1], below(term), above(term))}
end
table.sort(counts, function(one, other)
  return one[2] < other[2]
end)
local rarest = counts[1][1]

local function having(term, positions)
  if #positions == 0 then
    return positions
  end
  local members, kept = {}, {}
  for index, where in ipairs(positions) do
    members[index] = term .. " " .. where
  end
  for index, score in ipairs(redis.call("ZMSCORE", KEYS[1], unpack(members))) do
    if score then
      kept[#kept + 1] = positions[index]
    end
  end
  return kept
end

local wanted, left = tonumber(ARGV[1]), tonumber(ARGV[2])
local step = wanted
local answer = {""}
while left > 0 do
  local size = math.min(step, LARGEST, left)
  local range = {KEYS[1], above(rarest), below(rarest), "BYLEX", "REV", "LIMIT", 0, size}
  local positions = redis.call("ZRANGE", unpack(range))
  local rows = #positions
  for index, row in ipairs(positions) do
    positions[index] = string.sub(row, #rarest + 2)
  end
  top = positions[rows]
  for place = 2, #counts do
    positions = having(counts[place][1], positions)
  end
  for _, where in ipairs(positions) do
    local ref = string.sub(where, TIME + 2)
    answer[#answer + 1] = redis.call("HGET", KEYS[2] .. ref, "doc")
    if #answer > wanted then
      answer[1] = where
      return answer
    end
  end
  if rows < size then
    return answer
  end
  left, step = left - size, step * 2
end
answer[1] = top
return answer
