-- Where messages stand, by their names.
-- KEYS outbox:cards:<id>, one per deploy, incident or maintenance list
-- ARGV per key: how many names, then each
-- Returns the place of each name, in order; nil for what was never posted.
local arg = 0
local function next_arg()
  arg = arg + 1
  return ARGV[arg]
end

local found = {}
for _, key in ipairs(KEYS) do
  for _ = 1, tonumber(next_arg()) do
    found[#found + 1] = redis.call("HGET", key, next_arg())
  end
end
return found
