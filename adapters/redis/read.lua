-- The oldest entries of a channel, and when posting some of them was begun; both at one moment.
-- KEYS 1 outbox:to:<channel>  2 outbox:begun:<channel>   ARGV 1 how many
-- Returns {entries, {id, when, id, when…}}.
return {
  redis.call("LRANGE", KEYS[1], 0, ARGV[1] - 1),
  redis.call("HGETALL", KEYS[2]),
}
