/** Strings through the doors of the machine: escapes undone, and lists of words as `length:bytes` back to back. */
export const wordsLua = String.raw`
local host = print
L.every = 1000000
local gsub, find, sub, concat, tonumber = string.gsub, string.find, string.sub, table.concat, tonumber
local unescaped = { ['\1'] = '\0', ['\2'] = '\1' }

-- What the machine pushes holds no zero: 1 1 stands for 0, and 1 2 for 1.
function L.plain(s)
  if find(s, '\1', 1, true) then return (gsub(s, '\1(.)', unescaped)) end
  return s
end

function L.host(code, argument)
  return L.plain(host(code .. argument))
end

function L.frame(words, count)
  local parts = {}
  for i = 1, count do parts[i] = #words[i] .. ':' .. words[i] end
  return concat(parts)
end

function L.unframe(s)
  local words, count, at = {}, 0, 1
  while at <= #s do
    local colon = find(s, ':', at, true)
    local last = colon + tonumber(sub(s, at, colon - 1))
    count = count + 1
    words[count] = sub(s, colon + 1, last)
    at = last + 1
  end
  return words, count
end
`;
