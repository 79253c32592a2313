/** The table `redis`: commands, replies made by hand, log lines. */
export const redisLua = String.raw`
local type, select, error, tostring, tonumber, format = type, select, error, tostring, tonumber, string.format
local find, sub, gsub, upper = string.find, string.sub, string.gsub, string.upper

local redis = {}
L.redis = redis
L.spoken = 2

local function fail(text)
  error({ err = text }, 0)
end
L.fail = fail

local function call(...)
  local count = select('#', ...)
  if count == 0 then return { err = 'ERR Please specify at least one argument for this redis lib call' } end
  local words = { ... }
  for i = 1, count do
    local kind = type(words[i])
    if kind == 'number' then
      words[i] = format('%.17g', words[i])
    elseif kind ~= 'string' then
      return { err = 'ERR Lua redis lib command arguments must be strings or integers' }
    end
  end
  return L.parse(L.host('c', L.spoken .. L.frame(words, count)))
end

function redis.call(...)
  local reply = call(...)
  if type(reply) == 'table' and reply.err then error(reply, 0) end
  return reply
end

function redis.pcall(...)
  return (call(...))
end

function redis.sha1hex(...)
  if select('#', ...) ~= 1 then fail('ERR wrong number of arguments') end
  -- What is neither a string nor a number has no text for Redis.
  local kind = type((...))
  return L.host('s', (kind == 'string' or kind == 'number') and tostring((...)) or '')
end

function redis.error_reply(...)
  local text = ...
  if select('#', ...) ~= 1 or type(text) ~= 'string' then return { err = 'ERR wrong number or type of arguments' } end
  text = gsub(L.untilZero(text), '[\r\n]+$', '')
  if sub(text, 1, 1) == '-' then text = sub(text, 2) end
  -- Behind its code, and that is all before the first space, a message has no line ends around it.
  local space = find(text, ' ', 1, true)
  local code = space and sub(text, 1, space - 1) or 'ERR'
  local message = space and sub(text, space + 1) or text
  return { err = code .. ' ' .. gsub(gsub(message, '^[\r\n]+', ''), '[\r\n]+$', '') }
end

function redis.status_reply(...)
  local text = ...
  if select('#', ...) ~= 1 or type(text) ~= 'string' then return { err = 'ERR wrong number or type of arguments' } end
  return { ok = text }
end

function redis.log(...)
  local count = select('#', ...)
  if count < 2 then fail('ERR redis.log() requires two arguments or more.') end
  local level = ...
  if type(level) ~= 'number' then fail('ERR First argument must be a number (log level).') end
  if level < 0 or level > 3 then fail('ERR Invalid debug level.') end
  local text = ''
  for i = 2, count do
    local part = select(i, ...)
    if type(part) == 'string' or type(part) == 'number' then text = text .. (i > 2 and ' ' or '') .. part end
  end
  L.host('l', format('%d', level) .. text)
end

function redis.setresp(...)
  local version = ...
  if select('#', ...) ~= 1 then fail('ERR redis.setresp() requires one argument.') end
  if version ~= 2 and version ~= 3 then fail('ERR RESP version must be 2 or 3.') end
  L.spoken = version
end

-- Effects are what is logged, always; there is nothing to choose.
function redis.replicate_commands()
  return true
end

function redis.set_repl(...)
  local flags = ...
  if select('#', ...) ~= 1 then fail('ERR redis.set_repl() requires two arguments.') end
  if type(flags) ~= 'number' or flags < 0 or flags > 3 then
    fail('ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.')
  end
  if flags % 2 == 0 then
    fail('ERR redis.set_repl() without REPL_AOF: what a script writes is always logged here, or a restart would lose it')
  end
end

function redis.acl_check_cmd(...)
  if select('#', ...) == 0 then fail('ERR Please specify at least one argument for this redis.acl_check_cmd() call') end
  if L.host('k', tostring((...))) == '' then fail('ERR Invalid command passed to redis.acl_check_cmd()') end
  return true
end

function redis.breakpoint()
  return false
end

function redis.debug()
end

redis.REDIS_VERSION = L.host('v', '')
local major, minor, patch = string.match(redis.REDIS_VERSION, '(%d+)%.(%d+)%.(%d+)')
redis.REDIS_VERSION_NUM = major * 65536 + minor * 256 + patch
redis.LOG_DEBUG, redis.LOG_VERBOSE, redis.LOG_NOTICE, redis.LOG_WARNING = 0, 1, 2, 3
redis.REPL_NONE, redis.REPL_AOF, redis.REPL_SLAVE, redis.REPL_REPLICA, redis.REPL_ALL = 0, 1, 2, 2, 3
`;
