/** Replies: what commands answer a script, as values of Lua; and what a script answers its client, as bytes. */
export const respLua = String.raw`
local find, sub, format, byte = string.find, string.sub, string.format, string.byte
local gsub, concat, type, tonumber, tostring = string.gsub, table.concat, type, tonumber, tostring
local floor, ceil, rawget, pairs, next = math.floor, math.ceil, rawget, pairs, next

local parse

local function parseMany(s, at, count)
  local values = {}
  for i = 1, count do values[i], at = parse(s, at) end
  return values, at
end

local function numberOf(text)
  if text == 'inf' then return 1 / 0 end
  if text == '-inf' then return -1 / 0 end
  if text == 'nan' then return 0 / 0 end
  return tonumber(text)
end

-- The value at a position, and the position behind it. No such thing is false in RESP2, nil in RESP3.
function parse(s, at)
  local stop = find(s, '\r\n', at, true)
  local kind, line, after = sub(s, at, at), sub(s, at + 1, stop - 1), stop + 2
  if kind == '$' or kind == '=' then
    local length = tonumber(line)
    if length < 0 then return false, after end
    local text = sub(s, after, after + length - 1)
    after = after + length + 2
    if kind == '=' then return { verbatim_string = { format = sub(text, 1, 3), string = sub(text, 5) } }, after end
    return text, after
  elseif kind == ':' then
    return tonumber(line), after
  elseif kind == '+' then
    return { ok = line }, after
  elseif kind == '-' then
    return { err = line }, after
  elseif kind == '*' then
    local count = tonumber(line)
    if count < 0 then return false, after end
    return parseMany(s, after, count)
  elseif kind == '_' then
    return nil, after
  elseif kind == '#' then
    return line == 't', after
  elseif kind == ',' then
    return { double = numberOf(line) }, after
  elseif kind == '(' then
    return { big_number = line }, after
  elseif kind == '%' then
    local map, key, value = {}, nil, nil
    for i = 1, tonumber(line) do
      key, after = parse(s, after)
      value, after = parse(s, after)
      map[key] = value
    end
    return { map = map }, after
  elseif kind == '~' then
    local set, member = {}, nil
    for i = 1, tonumber(line) do
      member, after = parse(s, after)
      set[member] = true
    end
    return { set = set }, after
  end
  error('a reply of an unknown kind: ' .. kind)
end

function L.parse(s)
  return (parse(s, 1))
end

local function bulk(text)
  return '$' .. #text .. '\r\n' .. text .. '\r\n'
end

local function oneLine(text)
  return (gsub(tostring(text), '[\r\n]', ' '))
end

-- As C sees it, and Redis with it where it makes a line of a text.
local function untilZero(text)
  return sub(text, 1, (find(text, '\0', 1, true) or #text + 1) - 1)
end

L.untilZero = untilZero

function L.failure(text)
  return '-' .. oneLine((gsub(untilZero(tostring(text)), '[\r\n]+$', ''))) .. '\r\n'
end

-- As C turns a double into 64 bits: towards zero, and what does not fit is the least of all.
local function integer(value)
  if value ~= value or value >= 9223372036854775808 or value < -9223372036854775808 then
    return ':-9223372036854775808\r\n'
  end
  value = value < 0 and ceil(value) or floor(value)
  if value == 0 then value = 0 end
  return ':' .. gsub(format('%.0f', value), '^%-0$', '0') .. '\r\n'
end

local function double(value)
  if value ~= value then return 'nan' end
  if value == 1 / 0 then return 'inf' end
  if value == -1 / 0 then return '-inf' end
  return format('%.17g', value)
end

local function counted(kind, count)
  return kind .. count .. '\r\n'
end

-- Of tables nested without end, or into themselves, only so much is answered.
local deepest = 200

local function put(out, value, client, spoken, depth)
  local kind = type(value)
  local n = #out
  if kind == 'string' then
    out[n + 1] = bulk(value)
  elseif kind == 'number' then
    out[n + 1] = integer(value)
  elseif kind == 'boolean' then
    if spoken == 3 then
      local yes, no = ':1\r\n', ':0\r\n'
      if client == 3 then yes, no = '#t\r\n', '#f\r\n' end
      out[n + 1] = value and yes or no
    elseif value then
      out[n + 1] = ':1\r\n'
    else
      out[n + 1] = client == 3 and '_\r\n' or '$-1\r\n'
    end
  elseif kind ~= 'table' then
    out[n + 1] = client == 3 and '_\r\n' or '$-1\r\n'
  elseif depth > deepest then
    out[n + 1] = '-ERR reached lua stack limit\r\n'
  elseif type(rawget(value, 'err')) == 'string' then
    out[n + 1] = L.failure(rawget(value, 'err'))
  elseif type(rawget(value, 'ok')) == 'string' then
    out[n + 1] = '+' .. oneLine(untilZero(rawget(value, 'ok'))) .. '\r\n'
  elseif type(rawget(value, 'double')) == 'number' then
    local text = double(rawget(value, 'double'))
    out[n + 1] = client == 3 and ',' .. text .. '\r\n' or bulk(text)
  elseif type(rawget(value, 'big_number')) == 'string' then
    local text = oneLine(rawget(value, 'big_number'))
    out[n + 1] = client == 3 and '(' .. text .. '\r\n' or bulk(text)
  elseif type(rawget(value, 'verbatim_string')) == 'table' then
    local given = rawget(value, 'verbatim_string')
    local text, form = tostring(rawget(given, 'string')), sub(tostring(rawget(given, 'format')) .. '   ', 1, 3)
    out[n + 1] = client == 3 and '=' .. (#text + 4) .. '\r\n' .. form .. ':' .. text .. '\r\n' or bulk(text)
  elseif type(rawget(value, 'map')) == 'table' then
    local count = 0
    for _ in next, rawget(value, 'map') do count = count + 1 end
    out[n + 1] = client == 3 and counted('%', count) or counted('*', 2 * count)
    for k, v in next, rawget(value, 'map') do
      put(out, k, client, spoken, depth + 1)
      put(out, v, client, spoken, depth + 1)
    end
  elseif type(rawget(value, 'set')) == 'table' then
    local count = 0
    for _ in next, rawget(value, 'set') do count = count + 1 end
    out[n + 1] = counted(client == 3 and '~' or '*', count)
    for k in next, rawget(value, 'set') do put(out, k, client, spoken, depth + 1) end
  else
    local count = 0
    while rawget(value, count + 1) ~= nil do count = count + 1 end
    out[n + 1] = counted('*', count)
    for i = 1, count do put(out, rawget(value, i), client, spoken, depth + 1) end
  end
end

-- client: the protocol of who asked; spoken: what redis.setresp has said.
function L.reply(value, client, spoken)
  local out = {}
  put(out, value, client, spoken, 1)
  return concat(out)
end
`;
