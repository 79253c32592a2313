/**
 * Function libraries: code that runs once, to register functions that FCALL calls by name.
 *
 * While it runs a library sees nothing but a small `redis`, as in Redis 7: what it does must not depend on the data, for
 * it runs again whenever a file is loaded. What its functions share (locals of the library) lives as long as the machine.
 */
export const functionsLua = String.raw`
local loadstring, setfenv, type, tostring, error, next = loadstring, setfenv, type, tostring, error, next
local lower, concat, find, ipairs, select = string.lower, table.concat, string.find, ipairs, select

local libraries = {}
-- The library that is being loaded: its callbacks by name, and what it says of them.
local loading

local function fail(text)
  L.fail('ERR ' .. text)
end

local function missing(key)
  error("Script attempted to access nonexistent global variable '" .. L.name(key) .. "'", 3)
end

-- As C's side of Lua has it, a number is a string, too.
local function text(value)
  local kind = type(value)
  return (kind == 'string' or kind == 'number') and tostring(value) or nil
end

local flagNames = { 'no-writes', 'allow-oom', 'allow-stale', 'no-cluster', 'allow-cross-slot-keys' }

-- The flags of a table, in the order of flagNames.
local function readFlags(given)
  local chosen, flags = {}, {}
  for _, flag in ipairs(given) do chosen[lower(text(flag) or '')] = true end
  for _, name in ipairs(flagNames) do
    if chosen[name] then flags[#flags + 1] = name end
    chosen[name] = nil
  end
  if next(chosen) ~= nil then fail('unknown flag given') end
  return concat(flags, ' ')
end

local readers = {}

function readers.function_name(into, value)
  into.name = text(value) or fail('function_name argument given to redis.register_function must be a string')
end

function readers.description(into, value)
  into.description = text(value) or fail('description argument given to redis.register_function must be a string')
end

function readers.callback(into, value)
  if type(value) ~= 'function' then fail('callback argument given to redis.register_function must be a function') end
  into.callback = value
end

function readers.flags(into, value)
  if type(value) ~= 'table' then
    fail('flags argument to redis.register_function must be a table representing function flags')
  end
  into.flags = readFlags(value)
end

local function readNamed(given)
  if type(given) ~= 'table' then
    fail('calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).')
  end
  local made = {}
  for key, value in next, given do
    local name = text(key)
    if not name then fail('named argument key given to redis.register_function is not a string') end
    local reader = readers[lower(name)]
    if not reader then fail('unknown argument given to redis.register_function') end
    reader(made, value)
  end
  if not made.name then fail('redis.register_function must get a function name argument') end
  if not made.callback then fail('redis.register_function must get a callback argument') end
  return made
end

local function readPlain(name, callback)
  if not text(name) then fail('first argument to redis.register_function must be a string') end
  if type(callback) ~= 'function' then fail('second argument to redis.register_function must be a function') end
  return { name = text(name), callback = callback }
end

local function register(...)
  if not loading then fail('redis.register_function can only be called on FUNCTION LOAD command') end
  local count = select('#', ...)
  if count < 1 or count > 2 then fail('wrong number of arguments to redis.register_function') end
  local made = count == 1 and readNamed((...)) or readPlain(...)
  if not find(made.name, '^[%w_]+$') then
    fail('Library names can only contain letters, numbers, or underscores(_) and must be at least one character long')
  end
  if loading.callbacks[made.name] then fail('Function already exists in the library') end
  loading.callbacks[made.name] = made.callback
  local words, n = loading.words, loading.count
  words[n + 1] = made.name
  words[n + 2] = made.description and '+' .. made.description or ''
  words[n + 3] = made.flags or ''
  loading.count = n + 3
end

local api = { register_function = register }
for _, name in ipairs({
  'log', 'LOG_DEBUG', 'LOG_VERBOSE', 'LOG_NOTICE', 'LOG_WARNING', 'REDIS_VERSION', 'REDIS_VERSION_NUM',
}) do
  api[name] = L.redis[name]
end

local apiWhileLoading = L.protect(api, function(_, key)
  if api[key] == nil then missing(key) end
  return api[key]
end)

-- What is about scripts alone is not there for functions.
local ofScripts = { replicate_commands = true, breakpoint = true, debug = true }
local apiWhileCalled = {}
for name, value in next, L.redis do
  if not ofScripts[name] then apiWhileCalled[name] = value end
end
apiWhileCalled = L.protect(apiWhileCalled)

local environment = L.protect(L.base, function(_, key)
  if loading then
    if key ~= 'redis' then missing(key) end
    return apiWhileLoading
  end
  if key == 'redis' then return apiWhileCalled end
  if L.base[key] == nil then missing(key) end
  return L.base[key]
end)

-- '+' and name, description ('+' before it, or nothing) and flags of each function; or '-' and why not.
function L.loadLibrary(id, source)
  local f, why = loadstring(source, '@user_function')
  if not f then return '-Error compiling function: ' .. why end
  setfenv(f, environment)
  local made = { callbacks = {}, words = {}, count = 0 }
  loading = made
  local ok, value = L.guarded(f)
  loading = nil
  if not ok then return '-Error registering functions: ' .. value.err end
  libraries[id] = made.callbacks
  return '+' .. L.frame(made.words, made.count)
end

function L.functionOf(id, name)
  return libraries[id][name]
end

function L.dropLibrary(id)
  libraries[id] = nil
end
`;
