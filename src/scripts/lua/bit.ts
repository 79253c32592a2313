/** The library `bit`: integers of 32 bits in doubles, results signed. */
export const bitLua = String.raw`
local floor, abs, frexp = math.floor, math.abs, math.frexp
local type, tonumber, error, select, format = type, tonumber, error, select, string.format
local bit = {}
L.bit = bit

local function word(value)
  local number = tonumber(value)
  if number == nil then error("bad argument #1 to bit function (number expected, got " .. type(value) .. ")", 0) end
  -- The sum has the integer in its lowest bits, rounded as the processor rounds; of what is too large, whatever stands there.
  local sum = number + 6755399441055744
  if sum ~= sum or sum == 1 / 0 or sum == -1 / 0 then return 0 end
  return abs(frexp(sum)) * 9007199254740992 % 4294967296
end

local function signed(value)
  if value >= 2147483648 then return value - 4294967296 end
  return value
end

-- By four bits at a time.
local function combiner(decide)
  local nibbles = {}
  for a = 0, 15 do
    for b = 0, 15 do
      local result, place, x, y = 0, 1, a, b
      for _ = 1, 4 do
        if decide(x % 2, y % 2) then result = result + place end
        x, y, place = floor(x / 2), floor(y / 2), place * 2
      end
      nibbles[a * 16 + b] = result
    end
  end
  local function combine(a, b)
    local result, place = 0, 1
    for _ = 1, 8 do
      result = result + nibbles[a % 16 * 16 + b % 16] * place
      a, b, place = floor(a / 16), floor(b / 16), place * 16
    end
    return result
  end
  return function(first, ...)
    local result = word(first)
    for i = 1, select('#', ...) do result = combine(result, word((select(i, ...)))) end
    return signed(result)
  end
end

bit.band = combiner(function(a, b) return a == 1 and b == 1 end)
bit.bor = combiner(function(a, b) return a == 1 or b == 1 end)
bit.bxor = combiner(function(a, b) return a ~= b end)

function bit.tobit(a) return signed(word(a)) end
function bit.bnot(a) return signed(4294967295 - word(a)) end
function bit.lshift(a, n) return signed(word(a) * 2 ^ (word(n) % 32) % 4294967296) end
function bit.rshift(a, n) return signed(floor(word(a) / 2 ^ (word(n) % 32))) end
function bit.arshift(a, n) return floor(signed(word(a)) / 2 ^ (word(n) % 32)) end

function bit.rol(a, n)
  a, n = word(a), word(n) % 32
  return signed(a * 2 ^ n % 4294967296 + floor(a / 2 ^ (32 - n)))
end

function bit.ror(a, n)
  return bit.rol(a, (32 - word(n) % 32) % 32)
end

function bit.bswap(a)
  a = word(a)
  local b0, b1, b2, b3 = a % 256, floor(a / 256) % 256, floor(a / 65536) % 256, floor(a / 16777216)
  return signed(b0 * 16777216 + b1 * 65536 + b2 * 256 + b3)
end

function bit.tohex(a, n)
  a, n = word(a), n == nil and 8 or signed(word(n))
  local capital = n < 0
  if capital then n = -n end
  if n > 8 then n = 8 end
  local text = format('%04x%04x', floor(a / 65536), a % 65536):sub(9 - n)
  return capital and text:upper() or text
end
`;
