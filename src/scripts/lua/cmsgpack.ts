/** The library `cmsgpack`: MessagePack, in the smallest form that holds each value. */
export const cmsgpackLua = String.raw`
local type, error, next, floor, byte, char, sub, select, concat, unpack = type, error, next, math.floor, string.byte,
  string.char, string.sub, select, table.concat, unpack
local cmsgpack = { _NAME = 'cmsgpack', _VERSION = 'lua-cmsgpack 0.4.0' }
L.cmsgpack = cmsgpack
local bytesOf = function(value, size) return L.bytesOf(value, size, false) end
local deepest = 16

local function number(value)
  if floor(value) ~= value or value >= 18446744073709551616 or value < -9223372036854775808 then
    local narrow = L.float(value, 4)
    if value ~= value or L.unfloat(narrow, 1, 4) == value then return '\202' .. narrow end
    return '\203' .. L.float(value, 8)
  end
  if value >= 0 then
    if value < 128 then return char(value) end
    if value < 256 then return '\204' .. char(value) end
    if value < 65536 then return '\205' .. bytesOf(value, 2) end
    if value < 4294967296 then return '\206' .. bytesOf(value, 4) end
    return '\207' .. bytesOf(value, 8)
  end
  if value >= -32 then return char(256 + value) end
  if value >= -128 then return '\208' .. char(256 + value) end
  if value >= -32768 then return '\209' .. bytesOf(value, 2) end
  if value >= -2147483648 then return '\210' .. bytesOf(value, 4) end
  return '\211' .. bytesOf(value, 8)
end

local function headed(length, fixed, fixedLimit, small, medium, large)
  if length < fixedLimit then return char(fixed + length) end
  if small and length < 256 then return small .. char(length) end
  if length < 65536 then return medium .. bytesOf(length, 2) end
  return large .. bytesOf(length, 4)
end

-- 1 to n without a gap and nothing else.
local function arrayLength(t)
  local largest, count = 0, 0
  for key in next, t do
    if type(key) ~= 'number' or key <= 0 or floor(key) ~= key then return nil end
    count = count + 1
    if key > largest then largest = key end
  end
  return largest == count and largest or nil
end

local function put(out, value, depth)
  local kind = type(value)
  if kind == 'string' then
    out[#out + 1] = headed(#value, 160, 32, '\217', '\218', '\219') .. value
  elseif kind == 'number' then
    out[#out + 1] = number(value)
  elseif kind == 'boolean' then
    out[#out + 1] = value and '\195' or '\194'
  elseif kind == 'table' and depth < deepest then
    local length = arrayLength(value)
    if length then
      out[#out + 1] = headed(length, 144, 16, nil, '\220', '\221')
      for i = 1, length do put(out, value[i], depth + 1) end
    else
      local count = 0
      for _ in next, value do count = count + 1 end
      out[#out + 1] = headed(count, 128, 16, nil, '\222', '\223')
      for k, v in next, value do
        put(out, k, depth + 1)
        put(out, v, depth + 1)
      end
    end
  else
    out[#out + 1] = '\192'
  end
end

function cmsgpack.pack(...)
  local count = select('#', ...)
  if count == 0 then error("bad argument #0 to 'pack' (MessagePack pack needs input.)", 0) end
  local out = {}
  for i = 1, count do put(out, (select(i, ...)), 0) end
  return concat(out)
end

local function need(s, at, length)
  if at + length - 1 > #s then error('Missing bytes in input.', 0) end
end

local read
local function readArray(s, at, count)
  local t = {}
  for i = 1, count do t[i], at = read(s, at) end
  return t, at
end

local function readMap(s, at, count)
  local t, key, value = {}, nil, nil
  for i = 1, count do
    key, at = read(s, at)
    value, at = read(s, at)
    if key == nil then error('Bad data format in input.', 0) end
    t[key] = value
  end
  return t, at
end

local function readText(s, at, length)
  need(s, at, length)
  return sub(s, at, at + length - 1), at + length
end

local function readInteger(s, at, size, isSigned)
  need(s, at, size)
  return L.numberOf(s, at, size, false, isSigned), at + size
end

local sized = { [196] = 1, [197] = 2, [198] = 4, [217] = 1, [218] = 2, [219] = 4 }

function read(s, at)
  need(s, at, 1)
  local head = byte(s, at)
  at = at + 1
  if head < 128 then return head, at end
  if head < 144 then return readMap(s, at, head - 128) end
  if head < 160 then return readArray(s, at, head - 144) end
  if head < 192 then return readText(s, at, head - 160) end
  if head >= 224 then return head - 256, at end
  if head == 192 then return nil, at end
  if head == 194 or head == 195 then return head == 195, at end
  if head == 202 or head == 203 then
    local size = head == 202 and 4 or 8
    need(s, at, size)
    return L.unfloat(s, at, size), at + size
  end
  if head >= 204 and head <= 207 then return readInteger(s, at, 2 ^ (head - 204), false) end
  if head >= 208 and head <= 211 then return readInteger(s, at, 2 ^ (head - 208), true) end
  if sized[head] then
    local length
    length, at = readInteger(s, at, sized[head], false)
    return readText(s, at, length)
  end
  if head >= 220 and head <= 223 then
    local count
    count, at = readInteger(s, at, head % 2 == 0 and 2 or 4, false)
    if head < 222 then return readArray(s, at, count) end
    return readMap(s, at, count)
  end
  error('Bad data format in input.', 0)
end

local function some(s, limit, offset)
  if type(s) ~= 'string' then error("bad argument #1 to 'unpack' (string expected, got " .. type(s) .. ')', 0) end
  local values, count, at = {}, 0, offset + 1
  while at <= #s and count < limit do
    count = count + 1
    values[count], at = read(s, at)
  end
  return values, count, at > #s and -1 or at - 1
end

function cmsgpack.unpack(s)
  local values, count = some(s, 1 / 0, 0)
  return unpack(values, 1, count)
end

function cmsgpack.unpack_one(s, offset)
  local values, count, at = some(s, 1, offset or 0)
  return at, unpack(values, 1, count)
end

function cmsgpack.unpack_limit(s, limit, offset)
  local values, count, at = some(s, limit, offset or 0)
  return at, unpack(values, 1, count)
end
`;
