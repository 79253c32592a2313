/** What the machine does when it is asked: words in, a reply's bytes or words out. The last part: from here on nothing of Lua's is in reach. */
export const serveLua = String.raw`
local getinfo, sethook, registry, setfenv = debug.getinfo, debug.sethook, debug.getregistry(), setfenv
local loadstring, xpcall, type, tostring = loadstring, xpcall, type, tostring
local tonumber, rawget, ipairs, concat, error = tonumber, rawget, ipairs, table.concat, error
local find, gsub, sub, next, select = string.find, string.gsub, string.sub, next, select

local compiled, functions = {}, {}
local defined

function L.name(key)
  return type(key) == 'string' and key or tostring(key)
end

-- Where in a script an error came from: the nearest level that is neither of C nor of ours. A library's function is one
-- of Lua here, so in "return f()" nothing is left of the line that called it: then the place is not told.
local function located(err)
  if type(err) ~= 'table' then err = { err = 'ERR ' .. tostring(err) } end
  local level = 2
  local info = getinfo(level, 'Sl')
  while info and (info.what == 'C' or info.what == 'tail' or info.source == '=prelude') do
    level = level + 1
    info = getinfo(level, 'Sl')
  end
  local text = rawget(err, 'err')
  return {
    err = type(text) == 'string' and text or 'ERR unknown error',
    source = info and info.source,
    line = info and info.currentline,
  }
end

local function toldOf(err, label)
  local text = err.err .. ' script: ' .. label
  if err.source then text = text .. ', on ' .. err.source .. ':' .. err.line end
  return L.failure(text .. '.')
end

function L.hook()
  local why = L.host('b', '')
  if why == '' then return end
  L.killed = { err = why }
  error(L.killed, 0)
end

local function guarded(f)
  sethook(L.hook, '', L.every)
  L.killed = nil
  L.restartRandom()
  L.restartCjson()
  L.spoken = 2
  local ok, value = xpcall(f, located)
  sethook()
  -- Without memory the handler could not run either.
  if not ok and type(value) ~= 'table' then value = { err = 'ERR ' .. tostring(value) } end
  return ok, value
end

local function answer(label, client, f)
  L.mayCall = true
  local ok, value = guarded(function()
    local result = f()
    return L.reply(result, client, L.spoken)
  end)
  L.mayCall = false
  if ok then return value end
  return toldOf(value, label)
end

local function split(words, count, at)
  local keys, arguments = {}, {}
  local last = at + tonumber(words[at])
  for i = at + 1, last do keys[i - at] = words[i] end
  for i = last + 1, count do arguments[i - last] = words[i] end
  return keys, arguments
end

local function compile(digest, source)
  if compiled[digest] then return compiled[digest] end
  if sub(source, 1, 1) == '\27' then return nil, L.failure('ERR Error compiling script (new function): bytecode is not loaded') end
  local f, why = loadstring(source, '@user_script')
  if not f then return nil, L.failure('ERR Error compiling script (new function): ' .. why) end
  compiled[digest] = f
  return f
end

local serving = {}

function serving.compile(words)
  local f, why = compile(words[2], words[3])
  return f and '' or why
end

function serving.eval(words, count)
  local f, why = compile(words[2], words[3])
  if not f then return why end
  L.base.KEYS, L.base.ARGV = split(words, count, 5)
  local reply = answer(words[2], tonumber(words[4]), f)
  L.base.KEYS, L.base.ARGV = nil, nil
  return reply
end

function serving.forget()
  compiled = {}
  return ''
end

L.loadApi = {}
for _, name in ipairs({ 'log', 'setresp', 'sha1hex', 'error_reply', 'status_reply', 'LOG_DEBUG', 'LOG_VERBOSE',
  'LOG_NOTICE', 'LOG_WARNING' }) do
  L.loadApi[name] = L.redis[name]
end

local known = { ['no-writes'] = true, ['allow-oom'] = true, ['allow-stale'] = true, ['no-cluster'] = true,
  ['allow-cross-slot-keys'] = true }

local function register(name, callback, flags, description)
  if type(name) ~= 'string' then L.fail('ERR function_name argument given to redis.register_function must be a string') end
  if type(callback) ~= 'function' then
    L.fail('ERR callback argument given to redis.register_function must be a function')
  end
  if name == '' or find(name, '[^%w_]') then
    L.fail('ERR Library names can only contain letters, numbers, or underscores(_) and must be at least one character long')
  end
  for _, other in ipairs(defined) do
    if other.name == name then L.fail('ERR Function already exists in the library') end
  end
  defined[#defined + 1] = { name = name, callback = callback, flags = flags, description = description }
end

function L.loadApi.register_function(...)
  local name, callback = ...
  local count = select('#', ...)
  if count < 1 or count > 2 then L.fail('ERR wrong number of arguments to redis.register_function') end
  if count == 2 then return register(name, callback, '', nil) end
  if type(name) ~= 'table' then
    L.fail('ERR calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).')
  end
  local given, flags = name, {}
  for key in next, given do
    if key ~= 'function_name' and key ~= 'callback' and key ~= 'flags' and key ~= 'description' then
      L.fail('ERR unknown argument given to redis.register_function')
    end
  end
  if given.description ~= nil and type(given.description) ~= 'string' then
    L.fail('ERR description argument given to redis.register_function must be a string')
  end
  if given.flags ~= nil and type(given.flags) ~= 'table' then
    L.fail('ERR flags argument to redis.register_function must be a table representing function flags')
  end
  for _, flag in ipairs(given.flags or {}) do
    if not known[flag] then L.fail('ERR unknown flag given') end
    flags[#flags + 1] = flag
  end
  if given.function_name == nil then L.fail('ERR redis.register_function must get a function name argument') end
  if given.callback == nil then L.fail('ERR redis.register_function must get a callback argument') end
  register(given.function_name, given.callback, concat(flags, ','), given.description)
end

-- Answers "ok" and for each function its name, its flags and its description (behind a "+", "-" for none); or a failure.
function serving.load(words)
  local library, source = words[2], words[3]
  local chunk, why = nil, 'bytecode is not loaded'
  if sub(source, 1, 1) ~= '\27' then chunk, why = loadstring(source, '@user_function') end
  if not chunk then return L.failure('ERR Error compiling function: ' .. why) end
  defined, L.loading = {}, true
  local ok, value = guarded(chunk)
  L.loading = false
  if not ok then
    local text = gsub(value.err, '^ERR ', '')
    return L.failure('ERR Error registering functions: ' .. (value.source and not find(text, '^user_function:')
      and value.source .. ': ' .. value.line .. ': ' .. text or text))
  end
  local told = { 'ok' }
  for _, one in ipairs(defined) do
    told[#told + 1] = one.name
    told[#told + 1] = one.flags
    told[#told + 1] = one.description and '+' .. one.description or '-'
  end
  L.pending = { library = library, defined = defined }
  return L.frame(told, #told)
end

-- The functions that the last load has told of can be called from now on, in the place of those of their library.
function serving.keep()
  serving.drop({ 'drop', L.pending.library })
  for _, one in ipairs(L.pending.defined) do
    functions[one.name] = { library = L.pending.library, callback = one.callback }
  end
  L.pending = nil
  return ''
end

function serving.drop(words)
  for name, one in next, functions do
    if one.library == words[2] then functions[name] = nil end
  end
  return ''
end

function serving.fcall(words, count)
  local keys, arguments = split(words, count, 4)
  local callback = functions[words[2]].callback
  return answer(words[2], tonumber(words[3]), function() return callback(keys, arguments) end)
end

function registry.serve(request)
  local words, count = L.unframe(L.plain(request))
  return serving[words[1]](words, count)
end

setfenv(0, L.globals)
`;
