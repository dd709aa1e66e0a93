import { recordMicros } from '../../algorithms/charge-records.ts';
import { idLength, mostIds } from '../../algorithms/request-ids.ts';

/**
 * A take of the subject whose hash is KEYS[1], all or nothing; ARGV is a `toTakeArguments`. The
 * answer is one text of lines: the kind, then field and value of all that is kept. It reads no
 * clock, draws no random number, and counts on the same doubles as `algorithms/*`.
 *
 * The hot path: names and products come ready from the caller, and what mostly is not there (other
 * policies' fields, windows and epochs that are over, records, leases) is looked at only where the
 * hash holds more fields than this request names.
 */
export const takeScript = `
local key, now, cost, keepMs = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
-- By what a repeat of this request is known: none, id, record or lease.
local proof, id = ARGV[4], ARGV[5]

local fields = {}
local found = redis.call('HGETALL', key)
for i = 1, #found, 2 do fields[found[i]] = found[i + 1] end

local named = 0
local function read(field)
  local text = fields[field]
  if text then named = named + 1 end
  return text
end

local function answer(kind)
  local lines = { kind }
  for field, text in pairs(fields) do
    lines[#lines + 1] = field
    lines[#lines + 1] = text
  end
  return table.concat(lines, '\\n')
end

local function isLiveRecord(taken) return taken and tonumber(taken) + ${recordMicros} > now end

local ids = 0
if proof == 'lease' then
  if (tonumber(fields['l_' .. id]) or 0) > now then return answer('duplicate') end
elseif proof ~= 'none' then
  for i = 6, 8 do
    local text = read(ARGV[i])
    if text then
      -- All ids have one length, and blanks between them.
      if string.find(text, id, 1, true) then return answer('duplicate') end
      ids = ids + (#text + 1) / ${idLength + 1}
    end
  end
  if isLiveRecord(fields['r_' .. id]) then return answer('duplicate') end
end

local changes, arrival = {}, nil
local function change(field, text)
  changes[#changes + 1] = field
  changes[#changes + 1] = text
end

-- Every digit: Lua's own conversion to text keeps 14 of a time's 16.
local function exact(value) return string.format('%.17g', value) end

local at = 9
while ARGV[at] do
  local algorithm, field = ARGV[at], ARGV[at + 1]
  if algorithm == 'bucket' then
    local costMicros, fullMicros = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
    local value = tonumber(read(field)) or 0
    if math.max(value - now, 0) + costMicros - fullMicros > 0 then return answer('denied') end
    local text = exact(math.max(value, now) + costMicros)
    arrival = arrival or text
    change(field, text)
    at = at + 4
  elseif algorithm == 'fixed-window' then
    local used = tonumber(read(field)) or 0
    if used + cost > tonumber(ARGV[at + 2]) then return answer('denied') end
    change(field, exact(used + cost))
    at = at + 3
  elseif algorithm == 'sliding-window' then
    local used, previous = tonumber(read(field)) or 0, tonumber(read(ARGV[at + 3])) or 0
    -- What the window before still weighs. Rounded up: never too lenient.
    local weight = math.ceil(previous * tonumber(ARGV[at + 4]) / tonumber(ARGV[at + 5]))
    if used + weight + cost > tonumber(ARGV[at + 2]) then return answer('denied') end
    change(field, exact(used + cost))
    at = at + 6
  else
    local live = 0
    for name, expiry in pairs(fields) do
      if string.sub(name, 1, 2) == 'l_' and tonumber(expiry) > now then live = live + 1 end
    end
    if live >= tonumber(ARGV[at + 2]) then return answer('denied') end
    if proof == 'lease' then change(field, ARGV[at + 3]) end
    at = at + 4
  end
end

local function drop(field)
  if fields[field] then redis.call('HDEL', key, field) end
  fields[field] = nil
end

-- As stale-attributes.ts: clocks run 60 s late; a bucket is abandoned after an hour.
local function isStale(kind, field, text)
  if kind == 'l_' then return proof == 'lease' and tonumber(text) <= now end
  if kind == 'd_' then
    return proof == 'id' and field ~= ARGV[6] and field ~= ARGV[7] and field ~= ARGV[8]
  end
  local seconds, index = string.match(field, '^[ws]_(%d+)_(%d+)$')
  if not seconds then return tonumber(text) + 3600e6 <= now end
  return (tonumber(index) + (kind == 's_' and 2 or 1)) * tonumber(seconds) * 1e6 + 60e6 <= now
end

local records = 0
if #found > 2 * named then
  for i = 1, #found, 2 do
    local field, text = found[i], found[i + 1]
    local kind = string.sub(field, 1, 2)
    if kind == 'r_' then
      if isLiveRecord(text) then
        records = records + 1
      else
        drop(field)
        drop('a_' .. string.sub(field, 3))
      end
    -- An arrival is written and dropped with its record.
    elseif kind ~= 'a_' and isStale(kind, field, text) then
      drop(field)
    end
  end
end

if proof == 'id' and ids + records < ${mostIds} then
  local before = fields[ARGV[7]]
  change(ARGV[7], before and before .. ' ' .. id or id)
elseif proof == 'record' and records < ${mostIds} then
  change('r_' .. id, ARGV[1])
  if arrival then change('a_' .. id, arrival) end
end

if #changes > 0 then redis.call('HSET', key, unpack(changes)) end
for i = 1, #changes, 2 do fields[changes[i]] = changes[i + 1] end
if redis.call('PTTL', key) < keepMs then redis.call('PEXPIRE', key, ARGV[3]) end
return answer('charged')
`;
