/** The algorithms of `algorithms/*` in Lua, on the same doubles; `fields-script.ts` goes before. */
export const algorithmsScript = `
local function windowMicros(limit) return limit.windowSeconds * 1e6 end

local function windowIndex(limit, micros) return math.floor(micros / windowMicros(limit)) end

local function windowField(kind, limit, index)
  return kind .. '_' .. exact(limit.windowSeconds) .. '_' .. exact(index)
end

local fixedWindow = {}

function fixedWindow.fits(limit, cost)
  local used = number(windowField('w', limit, windowIndex(limit, now))) or 0
  return used + cost <= limit.limit
end

function fixedWindow.charge(limit, cost)
  local field = windowField('w', limit, windowIndex(limit, now))
  return field, (number(field) or 0) + cost
end

function fixedWindow.refund(limit, receipt, units)
  local taken = windowIndex(limit, receipt.takenMicros)
  if taken >= windowIndex(limit, now) then return windowField('w', limit, taken), units end
end

local slidingWindow = {}

-- What the units of the window before still weigh. Rounded up: never too lenient.
local function weigh(limit, previous)
  local untilEnd = (windowIndex(limit, now) + 1) * windowMicros(limit) - now
  return math.ceil(previous * untilEnd / windowMicros(limit))
end

function slidingWindow.fits(limit, cost)
  local index = windowIndex(limit, now)
  local current = number(windowField('s', limit, index)) or 0
  local previous = number(windowField('s', limit, index - 1)) or 0
  return current + weigh(limit, previous) + cost <= limit.limit
end

function slidingWindow.charge(limit, cost)
  local field = windowField('s', limit, windowIndex(limit, now))
  return field, (number(field) or 0) + cost
end

function slidingWindow.refund(limit, receipt, units)
  local taken = windowIndex(limit, receipt.takenMicros)
  if taken >= windowIndex(limit, now) - 1 then return windowField('s', limit, taken), units end
end

local bucket = {}

local function bucketField(limit)
  return 't_' .. exact(limit.burst) .. '_' .. exact(limit.intervalMicros)
end

function bucket.fits(limit, cost)
  local debt = math.max((number(bucketField(limit)) or 0) - now, 0)
  return debt + cost * limit.intervalMicros - limit.burst * limit.intervalMicros <= 0
end

function bucket.charge(limit, cost)
  local field = bucketField(limit)
  return field, math.max(number(field) or 0, now) + cost * limit.intervalMicros
end

-- Only what is surely still owed of that take: see token-bucket.ts.
function bucket.refund(limit, receipt, units, cost)
  local owedUntil = math.min(receipt.arrivalMicros or 0, receipt.takenMicros + cost * limit.intervalMicros)
  local less = math.min(units * limit.intervalMicros, math.max(owedUntil - now, 0))
  if less > 0 then return bucketField(limit), less end
end

local concurrency = {}

local function leaseField() return 'l_' .. request.leaseId end

local function isHeld() return (number(leaseField()) or 0) > now end

function concurrency.fits(limit, cost)
  local live = 0
  for field, expiry in pairs(fields) do
    if string.sub(field, 1, 2) == 'l_' and tonumber(expiry) > now then live = live + 1 end
  end
  return cost == 0 or live < limit.limit
end

function concurrency.charge() end

function concurrency.refund() end

local function concurrencyOf(limits)
  for _, limit in ipairs(limits) do
    if limit.algorithm == 'concurrency' then return limit end
  end
end

local function hold(limit) put(leaseField(), exact(now + limit.leaseSeconds * 1e6)) end

local function dropDeadLeases()
  for field, expiry in pairs(fields) do
    if string.sub(field, 1, 2) == 'l_' and tonumber(expiry) <= now then drop(field) end
  end
end

local algorithms = {
  ['token-bucket'] = bucket,
  ['leaky-bucket'] = bucket,
  ['fixed-window'] = fixedWindow,
  ['sliding-window'] = slidingWindow,
  concurrency = concurrency,
}
`;
