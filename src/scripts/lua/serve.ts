/** What the machine does when it is asked: words in, a reply's bytes out. The last part: from here on nothing of Lua's is in reach. */
export const serveLua = String.raw`
local getinfo, sethook, registry, setfenv = debug.getinfo, debug.sethook, debug.getregistry(), setfenv
local loadstring, xpcall, type, tostring = loadstring, xpcall, type, tostring
local tonumber, rawget, error = tonumber, rawget, error
local sub = string.sub

local compiled = {}

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

L.guarded = guarded

local function answer(label, client, f)
  local ok, value = guarded(function()
    local result = f()
    return L.reply(result, client, L.spoken)
  end)
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

function serving.load(words)
  return L.loadLibrary(words[2], words[3])
end

-- A library, a function of it, the client's protocol, the number of keys, the keys, the arguments.
function serving.fcall(words, count)
  local keys, arguments = split(words, count, 5)
  local callback = L.functionOf(words[2], words[3])
  return answer(words[3], tonumber(words[4]), function() return callback(keys, arguments) end)
end

function serving.drop(words)
  L.dropLibrary(words[2])
  return ''
end

function serving.forget()
  compiled = {}
  return ''
end

function registry.serve(request)
  local words, count = L.unframe(L.plain(request))
  return serving[words[1]](words, count)
end

setfenv(0, L.globals)
`;
