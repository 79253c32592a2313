/** The library `struct`: numbers and strings packed as C would lay them out. */
export const structLua = String.raw`
local type, error, tonumber, floor, byte, char, sub, rep, find = type, error, tonumber, math.floor, string.byte, string.char,
  string.sub, string.rep, string.find
local concat, unpack, select, frexp, ldexp, match = table.concat, unpack, select, math.frexp, math.ldexp, string.match
local struct = {}
L.struct = struct

local sizes = { b = 1, B = 1, h = 2, H = 2, i = 4, I = 4, l = 8, L = 8, T = 8, f = 4, d = 8 }

local function bytesOf(value, size, little)
  local bytes = {}
  value = value < 0 and math.ceil(value) or floor(value)
  for i = 1, size do
    local digit = value % 256
    bytes[little and i or size + 1 - i] = char(digit)
    value = (value - digit) / 256
  end
  return concat(bytes)
end

local function numberOf(s, at, size, little, isSigned)
  local value, top = 0, byte(s, little and at + size - 1 or at)
  -- A negative number is what its bytes lack to all ones, and one more: exact where the sum would not be.
  local negative = isSigned and top >= 128
  for i = 1, size do
    local digit = byte(s, little and at + size - i or at + i - 1)
    value = value * 256 + (negative and 255 - digit or digit)
  end
  return negative and -value - 1 or value
end

function L.float(value, size)
  local mantissaBits, exponentBits = size == 4 and 23 or 52, size == 4 and 8 or 11
  local bias, top = 2 ^ (exponentBits - 1) - 1, 2 ^ exponentBits - 1
  local sign = (value < 0 or 1 / value < 0) and 1 or 0
  local exponent, mantissa
  if value ~= value then
    sign, exponent, mantissa = 0, top, 2 ^ (mantissaBits - 1)
  else
    value = value < 0 and -value or value
    if value == 1 / 0 then
      exponent, mantissa = top, 0
    elseif value == 0 then
      exponent, mantissa = 0, 0
    else
      local fraction, power = frexp(value)
      exponent = power - 1 + bias
      local scaled = exponent < 1 and ldexp(value, mantissaBits + bias - 1) or ldexp(fraction * 2 - 1, mantissaBits)
      if exponent < 1 then exponent = 0 end
      mantissa = floor(scaled)
      local rest = scaled - mantissa
      if rest > 0.5 or (rest == 0.5 and mantissa % 2 == 1) then mantissa = mantissa + 1 end
      if mantissa >= 2 ^ mantissaBits then exponent, mantissa = exponent + 1, mantissa - 2 ^ mantissaBits end
      if exponent >= top then exponent, mantissa = top, 0 end
    end
  end
  -- In two halves: 64 bits are more than a double holds.
  local lowBits = size == 4 and 16 or 32
  local low = mantissa % 2 ^ lowBits
  local high = (sign * 2 ^ exponentBits + exponent) * 2 ^ (mantissaBits - lowBits) + floor(mantissa / 2 ^ lowBits)
  return bytesOf(high, size / 2, false) .. bytesOf(low, size / 2, false)
end

function L.unfloat(s, at, size)
  local mantissaBits, exponentBits = size == 4 and 23 or 52, size == 4 and 8 or 11
  local bias, top = 2 ^ (exponentBits - 1) - 1, 2 ^ exponentBits - 1
  local lowBits = size == 4 and 16 or 32
  local high = numberOf(s, at, size / 2, false)
  local low = numberOf(s, at + size / 2, size / 2, false)
  local upper = 2 ^ (mantissaBits - lowBits)
  local mantissa = high % upper * 2 ^ lowBits + low
  local head = floor(high / upper)
  local exponent, sign = head % 2 ^ exponentBits, head >= 2 ^ exponentBits and -1 or 1
  if exponent == top then return mantissa == 0 and sign / 0 or 0 / 0 end
  if exponent == 0 then return sign * ldexp(mantissa, 1 - bias - mantissaBits) end
  return sign * ldexp(1 + mantissa / 2 ^ mantissaBits, exponent - bias)
end

L.bytesOf, L.numberOf = bytesOf, numberOf

-- Goes through a format and calls act(option, size, padding, little).
local function walk(name, form, act, start)
  local little, alignment, at, total = true, 1, 1, start
  while at <= #form do
    local option = sub(form, at, at)
    at = at + 1
    local digits = match(form, '^%d*', at)
    if option == '>' then
      little = false
    elseif option == '<' or option == '=' then
      little = true
    elseif option == '!' then
      at = at + #digits
      alignment = digits == '' and 8 or tonumber(digits)
      if alignment < 1 or alignment % 2 ^ floor(math.log(alignment) / math.log(2) + 0.5) ~= 0 then
        error('alignment is not a power of 2', 0)
      end
    elseif option ~= ' ' then
      local size = sizes[option]
      if (option == 'i' or option == 'I') and digits ~= '' then
        at = at + #digits
        size = tonumber(digits)
        if size > 32 then error('integral size ' .. size .. ' is larger than limit of 32', 0) end
      elseif option == 'c' then
        at = at + #digits
        size = digits == '' and 1 or tonumber(digits)
      elseif option == 'x' then
        size = 1
      elseif option == 's' then
        size = 0
      elseif not size then
        error("bad argument #1 to '" .. name .. "' (invalid format option '" .. option .. "')", 0)
      end
      local align = size
      if option == 's' or option == 'c' or option == 'x' or align == 0 then align = 1 end
      if align > alignment then align = alignment end
      local padding = align > 1 and (align - total % align) % align or 0
      total = total + padding + act(option, size, padding, little)
    end
  end
end

function struct.pack(form, ...)
  local given, next, out, total = { ... }, 0, {}, 0
  local function take(kind)
    next = next + 1
    local value = given[next]
    if kind == 'number' then value = tonumber(value) elseif type(value) == 'number' then value = '' .. value end
    if type(value) ~= kind then
      error("bad argument #" .. next + 1 .. " to 'pack' (" .. kind .. ' expected, got '
        .. type(given[next]) .. ')', 0)
    end
    return value
  end
  walk('pack', form, function(option, size, padding, little)
    if padding > 0 then out[#out + 1] = rep('\0', padding) end
    local bytes
    if option == 'x' then
      bytes = '\0'
    elseif option == 's' then
      bytes = take('string') .. '\0'
    elseif option == 'c' then
      bytes = take('string')
      if size == 0 then size = #bytes end
      -- Redis has gone on to the next argument when it complains of this one.
      if #bytes < size then error("bad argument #" .. next + 2 .. " to 'pack' (string too short)", 0) end
      bytes = sub(bytes, 1, size)
    elseif option == 'f' or option == 'd' then
      bytes = L.float(take('number'), size)
      if little then bytes = bytes:reverse() end
    else
      bytes = bytesOf(take('number'), size, little)
    end
    out[#out + 1] = bytes
    total = total + #bytes
    return #bytes
  end, 0)
  return concat(out)
end

function struct.unpack(form, s, from)
  local at, values, count = from or 1, {}, 0
  if type(s) ~= 'string' then error("bad argument #2 to 'unpack' (string expected, got " .. type(s) .. ')', 0) end
  if at < 1 then error("bad argument #3 to 'unpack' (offset must be 1 or greater)", 0) end
  walk('unpack', form, function(option, size, padding, little)
    at = at + padding
    if option == 'c' and size == 0 then
      size = values[count]
      if type(size) ~= 'number' then error("format 'c0' needs a previous size", 0) end
      count = count - 1
    end
    if at + size - 1 > #s then error("bad argument #2 to 'unpack' (data string too short)", 0) end
    local value
    if option == 's' then
      local zero = find(s, '%z', at)
      if not zero then error('unfinished string in data', 0) end
      value, size = sub(s, at, zero - 1), zero - at + 1
    elseif option == 'c' then
      value = sub(s, at, at + size - 1)
    elseif option == 'f' or option == 'd' then
      local bytes = sub(s, at, at + size - 1)
      value = L.unfloat(little and bytes:reverse() or bytes, 1, size)
    elseif option ~= 'x' then
      value = numberOf(s, at, size, little, option == 'b' or option == 'h' or option == 'i' or option == 'l')
    end
    if option ~= 'x' then
      count = count + 1
      values[count] = value
    end
    at = at + size
    return size
  end, at - 1)
  values[count + 1] = at
  return unpack(values, 1, count + 1)
end

function struct.size(form)
  local total = 0
  walk('size', form, function(option, size, padding)
    if option == 's' or (option == 'c' and size == 0) then
      error("bad argument #1 to 'size' (option '" .. (option == 's' and 's' or 'c0') .. "' has no fixed size)", 0)
    end
    total = total + padding + size
    return size
  end, 0)
  return total
end
`;
