import { algorithmsScript } from './algorithms-script.ts';
import { fieldsScript } from './fields-script.ts';
import { recordsScript, staleScript } from './records-script.ts';

const operationsScript = `
local operations = {}

local function isKnown()
  if not request.chargeId then return false end
  if concurrencyOf(request.limits) then return isHeld() end
  for _, epoch in ipairs(request.liveEpochs) do
    if findId(epoch, request.chargeId) then return true end
  end
  return isRecorded(request.chargeId)
end

local function fitsAll()
  for _, limit in ipairs(request.limits) do
    if not algorithms[limit.algorithm].fits(limit, request.cost) then return false end
  end
  return true
end

-- Returns the bucket's arrival time, if there is a bucket.
local function chargeAll()
  local entries, arrival = {}, nil
  for _, limit in ipairs(request.limits) do
    local algorithm = algorithms[limit.algorithm]
    local field, value = algorithm.charge(limit, request.cost)
    if field then entries[field] = exact(value) end
    if algorithm == bucket and not arrival then arrival = value end
  end
  dropStale(entries)
  for field, text in pairs(entries) do put(field, text) end
  return arrival
end

function operations.take()
  if isKnown() then return 'duplicate' end
  if not fitsAll() then return 'denied' end
  local arrival = chargeAll()
  local lease = concurrencyOf(request.limits)
  if not request.chargeId then
    -- Nothing to remember it by.
  elseif lease then
    dropDeadLeases()
    hold(lease)
  elseif request.refundable then
    record(request.chargeId, arrival)
  else
    remember(request.chargeId)
  end
  keepFor(request.keepMs)
  return 'charged'
end

function operations.peek() return 'peeked' end

function operations.refund()
  local receipt = redeem(request.chargeId)
  if not receipt then return 'unknown' end
  for _, limit in ipairs(request.limits) do
    local refund = algorithms[limit.algorithm].refund
    local field, less = refund(limit, receipt, request.units, request.cost)
    if field and fields[field] then put(field, exact(number(field) - less)) end
  end
  return 'settled'
end

function operations.release()
  local held = isHeld()
  drop(leaseField())
  return held and 'settled' or 'unknown'
end

function operations.renew()
  local lease = concurrencyOf(request.limits)
  if not lease or not isHeld() then return 'unknown' end
  hold(lease)
  keepFor(request.keepMs)
  return 'settled'
end

function operations.reset()
  redis.call('DEL', key)
  return 'settled'
end

local answer = { operations[request.operation]() }
if request.operation == 'take' or request.operation == 'peek' then
  for field, text in pairs(fields) do
    answer[#answer + 1] = field
    answer[#answer + 1] = text
  end
end
return table.concat(answer, '\\n')
`;

/**
 * Every operation of the store, on the one hash KEYS[1]. ARGV[1] is a `ScriptRequest` as JSON; the
 * answer is one text of lines: the kind, then field and value of all that is kept. It reads no
 * clock, draws no random number, and counts on the same doubles as `algorithms/*`.
 */
export const limitScript = [
  fieldsScript,
  algorithmsScript,
  recordsScript,
  staleScript,
  operationsScript,
].join('');
