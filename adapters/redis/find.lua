-- Incidents that have all of some terms, the newest first. Looks through the rarest term and asks
-- the others whether they have the same incident, so that no document is read in vain.
-- KEYS 1 incidents:index  2 incident: (each document is this followed by its reference)
-- ARGV 1 how many are wanted   2 how many are looked at
--      3 the earliest time ("" = any)   4 a time before which ("" = any)
--      5 a position after which it goes on ("" = it begins)   6 likewise, as a reference
--      then one per term
-- Returns {position at which it goes on ("" = that is all), document…}, or false when there is no
-- incident of that reference.
local BATCH, FIRST, TIME = 100, 7, 17

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

local rarest, fewest
for place = FIRST, #ARGV do
  local count = redis.call("ZLEXCOUNT", KEYS[1], below(ARGV[place]), above(ARGV[place]))
  if not fewest or count < fewest then
    rarest, fewest = place, count
  end
end

local function has_all(where)
  for place = FIRST, #ARGV do
    if place ~= rarest and not redis.call("ZSCORE", KEYS[1], ARGV[place] .. " " .. where) then
      return false
    end
  end
  return true
end

local term, wanted, left = ARGV[rarest], tonumber(ARGV[1]), tonumber(ARGV[2])
local answer = {""}
while left > 0 do
  local size = math.min(BATCH, left)
  local range = {KEYS[1], above(term), below(term), "BYLEX", "REV", "LIMIT", 0, size}
  local rows = redis.call("ZRANGE", unpack(range))
  for _, row in ipairs(rows) do
    top = string.sub(row, #term + 2)
    if has_all(top) then
      local ref = string.sub(top, TIME + 2)
      answer[#answer + 1] = redis.call("HGET", KEYS[2] .. ref, "doc")
      if #answer > wanted then
        answer[1] = top
        return answer
      end
    end
  end
  if #rows < size then
    return answer
  end
  left = left - size
end
answer[1] = top
return answer
