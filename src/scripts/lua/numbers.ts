/**
 * Where this Lua is not the one of Redis: its C integers have 32 bits, those of a server 64. What goes through them is done
 * here: %d and its like of large numbers, and tonumber with a base. And math.random: the
 * sequence of lrand48, as Redis has it, from a seed that the engine draws where the script gives none.
 */
export const numbersLua = String.raw`
local format, gsub, find, sub, byte, lower = string.format, string.gsub, string.find, string.sub, string.byte, string.lower
local floor, ceil, select, tonumber, type, error, concat = math.floor, math.ceil, select, tonumber, type, error, table.concat
local unpack, pcall = unpack, pcall

local function passed(name, ok, ...)
  if ok then return ... end
  local why = ...
  if type(why) == 'string' then why = gsub(why, "to '%?'", "to '" .. name .. "'", 1) end
  error(why, 4)
end

-- Calls a function of C that is wrapped here: where it fails, the script's line and the function's name are told.
local function native(name, f, ...)
  return passed(name, pcall(f, ...))
end

local function isLarge(value)
  value = tonumber(value)
  return value ~= nil and (value >= 2147483648 or value < -2147483648)
end

-- What has no sign is of 64 bits, too, where the number is negative.
local function isNegative(value)
  value = tonumber(value)
  return value ~= nil and value <= -1
end

-- A large integer as text, and its conversion made one of strings.
local function largeSpec(flags, width, precision, conversion, value)
  value = tonumber(value)
  value = value < 0 and ceil(value) or floor(value)
  local text = L.host('d', conversion .. format('%.0f', value))
  local sign = ''
  if sub(text, 1, 1) == '-' then
    sign, text = '-', sub(text, 2)
  elseif conversion == 'd' or conversion == 'i' then
    if find(flags, '+', 1, true) then sign = '+' elseif find(flags, ' ', 1, true) then sign = ' ' end
  elseif find(flags, '#', 1, true) then
    sign = ({ x = '0x', X = '0X', o = '0' })[conversion] or ''
  end
  local digits = precision ~= '' and tonumber(sub(precision, 2)) or nil
  if precision == '.' then digits = 0 end
  if digits == nil and find(flags, '0', 1, true) and not find(flags, '-', 1, true) then
    digits = (tonumber(width) or 0) - #sign
  end
  if digits and #text < digits then text = ('0'):rep(digits - #text) .. text end
  return '%' .. (find(flags, '-', 1, true) and '-' or '') .. width .. 's', sign .. text
end

function L.format(...)
  local pattern = ...
  local count = select('#', ...) - 1
  local any = false
  for i = 1, count do
    local value = select(i + 1, ...)
    if (type(value) == 'number' or type(value) == 'string') and (isLarge(value) or isNegative(value)) then any = true end
  end
  if not any or type(pattern) ~= 'string' then return (native('format', format, ...)) end
  local values, at = { select(2, ...) }, 0
  local rewritten = gsub(pattern, '%%([-+ #0]*)(%d*)(%.?%d*)([%a%%])', function(flags, width, precision, conversion)
    if conversion == '%' then return nil end
    at = at + 1
    if not find('diouxX', conversion, 1, true) then return nil end
    local wraps = find('ouxX', conversion, 1, true) and isNegative(values[at])
    if not wraps and not isLarge(values[at]) then return nil end
    local spec, text = largeSpec(flags, width, precision, conversion, values[at])
    values[at] = text
    return spec
  end)
  return (native('format', format, rewritten, unpack(values, 1, count)))
end

local wholeNumber = tonumber
function L.tonumber(...)
  local text, base = ...
  if select('#', ...) < 2 or base == 10 or base == nil then return native('tonumber', wholeNumber, ...) end
  if type(base) ~= 'number' or base < 2 or base > 36 or (type(text) ~= 'string' and type(text) ~= 'number') then
    return native('tonumber', wholeNumber, ...)
  end
  local first, last, sign, digits = find(text, '^%s*([-+]?)(%w+)%s*$')
  if not first then return native('tonumber', wholeNumber, ...) end
  if base == 16 then digits = gsub(digits, '^0[xX](%x)', '%1') end
  local value = 0
  for i = 1, #digits do
    local digit = byte(lower(sub(digits, i, i)))
    digit = digit >= 97 and digit - 87 or digit - 48
    if digit >= base then return nil end
    value = value * base + digit
  end
  if value >= 18446744073709551616 then value = 18446744073709551615 end
  if sign == '-' then value = value == 0 and 0 or 18446744073709551616 - value end
  return value
end

-- lrand48 in two halves of 24 bits, so that every product is exact.
local half = 16777216
local high, low
local function seed(value)
  local bits = floor(value) % 4294967296
  high = floor(bits / 256)
  low = (bits % 256) * 65536 + 13070
end

local function next31()
  if not high then seed(tonumber(L.host('r', ''))) end
  local product = low * 15525485 + 11
  local carried = floor(product / half)
  high = (high * 15525485 + low * 1502 + carried) % half
  low = product % half
  return floor((high * half + low) / 131072)
end

function L.restartRandom()
  high = nil
end

function L.random(...)
  local count = select('#', ...)
  local r = (next31() % 2147483647) / 2147483647
  if count == 0 then return r end
  local from, to = ...
  if count == 1 then from, to = 1, from end
  if count > 2 then error('wrong number of arguments', 0) end
  if type(tonumber(from)) ~= 'number' or type(tonumber(to)) ~= 'number' then
    error("bad argument #1 to 'random' (number expected)", 0)
  end
  from, to = floor(from), floor(to)
  if from > to then error("bad argument #" .. count .. " to 'random' (interval is empty)", 0) end
  return floor(r * (to - from + 1)) + from
end

function L.randomseed(value)
  seed(value)
end
`;
