/** The library `cjson`: JSON as Redis's scripts know it. Numbers have 14 digits, an empty table is an object, null is a value. */
export const cjsonLua = String.raw`
local select, newproxy = select, newproxy
local type, error, next, floor, tonumber, tostring = type, error, next, math.floor, tonumber, tostring
local format, gsub, sub, find, byte, char, concat = string.format, string.gsub, string.sub, string.find, string.byte,
  string.char, table.concat
local cjson = { _NAME = 'cjson', _VERSION = '2.1.0', null = newproxy(false) }
L.cjson = cjson

local null = cjson.null
local limits, convertSparse, sparseRatio, sparseSafe, invalidEncode

-- Each script finds the options as they were made.
function L.restartCjson()
  limits = { encode = 1000, decode = 1000, precision = 14 }
  convertSparse, sparseRatio, sparseSafe, invalidEncode = false, 2, 10, false
end

local escapes = { ['"'] = '\\"', ['\\'] = '\\\\', ['/'] = '\\/', ['\b'] = '\\b', ['\f'] = '\\f', ['\n'] = '\\n',
  ['\r'] = '\\r', ['\t'] = '\\t', ['\127'] = '\\u007f' }
for i = 0, 31 do
  local c = char(i)
  escapes[c] = escapes[c] or format('\\u%04x', i)
end

local function quoted(text)
  return '"' .. gsub(text, '[%z\1-\31"\\/\127]', escapes) .. '"'
end

local function fail(why)
  error('Cannot serialise ' .. why, 0)
end

local function numeral(value)
  if value ~= value or value == 1 / 0 or value == -1 / 0 then
    if not invalidEncode then fail('number: must not be NaN or Inf') end
    return value ~= value and 'nan' or value > 0 and 'inf' or '-inf'
  end
  return format('%.' .. limits.precision .. 'g', value)
end

-- The length of an array, or nothing where it is an object.
local function arrayLength(t)
  local largest, count = 0, 0
  for key in next, t do
    if type(key) ~= 'number' or key < 1 or floor(key) ~= key then return nil end
    if key > largest then largest = key end
    count = count + 1
  end
  if sparseRatio > 0 and largest > count * sparseRatio and largest > sparseSafe then
    if not convertSparse then fail('table: excessively sparse array') end
    return nil
  end
  if count == 0 then return nil end
  return largest
end

local put
local function putTable(out, t, depth)
  if depth > limits.encode then fail('table: excessive depth (' .. depth .. ')') end
  local length = arrayLength(t)
  if length then
    out[#out + 1] = '['
    for i = 1, length do
      if i > 1 then out[#out + 1] = ',' end
      put(out, t[i], depth)
    end
    out[#out + 1] = ']'
    return
  end
  out[#out + 1] = '{'
  local comma = false
  for key, value in next, t do
    if comma then out[#out + 1] = ',' end
    comma = true
    if type(key) == 'string' then
      out[#out + 1] = quoted(key) .. ':'
    elseif type(key) == 'number' then
      out[#out + 1] = '"' .. numeral(key) .. '":'
    else
      fail(type(key) .. ': table key must be a number or string')
    end
    put(out, value, depth)
  end
  out[#out + 1] = '}'
end

function put(out, value, depth)
  local kind = type(value)
  if value == nil or value == null then
    out[#out + 1] = 'null'
  elseif kind == 'string' then
    out[#out + 1] = quoted(value)
  elseif kind == 'number' then
    out[#out + 1] = numeral(value)
  elseif kind == 'boolean' then
    out[#out + 1] = tostring(value)
  elseif kind == 'table' then
    putTable(out, value, depth + 1)
  else
    fail(kind .. ': type not supported')
  end
end

function cjson.encode(...)
  if select('#', ...) ~= 1 then error("bad argument #1 to 'encode' (expected 1 argument)", 0) end
  local out = {}
  put(out, (...), 0)
  return concat(out)
end

local read
-- A zero ends a text, as in C.
local function isEnd(s, at)
  return at > #s or byte(s, at) == 0
end

local function expected(what, s, at)
  local found = isEnd(s, at) and 'T_END' or L.token(s, at)
  error('Expected ' .. what .. ' but found ' .. found .. ' at character ' .. at, 0)
end

local names = { ['{'] = 'T_OBJ_BEGIN', ['}'] = 'T_OBJ_END', ['['] = 'T_ARR_BEGIN', [']'] = 'T_ARR_END', [','] = 'T_COMMA',
  [':'] = 'T_COLON', ['"'] = 'T_STRING' }
function L.token(s, at)
  local c = sub(s, at, at)
  if names[c] then return names[c] end
  if find(s, '^true', at) or find(s, '^false', at) then return 'T_BOOLEAN' end
  if find(s, '^null', at) then return 'T_NULL' end
  if find(s, '^-?%d', at) then return 'T_NUMBER' end
  return 'invalid token'
end

local function skip(s, at)
  return (find(s, '[^ \t\r\n]', at)) or #s + 1
end

local function utf8(code)
  if code < 128 then return char(code) end
  if code < 2048 then return char(192 + floor(code / 64), 128 + code % 64) end
  if code < 65536 then return char(224 + floor(code / 4096), 128 + floor(code / 64) % 64, 128 + code % 64) end
  return char(240 + floor(code / 262144), 128 + floor(code / 4096) % 64, 128 + floor(code / 64) % 64, 128 + code % 64)
end

local plain = { b = '\b', f = '\f', n = '\n', r = '\r', t = '\t', ['"'] = '"', ['\\'] = '\\', ['/'] = '/' }

local function readString(s, at)
  local parts, from = {}, at + 1
  while true do
    local stop = find(s, '["\\%z]', from) or #s + 1
    if isEnd(s, stop) then error('Expected value but found unexpected end of string at character ' .. stop, 0) end
    parts[#parts + 1] = sub(s, from, stop - 1)
    local c = sub(s, stop, stop)
    if c == '"' then return concat(parts), stop + 1 end
    local escape = sub(s, stop + 1, stop + 1)
    if escape == 'u' then
      local digits = sub(s, stop + 2, stop + 5)
      if not find(digits, '^%x%x%x%x$') then
        error('Expected value but found invalid unicode escape code at character ' .. stop, 0)
      end
      local code = tonumber(digits, 16)
      from = stop + 6
      if code >= 55296 and code < 57344 then
        local low = code < 56320 and tonumber(sub(s, stop + 6, stop + 11):match('^\\u([dD][c-fC-F]%x%x)$') or '', 16)
        if not low then error('Expected value but found invalid unicode escape code at character ' .. stop, 0) end
        code = 65536 + (code - 55296) * 1024 + (low - 56320)
        from = stop + 12
      end
      parts[#parts + 1] = utf8(code)
    elseif plain[escape] then
      parts[#parts + 1] = plain[escape]
      from = stop + 2
    else
      error('Expected value but found invalid escape code at character ' .. stop, 0)
    end
  end
end

local function readNumber(s, at)
  local text = s:match('^-?%d+%.?%d*[eE]?[-+]?%d*', at)
  while text and not tonumber(text) and #text > 0 do text = sub(text, 1, -2) end
  if not text or text == '' then expected('value', s, at) end
  return tonumber(text), at + #text
end

local function deep(depth, at)
  if depth > limits.decode then error('Found too many nested data structures (' .. depth .. ')', 0) end
end

function read(s, at, depth)
  at = skip(s, at)
  local c = sub(s, at, at)
  if c == '"' then return readString(s, at) end
  if c == '{' then
    deep(depth + 1, at)
    local t, key, value = {}, nil, nil
    at = skip(s, at + 1)
    if sub(s, at, at) == '}' then return t, at + 1 end
    while true do
      if sub(s, at, at) ~= '"' then expected('object key string', s, at) end
      key, at = readString(s, at)
      at = skip(s, at)
      if sub(s, at, at) ~= ':' then expected('colon', s, at) end
      value, at = read(s, at + 1, depth + 1)
      t[key] = value
      at = skip(s, at)
      local sign = sub(s, at, at)
      if sign == '}' then return t, at + 1 end
      if sign ~= ',' then expected('comma or object end', s, at) end
      at = skip(s, at + 1)
    end
  end
  if c == '[' then
    deep(depth + 1, at)
    local t, count, value = {}, 0, nil
    at = skip(s, at + 1)
    if sub(s, at, at) == ']' then return t, at + 1 end
    while true do
      value, at = read(s, at, depth + 1)
      count = count + 1
      t[count] = value
      at = skip(s, at)
      local sign = sub(s, at, at)
      if sign == ']' then return t, at + 1 end
      if sign ~= ',' then expected('comma or array end', s, at) end
      at = at + 1
    end
  end
  if sub(s, at, at + 3) == 'true' then return true, at + 4 end
  if sub(s, at, at + 4) == 'false' then return false, at + 5 end
  if sub(s, at, at + 3) == 'null' then return null, at + 4 end
  if find(c, '[-%d]') then return readNumber(s, at) end
  expected('value', s, at)
end

function cjson.decode(...)
  local text = ...
  if select('#', ...) ~= 1 then error("bad argument #1 to 'decode' (expected 1 argument)", 0) end
  if type(text) == 'number' then text = tostring(text) end
  if type(text) ~= 'string' then error("bad argument #1 to 'decode' (string expected, got " .. type(text) .. ')', 0) end
  -- A zero among the first two bytes is a wider encoding's.
  if #text >= 2 and (byte(text, 1) == 0 or byte(text, 2) == 0) then
    error('JSON parser does not support UTF-16 or UTF-32', 0)
  end
  local value, at = read(text, 1, 0)
  at = skip(text, at)
  if not isEnd(text, at) then expected('the end', text, at) end
  return value
end

local function limit(name, least, most)
  return function(value)
    if value ~= nil then
      if type(value) ~= 'number' or floor(value) ~= value or value < least or value > most then
        error('bad argument #1: expected integer between ' .. least .. ' and ' .. most, 0)
      end
      limits[name] = value
    end
    return limits[name]
  end
end

cjson.encode_max_depth = limit('encode', 1, 2147483647)
cjson.decode_max_depth = limit('decode', 1, 2147483647)
cjson.encode_number_precision = limit('precision', 1, 14)

function cjson.encode_keep_buffer()
  return true
end

function cjson.encode_invalid_numbers(value)
  if value ~= nil then invalidEncode = value end
  return invalidEncode
end

function cjson.encode_sparse_array(convert, ratio, safe)
  if convert ~= nil then convertSparse = convert end
  if ratio ~= nil then sparseRatio = ratio end
  if safe ~= nil then sparseSafe = safe end
  return convertSparse, sparseRatio, sparseSafe
end
`;
