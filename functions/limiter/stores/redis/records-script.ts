import { recordMicros } from '../../algorithms/charge-records.ts';
import { mostIds } from '../../algorithms/request-ids.ts';

/** `request-ids.ts` and `charge-records.ts` in Lua. An epoch's ids are words of one field. */
export const recordsScript = `
local function idsField(epoch) return 'd_' .. exact(epoch) end

local function isLiveRecord(taken) return taken ~= nil and tonumber(taken) + ${recordMicros} > now end

local function isRecorded(id) return isLiveRecord(fields['r_' .. id]) end

local function recordsCount()
  local count = 0
  for field, text in pairs(fields) do
    if string.sub(field, 1, 2) == 'r_' and isLiveRecord(text) then count = count + 1 end
  end
  return count
end

local function idsCount()
  local count = recordsCount()
  for _, epoch in ipairs(request.liveEpochs) do
    local _, ids = string.gsub(fields[idsField(epoch)] or '', '%S+', '')
    count = count + ids
  end
  return count
end

-- Where the id stands among an epoch's, which are words with a blank between them.
local function findId(epoch, id)
  return string.find(' ' .. (fields[idsField(epoch)] or '') .. ' ', ' ' .. id .. ' ', 1, true)
end

local function remember(id)
  local live = {}
  for _, epoch in ipairs(request.liveEpochs) do live[idsField(epoch)] = true end
  for field in pairs(fields) do
    if string.sub(field, 1, 2) == 'd_' and not live[field] then drop(field) end
  end
  if idsCount() >= ${mostIds} then return end
  local field = idsField(request.epoch)
  put(field, fields[field] and fields[field] .. ' ' .. id or id)
end

-- Takes the id from its epoch; false where it is not there.
local function forget(epoch, id)
  local from = findId(epoch, id)
  if not from then return false end
  local ids = fields[idsField(epoch)]
  local left = string.sub(ids, 1, from - 1) .. string.sub(ids, from + #id + 1)
  left = string.gsub(left, ' $', '')
  if left == '' then drop(idsField(epoch)) else put(idsField(epoch), left) end
  return true
end

local function record(id, arrival)
  if recordsCount() >= ${mostIds} then return end
  put('r_' .. id, exact(now))
  if arrival then put('a_' .. id, exact(arrival)) end
end

-- Uses up the proof of a charge, and returns what it says.
local function redeem(id)
  if request.receipt then return forget(request.receiptEpoch, id) and request.receipt end
  local recorded = isRecorded(id)
    and { takenMicros = number('r_' .. id), arrivalMicros = number('a_' .. id) }
  drop('r_' .. id)
  drop('a_' .. id)
  return recorded
end
`;

/** `stale-attributes.ts` in Lua: clocks run 60 s late; a bucket is abandoned after an hour. */
export const staleScript = `
local function windowEndOf(field)
  local kind, seconds, index = string.match(field, '^([ws])_(%d+)_(%d+)$')
  return kind and (tonumber(index) + (kind == 's' and 2 or 1)) * tonumber(seconds) * 1e6
end

local function isStale(field, text)
  local kind = string.sub(field, 1, 2)
  if kind == 'd_' or kind == 'l_' then return false end
  if kind == 'r_' then return not isLiveRecord(text) end
  if kind == 'a_' then return not isRecorded(string.sub(field, 3)) end
  local ending = windowEndOf(field)
  if ending then return ending + 60e6 <= now end
  return tonumber(text) + 3600e6 <= now
end

local function dropStale(current)
  for field, text in pairs(fields) do
    if not current[field] and isStale(field, text) then drop(field) end
  end
end
`;
