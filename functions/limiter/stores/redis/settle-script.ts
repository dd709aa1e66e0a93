import { recordMicros } from '../../algorithms/charge-records.ts';

const fieldsScript = `
local key = KEYS[1]
local request = cjson.decode(ARGV[1])
local now = request.nowMicros

-- Every digit: Lua's own conversion to text keeps 14 of a time's 16.
local function exact(value) return string.format('%.17g', value) end

local function read(field) return redis.call('HGET', key, field) end

local function number(field) return tonumber(read(field) or nil) end

local function put(field, text) redis.call('HSET', key, field, text) end

local function drop(...) redis.call('HDEL', key, ...) end
`;

/** The refunds of `algorithms/*`: the field that a limit gives back to, and how much. */
const refundsScript = `
local function windowIndex(limit, micros)
  return math.floor(micros / (limit.windowSeconds * 1e6))
end

-- To the window that was charged, while it is at most \`inSight\` windows back.
local function refundWindow(kind, inSight, limit, receipt)
  local taken = windowIndex(limit, receipt.takenMicros)
  if taken < windowIndex(limit, now) - inSight then return end
  return kind .. '_' .. exact(limit.windowSeconds) .. '_' .. exact(taken), request.units
end

-- Only what is surely still owed of that take: see token-bucket.ts.
local function refundBucket(limit, receipt)
  local takenUntil = receipt.takenMicros + request.cost * limit.intervalMicros
  local owedUntil = math.min(receipt.arrivalMicros or 0, takenUntil)
  local less = math.min(request.units * limit.intervalMicros, math.max(owedUntil - now, 0))
  if less <= 0 then return end
  return 't_' .. exact(limit.burst) .. '_' .. exact(limit.intervalMicros), less
end

local function refundOf(limit, receipt)
  local algorithm = limit.algorithm
  if algorithm == 'fixed-window' then return refundWindow('w', 0, limit, receipt) end
  if algorithm == 'sliding-window' then return refundWindow('s', 1, limit, receipt) end
  if algorithm ~= 'concurrency' then return refundBucket(limit, receipt) end
end
`;

const receiptsScript = `
-- Takes the id from its epoch's, which are words with a blank between them; false where it is not
-- there.
local function forget(field, id)
  local ids = read(field) or ''
  local from = string.find(' ' .. ids .. ' ', ' ' .. id .. ' ', 1, true)
  if not from then return false end
  local left = string.sub(ids, 1, from - 1) .. string.sub(ids, from + #id + 1)
  left = string.gsub(left, ' $', '')
  if left == '' then drop(field) else put(field, left) end
  return true
end

-- Uses up the proof of a charge, and returns what it says.
local function redeem(id)
  if request.receipt then return forget(request.receiptField, id) and request.receipt end
  local receipt = { takenMicros = number('r_' .. id), arrivalMicros = number('a_' .. id) }
  drop('r_' .. id, 'a_' .. id)
  local taken = receipt.takenMicros
  return taken and taken + ${recordMicros} > now and receipt
end
`;

const operationsScript = `
local operations = {}

function operations.peek()
  local answer = redis.call('HGETALL', key)
  table.insert(answer, 1, 'peeked')
  return table.concat(answer, '\\n')
end

function operations.refund()
  local receipt = redeem(request.chargeId)
  if not receipt then return 'unknown' end
  for _, limit in ipairs(request.limits) do
    local field, less = refundOf(limit, receipt)
    local value = field and number(field)
    if value then put(field, exact(value - less)) end
  end
  return 'settled'
end

local function isHeld() return (number(request.leaseField) or 0) > now end

function operations.release()
  local held = isHeld()
  drop(request.leaseField)
  return held and 'settled' or 'unknown'
end

function operations.renew()
  if not isHeld() then return 'unknown' end
  put(request.leaseField, exact(request.leaseMicros))
  if redis.call('PTTL', key) < request.keepMs then redis.call('PEXPIRE', key, request.keepMs) end
  return 'settled'
end

function operations.reset()
  redis.call('DEL', key)
  return 'settled'
end

return operations[request.operation]()
`;

/**
 * What is asked of the subject whose hash is KEYS[1] beside takes. ARGV[1] is a `SettleRequest` as
 * JSON; the answer is a text as `takeScript`'s, and of a peek alone with fields. Like that, it
 * reads no clock, draws no random number, and counts on the same doubles as `algorithms/*`.
 */
export const settleScript = [fieldsScript, refundsScript, receiptsScript, operationsScript].join(
  '',
);
