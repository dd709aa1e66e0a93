/** A subject's fields in Lua: read once, and every change written at once. */
export const fieldsScript = `
local key = KEYS[1]
local request = cjson.decode(ARGV[1])
local now = request.nowMicros

local fields = {}
local found = redis.call('HGETALL', key)
for i = 1, #found, 2 do fields[found[i]] = found[i + 1] end

-- Every digit: Lua's own conversion to text keeps 14 of a time's 16.
local function exact(value) return string.format('%.17g', value) end

local function number(field) return tonumber(fields[field]) end

local function put(field, text)
  fields[field] = text
  redis.call('HSET', key, field, text)
end

local function drop(field)
  if fields[field] then redis.call('HDEL', key, field) end
  fields[field] = nil
end

local function keepFor(ms)
  if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, exact(ms)) end
end
`;
