/**
 * What a script may touch: the names that Redis leaves it, none of which it can change, so that no script learns of
 * another. A table that is shared is seen through an empty one that refuses to be written.
 */
export const sandboxLua = String.raw`
local base, hidden, error, next = {}, {}, error, next
local rawset, rawget, setmetatable, type, pairs = rawset, rawget, setmetatable, type, pairs
local pcall, xpcall, loadstring, sub, concat, sethook = pcall, xpcall, loadstring, string.sub, table.concat, debug.sethook
L.base = base
local readonly = 'Attempt to modify a readonly table'

local function refuse()
  error(readonly, 2)
end

local function protect(real, index)
  local seen = setmetatable({}, { __index = index or real, __newindex = refuse, __metatable = false })
  hidden[seen] = real
  return seen
end
L.protect = protect

for _, name in pairs({
  'assert', 'collectgarbage', 'error', 'gcinfo', 'getmetatable', 'ipairs', 'rawequal', 'select', 'tostring',
  'type', 'unpack', '_VERSION',
}) do
  base[name] = _G[name]
end
base.tonumber = L.tonumber

-- An error that is a table with a text, or with a number, which is one to C, is caught as that.
local function caught(ok, ...)
  local err = ...
  -- A script that is stopped catches nothing any more.
  if not ok and L.killed then error(L.killed, 0) end
  if not ok and type(err) == 'table' then
    local kind = type(rawget(err, 'err'))
    if kind == 'string' or kind == 'number' then return false, rawget(err, 'err') end
  end
  return ok, ...
end

function base.pcall(...)
  return caught(pcall(...))
end

local function passed(ok, ...)
  if not ok and L.killed then error(L.killed, 0) end
  return ok, ...
end

function base.xpcall(...)
  return passed(xpcall(...))
end

function base.pairs(t)
  local real = hidden[t]
  if real == nil then return pairs(t) end
  return function(_, key) return next(real, key) end, t, nil
end

function base.next(t, key)
  return next(hidden[t] or t, key)
end

function base.rawget(t, key)
  return rawget(hidden[t] or t, key)
end

function base.rawset(t, key, value)
  if hidden[t] then error(readonly, 2) end
  return rawset(t, key, value)
end

function base.setmetatable(t, metatable)
  if hidden[t] then error(readonly, 2) end
  return setmetatable(t, metatable)
end

-- Source only: what was compiled elsewhere could do anything.
function base.loadstring(source, name)
  if type(source) == 'string' and sub(source, 1, 1) == '\27' then return nil, 'bytecode is not loaded' end
  return loadstring(source, name)
end

function base.load(piece, name)
  local parts = {}
  while true do
    local part = piece()
    if part == nil or part == '' then break end
    parts[#parts + 1] = part
  end
  return base.loadstring(concat(parts), name or '=(load)')
end

string.format = L.format
string.dump = nil
math.random, math.randomseed = L.random, L.randomseed
getmetatable('').__metatable = false

-- A coroutine has a hook of its own, or it would run without end.
local create, resume, running = coroutine.create, coroutine.resume, coroutine.running
local function counted(f)
  local thread = create(f)
  sethook(thread, L.hook, '', L.every)
  return thread
end
coroutine.create = counted
function coroutine.resume(...)
  return passed(resume(...))
end
function coroutine.wrap(f)
  local thread = counted(f)
  local function answer(ok, ...)
    if not ok then error((...), 0) end
    return ...
  end
  return function(...) return answer(resume(thread, ...)) end
end

for _, name in pairs({ 'string', 'table', 'math', 'coroutine' }) do base[name] = protect(_G[name]) end
for _, name in pairs({ 'bit', 'cjson', 'cmsgpack', 'struct' }) do base[name] = protect(L[name]) end
base.redis = protect(L.redis)

L.globals = protect(base, function(_, key)
  local value = base[key]
  if value == nil then
    error("Script attempted to access nonexistent global variable '" .. L.name(key) .. "'", 2)
  end
  return value
end)
base._G = L.globals
`;
