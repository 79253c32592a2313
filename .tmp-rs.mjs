var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res, err) =>
  function __init() {
    if (err) throw err[0];
    try {
      return (fn && (res = (0, fn[__getOwnPropNames(fn)[0]])((fn = 0))), res);
    } catch (e) {
      throw ((err = [e]), e);
    }
  };
var __export = (target, all2) => {
  for (var name in all2) __defProp(target, name, { get: all2[name], enumerable: true });
};

// src/commands/command-index.ts
function hashFolded(bytes, start, end) {
  let hash2 = end - start;
  for (let i = start; i < end; i++) hash2 = Math.imul(hash2 ^ (bytes[i] | 32), 16777619);
  return hash2 ^ (hash2 >>> 15);
}
function equalsFolded(name, bytes, start, end) {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[start + i];
    if (name[i] !== (byte >= 65 && byte <= 90 ? byte + 32 : byte)) return false;
  }
  return true;
}
var CommandIndex;
var init_command_index = __esm({
  'src/commands/command-index.ts'() {
    'use strict';
    CommandIndex = class {
      #slots;
      #mask;
      /** Names are lower case ASCII, each once. */
      constructor(commands) {
        const all2 = [...commands];
        let capacity = 16;
        while (capacity < all2.length * 4) capacity *= 2;
        this.#mask = capacity - 1;
        this.#slots = Array.from({ length: capacity }, () => void 0);
        for (const command of all2) {
          const name = Uint8Array.from(command.name, (character) => character.charCodeAt(0));
          let at = hashFolded(name, 0, name.length) & this.#mask;
          while (this.#slots[at] !== void 0) at = (at + 1) & this.#mask;
          this.#slots[at] = { name, command };
        }
      }
      /** The command that argument `index` (the first word, unless said) names. */
      lookup(argv, index2 = 0) {
        return this.find(argv.buffer, argv.start(index2), argv.end(index2));
      }
      /** The command that bytes[start, end) name. */
      find(bytes, start, end) {
        const slots = this.#slots;
        const mask = this.#mask;
        for (let at = hashFolded(bytes, start, end) & mask; ; at = (at + 1) & mask) {
          const slot = slots[at];
          if (slot === void 0) return void 0;
          if (equalsFolded(slot.name, bytes, start, end)) return slot.command;
        }
      }
    };
  },
});

// src/commands/errors.ts
function wrongArity(command) {
  return `ERR wrong number of arguments for '${command}' command`;
}
function invalidExpireTime(command) {
  return `ERR invalid expire time in '${command}' command`;
}
function unsupportedOption(option) {
  return `ERR Unsupported option ${option}`;
}
function unknownSubcommand(subcommand, command) {
  return `ERR unknown subcommand '${subcommand.slice(0, 128)}'. Try ${command} HELP.`;
}
var errors;
var init_errors = __esm({
  'src/commands/errors.ts'() {
    'use strict';
    errors = {
      wrongType: 'WRONGTYPE Operation against a key holding the wrong kind of value',
      syntax: 'ERR syntax error',
      noSuchKey: 'ERR no such key',
      sameObject: 'ERR source and destination objects are the same',
      indexOutOfRange: 'ERR index out of range',
      offsetOutOfRange: 'ERR offset is out of range',
      notInteger: 'ERR value is not an integer or out of range',
      notPositive: 'ERR value is out of range, must be positive',
      outOfRange: 'ERR value is out of range',
      outOfIntRange: 'ERR value is out of range, value must between -2147483648 and 2147483647',
      outOfSignedRange:
        'ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807',
      notFloat: 'ERR value is not a valid float',
      overflow: 'ERR increment or decrement would overflow',
      decrementOverflow: 'ERR decrement would overflow',
      nanOrInfinity: 'ERR increment would produce NaN or Infinity',
      valueNanOrInfinity: 'ERR value is NaN or Infinity',
      stringTooLong: 'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
      hashNotInteger: 'ERR hash value is not an integer',
      hashNotFloat: 'ERR hash value is not a float',
      rankZero:
        "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
      countNegative: "ERR COUNT can't be negative",
      maxlenNegative: "ERR MAXLEN can't be negative",
      numkeysNotPositive: 'ERR numkeys should be greater than 0',
      countNotPositive: 'ERR count should be greater than 0',
      numkeysTooLarge: "ERR Number of keys can't be greater than number of args",
      limitNegative: "ERR LIMIT can't be negative",
      invalidCursor: 'ERR invalid cursor',
      dbOutOfRange: 'ERR DB index is out of range',
      firstDbInvalid: 'ERR invalid first DB index',
      secondDbInvalid: 'ERR invalid second DB index',
      expireNxConflict: 'ERR NX and XX, GT or LT options at the same time are not compatible',
      expireGtLtConflict: 'ERR GT and LT options at the same time are not compatible',
      lfuNotSelected:
        'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
      lcsBothOutputs: 'ERR If you want both the length and indexes, please just use IDX.',
      lcsNotStrings: 'ERR The specified keys must contain string values',
      lcsTooLong: 'ERR String too long for LCS',
    };
  },
});

// src/commands/glob.ts
function globMatches(pattern, text2) {
  if (text2.length === 0) return pattern.length === 0;
  let p = 0;
  let t = 0;
  let afterStar = -1;
  let starText = 0;
  for (;;) {
    if (p < pattern.length && pattern[p] === star) {
      while (p < pattern.length && pattern[p] === star) p++;
      if (p === pattern.length) return true;
      afterStar = p;
      starText = t;
    } else if (t === text2.length) {
      return p === pattern.length;
    } else {
      const next = p < pattern.length ? matchOne(pattern, p, text2[t]) : -1;
      if (next >= 0) {
        p = next;
        t++;
      } else if (afterStar >= 0) {
        p = afterStar;
        t = ++starText;
      } else {
        return false;
      }
    }
  }
}
function matchOne(pattern, p, byte) {
  switch (pattern[p]) {
    case question:
      return p + 1;
    case open:
      return matchClass(pattern, p + 1, byte);
    case backslash:
      if (p + 1 < pattern.length) p++;
      return pattern[p] === byte ? p + 1 : -1;
    default:
      return pattern[p] === byte ? p + 1 : -1;
  }
}
function matchClass(pattern, p, byte) {
  const { length } = pattern;
  const negated = p < length && pattern[p] === caret;
  if (negated) p++;
  let isIn = false;
  while (p < length && pattern[p] !== close) {
    if (pattern[p] === backslash && p + 1 < length) {
      if (pattern[p + 1] === byte) isIn = true;
      p += 2;
    } else if (p + 2 < length && pattern[p + 1] === dash) {
      const a2 = pattern[p];
      const b2 = pattern[p + 2];
      if (byte >= Math.min(a2, b2) && byte <= Math.max(a2, b2)) isIn = true;
      p += 3;
    } else {
      if (pattern[p] === byte) isIn = true;
      p++;
    }
  }
  if (isIn === negated) return -1;
  return p < length ? p + 1 : p;
}
var star, question, open, close, caret, dash, backslash;
var init_glob = __esm({
  'src/commands/glob.ts'() {
    'use strict';
    star = 42;
    question = 63;
    open = 91;
    close = 93;
    caret = 94;
    dash = 45;
    backslash = 92;
  },
});

// src/bytes/crc64.ts
function makeTables() {
  const lows = new Int32Array(16 * 256);
  const highs = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let l = byte;
    let h = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) {
        l ^= polynomialLow;
        h ^= polynomialHigh;
      }
    }
    lows[byte] = l;
    highs[byte] = h;
  }
  for (let i = 256; i < 16 * 256; i++) {
    const l = lows[i - 256];
    const h = highs[i - 256];
    lows[i] = ((l >>> 8) | (h << 24)) ^ lows[l & 255];
    highs[i] = (h >>> 8) ^ highs[l & 255];
  }
  return [lows, highs];
}
var polynomialLow, polynomialHigh, low, high, Crc64;
var init_crc64 = __esm({
  'src/bytes/crc64.ts'() {
    'use strict';
    polynomialLow = 2890647989;
    polynomialHigh = 2511115049;
    [low, high] = makeTables();
    Crc64 = class {
      /** The register's halves, as signed 32-bit integers. */
      #low = 0;
      #high = 0;
      /** Takes bytes[start, end) in. */
      update(bytes, start = 0, end = bytes.length) {
        let l = this.#low;
        let h = this.#high;
        let i = start;
        for (const last = end - 16; i <= last; i += 16) {
          l ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
          h ^= bytes[i + 4] | (bytes[i + 5] << 8) | (bytes[i + 6] << 16) | (bytes[i + 7] << 24);
          const i0 = 3840 + (l & 255);
          const i1 = 3584 + ((l >>> 8) & 255);
          const i2 = 3328 + ((l >>> 16) & 255);
          const i3 = 3072 + (l >>> 24);
          const i4 = 2816 + (h & 255);
          const i5 = 2560 + ((h >>> 8) & 255);
          const i6 = 2304 + ((h >>> 16) & 255);
          const i7 = 2048 + (h >>> 24);
          const i8 = 1792 + bytes[i + 8];
          const i9 = 1536 + bytes[i + 9];
          const i10 = 1280 + bytes[i + 10];
          const i11 = 1024 + bytes[i + 11];
          const i12 = 768 + bytes[i + 12];
          const i13 = 512 + bytes[i + 13];
          const i14 = 256 + bytes[i + 14];
          const i15 = bytes[i + 15];
          l =
            low[i0] ^
            low[i1] ^
            low[i2] ^
            low[i3] ^
            low[i4] ^
            low[i5] ^
            low[i6] ^
            low[i7] ^
            low[i8] ^
            low[i9] ^
            low[i10] ^
            low[i11] ^
            low[i12] ^
            low[i13] ^
            low[i14] ^
            low[i15];
          h =
            high[i0] ^
            high[i1] ^
            high[i2] ^
            high[i3] ^
            high[i4] ^
            high[i5] ^
            high[i6] ^
            high[i7] ^
            high[i8] ^
            high[i9] ^
            high[i10] ^
            high[i11] ^
            high[i12] ^
            high[i13] ^
            high[i14] ^
            high[i15];
        }
        for (; i < end; i++) {
          const index2 = (l ^ bytes[i]) & 255;
          l = ((l >>> 8) | (h << 24)) ^ low[index2];
          h = (h >>> 8) ^ high[index2];
        }
        this.#low = l | 0;
        this.#high = h | 0;
      }
      /** True where the register is 0, which Redis writes and reads as "not computed". */
      get isZero() {
        return this.#low === 0 && this.#high === 0;
      }
      /** Writes the checksum as 8 bytes, least significant first. */
      digest(target, offset = 0) {
        for (let i = 0; i < 4; i++) {
          target[offset + i] = this.#low >>> (8 * i);
          target[offset + 4 + i] = this.#high >>> (8 * i);
        }
      }
      /** True where bytes[offset, offset + 8) are the checksum, least significant first. */
      matches(bytes, offset = 0) {
        for (let i = 0; i < 4; i++) {
          if (bytes[offset + i] !== ((this.#low >>> (8 * i)) & 255)) return false;
          if (bytes[offset + 4 + i] !== ((this.#high >>> (8 * i)) & 255)) return false;
        }
        return true;
      }
      /** 16 hexadecimal digits, most significant first. */
      hex() {
        const digits2 = (half) => (half >>> 0).toString(16).padStart(8, '0');
        return digits2(this.#high) + digits2(this.#low);
      }
      reset() {
        this.#low = 0;
        this.#high = 0;
      }
    };
  },
});

// src/bytes/double.ts
function formatDouble17(value) {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (Number.isInteger(value) && Math.abs(value) < 1e17) return value.toFixed(0);
  const [mantissa = '', exponentText = '0'] = value.toExponential(16).split('e');
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits2 = mantissa.replace(/[-.]/g, '').replace(/0+$/, '');
  if (exponent < -4 || exponent >= 17) {
    const size = Math.abs(exponent).toString().padStart(2, '0');
    return `${sign}${digits2[0]}${digits2.length > 1 ? `.${digits2.slice(1)}` : ''}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits2}`;
  const whole = digits2.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits2.slice(exponent + 1);
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}
var init_double = __esm({
  'src/bytes/double.ts'() {
    'use strict';
  },
});

// src/bytes/integer.ts
function parseInteger(bytes, start = 0, end = bytes.length) {
  const negative = start < end && bytes[start] === minus;
  const from = negative ? start + 1 : start;
  const digits2 = end - from;
  if (digits2 === 0 || digits2 > 16) return void 0;
  if (bytes[from] === zero) return digits2 === 1 && !negative ? 0 : void 0;
  let value = 0;
  for (let i = from; i < end; i++) {
    const digit = bytes[i] - zero;
    if (digit < 0 || digit > 9) return void 0;
    value = value * 10 + digit;
  }
  if (value > Number.MAX_SAFE_INTEGER) return void 0;
  return negative ? -value : value;
}
function parseInt32(bytes, start = 0, end = bytes.length) {
  if (end - start > 11) return void 0;
  const value = parseInteger(bytes, start, end);
  return value !== void 0 && value === (value | 0) ? value : void 0;
}
function parseInt64(bytes, start = 0, end = bytes.length) {
  const small = parseInteger(bytes, start, end);
  if (small !== void 0) return BigInt(small);
  const negative = start < end && bytes[start] === minus;
  const from = negative ? start + 1 : start;
  const digits2 = end - from;
  if (digits2 < 16 || digits2 > 19 || bytes[from] === zero) return void 0;
  const split2 = end - 9;
  let front = 0;
  let back = 0;
  for (let i = from; i < end; i++) {
    const digit = bytes[i] - zero;
    if (digit < 0 || digit > 9) return void 0;
    if (i < split2) front = front * 10 + digit;
    else back = back * 10 + digit;
  }
  const magnitude = BigInt(front) * 1000000000n + BigInt(back);
  const value = negative ? -magnitude : magnitude;
  return value >= int64Min && value <= int64Max ? value : void 0;
}
function formatInteger(value) {
  const text2 = value.toString();
  const bytes = new Uint8Array(text2.length);
  for (let i = 0; i < text2.length; i++) bytes[i] = text2.charCodeAt(i);
  return bytes;
}
function decimalLength(value) {
  let digits2 = 1;
  let rest = value;
  if (rest < 0) {
    rest = -rest;
    digits2 = 2;
  }
  for (let limit = 10; rest >= limit; limit *= 10) digits2++;
  return digits2;
}
var minus, zero, int64Min, int64Max;
var init_integer = __esm({
  'src/bytes/integer.ts'() {
    'use strict';
    minus = 45;
    zero = 48;
    int64Min = -(2n ** 63n);
    int64Max = 2n ** 63n - 1n;
  },
});

// src/errors.ts
function isLightsoutError(error) {
  return typeof error === 'object' && error !== null && brand in error;
}
var brand, LightsoutError;
var init_errors2 = __esm({
  'src/errors.ts'() {
    'use strict';
    brand = /* @__PURE__ */ Symbol.for('lightsout.error');
    LightsoutError = class extends Error {
      code;
      [brand] = true;
      constructor(code, message, options) {
        super(message, options);
        this.name = 'LightsoutError';
        this.code = code;
      }
    };
  },
});

// src/bytes/lzf.ts
function lzfCompress(source, start, end, target, targetStart, targetEnd) {
  const length = end - start;
  if (length < 4 || targetEnd - targetStart < 4) return 0;
  if (scratch2.floor + length > 4294967295) {
    table2.fill(0);
    scratch2.floor = 1;
  }
  const floor = scratch2.floor;
  const bias = floor - start;
  scratch2.floor = floor + length;
  const shift = length <= 256 ? 23 : length <= 4096 ? 20 : 18;
  const lastStart = end - 3;
  let from = start;
  let out = targetStart;
  let literalStart = start;
  let misses = 0;
  while (from <= lastStart) {
    const slot =
      Math.imul((source[from] << 16) | (source[from + 1] << 8) | source[from + 2], 2654435761) >>> shift;
    const seen = table2[slot];
    table2[slot] = from + bias;
    const reference = seen - bias;
    if (
      seen < floor ||
      from - reference > maxDistance ||
      source[reference] !== source[from] ||
      source[reference + 1] !== source[from + 1] ||
      source[reference + 2] !== source[from + 2]
    ) {
      from += 1 + (misses++ >> 5);
      continue;
    }
    misses = 0;
    const limit = end - from < maxMatch ? end - from : maxMatch;
    let matched = 3;
    while (matched < limit && source[reference + matched] === source[from + matched]) matched++;
    const literals2 = from - literalStart;
    const distance = from - reference - 1;
    const code = matched - 2;
    if (out + literals2 + Math.ceil(literals2 / maxLiterals) + (code < 7 ? 2 : 3) > targetEnd) return 0;
    if (literals2 > 0) out = writeLiterals(source, literalStart, from, target, out);
    if (code < 7) {
      target[out++] = (code << 5) | (distance >> 8);
    } else {
      target[out++] = (7 << 5) | (distance >> 8);
      target[out++] = code - 7;
    }
    target[out++] = distance & 255;
    const next = from + matched;
    for (let p = next - 2; p < next && p <= lastStart; p++) {
      table2[Math.imul((source[p] << 16) | (source[p + 1] << 8) | source[p + 2], 2654435761) >>> shift] =
        p + bias;
    }
    from = next;
    literalStart = next;
  }
  const literals = end - literalStart;
  if (out + literals + Math.ceil(literals / maxLiterals) > targetEnd) return 0;
  if (literals > 0) out = writeLiterals(source, literalStart, end, target, out);
  return out - targetStart;
}
function writeLiterals(source, from, to, target, out) {
  while (from < to) {
    const run = to - from < maxLiterals ? to - from : maxLiterals;
    target[out++] = run - 1;
    for (let i = 0; i < run; i++) target[out++] = source[from++];
  }
  return out;
}
function lzfDecompress(source, start, end, target, targetStart, lengthBytes2) {
  const targetEnd = targetStart + lengthBytes2;
  if (targetEnd > target.length)
    throw new RangeError(`lzfDecompress: ${lengthBytes2} bytes do not fit the target`);
  let from = start;
  let out = targetStart;
  while (from < end) {
    const control = source[from++];
    if (control < 32) {
      const run = control + 1;
      if (from + run > end) throw lie('its last literal run is cut short');
      if (out + run > targetEnd) throw lie(`it gives more than the ${lengthBytes2} bytes announced`);
      for (let i = 0; i < run; i++) target[out++] = source[from++];
      continue;
    }
    let length = control >> 5;
    if (from + (length === 7 ? 2 : 1) > end) throw lie('its last back reference is cut short');
    if (length === 7) length += source[from++];
    length += 2;
    let reference = out - (((control & 31) << 8) | source[from++]) - 1;
    if (reference < targetStart) throw lie('a back reference points before its start');
    if (out + length > targetEnd) throw lie(`it gives more than the ${lengthBytes2} bytes announced`);
    for (let i = 0; i < length; i++) target[out++] = target[reference++];
  }
  if (out !== targetEnd)
    throw lie(`it gives ${out - targetStart} bytes where ${lengthBytes2} were announced`);
}
function lzfMaxLengthBytes(compressedBytes) {
  return compressedBytes * (maxMatch / 3);
}
function lie(why) {
  return new LightsoutError('CORRUPT', `LZF string is damaged: ${why}`);
}
var maxDistance, maxMatch, maxLiterals, table2, scratch2;
var init_lzf = __esm({
  'src/bytes/lzf.ts'() {
    'use strict';
    init_errors2();
    maxDistance = 8192;
    maxMatch = 264;
    maxLiterals = 32;
    table2 = new Uint32Array(1 << 14);
    scratch2 = { floor: 1 };
  },
});

// src/bytes/window.ts
var ByteWindow, nothing, keptCapacityBytes;
var init_window = __esm({
  'src/bytes/window.ts'() {
    'use strict';
    ByteWindow = class {
      buffer = nothing;
      start = 0;
      position = 0;
      limit = 0;
      /** True where `buffer` is ours, false where it is the caller's piece. */
      #owned = false;
      /** Where buffer[0] stands in the stream. */
      #bufferOffset = 0;
      /** Where in the stream the item at hand begins. */
      get offset() {
        return this.#bufferOffset + this.start;
      }
      /** Bytes of the item at hand, and beyond it, that have come. */
      get pendingBytes() {
        return this.limit - this.start;
      }
      /** Says that the item at hand ends at `position`, where the next one begins. */
      commit() {
        this.start = this.position;
      }
      /**
       * Adds chunk[from, to), which must not change before `keep` or the next `push`. The item at hand may move: what was
       * remembered as an index of `buffer` is to be remembered as a distance from `start`.
       */
      push(chunk, from, to) {
        if (from === to) return;
        const kept2 = this.limit - this.start;
        if (kept2 === 0) {
          this.#bufferOffset += this.start - from;
          this.buffer = chunk;
          this.#owned = false;
          this.start = this.position = from;
          this.limit = to;
          return;
        }
        this.#own(kept2 + (to - from));
        this.buffer.set(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to), this.limit);
        this.limit += to - from;
      }
      /** Copies what is left of the caller's piece, and lets go of the piece. The item at hand may move. */
      keep() {
        if (!this.#owned) this.#own(this.limit - this.start);
      }
      /** Moves the item at hand into a buffer of ours with room for `bytes` from its start on. */
      #own(bytes) {
        const shift = this.start;
        const capacity = this.buffer.length;
        const tooLarge = capacity > keptCapacityBytes && bytes < capacity >> 3;
        if (this.#owned && capacity - shift >= bytes && !tooLarge) return;
        if (this.#owned && capacity >= bytes && !tooLarge) {
          this.buffer.copyWithin(0, shift, this.limit);
        } else {
          const kept2 = this.limit - shift;
          const grown = kept2 === 0 ? nothing : new Uint8Array(Math.max(256, bytes, kept2 * 2));
          grown.set(this.buffer.subarray(shift, this.limit));
          this.buffer = grown;
          this.#owned = true;
        }
        this.#bufferOffset += shift;
        this.position -= shift;
        this.limit -= shift;
        this.start = 0;
      }
    };
    nothing = new Uint8Array(0);
    keptCapacityBytes = 1024 * 1024;
  },
});

// src/bytes/words.ts
function splitWords(line, start, end, into, word) {
  let i = start;
  for (;;) {
    while (i < end && isBlank(line[i])) i++;
    if (i === end) return true;
    const wordStart = into.length;
    let quote = 0;
    for (; i < end || quote !== 0; i++) {
      if (i === end) return false;
      const byte = line[i];
      if (quote === 0) {
        if (isBlank(byte) && byte !== verticalTab && byte !== formFeed) break;
        if (byte === doubleQuote || byte === singleQuote) quote = byte;
        else into.byte(byte);
      } else if (byte === quote) {
        if (++i < end && !isBlank(line[i])) return false;
        break;
      } else if (byte !== backslash2 || i + 1 === end) {
        into.byte(byte);
      } else if (quote === singleQuote) {
        if (line[i + 1] === singleQuote) i++;
        into.byte(line[i]);
      } else if (
        line[i + 1] === 120 &&
        i + 3 < end &&
        hexDigit(line[i + 2]) >= 0 &&
        hexDigit(line[i + 3]) >= 0
      ) {
        into.byte(hexDigit(line[i + 2]) * 16 + hexDigit(line[i + 3]));
        i += 3;
      } else {
        i++;
        into.byte(unescape(line[i]));
      }
    }
    word(wordStart, into.length);
  }
}
function quoteWord(bytes) {
  let plain2 = bytes.length > 0;
  let text2 = '';
  for (const byte of bytes) {
    if (byte === doubleQuote || byte === backslash2) text2 += `\\${String.fromCharCode(byte)}`;
    else if (byte === 10) text2 += '\\n';
    else if (byte === 13) text2 += '\\r';
    else if (byte === 9) text2 += '\\t';
    else if (byte === 8) text2 += '\\b';
    else if (byte === 7) text2 += '\\a';
    else if (byte < 32 || byte > 126) text2 += `\\x${byte.toString(16).padStart(2, '0')}`;
    else {
      text2 += String.fromCharCode(byte);
      if (byte !== 32 && byte !== singleQuote) continue;
    }
    plain2 = false;
  }
  return plain2 ? text2 : `"${text2}"`;
}
function isBlank(byte) {
  return byte === 32 || (byte >= 9 && byte <= 13) || byte === 0;
}
function hexDigit(byte) {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
function unescape(byte) {
  if (byte === 110) return 10;
  if (byte === 114) return 13;
  if (byte === 116) return 9;
  if (byte === 98) return 8;
  if (byte === 97) return 7;
  return byte;
}
var doubleQuote, singleQuote, backslash2, verticalTab, formFeed;
var init_words = __esm({
  'src/bytes/words.ts'() {
    'use strict';
    doubleQuote = 34;
    singleQuote = 39;
    backslash2 = 92;
    verticalTab = 11;
    formFeed = 12;
  },
});

// src/bytes/writer.ts
var ByteWriter;
var init_writer = __esm({
  'src/bytes/writer.ts'() {
    'use strict';
    ByteWriter = class {
      buffer;
      length = 0;
      constructor(capacityBytes = 256) {
        this.buffer = new Uint8Array(capacityBytes);
      }
      /** Makes room for `count` more bytes, so that `buffer` may be written from `length` on. */
      ensure(count2) {
        const needed = this.length + count2;
        if (needed <= this.buffer.length) return;
        let capacity = Math.max(64, this.buffer.length * 2);
        while (capacity < needed) capacity *= 2;
        const grown = new Uint8Array(capacity);
        grown.set(this.buffer.subarray(0, this.length));
        this.buffer = grown;
      }
      byte(value) {
        if (this.length === this.buffer.length) this.ensure(1);
        this.buffer[this.length++] = value;
      }
      /** Copies source[start, end). By loop where that is cheaper than `subarray` and `set`. */
      bytes(source, start = 0, end = source.length) {
        const count2 = end - start;
        this.ensure(count2);
        const { buffer, length } = this;
        if (count2 < 32) {
          for (let i = 0; i < count2; i++) buffer[length + i] = source[start + i];
        } else if (start === 0 && end === source.length) {
          buffer.set(source, length);
        } else {
          buffer.set(source.subarray(start, end), length);
        }
        this.length = length + count2;
      }
      /** Writes text whose characters are all below U+0100, one byte each. */
      latin1(text2) {
        const count2 = text2.length;
        this.ensure(count2);
        const { buffer, length } = this;
        for (let i = 0; i < count2; i++) buffer[length + i] = text2.charCodeAt(i);
        this.length = length + count2;
      }
      /** Writes an integer of at most 53 bits as decimal digits. */
      decimal(value) {
        if (value < 0) {
          this.byte(45);
          value = -value;
        }
        let digits2 = 1;
        for (let limit = 10; value >= limit && digits2 < 17; limit *= 10) digits2++;
        this.ensure(digits2);
        const { buffer, length } = this;
        let rest = value;
        let i = length + digits2 - 1;
        for (; rest > 2147483647; i--) {
          const next = Math.floor(rest / 10);
          buffer[i] = 48 + (rest - next * 10);
          rest = next;
        }
        for (let small = rest | 0; i >= length; i--) {
          const next = (small / 10) | 0;
          buffer[i] = 48 + (small - next * 10);
          small = next;
        }
        this.length = length + digits2;
      }
      /** Writes the low 16 bits, least significant byte first. */
      uint16LE(value) {
        this.ensure(2);
        const { buffer, length } = this;
        buffer[length] = value;
        buffer[length + 1] = value >>> 8;
        this.length = length + 2;
      }
      /** Writes the low 32 bits, least significant byte first. */
      uint32LE(value) {
        this.ensure(4);
        const { buffer, length } = this;
        buffer[length] = value;
        buffer[length + 1] = value >>> 8;
        buffer[length + 2] = value >>> 16;
        buffer[length + 3] = value >>> 24;
        this.length = length + 4;
      }
      /** Writes the low 32 bits, most significant byte first. */
      uint32BE(value) {
        this.ensure(4);
        const { buffer, length } = this;
        buffer[length] = value >>> 24;
        buffer[length + 1] = value >>> 16;
        buffer[length + 2] = value >>> 8;
        buffer[length + 3] = value;
        this.length = length + 4;
      }
      /** Writes a safe integer as 64 bits in two's complement, least significant byte first. */
      int64LE(value) {
        const high2 = Math.floor(value / 4294967296);
        this.uint32LE(value - high2 * 4294967296);
        this.uint32LE(high2);
      }
      /** The bytes written so far, as a view that the next growth or `clear` makes stale. */
      view() {
        return this.buffer.subarray(0, this.length);
      }
      /** The bytes written so far, as a copy of their own. */
      copy() {
        return this.buffer.slice(0, this.length);
      }
      clear() {
        this.length = 0;
      }
    };
  },
});

// src/bytes/latin1.ts
function latin1Text(bytes, start = 0, end = bytes.length) {
  let text2 = '';
  for (let i = start; i < end; i++) text2 += String.fromCharCode(bytes[i]);
  return text2;
}
function latin1Bytes(text2) {
  const bytes = new Uint8Array(text2.length);
  for (let i = 0; i < text2.length; i++) bytes[i] = text2.charCodeAt(i);
  return bytes;
}
var init_latin1 = __esm({
  'src/bytes/latin1.ts'() {
    'use strict';
  },
});

// src/bytes/xxhash32.ts
function xxh32(bytes, start = 0, end = bytes.length, seed = 0) {
  const length = end - start;
  let at = start;
  let hash2;
  if (length >= 16) {
    let a2 = (seed + prime1 + prime2) | 0;
    let b2 = (seed + prime2) | 0;
    let c = seed | 0;
    let d2 = (seed - prime1) | 0;
    const stripes = length >>> 4;
    if (littleEndian && ((bytes.byteOffset + start) & 3) === 0) {
      const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, stripes * 4);
      for (let i = 0; i < words.length; i += 4) {
        a2 = round(a2, words[i]);
        b2 = round(b2, words[i + 1]);
        c = round(c, words[i + 2]);
        d2 = round(d2, words[i + 3]);
      }
      at += stripes * 16;
    } else {
      for (const last = start + stripes * 16; at < last; at += 16) {
        a2 = round(a2, wordAt(bytes, at));
        b2 = round(b2, wordAt(bytes, at + 4));
        c = round(c, wordAt(bytes, at + 8));
        d2 = round(d2, wordAt(bytes, at + 12));
      }
    }
    hash2 = (rotate(a2, 1) + rotate(b2, 7) + rotate(c, 12) + rotate(d2, 18)) | 0;
  } else {
    hash2 = (seed + prime5) | 0;
  }
  hash2 = (hash2 + length) | 0;
  for (; at + 4 <= end; at += 4)
    hash2 = Math.imul(rotate((hash2 + Math.imul(wordAt(bytes, at), prime3)) | 0, 17), prime4);
  for (; at < end; at++) hash2 = Math.imul(rotate((hash2 + Math.imul(bytes[at], prime5)) | 0, 11), prime1);
  hash2 = Math.imul(hash2 ^ (hash2 >>> 15), prime2);
  hash2 = Math.imul(hash2 ^ (hash2 >>> 13), prime3);
  return (hash2 ^ (hash2 >>> 16)) >>> 0;
}
function round(lane, word) {
  return Math.imul(rotate((lane + Math.imul(word, prime2)) | 0, 13), prime1);
}
function rotate(value, bits) {
  return (value << bits) | (value >>> (32 - bits));
}
function wordAt(bytes, at) {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}
var prime1, prime2, prime3, prime4, prime5, littleEndian;
var init_xxhash32 = __esm({
  'src/bytes/xxhash32.ts'() {
    'use strict';
    prime1 = 2654435761 | 0;
    prime2 = 2246822519 | 0;
    prime3 = 3266489917 | 0;
    prime4 = 668265263;
    prime5 = 374761393;
    littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
  },
});

// src/bytes/index.ts
var init_bytes = __esm({
  'src/bytes/index.ts'() {
    'use strict';
    init_crc64();
    init_double();
    init_integer();
    init_lzf();
    init_window();
    init_words();
    init_writer();
    init_latin1();
  },
});

// src/data/keyspace.ts
var NO_EXPIRY, KEEP_EXPIRY;
var init_keyspace = __esm({
  'src/data/keyspace.ts'() {
    'use strict';
    NO_EXPIRY = -1;
    KEEP_EXPIRY = -2;
  },
});

// src/data/assert.ts
function assert(condition, message) {
  if (!condition) throw new Error(`lightsout data: ${message}`);
}
var init_assert = __esm({
  'src/data/assert.ts'() {
    'use strict';
  },
});

// src/data/chunks.ts
function emptyChunks() {
  return { bytes: [noBytes], shorts: [noShorts], words: [noWords] };
}
function setChunk(chunks, number, buffer) {
  chunks.bytes[number] = new Uint8Array(buffer);
  chunks.shorts[number] = new Uint16Array(buffer);
  chunks.words[number] = new Uint32Array(buffer);
}
function dropChunk(chunks, number) {
  chunks.bytes[number] = noBytes;
  chunks.shorts[number] = noShorts;
  chunks.words[number] = noWords;
}
function shareChunks(chunks) {
  return chunks.bytes.map((bytes) => (bytes.length === 0 ? null : bytes.buffer));
}
function openChunks(buffers) {
  const chunks = emptyChunks();
  for (let number = 1; number < buffers.length; number++) {
    const buffer = buffers[number];
    if (buffer) setChunk(chunks, number, buffer);
    else dropChunk(chunks, number);
  }
  return chunks;
}
function byteOf(address) {
  return (address & 65535) << 6;
}
function kindOf(chunks, address) {
  return chunks.words[address >>> 16][(address & 65535) << 4] >>> 24;
}
function unitsOf(chunks, address) {
  return chunks.words[address >>> 16][(address & 65535) << 4] & 16777215;
}
function birthOf(chunks, address) {
  return chunks.words[address >>> 16][((address & 65535) << 4) + 1];
}
function copyBytes2(source, start, end, target, at) {
  const count2 = end - start;
  if (count2 < 32) {
    for (let i = 0; i < count2; i++) target[at + i] = source[start + i];
  } else if (source === target) {
    target.copyWithin(at, start, end);
  } else if (start === 0 && end === source.length) {
    target.set(source, at);
  } else {
    target.set(source.subarray(start, end), at);
  }
}
var unitBytes, blockKind, extentHeaderBytes, noBytes, noShorts, noWords;
var init_chunks = __esm({
  'src/data/chunks.ts'() {
    'use strict';
    unitBytes = 64;
    blockKind = {
      free: 1,
      root: 2,
      segment: 3,
      page: 4,
      extent: 5,
      listLeaf: 6,
      listPlain: 7,
      listNode: 8,
    };
    extentHeaderBytes = 8;
    noBytes = new Uint8Array(0);
    noShorts = new Uint16Array(0);
    noWords = new Uint32Array(0);
  },
});

// src/data/stored-string.ts
function lengthBytes(length) {
  return length < 64 ? 1 : length < 16384 ? 2 : 5;
}
function writeLength(bytes, at, length) {
  if (length < 64) {
    bytes[at] = length;
    return at + 1;
  }
  if (length < 16384) {
    bytes[at] = 64 | (length >>> 8);
    bytes[at + 1] = length & 255;
    return at + 2;
  }
  bytes[at] = 128;
  bytes[at + 1] = length >>> 24;
  bytes[at + 2] = (length >>> 16) & 255;
  bytes[at + 3] = (length >>> 8) & 255;
  bytes[at + 4] = length & 255;
  return at + 5;
}
function readLength(bytes, at) {
  const first = bytes[at];
  if (first < 64) return first;
  if (first < 128) return ((first & 63) << 8) | bytes[at + 1];
  return ((bytes[at + 1] << 24) | (bytes[at + 2] << 16) | (bytes[at + 3] << 8) | bytes[at + 4]) >>> 0;
}
function contentStart(bytes, at) {
  const first = bytes[at];
  return first < 64 ? at + 1 : first < 128 ? at + 2 : at + 5;
}
function storedEnd(bytes, at) {
  const first = bytes[at];
  if (first < 64) return at + 1 + first;
  if (first < 128) return at + 2 + (((first & 63) << 8) | bytes[at + 1]);
  if (first === 128) return at + 5 + readLength(bytes, at);
  if (first === extentForm) return at + extentReferenceBytes;
  return at + (first === int8Form ? 2 : first === int16Form ? 3 : 5);
}
function readWord(bytes, at) {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}
function writeWord(bytes, at, word) {
  bytes[at] = word & 255;
  bytes[at + 1] = (word >>> 8) & 255;
  bytes[at + 2] = (word >>> 16) & 255;
  bytes[at + 3] = word >>> 24;
}
function extentAddress(bytes, at) {
  return bytes[at] === extentForm ? readWord(bytes, at + 1) : 0;
}
function writeExtentReference(bytes, at, address, length) {
  bytes[at] = extentForm;
  writeWord(bytes, at + 1, address);
  writeWord(bytes, at + 5, length);
  return at + extentReferenceBytes;
}
function storedInteger(bytes, at) {
  const form = bytes[at];
  if (form === int8Form) return (bytes[at + 1] << 24) >> 24;
  if (form === int16Form) return ((bytes[at + 1] << 16) | (bytes[at + 2] << 24)) >> 16;
  return bytes[at + 1] | (bytes[at + 2] << 8) | (bytes[at + 3] << 16) | (bytes[at + 4] << 24);
}
function isIntegerForm(form) {
  return form >= int8Form && form <= int32Form;
}
function integerBytes(value) {
  return value === (value << 24) >> 24 ? 2 : value === (value << 16) >> 16 ? 3 : 5;
}
function writeInteger(bytes, at, value) {
  const count2 = integerBytes(value);
  bytes[at] = count2 === 2 ? int8Form : count2 === 3 ? int16Form : int32Form;
  bytes[at + 1] = value & 255;
  if (count2 > 2) bytes[at + 2] = (value >>> 8) & 255;
  if (count2 > 3) {
    bytes[at + 3] = (value >>> 16) & 255;
    bytes[at + 4] = value >>> 24;
  }
  return at + count2;
}
function integerOf(text2, start, end) {
  if (end - start > 11 || start === end) return void 0;
  const first = text2[start];
  if (first > 57 || (first < 48 && first !== 45)) return void 0;
  return parseInt32(text2, start, end);
}
function storedLength(bytes, at) {
  const form = bytes[at];
  if (form <= 128) return readLength(bytes, at);
  if (form === extentForm) return readWord(bytes, at + 5);
  const value = storedInteger(bytes, at);
  let length = value < 0 ? 2 : 1;
  for (let rest = Math.abs(value); rest >= 10; rest = Math.floor(rest / 10)) length++;
  return length;
}
function appendStored(chunks, bytes, at, writer) {
  const form = bytes[at];
  if (form <= 128) {
    const start = contentStart(bytes, at);
    writer.bytes(bytes, start, start + readLength(bytes, at));
  } else if (form === extentForm) {
    const address = readWord(bytes, at + 1);
    const start = byteOf(address) + extentHeaderBytes;
    writer.bytes(chunks.bytes[address >>> 16], start, start + readWord(bytes, at + 5));
  } else {
    writer.decimal(storedInteger(bytes, at));
  }
}
function copyStored(chunks, bytes, at) {
  const form = bytes[at];
  if (form <= 128) {
    const start = contentStart(bytes, at);
    return heapCopy(bytes, start, start + readLength(bytes, at));
  }
  if (form === extentForm) {
    const address = readWord(bytes, at + 1);
    const start = byteOf(address) + extentHeaderBytes;
    return heapCopy(chunks.bytes[address >>> 16], start, start + readWord(bytes, at + 5));
  }
  const text2 = storedInteger(bytes, at).toString();
  const copy3 = new Uint8Array(text2.length);
  for (let i = 0; i < text2.length; i++) copy3[i] = text2.charCodeAt(i);
  return copy3;
}
function heapCopy(bytes, start, end) {
  const copy3 = new Uint8Array(end - start);
  copyBytes2(bytes, start, end, copy3, 0);
  return copy3;
}
function storedEquals(chunks, bytes, at, text2, start, end) {
  const length = end - start;
  let from;
  let source = bytes;
  if (bytes[at] === extentForm) {
    if (readWord(bytes, at + 5) !== length) return false;
    const address = readWord(bytes, at + 1);
    source = chunks.bytes[address >>> 16];
    from = byteOf(address) + extentHeaderBytes;
  } else {
    if (readLength(bytes, at) !== length) return false;
    from = contentStart(bytes, at);
  }
  for (let i = 0; i < length; i++) if (source[from + i] !== text2[start + i]) return false;
  return true;
}
var int8Form, int16Form, int32Form, extentForm, extentReferenceBytes;
var init_stored_string = __esm({
  'src/data/stored-string.ts'() {
    'use strict';
    init_integer();
    init_chunks();
    int8Form = 192;
    int16Form = 193;
    int32Form = 194;
    extentForm = 255;
    extentReferenceBytes = 9;
  },
});

// src/data/listpack.ts
function appendEntry(writer, text2, start, end) {
  const length = end - start;
  const from = writer.length;
  const integer3 = integerText(text2, start, end);
  if (integer3 !== void 0) {
    appendInteger(writer, integer3);
  } else {
    writer.ensure(length + 10);
    if (length < 64) {
      writer.byte(128 | length);
    } else if (length < 4096) {
      writer.byte(224 | (length >>> 8));
      writer.byte(length & 255);
    } else {
      writer.byte(240);
      for (let shift = 0; shift < 32; shift += 8) writer.byte((length >>> shift) & 255);
    }
    writer.bytes(text2, start, end);
  }
  appendBacklen(writer, writer.length - from);
}
function integerText(text2, start, end) {
  if (end - start > 20 || start === end) return void 0;
  const first = text2[start];
  if (first > 57 || (first < 48 && first !== 45)) return void 0;
  return parseInteger(text2, start, end) ?? parseInt64(text2, start, end);
}
function appendInteger(writer, value) {
  if (typeof value === 'bigint') {
    writer.byte(244);
    appendSigned(writer, value, 8);
  } else if (value >= 0 && value <= 127) {
    writer.byte(value);
  } else if (value >= -4096 && value <= 4095) {
    writer.byte(192 | ((value >> 8) & 31));
    writer.byte(value & 255);
  } else if (value >= -32768 && value <= 32767) {
    writer.byte(241);
    appendSigned(writer, value, 2);
  } else if (value >= -8388608 && value <= 8388607) {
    writer.byte(242);
    appendSigned(writer, value, 3);
  } else if (value === (value | 0)) {
    writer.byte(243);
    appendSigned(writer, value, 4);
  } else {
    writer.byte(244);
    appendSigned(writer, value, 8);
  }
}
function appendSigned(writer, value, width) {
  const low2 = typeof value === 'bigint' ? Number(value & 0xffffffffn) : value >>> 0;
  for (let i = 0; i < width && i < 4; i++) writer.byte((low2 >>> (8 * i)) & 255);
  if (width < 8) return;
  const high2 =
    typeof value === 'bigint' ? Number((value >> 32n) & 0xffffffffn) : ((value - low2) / 4294967296) >>> 0;
  for (let i = 0; i < 4; i++) writer.byte((high2 >>> (8 * i)) & 255);
}
function readSigned(bytes, at, width) {
  if (width === 8) {
    const low2 = readWord(bytes, at);
    const high2 = readWord(bytes, at + 4) | 0;
    const value2 = high2 * 4294967296 + low2;
    return Number.isSafeInteger(value2) ? value2 : (BigInt(high2) << 32n) + BigInt(low2);
  }
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = (value << 8) | bytes[at + i];
  return (value << (32 - 8 * width)) >> (32 - 8 * width);
}
function backlenBytes(length) {
  return length <= 127 ? 1 : length < 16383 ? 2 : length < 2097151 ? 3 : length < 268435455 ? 4 : 5;
}
function appendBacklen(writer, length) {
  const count2 = backlenBytes(length);
  for (let i = count2 - 1; i >= 0; i--) {
    const group2 = (length >>> (7 * i)) & 127;
    writer.byte(i === count2 - 1 ? group2 : group2 | 128);
  }
}
function bodyBytes(bytes, at) {
  const first = bytes[at];
  if (first < 128) return 1;
  if (first < 192) return 1 + (first & 63);
  if (first < 224) return 2;
  if (first < 240) return 2 + (((first & 15) << 8) | bytes[at + 1]);
  if (first === 240) return 5 + readWord(bytes, at + 1);
  return first === 241 ? 3 : first === 242 ? 4 : first === 243 ? 5 : 9;
}
function nextEntry(bytes, at) {
  const body = bodyBytes(bytes, at);
  return at + body + backlenBytes(body);
}
function previousEntry(bytes, at) {
  let p = at - 1;
  let length = bytes[p] & 127;
  for (let scale = 128; (bytes[p] & 128) !== 0; scale *= 128) length += (bytes[--p] & 127) * scale;
  return p - length;
}
function entryText(bytes, at) {
  const first = bytes[at];
  if (first >= 128 && first < 192) return heapCopy(bytes, at + 1, at + 1 + (first & 63));
  if (first >= 224 && first < 240)
    return heapCopy(bytes, at + 2, at + 2 + (((first & 15) << 8) | bytes[at + 1]));
  if (first === 240) return heapCopy(bytes, at + 5, at + 5 + readWord(bytes, at + 1));
  if (first < 128) return formatInteger(first);
  if (first < 224) return formatInteger(((((first & 31) << 8) | bytes[at + 1]) << 19) >> 19);
  return formatInteger(
    readSigned(bytes, at + 1, first === 241 ? 2 : first === 242 ? 3 : first === 243 ? 4 : 8),
  );
}
function entryEquals(bytes, at, entry, length) {
  for (let i = 0; i < length; i++) if (bytes[at + i] !== entry[i]) return false;
  return true;
}
function findEntry(bytes, at, end, entry, length, step) {
  while (at < end) {
    if (entryEquals(bytes, at, entry, length)) return at;
    at = nextEntry(bytes, at);
    if (step === 2) at = nextEntry(bytes, at);
  }
  return -1;
}
function entryCount(bytes, listpack) {
  return bytes[listpack + 4] | (bytes[listpack + 5] << 8);
}
var listpackHeaderBytes, listpackEnd;
var init_listpack = __esm({
  'src/data/listpack.ts'() {
    'use strict';
    init_integer();
    init_stored_string();
    listpackHeaderBytes = 6;
    listpackEnd = 255;
  },
});

// src/data/hash.ts
function hashBytes(bytes, start, end, seed) {
  let a2 = seed.low;
  let b2 = seed.high;
  let i = start;
  for (const last = end - 4; i <= last; i += 4) {
    const word = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    a2 = Math.imul(a2 ^ word, 747796405);
    b2 = Math.imul(b2 + word, 1597334677) ^ (a2 >>> 15);
    a2 ^= b2 >>> 13;
  }
  let tail = end - start;
  for (; i < end; i++) tail = (tail << 8) | bytes[i];
  a2 = Math.imul(a2 ^ tail, 747796405);
  b2 = Math.imul(b2 + tail, 1597334677) ^ (a2 >>> 15);
  a2 = Math.imul(a2 ^ b2 ^ (b2 >>> 17), 1405669865);
  a2 = Math.imul(a2 ^ (a2 >>> 15), 790221991);
  return a2 ^ (a2 >>> 16);
}
function slotMix(hash2) {
  const mixed = Math.imul(hash2 ^ (hash2 >>> 15), 1799596469);
  return mixed ^ (mixed >>> 14);
}
var init_hash = __esm({
  'src/data/hash.ts'() {
    'use strict';
  },
});

// src/data/page.ts
function slotCapacity(slotsLog) {
  return ((1 << slotsLog) * 13) >>> 4;
}
function slotsLogFor(count2) {
  let log = 2;
  while (slotCapacity(log) < count2) log++;
  return log;
}
function typeOf(bytes, record) {
  return bytes[record] === expiryOpcode ? record + expiryBytes : record;
}
function keyOf(bytes, record, shape) {
  if (shape !== 'key') return record;
  return bytes[record] === expiryOpcode ? record + expiryBytes + 1 : record + 1;
}
function valueEnd(bytes, type2, at) {
  switch (type2) {
    case recordType.string:
    case recordType.intset:
    case recordType.listpackHash:
      return storedEnd(bytes, at);
    case recordType.packedList:
      return storedEnd(bytes, at + 2);
    case recordType.plainSet:
      return skipStrings(bytes, contentStart(bytes, at), readLength(bytes, at));
    case recordType.plainHash:
      return skipStrings(bytes, contentStart(bytes, at), 2 * readLength(bytes, at));
    default:
      assert(isLarge(type2), `no record type ${type2}`);
      return at + 4;
  }
}
function skipStrings(bytes, at, count2) {
  for (let i = 0; i < count2; i++) at = storedEnd(bytes, at);
  return at;
}
function isLarge(type2) {
  return type2 === recordType.largeHash || type2 === recordType.largeSet || type2 === recordType.largeList;
}
function recordEnd(bytes, record, shape) {
  if (shape === 'member') return storedEnd(bytes, record);
  if (shape === 'field') return storedEnd(bytes, storedEnd(bytes, record));
  const type2 = typeOf(bytes, record);
  return valueEnd(bytes, bytes[type2], storedEnd(bytes, type2 + 1));
}
function isSpecial(bytes, record, shape) {
  const key = keyOf(bytes, record, shape);
  if (bytes[key] === extentForm) return true;
  if (shape === 'member') return false;
  const value = storedEnd(bytes, key);
  if (shape === 'field') return bytes[value] === extentForm;
  const type2 = bytes[key - 1];
  return type2 === recordType.string ? bytes[value] === extentForm : isLarge(type2);
}
function hasExpiry(bytes, record, shape) {
  return shape === 'key' && bytes[record] === expiryOpcode;
}
function readExpiry(bytes, record) {
  return readWord(bytes, record + 1) + (readWord(bytes, record + 5) | 0) * 4294967296;
}
function hashOfRecord(chunks, bytes, record, shape, seed) {
  const key = keyOf(bytes, record, shape);
  if (bytes[key] === extentForm) {
    const address = readWord(bytes, key + 1);
    const start2 = byteOf(address) + 8;
    return hashBytes(chunks.bytes[address >>> 16], start2, start2 + readWord(bytes, key + 5), seed);
  }
  const start = contentStart(bytes, key);
  return hashBytes(bytes, start, start + readLength(bytes, key), seed);
}
var pageWord, pageHeaderBytes, narrowPageBytes, wideBit, expiryOpcode, expiryBytes, recordType;
var init_page = __esm({
  'src/data/page.ts'() {
    'use strict';
    init_assert();
    init_chunks();
    init_hash();
    init_stored_string();
    pageWord = { end: 2, count: 3, shape: 4, specials: 5, expires: 6 };
    pageHeaderBytes = 28;
    narrowPageBytes = 8192;
    wideBit = 1 << 16;
    expiryOpcode = 252;
    expiryBytes = 9;
    recordType = {
      string: 0,
      plainSet: 2,
      plainHash: 4,
      intset: 11,
      listpackHash: 16,
      packedList: 18,
      largeSet: 66,
      largeHash: 68,
      largeList: 82,
    };
  },
});

// src/data/slab.ts
function classOf(units) {
  if (units < 4) return units;
  const octave = 31 - Math.clz32(units);
  return ((octave - 1) << 2) + ((units >>> (octave - 2)) & 3);
}
function roundUnits(units) {
  if (units < 8) return units;
  const step = 1 << (29 - Math.clz32(units));
  return (units + step - 1) & -step;
}
var classes, largestUnits, largestChunkNumber, Slab;
var init_slab = __esm({
  'src/data/slab.ts'() {
    'use strict';
    init_assert();
    init_chunks();
    classes = 64;
    largestUnits = 16777215;
    largestChunkNumber = 65535;
    Slab = class {
      chunks = emptyChunks();
      reservedBytes = 0;
      freeBytes = 0;
      #firstChunkBytes;
      #maxChunkBytes;
      #allocate;
      /** A mark a unit for each chunk; empty for a chunk that is one block. */
      #tails = [new Uint8Array(0)];
      #heads = new Uint32Array(classes);
      #lowClasses = 0;
      #highClasses = 0;
      #freeNumbers = [];
      constructor(firstChunkBytes, maxChunkBytes, allocate) {
        this.#firstChunkBytes = firstChunkBytes;
        this.#maxChunkBytes = maxChunkBytes;
        this.#allocate = allocate;
      }
      /** A block of that many units; its content, but for words 0 and 1, is whatever was there. */
      take(units, kind, birth) {
        if (units * unitBytes > this.#maxChunkBytes >>> 2) return this.#takeChunk(units, kind, birth);
        let block = this.#find(units);
        if (block === 0) {
          this.#addChunk(units);
          block = this.#find(units);
        }
        const words = this.chunks.words[block >>> 16];
        const word = (block & 65535) << 4;
        const found = words[word] & 16777215;
        this.#unlink(block, found);
        if (found > units) {
          this.#link(block + units, found - units);
        } else {
          this.#tails[block >>> 16][(block & 65535) + found - 1] = 0;
        }
        this.freeBytes -= units * unitBytes;
        words[word] = units | (kind << 24);
        words[word + 1] = birth;
        return block;
      }
      free(address) {
        const number = address >>> 16;
        const words = this.chunks.words[number];
        const tails = this.#tails[number];
        let unit = address & 65535;
        const head = words[unit << 4];
        assert(head >>> 24 !== blockKind.free, 'a block was freed twice');
        let units = head & 16777215;
        if (tails.length === 0) {
          this.#giveBack(number, units * unitBytes);
          return;
        }
        this.freeBytes += units * unitBytes;
        const next = unit + units;
        if (next < tails.length) {
          const nextHead = words[next << 4];
          if (nextHead >>> 24 === blockKind.free) {
            const nextUnits = nextHead & 16777215;
            this.#unlink(address + units, nextUnits);
            units += nextUnits;
          }
        }
        if (unit > 0 && tails[unit - 1] === 1) {
          const previousUnits = words[(unit << 4) - 1];
          this.#unlink(address - previousUnits, previousUnits);
          tails[unit - 1] = 0;
          words[unit << 4] = blockKind.free << 24;
          unit -= previousUnits;
          units += previousUnits;
        }
        if (units === tails.length && this.freeBytes >= 2 * units * unitBytes) {
          this.freeBytes -= units * unitBytes;
          this.#giveBack(number, units * unitBytes);
          return;
        }
        this.#link(((number << 16) | unit) >>> 0, units);
      }
      /** Gives all chunks back. Every address is stale from then on. */
      reset() {
        this.chunks.bytes.length = 1;
        this.chunks.shorts.length = 1;
        this.chunks.words.length = 1;
        this.#tails.length = 1;
        this.#heads.fill(0);
        this.#lowClasses = 0;
        this.#highClasses = 0;
        this.#freeNumbers.length = 0;
        this.reservedBytes = 0;
        this.freeBytes = 0;
      }
      /** Calls `visit` for every block, and throws where blocks, lists and marks contradict each other. For tests. */
      check(visit2) {
        const listed = /* @__PURE__ */ new Set();
        for (let index2 = 0; index2 < classes; index2++) {
          let previous = 0;
          for (
            let block = this.#heads[index2];
            block !== 0;
            block = this.chunks.words[block >>> 16][((block & 65535) << 4) + 1]
          ) {
            const words = this.chunks.words[block >>> 16];
            const word = (block & 65535) << 4;
            assert(words[word] >>> 24 === blockKind.free, 'a live block is in a free list');
            assert(
              classOf(words[word] & 16777215) === index2,
              'a free block is in the list of another class',
            );
            assert(words[word + 2] === previous, 'a free list is not linked backwards as forwards');
            assert(!listed.has(block), 'a free list has a cycle');
            listed.add(block);
            previous = block;
          }
          const bit = ((index2 < 32 ? this.#lowClasses : this.#highClasses) >>> (index2 & 31)) & 1;
          assert(bit === (this.#heads[index2] === 0 ? 0 : 1), 'the bit of a free list is wrong');
        }
        let reserved = 0;
        let free = 0;
        for (let number = 1; number < this.chunks.words.length; number++) {
          const words = this.chunks.words[number];
          const tails = this.#tails[number];
          reserved += words.length * 4;
          if (words.length === 0) continue;
          if (tails.length === 0) {
            assert(
              (words[0] & 16777215) * unitBytes === words.length * 4,
              'a block does not fill the chunk of its own',
            );
            visit2((number << 16) >>> 0, words[0] & 16777215, words[0] >>> 24);
            continue;
          }
          let marks = 0;
          let wasFree = false;
          for (let unit = 0; unit < tails.length;) {
            const kind = words[unit << 4] >>> 24;
            const units = words[unit << 4] & 16777215;
            const address = ((number << 16) | unit) >>> 0;
            assert(units > 0 && unit + units <= tails.length, 'a block reaches beyond its chunk');
            if (kind === blockKind.free) {
              assert(!wasFree, 'two free blocks touch');
              assert(listed.delete(address), 'a free block is in no list');
              assert(tails[unit + units - 1] === 1, 'a free block has no mark at its end');
              assert(words[((unit + units) << 4) - 1] === units, 'a free block has another size at its end');
              free += units * unitBytes;
              marks++;
            }
            wasFree = kind === blockKind.free;
            visit2(address, units, kind);
            unit += units;
          }
          assert(
            tails.reduce((sum, mark) => sum + mark, 0) === marks,
            'there are marks where no free block ends',
          );
        }
        assert(listed.size === 0, 'a free list has a block that is in no chunk');
        assert(
          reserved === this.reservedBytes,
          `${this.reservedBytes} bytes counted as reserved, ${reserved} there`,
        );
        assert(free === this.freeBytes, `${this.freeBytes} bytes counted as free, ${free} there`);
      }
      #find(units) {
        const own = classOf(units);
        const first = this.#heads[own];
        if (first !== 0 && (this.chunks.words[first >>> 16][(first & 65535) << 4] & 16777215) >= units)
          return first;
        const from = own + 1;
        const low2 = from < 32 ? this.#lowClasses & (-1 << from) : 0;
        if (low2 !== 0) return this.#heads[31 - Math.clz32(low2 & -low2)];
        const high2 = from < 32 ? this.#highClasses : this.#highClasses & (-1 << (from - 32));
        if (high2 !== 0) return this.#heads[63 - Math.clz32(high2 & -high2)];
        return 0;
      }
      #link(address, units) {
        const number = address >>> 16;
        const unit = address & 65535;
        const words = this.chunks.words[number];
        const word = unit << 4;
        const index2 = classOf(units);
        const next = this.#heads[index2];
        words[word] = units | (blockKind.free << 24);
        words[word + 1] = next;
        words[word + 2] = 0;
        words[word + (units << 4) - 1] = units;
        this.#tails[number][unit + units - 1] = 1;
        if (next !== 0) this.chunks.words[next >>> 16][((next & 65535) << 4) + 2] = address;
        this.#heads[index2] = address;
        if (index2 < 32) this.#lowClasses |= 1 << index2;
        else this.#highClasses |= 1 << (index2 - 32);
      }
      #unlink(address, units) {
        const words = this.chunks.words[address >>> 16];
        const word = (address & 65535) << 4;
        const next = words[word + 1];
        const previous = words[word + 2];
        if (next !== 0) this.chunks.words[next >>> 16][((next & 65535) << 4) + 2] = previous;
        if (previous !== 0) {
          this.chunks.words[previous >>> 16][((previous & 65535) << 4) + 1] = next;
          return;
        }
        const index2 = classOf(units);
        this.#heads[index2] = next;
        if (next !== 0) return;
        if (index2 < 32) this.#lowClasses &= ~(1 << index2);
        else this.#highClasses &= ~(1 << (index2 - 32));
      }
      #addChunk(units) {
        const wanted = Math.min(
          this.#maxChunkBytes,
          Math.max(this.#firstChunkBytes, this.reservedBytes, units * unitBytes),
        );
        const lengthBytes2 = Math.floor(wanted / unitBytes) * unitBytes;
        const number = this.#newChunk(lengthBytes2);
        const count2 = lengthBytes2 / unitBytes;
        this.#tails[number] = new Uint8Array(count2);
        this.freeBytes += lengthBytes2;
        this.#link((number << 16) >>> 0, count2);
      }
      #takeChunk(units, kind, birth) {
        assert(units <= largestUnits, 'a block of more than a gigabyte');
        const number = this.#newChunk(units * unitBytes);
        this.#tails[number] = new Uint8Array(0);
        const words = this.chunks.words[number];
        words[0] = units | (kind << 24);
        words[1] = birth;
        return (number << 16) >>> 0;
      }
      #newChunk(lengthBytes2) {
        const number = this.#freeNumbers.at(-1) ?? this.chunks.bytes.length;
        assert(number <= largestChunkNumber, 'no chunk numbers left');
        const buffer = this.#allocate(lengthBytes2);
        assert(buffer.byteLength === lengthBytes2, 'allocate gave a buffer of another length');
        this.#freeNumbers.pop();
        setChunk(this.chunks, number, buffer);
        this.reservedBytes += lengthBytes2;
        return number;
      }
      #giveBack(number, lengthBytes2) {
        dropChunk(this.chunks, number);
        this.reservedBytes -= lengthBytes2;
        this.#freeNumbers.push(number);
      }
    };
  },
});

// src/data/table-view.ts
function recordsStart(chunks, page) {
  const shape = chunks.words[page >>> 16][((page & 65535) << 4) + pageWord.shape];
  const slotBytes = (shape & wideBit) === 0 ? 2 : 4;
  return ((page & 65535) << 6) + pageHeaderBytes + (slotBytes << (shape & 31));
}
function reverseBits(value) {
  value = ((value >>> 1) & 1431655765) | ((value & 1431655765) << 1);
  value = ((value >>> 2) & 858993459) | ((value & 858993459) << 2);
  value = ((value >>> 4) & 252645135) | ((value & 252645135) << 4);
  value = ((value >>> 8) & 16711935) | ((value & 16711935) << 8);
  return ((value >>> 16) | (value << 16)) >>> 0;
}
var rootWord, segmentHeaderWords, compactFlag, emptyAtOnce, randomTries, TableView;
var init_table_view = __esm({
  'src/data/table-view.ts'() {
    'use strict';
    init_assert();
    init_hash();
    init_page();
    init_stored_string();
    rootWord = { depth: 2, records: 3, expires: 4, flags: 5, segments: 6 };
    segmentHeaderWords = 2;
    compactFlag = 1;
    emptyAtOnce = 64;
    randomTries = 64;
    TableView = class {
      context;
      chunks;
      seed;
      shape;
      segmentLog;
      /** Address of the root, 0 for a table without records. */
      root = 0;
      rootWords;
      rootAt = 0;
      depth = 0;
      /** What `locate` found: the page, its bytes, the place of the record and of its key in them, and the slot. */
      page = 0;
      bytes;
      record = 0;
      slot = 0;
      constructor(context, shape) {
        this.context = context;
        this.chunks = context.chunks;
        this.seed = context.seed;
        this.segmentLog = context.segmentLog;
        this.shape = shape;
        this.rootWords = context.chunks.words[0];
        this.bytes = context.chunks.bytes[0];
      }
      attach(root) {
        this.root = root;
        this.rootWords = this.chunks.words[root >>> 16];
        this.rootAt = (root & 65535) << 4;
        this.depth = root === 0 ? 0 : this.rootWords[this.rootAt + rootWord.depth];
        return this;
      }
      get records() {
        return this.root === 0 ? 0 : this.rootWords[this.rootAt + rootWord.records];
      }
      get expires() {
        return this.root === 0 ? 0 : this.rootWords[this.rootAt + rootWord.expires];
      }
      get flags() {
        return this.root === 0 ? 0 : this.rootWords[this.rootAt + rootWord.flags];
      }
      /** Number of directory indexes. */
      get width() {
        return this.root === 0 ? 0 : 1 << this.depth;
      }
      hashOf(key, start, end) {
        return hashBytes(key, start, end, this.seed);
      }
      pageAt(index2) {
        const segment = this.rootWords[this.rootAt + rootWord.segments + (index2 >>> this.segmentLog)];
        return this.chunks.words[segment >>> 16][
          ((segment & 65535) << 4) + segmentHeaderWords + (index2 & ((1 << this.segmentLog) - 1))
        ];
      }
      /** The page whose prefix is `index`, or 0 where there is none: so each page is met once when all indexes are walked. */
      pageWithPrefix(index2) {
        const page = this.pageAt(index2);
        if (page === 0) return 0;
        return index2 >>> this.depthOf(page) === 0 ? page : 0;
      }
      depthOf(page) {
        return (this.chunks.words[page >>> 16][((page & 65535) << 4) + pageWord.shape] >>> 8) & 255;
      }
      /** Finds the record of key[start, end), whose hash is given; fills `page`, `bytes`, `record`, `slot`. */
      locate(hash2, key, start, end) {
        if (this.root === 0) return false;
        const page = this.pageAt(hash2 & ((1 << this.depth) - 1));
        if (page === 0) return false;
        const words = this.chunks.words[page >>> 16];
        const bytes = this.chunks.bytes[page >>> 16];
        const shape = words[((page & 65535) << 4) + pageWord.shape];
        const base2 = (page & 65535) << 6;
        const mask = (1 << (shape & 31)) - 1;
        const mixed = slotMix(hash2);
        if ((shape & wideBit) !== 0) return this.#locateWide(page, mixed, mask, key, start, end);
        const slots = this.chunks.shorts[page >>> 16];
        const slotsAt = (base2 + pageHeaderBytes) >>> 1;
        const tag = mixed >>> 29;
        const length = end - start;
        const ofDatabase = this.shape === 'key';
        for (let slot = mixed & mask; ; slot = (slot + 1) & mask) {
          const entry = slots[slotsAt + slot];
          if (entry === 0) return false;
          if (entry >>> 13 !== tag) continue;
          const record = base2 + (entry & 8191);
          let at = record;
          if (ofDatabase) at = bytes[record] === expiryOpcode ? record + expiryBytes + 1 : record + 1;
          if (length < 64 && bytes[at] !== extentForm) {
            if (bytes[at] !== length) continue;
            at++;
            let i = 0;
            while (i < length && bytes[at + i] === key[start + i]) i++;
            if (i < length) continue;
          } else if (!storedEquals(this.chunks, bytes, at, key, start, end)) {
            continue;
          }
          this.page = page;
          this.bytes = bytes;
          this.record = record;
          this.slot = slot;
          return true;
        }
      }
      #locateWide(page, mixed, mask, key, start, end) {
        const words = this.chunks.words[page >>> 16];
        const bytes = this.chunks.bytes[page >>> 16];
        const base2 = (page & 65535) << 6;
        const slotsAt = (base2 + pageHeaderBytes) >>> 2;
        const tag = mixed >>> 24;
        for (let slot = mixed & mask; ; slot = (slot + 1) & mask) {
          const entry = words[slotsAt + slot];
          if (entry === 0) return false;
          if (entry >>> 24 !== tag) continue;
          const record = base2 + (entry & 16777215);
          if (!storedEquals(this.chunks, bytes, keyOf(bytes, record, this.shape), key, start, end)) continue;
          this.page = page;
          this.bytes = bytes;
          this.record = record;
          this.slot = slot;
          return true;
        }
      }
      /** Calls `visit` for each record of a page, until it says false. */
      forEachInPage(page, visit2) {
        const words = this.chunks.words[page >>> 16];
        const bytes = this.chunks.bytes[page >>> 16];
        const base2 = (page & 65535) << 6;
        const end = base2 + words[((page & 65535) << 4) + pageWord.end];
        for (let record = recordsStart(this.chunks, page); record < end;) {
          const next = recordEnd(bytes, record, this.shape);
          if (visit2(bytes, record) === false) return false;
          record = next;
        }
        return true;
      }
      forEachRecord(visit2) {
        const width = this.width;
        for (let index2 = 0; index2 < width; index2++) {
          const page = this.pageWithPrefix(index2);
          if (page !== 0 && !this.forEachInPage(page, visit2)) return;
        }
      }
      /**
       * Visits one page, or a row of empty indexes, and gives the next cursor, 0 at the end. A cursor is a prefix that grows at
       * its low end in reversed bit order: a page's prefix stands for an interval of reversed hashes, splits and merges only
       * divide and join intervals, and all intervals before the cursor have been visited.
       */
      scan(cursor, visit2) {
        if (this.root === 0) return 0;
        for (let left = emptyAtOnce; ; left--) {
          const page = this.pageAt(cursor & ((1 << this.depth) - 1));
          const depth = page === 0 ? this.depth : this.depthOf(page);
          const next = depth === 0 ? 1 : (reverseBits(cursor) >>> (32 - depth)) + 1;
          cursor = next === 1 << depth ? 0 : reverseBits((next << (32 - depth)) >>> 0);
          if (page !== 0) this.forEachInPage(page, visit2);
          if (page !== 0 || cursor === 0 || left === 0) return cursor;
        }
      }
      /** A record, about equally likely each; fills `bytes` and `record`. The table is not empty (assert). */
      locateRandom(draw) {
        const { width } = this;
        const records = this.records;
        assert(records > 0, 'a random record of an empty table');
        let index2 = 0;
        for (let tries = 0; tries < randomTries; tries++) {
          index2 = Math.floor(draw() * width);
          const page = this.pageAt(index2);
          if (page === 0) continue;
          const share = (this.#countOf(page) * (1 << this.depthOf(page))) / records;
          if (share < 4 && draw() * 4 >= share) continue;
          this.#randomInPage(page, draw);
          return;
        }
        for (; this.pageAt(index2) === 0; index2 = (index2 + 1) % width);
        this.#randomInPage(this.pageAt(index2), draw);
      }
      #countOf(page) {
        return this.chunks.words[page >>> 16][((page & 65535) << 4) + pageWord.count];
      }
      #randomInPage(page, draw) {
        let left = Math.floor(draw() * this.#countOf(page));
        this.page = page;
        this.forEachInPage(page, (bytes, record) => {
          this.bytes = bytes;
          this.record = record;
          return left-- > 0;
        });
      }
    };
  },
});

// src/data/table.ts
function cloneBlock(memory2, address) {
  const { chunks } = memory2;
  const units = unitsOf(chunks, address);
  const copy3 = memory2.take(units, chunks.words[address >>> 16][(address & 65535) << 4] >>> 24);
  const from = (address & 65535) << 6;
  copyBytes2(
    chunks.bytes[address >>> 16],
    from + 8,
    from + units * unitBytes,
    chunks.bytes[copy3 >>> 16],
    ((copy3 & 65535) << 6) + 8,
  );
  assert(birthOf(chunks, copy3) === memory2.epoch, 'a copy is born now');
  return copy3;
}
var deepest, spareDepth, Table;
var init_table = __esm({
  'src/data/table.ts'() {
    'use strict';
    init_assert();
    init_chunks();
    init_hash();
    init_page();
    init_slab();
    init_table_view();
    deepest = 26;
    spareDepth = 4;
    Table = class extends TableView {
      memory;
      #pageBytes;
      /** Hashes of a page's records in their order, while it is divided. */
      #hashes = new Int32Array(64);
      constructor(memory2, context, shape, pageBytes) {
        super(context, shape);
        this.memory = memory2;
        this.#pageBytes = pageBytes;
      }
      setFlags(flags3) {
        this.#ownRoot();
        this.rootWords[this.rootAt + rootWord.flags] = flags3;
      }
      /** Makes a root where there is none, for an empty table that has flags to keep. */
      plant() {
        if (this.root !== 0) return;
        const segment = this.memory.takeBytes((segmentHeaderWords + 1) * 4, blockKind.segment);
        this.chunks.words[segment >>> 16][((segment & 65535) << 4) + segmentHeaderWords] = 0;
        const root = this.memory.takeBytes((rootWord.segments + 1) * 4, blockKind.root);
        const words = this.chunks.words[root >>> 16];
        const at = (root & 65535) << 4;
        words.fill(0, at + 2, at + rootWord.segments);
        words[at + rootWord.segments] = segment;
        this.attach(root);
      }
      /**
       * Makes room for a new record of that length and gives its place in `bytes` (also in `record`; `page` is its page).
       * No record with this key may exist.
       */
      place(hash2, length, special, expires) {
        if (this.root === 0) this.plant();
        this.#ownRoot();
        const rootAt = this.rootAt;
        this.rootWords[rootAt + rootWord.records]++;
        if (expires) this.rootWords[rootAt + rootWord.expires]++;
        return this.#append(hash2, length, special, expires);
      }
      /** As `place`, of the record just located: its place stays the same where that is possible. Its old bytes are gone. */
      replace(hash2, length, special, expires) {
        this.ownLocated(hash2);
        const record = this.record;
        const bytes = this.bytes;
        const wasSpecial = isSpecial(bytes, record, this.shape);
        const didExpire = hasExpiry(bytes, record, this.shape);
        const oldLength = recordEnd(bytes, record, this.shape) - record;
        if (didExpire !== expires) {
          this.#ownRoot();
          this.rootWords[this.rootAt + rootWord.expires] += expires ? 1 : -1;
        }
        const words = this.chunks.words[this.page >>> 16];
        const at = (this.page & 65535) << 4;
        const base2 = at << 2;
        const end = words[at + pageWord.end];
        const delta = length - oldLength;
        const sizeBytes = (words[at] & 16777215) * unitBytes;
        if (end + delta <= sizeBytes) {
          if (delta !== 0) {
            bytes.copyWithin(record + length, record + oldLength, base2 + end);
            this.#shiftSlots(record - base2, delta);
            words[at + pageWord.end] = end + delta;
          }
          words[at + pageWord.specials] += (special ? 1 : 0) - (wasSpecial ? 1 : 0);
          words[at + pageWord.expires] += (expires ? 1 : 0) - (didExpire ? 1 : 0);
          return record;
        }
        this.#cut(oldLength, wasSpecial, didExpire);
        return this.#append(hash2, length, special, expires);
      }
      /** Takes away the record just located. What it refers to may be gone already. */
      erase(hash2) {
        this.#ownRoot();
        this.ownLocated(hash2);
        const { record, bytes } = this;
        const expires = hasExpiry(bytes, record, this.shape);
        const rootAt = this.rootAt;
        this.rootWords[rootAt + rootWord.records]--;
        if (expires) this.rootWords[rootAt + rootWord.expires]--;
        const prefix = this.#prefixOf(hash2, this.page);
        this.#cut(
          recordEnd(bytes, record, this.shape) - record,
          isSpecial(bytes, record, this.shape),
          expires,
        );
        this.#settle(prefix, this.page);
      }
      /** Makes the located record's page this epoch's own, and finds the record, whose hash is given, in it again. */
      ownLocated(hash2) {
        if (!this.memory.isFrozen(this.page)) return;
        const old = this.page;
        const offset = this.record - ((old & 65535) << 6);
        this.page = this.#ownPage(this.#prefixOf(hash2, old), old);
        this.bytes = this.chunks.bytes[this.page >>> 16];
        this.record = ((this.page & 65535) << 6) + offset;
      }
      /** Prepares the directory for so many records of about so many bytes. */
      reserve(records, recordBytes) {
        const pages = (records * (recordBytes + 4)) / (this.#pageBytes * 0.75);
        let depth = 0;
        while (depth < 22 && 1 << depth < pages) depth++;
        if (depth <= this.depth && this.root !== 0) return;
        if (this.root === 0) this.plant();
        while (this.depth < depth) this.#double();
      }
      /** Drops every block of the table. What the records refer to has been dropped before (`forget`) or is by the caller. */
      dropAll() {
        if (this.root === 0) return;
        const width = this.width;
        for (let index2 = 0; index2 < width; index2++) {
          const page = this.pageWithPrefix(index2);
          if (page !== 0) this.memory.drop(page);
        }
        this.#dropDirectory();
      }
      /** A copy of every block, as the root of a table of its own. What the records refer to is shared, until the caller copies it too. */
      clone() {
        if (this.root === 0) return 0;
        const copyOf = /* @__PURE__ */ new Map();
        const width = this.width;
        const perSegment = Math.min(width, 1 << this.segmentLog);
        const root = this.#cloneBlock(this.root);
        for (let number = 0; number * perSegment < width; number++) {
          const segment = this.#cloneBlock(this.rootWords[this.rootAt + rootWord.segments + number]);
          this.chunks.words[root >>> 16][((root & 65535) << 4) + rootWord.segments + number] = segment;
          const at = ((segment & 65535) << 4) + segmentHeaderWords;
          for (let i = 0; i < perSegment; i++) {
            const page = this.chunks.words[segment >>> 16][at + i];
            if (page === 0) continue;
            let copy3 = copyOf.get(page);
            if (copy3 === void 0) {
              copy3 = this.#cloneBlock(page);
              copyOf.set(page, copy3);
            }
            this.chunks.words[segment >>> 16][at + i] = copy3;
          }
        }
        return root;
      }
      #cloneBlock(address) {
        return cloneBlock(this.memory, address);
      }
      #dropDirectory() {
        const segments = Math.max(1, this.width >>> this.segmentLog);
        for (let i = 0; i < segments; i++)
          this.memory.drop(this.rootWords[this.rootAt + rootWord.segments + i]);
        this.memory.drop(this.root);
        this.attach(0);
      }
      // --- the directory
      #ownRoot() {
        if (this.rootWords[this.rootAt + 1] <= this.memory.frozen)
          this.attach(this.memory.copyAndDrop(this.root));
      }
      #ownSegment(number) {
        const segment = this.rootWords[this.rootAt + rootWord.segments + number];
        if (!this.memory.isFrozen(segment)) return segment;
        this.#ownRoot();
        const copy3 = this.memory.copyAndDrop(segment);
        this.rootWords[this.rootAt + rootWord.segments + number] = copy3;
        return copy3;
      }
      /** Lets all indexes with that prefix of `depth` bits lead to `page`. */
      #point(prefix, depth, page) {
        const width = 1 << this.depth;
        const mask = (1 << this.segmentLog) - 1;
        for (let index2 = prefix; index2 < width; index2 += 1 << depth) {
          const segment = this.#ownSegment(index2 >>> this.segmentLog);
          this.chunks.words[segment >>> 16][((segment & 65535) << 4) + segmentHeaderWords + (index2 & mask)] =
            page;
        }
      }
      /** Twice as many indexes, the upper half leading where the lower does. */
      #double() {
        this.#ownRoot();
        const width = 1 << this.depth;
        const perSegment = 1 << this.segmentLog;
        if (width < perSegment) {
          const old = this.rootWords[this.rootAt + rootWord.segments];
          const segment = this.memory.takeBytes((segmentHeaderWords + 2 * width) * 4, blockKind.segment);
          const from = this.chunks.words[old >>> 16];
          const fromAt = ((old & 65535) << 4) + segmentHeaderWords;
          const to = this.chunks.words[segment >>> 16];
          const toAt = ((segment & 65535) << 4) + segmentHeaderWords;
          for (let i = 0; i < width; i++) to[toAt + i] = to[toAt + width + i] = from[fromAt + i];
          this.rootWords[this.rootAt + rootWord.segments] = segment;
          this.memory.drop(old);
        } else {
          const segments = width / perSegment;
          const root = this.memory.takeBytes((rootWord.segments + 2 * segments) * 4, blockKind.root);
          const words = this.chunks.words[root >>> 16];
          const at = (root & 65535) << 4;
          for (let i = 2; i < rootWord.segments + segments; i++)
            words[at + i] = this.rootWords[this.rootAt + i];
          for (let i = 0; i < segments; i++) {
            words[at + rootWord.segments + segments + i] = this.#cloneBlock(
              this.rootWords[this.rootAt + rootWord.segments + i],
            );
          }
          this.memory.drop(this.root);
          this.attach(root);
        }
        this.depth++;
        this.rootWords[this.rootAt + rootWord.depth] = this.depth;
      }
      #prefixOf(hash2, page) {
        return hash2 & ((1 << this.depthOf(page)) - 1);
      }
      // --- pages
      #ownPage(prefix, page) {
        const copy3 = this.memory.copyAndDrop(page);
        this.#point(prefix, this.depthOf(copy3), copy3);
        return copy3;
      }
      #newPage(sizeBytes, slotsLog, depth) {
        const units = Math.ceil(sizeBytes / unitBytes);
        const page = this.memory.take(units, blockKind.page);
        const words = this.chunks.words[page >>> 16];
        const at = (page & 65535) << 4;
        const wide = units * unitBytes > narrowPageBytes;
        const slotBytes = (wide ? 4 : 2) << slotsLog;
        words[at + pageWord.end] = pageHeaderBytes + slotBytes;
        words[at + pageWord.count] = 0;
        words[at + pageWord.shape] = slotsLog | (depth << 8) | (wide ? wideBit : 0);
        words[at + pageWord.specials] = 0;
        words[at + pageWord.expires] = 0;
        words.fill(0, at + (pageHeaderBytes >>> 2), at + ((pageHeaderBytes + slotBytes) >>> 2));
        return page;
      }
      /** Bytes for a page with so many records of so many bytes together, in a size that blocks come in. */
      #sizeFor(count2, recordBytes, slackBytes) {
        const slots = 1 << slotsLogFor(count2);
        const needed = pageHeaderBytes + 2 * slots + recordBytes;
        if (needed <= this.#pageBytes)
          return Math.min(
            this.#pageBytes,
            roundUnits(Math.ceil((needed + slackBytes) / unitBytes)) * unitBytes,
          );
        const size = roundUnits(Math.ceil(needed / unitBytes)) * unitBytes;
        return size <= narrowPageBytes
          ? size
          : roundUnits(Math.ceil((needed + 2 * slots) / unitBytes)) * unitBytes;
      }
      #append(hash2, length, special, expires) {
        for (;;) {
          const index2 = hash2 & ((1 << this.depth) - 1);
          let page = this.pageAt(index2);
          if (page === 0) {
            page = this.#newPage(this.#sizeFor(1, length, 3 * length), slotsLogFor(1), this.depth);
            this.#point(index2, this.depth, page);
          }
          const words = this.chunks.words[page >>> 16];
          const at = (page & 65535) << 4;
          const end = words[at + pageWord.end];
          const count2 = words[at + pageWord.count];
          const fits =
            end + length <= (words[at] & 16777215) * unitBytes &&
            count2 < slotCapacity(words[at + pageWord.shape] & 31);
          if (!fits) {
            this.#makeRoom(page, index2, length);
            continue;
          }
          if (words[at + 1] <= this.memory.frozen) {
            this.#ownPage(this.#prefixOf(hash2, page), page);
            continue;
          }
          words[at + pageWord.end] = end + length;
          words[at + pageWord.count] = count2 + 1;
          if (special) words[at + pageWord.specials]++;
          if (expires) words[at + pageWord.expires]++;
          this.page = page;
          this.bytes = this.chunks.bytes[page >>> 16];
          this.record = (at << 2) + end;
          this.slot = this.#fillSlot(page, hash2, end);
          return this.record;
        }
      }
      /** Grows or splits the page at `index`, so that there is more room than before. */
      #makeRoom(page, index2, length) {
        const words = this.chunks.words[page >>> 16];
        const at = (page & 65535) << 4;
        const depth = (words[at + pageWord.shape] >>> 8) & 255;
        const count2 = words[at + pageWord.count];
        const recordBytes = (at << 2) + words[at + pageWord.end] - recordsStart(this.chunks, page);
        const needed = pageHeaderBytes + (2 << slotsLogFor(count2 + 1)) + recordBytes + length;
        if (needed > this.#pageBytes && count2 > 0 && depth < this.#deepest()) {
          this.#split(page, index2 & ((1 << depth) - 1), depth, count2);
          return;
        }
        const size = this.#sizeFor(
          count2 + 1,
          recordBytes + length,
          needed < 512 ? recordBytes : recordBytes >>> 1,
        );
        const larger = this.#newPage(size, slotsLogFor(count2 + 1), depth);
        this.#refill(page, larger);
        this.#point(index2 & ((1 << depth) - 1), depth, larger);
        this.memory.drop(page);
      }
      #deepest() {
        return Math.min(deepest, spareDepth + 32 - Math.clz32(this.records));
      }
      /** Moves all records of a page into an empty one, slots as they are where they fit as they are. */
      #refill(from, to) {
        const start = recordsStart(this.chunks, from);
        const words = this.chunks.words[from >>> 16];
        const at = (from & 65535) << 4;
        const end = (at << 2) + words[at + pageWord.end];
        const toWords = this.chunks.words[to >>> 16];
        const toAt = (to & 65535) << 4;
        const toStart = recordsStart(this.chunks, to);
        copyBytes2(this.chunks.bytes[from >>> 16], start, end, this.chunks.bytes[to >>> 16], toStart);
        toWords[toAt + pageWord.end] = toStart - (toAt << 2) + end - start;
        toWords[toAt + pageWord.count] = words[at + pageWord.count];
        toWords[toAt + pageWord.specials] = words[at + pageWord.specials];
        toWords[toAt + pageWord.expires] = words[at + pageWord.expires];
        const shape = words[at + pageWord.shape];
        const toShape = toWords[toAt + pageWord.shape];
        if ((shape & (wideBit | 31)) === (toShape & (wideBit | 31))) {
          const slotWords = (recordsStart(this.chunks, from) - (at << 2) - pageHeaderBytes) >>> 2;
          const first = pageHeaderBytes >>> 2;
          for (let i = 0; i < slotWords; i++) toWords[toAt + first + i] = words[at + first + i];
          return;
        }
        this.#hashAll(to);
      }
      /** Fills the empty slots of a page from its records. */
      #hashAll(page) {
        const base2 = (page & 65535) << 6;
        this.forEachInPage(page, (bytes, record) => {
          this.#fillSlot(
            page,
            hashOfRecord(this.chunks, bytes, record, this.shape, this.seed),
            record - base2,
          );
        });
      }
      #fillSlot(page, hash2, offset) {
        const shape = this.chunks.words[page >>> 16][((page & 65535) << 4) + pageWord.shape];
        const mask = (1 << (shape & 31)) - 1;
        const mixed = slotMix(hash2);
        let slot = mixed & mask;
        if ((shape & wideBit) === 0) {
          const slots = this.chunks.shorts[page >>> 16];
          const slotsAt = (((page & 65535) << 6) + pageHeaderBytes) >>> 1;
          while (slots[slotsAt + slot] !== 0) slot = (slot + 1) & mask;
          slots[slotsAt + slot] = offset | ((mixed >>> 29) << 13);
        } else {
          const slots = this.chunks.words[page >>> 16];
          const slotsAt = (((page & 65535) << 6) + pageHeaderBytes) >>> 2;
          while (slots[slotsAt + slot] !== 0) slot = (slot + 1) & mask;
          slots[slotsAt + slot] = offset | ((mixed >>> 24) << 24);
        }
        return slot;
      }
      /** Divides a page by bit `depth` of its records' hashes. */
      #split(page, prefix, depth, count2) {
        if (depth === this.depth) this.#double();
        if (this.#hashes.length < count2) this.#hashes = new Int32Array(2 * count2);
        const hashes2 = this.#hashes;
        const bytes = this.chunks.bytes[page >>> 16];
        let number = 0;
        let highCount = 0;
        let highBytes = 0;
        let lowBytes = 0;
        const start = recordsStart(this.chunks, page);
        const end =
          ((page & 65535) << 6) + this.chunks.words[page >>> 16][((page & 65535) << 4) + pageWord.end];
        for (let record = start; record < end;) {
          const next = recordEnd(bytes, record, this.shape);
          const hash2 = hashOfRecord(this.chunks, bytes, record, this.shape, this.seed);
          hashes2[number++] = hash2;
          if (((hash2 >>> depth) & 1) === 1) {
            highCount++;
            highBytes += next - record;
          } else {
            lowBytes += next - record;
          }
          record = next;
        }
        const low2 = this.#half(count2 - highCount, lowBytes, depth + 1);
        const high2 = this.#half(highCount, highBytes, depth + 1);
        number = 0;
        for (let record = start; record < end;) {
          const side2 = (hashes2[number] >>> depth) & 1;
          const target = side2 === 1 ? high2 : low2;
          const targetAt = (target & 65535) << 4;
          const targetWords = this.chunks.words[target >>> 16];
          const runStart = record;
          let offset = targetWords[targetAt + pageWord.end];
          const runOffset = offset;
          while (record < end && ((hashes2[number] >>> depth) & 1) === side2) {
            const next = recordEnd(bytes, record, this.shape);
            this.#fillSlot(target, hashes2[number], offset);
            offset += next - record;
            targetWords[targetAt + pageWord.count]++;
            if (isSpecial(bytes, record, this.shape)) targetWords[targetAt + pageWord.specials]++;
            if (hasExpiry(bytes, record, this.shape)) targetWords[targetAt + pageWord.expires]++;
            record = next;
            number++;
          }
          copyBytes2(bytes, runStart, record, this.chunks.bytes[target >>> 16], (targetAt << 2) + runOffset);
          targetWords[targetAt + pageWord.end] = offset;
        }
        this.#point(prefix, depth + 1, low2);
        this.#point(prefix | (1 << depth), depth + 1, high2);
        this.memory.drop(page);
      }
      #half(count2, recordBytes, depth) {
        if (count2 === 0) return 0;
        return this.#newPage(
          this.#sizeFor(count2, recordBytes, recordBytes >>> 2),
          slotsLogFor(count2),
          depth,
        );
      }
      // --- taking records out
      /** Closes the gap of the located record and frees its slot. The page is owned. */
      #cut(length, special, expires) {
        const { page, bytes, record } = this;
        const words = this.chunks.words[page >>> 16];
        const at = (page & 65535) << 4;
        const base2 = at << 2;
        this.#freeSlot(page, this.slot);
        const end = words[at + pageWord.end];
        bytes.copyWithin(record, record + length, base2 + end);
        words[at + pageWord.end] = end - length;
        words[at + pageWord.count]--;
        if (special) words[at + pageWord.specials]--;
        if (expires) words[at + pageWord.expires]--;
        this.#shiftSlots(record - base2, -length);
      }
      /** Adds `delta` to the offsets of all records behind `offset`. */
      #shiftSlots(offset, delta) {
        const shape = this.chunks.words[this.page >>> 16][((this.page & 65535) << 4) + pageWord.shape];
        const count2 = 1 << (shape & 31);
        const byte = ((this.page & 65535) << 6) + pageHeaderBytes;
        if ((shape & wideBit) === 0) {
          const slots = this.chunks.shorts[this.page >>> 16];
          for (let i = byte >>> 1, last = i + count2; i < last; i++) {
            const entry = slots[i];
            if ((entry & 8191) > offset) slots[i] = entry + delta;
          }
        } else {
          const slots = this.chunks.words[this.page >>> 16];
          for (let i = byte >>> 2, last = i + count2; i < last; i++) {
            const entry = slots[i];
            if ((entry & 16777215) > offset) slots[i] = entry + delta;
          }
        }
      }
      /** Empties a slot and moves up what probing would no longer reach. Hashes the keys up to the next empty slot. */
      #freeSlot(page, slot) {
        const shape = this.chunks.words[page >>> 16][((page & 65535) << 4) + pageWord.shape];
        const mask = (1 << (shape & 31)) - 1;
        const wide = (shape & wideBit) !== 0;
        const slots = wide ? this.chunks.words[page >>> 16] : this.chunks.shorts[page >>> 16];
        const base2 = (page & 65535) << 6;
        const slotsAt = (base2 + pageHeaderBytes) >>> (wide ? 2 : 1);
        const offsetMask = wide ? 16777215 : 8191;
        const bytes = this.chunks.bytes[page >>> 16];
        let gap = slot;
        for (let next = (gap + 1) & mask; ; next = (next + 1) & mask) {
          const entry = slots[slotsAt + next];
          if (entry === 0) break;
          const home =
            slotMix(hashOfRecord(this.chunks, bytes, base2 + (entry & offsetMask), this.shape, this.seed)) &
            mask;
          if (((next - home) & mask) >= ((next - gap) & mask)) {
            slots[slotsAt + gap] = entry;
            gap = next;
          }
        }
        slots[slotsAt + gap] = 0;
      }
      /** After an erase: frees, merges or shrinks the page where it has become too empty. */
      #settle(prefix, page) {
        const words = this.chunks.words[page >>> 16];
        const at = (page & 65535) << 4;
        const count2 = words[at + pageWord.count];
        const depth = (words[at + pageWord.shape] >>> 8) & 255;
        if (count2 === 0) {
          this.memory.drop(page);
          if (this.records === 0) {
            this.#dropDirectory();
            return;
          }
          this.#point(prefix, depth, 0);
          return;
        }
        const units = unitsOf(this.chunks, page);
        const used = words[at + pageWord.end];
        if (used > (units * unitBytes) >>> 1 && units > 2) return;
        const recordBytes = (at << 2) + used - recordsStart(this.chunks, page);
        if (depth > 0 && this.#merge(prefix, page, depth, count2, recordBytes)) return;
        const size = this.#sizeFor(count2, recordBytes, recordBytes >>> 3);
        if (size >= units * unitBytes) return;
        const smaller = this.#newPage(size, slotsLogFor(count2), depth);
        this.#refill(page, smaller);
        this.#point(prefix, depth, smaller);
        this.memory.drop(page);
      }
      /** Joins a page with the one it was split from, where both together fill little more than half a page. */
      #merge(prefix, page, depth, count2, recordBytes) {
        const buddyPrefix = prefix ^ (1 << (depth - 1));
        const joinedPrefix = prefix & ((1 << (depth - 1)) - 1);
        const buddy = this.pageAt(buddyPrefix);
        let buddyCount = 0;
        let buddyBytes = 0;
        if (buddy === 0) {
          if (depth !== this.depth) return false;
        } else {
          if (this.depthOf(buddy) !== depth) return false;
          const at2 = (buddy & 65535) << 4;
          const words2 = this.chunks.words[buddy >>> 16];
          buddyCount = words2[at2 + pageWord.count];
          buddyBytes = (at2 << 2) + words2[at2 + pageWord.end] - recordsStart(this.chunks, buddy);
        }
        const all2 = count2 + buddyCount;
        const allBytes = recordBytes + buddyBytes;
        if (pageHeaderBytes + (2 << slotsLogFor(all2)) + allBytes > this.#pageBytes * 0.625) return false;
        const joined = this.#newPage(
          this.#sizeFor(all2, allBytes, allBytes >>> 3),
          slotsLogFor(all2),
          depth - 1,
        );
        const words = this.chunks.words[joined >>> 16];
        const at = (joined & 65535) << 4;
        for (const part of buddy === 0 ? [page] : [page, buddy]) {
          const start = recordsStart(this.chunks, part);
          const partWords = this.chunks.words[part >>> 16];
          const partAt = (part & 65535) << 4;
          const end = (partAt << 2) + partWords[partAt + pageWord.end];
          const offset = words[at + pageWord.end];
          copyBytes2(
            this.chunks.bytes[part >>> 16],
            start,
            end,
            this.chunks.bytes[joined >>> 16],
            (at << 2) + offset,
          );
          words[at + pageWord.end] = offset + end - start;
          words[at + pageWord.count] += partWords[partAt + pageWord.count];
          words[at + pageWord.specials] += partWords[partAt + pageWord.specials];
          words[at + pageWord.expires] += partWords[partAt + pageWord.expires];
          this.memory.drop(part);
        }
        this.#hashAll(joined);
        this.#point(joinedPrefix, depth - 1, joined);
        return true;
      }
    };
  },
});

// src/data/nested-table.ts
function putMember(store4, table3, member) {
  const hash2 = table3.hashOf(member, 0, member.length);
  if (table3.locate(hash2, member, 0, member.length)) return false;
  const apart = member.length > store4.tuning.extentThresholdBytes;
  const extent = apart ? store4.newExtent(member, 0, member.length) : 0;
  const at = table3.place(
    hash2,
    apart ? extentReferenceBytes : lengthBytes(member.length) + member.length,
    apart,
    false,
  );
  writeText(table3.bytes, at, member, extent);
  return true;
}
function putField(store4, table3, field, value) {
  const { memory: memory2 } = store4;
  const threshold = store4.tuning.extentThresholdBytes;
  const hash2 = table3.hashOf(field, 0, field.length);
  const found = table3.locate(hash2, field, 0, field.length);
  let fieldExtent = 0;
  if (found) {
    fieldExtent = extentAddress(table3.bytes, table3.record);
    const old = extentAddress(table3.bytes, storedEnd(table3.bytes, table3.record));
    if (old !== 0) memory2.drop(old);
  } else if (field.length > threshold) {
    fieldExtent = store4.newExtent(field, 0, field.length);
  }
  const integer3 = integerOf(value, 0, value.length);
  const valueExtent =
    integer3 === void 0 && value.length > threshold ? store4.newExtent(value, 0, value.length) : 0;
  const fieldLength = fieldExtent !== 0 ? extentReferenceBytes : lengthBytes(field.length) + field.length;
  let valueLength = lengthBytes(value.length) + value.length;
  if (integer3 !== void 0) valueLength = integerBytes(integer3);
  else if (valueExtent !== 0) valueLength = extentReferenceBytes;
  const special = fieldExtent !== 0 || valueExtent !== 0;
  const length = fieldLength + valueLength;
  const at = found
    ? table3.replace(hash2, length, special, false)
    : table3.place(hash2, length, special, false);
  writeText(table3.bytes, at, field, fieldExtent);
  if (integer3 !== void 0) writeInteger(table3.bytes, at + fieldLength, integer3);
  else writeText(table3.bytes, at + fieldLength, value, valueExtent);
  return !found;
}
function writeText(bytes, at, text2, extent) {
  if (extent !== 0) writeExtentReference(bytes, at, extent, text2.length);
  else copyBytes2(text2, 0, text2.length, bytes, writeLength(bytes, at, text2.length));
}
function removeNested(store4, table3, key) {
  const hash2 = table3.hashOf(key, 0, key.length);
  if (!table3.locate(hash2, key, 0, key.length)) return false;
  dropExtents(store4, table3, table3.bytes, table3.record);
  table3.erase(hash2);
  return true;
}
function dropNested(store4, table3) {
  forEachSpecial(table3, (bytes, record) => dropExtents(store4, table3, bytes, record));
  table3.dropAll();
}
function cloneNested(store4, table3) {
  const root = table3.clone();
  const copy3 = store4.table(table3.shape).attach(root);
  forEachSpecial(copy3, (bytes, record) => {
    cloneExtent(store4, bytes, record);
    if (copy3.shape === 'field') cloneExtent(store4, bytes, storedEnd(bytes, record));
  });
  return root;
}
function cloneExtent(store4, bytes, at) {
  const extent = extentAddress(bytes, at);
  if (extent !== 0) writeWord(bytes, at + 1, cloneBlock(store4.memory, extent));
}
function dropExtents(store4, table3, bytes, record) {
  const key = extentAddress(bytes, record);
  if (key !== 0) store4.memory.drop(key);
  if (table3.shape !== 'field') return;
  const value = extentAddress(bytes, storedEnd(bytes, record));
  if (value !== 0) store4.memory.drop(value);
}
function forEachSpecial(table3, visit2) {
  const { width, chunks } = table3;
  for (let index2 = 0; index2 < width; index2++) {
    const page = table3.pageWithPrefix(index2);
    if (page === 0 || chunks.words[page >>> 16][((page & 65535) << 4) + pageWord.specials] === 0) continue;
    table3.forEachInPage(page, (bytes, record) => {
      if (isSpecial(bytes, record, table3.shape)) visit2(bytes, record);
    });
  }
}
var init_nested_table = __esm({
  'src/data/nested-table.ts'() {
    'use strict';
    init_chunks();
    init_page();
    init_stored_string();
    init_table();
  },
});

// src/data/hash-value.ts
function isCompact(field, value, size) {
  return field.length <= compactBytes && value.length <= compactBytes && size <= compactFields;
}
function appendString(writer, text2, mayBeInteger) {
  writer.ensure(text2.length + 5);
  const integer3 = mayBeInteger ? integerOf(text2, 0, text2.length) : void 0;
  if (integer3 !== void 0) {
    writer.length = writeInteger(writer.buffer, writer.length, integer3);
    return;
  }
  writer.length = writeLength(writer.buffer, writer.length, text2.length);
  writer.bytes(text2, 0, text2.length);
}
var compactFields, compactBytes, HashReader, HashHandle;
var init_hash_value = __esm({
  'src/data/hash-value.ts'() {
    'use strict';
    init_assert();
    init_listpack();
    init_nested_table();
    init_page();
    init_stored_string();
    init_table_view();
    compactFields = 512;
    compactBytes = 64;
    HashReader = class {
      context;
      spot;
      #view;
      constructor(context, spot) {
        this.context = context;
        this.spot = spot;
      }
      get size() {
        this.spot.sync();
        const { bytes, valueAt } = this.spot;
        switch (this.type) {
          case recordType.listpackHash:
            return entryCount(bytes, contentStart(bytes, valueAt)) >>> 1;
          case recordType.plainHash:
            return readLength(bytes, valueAt);
          default:
            return this.view().records;
        }
      }
      get(field) {
        this.spot.sync();
        const { bytes } = this.spot;
        switch (this.type) {
          case recordType.listpackHash: {
            const at = this.findInListpack(field);
            return at < 0 ? void 0 : entryText(bytes, nextEntry(bytes, at));
          }
          case recordType.plainHash: {
            const at = this.findPlain(field);
            return at < 0 ? void 0 : copyStored(this.context.chunks, bytes, storedEnd(bytes, at));
          }
          default: {
            const view = this.view();
            if (!view.locate(view.hashOf(field, 0, field.length), field, 0, field.length)) return void 0;
            return copyStored(this.context.chunks, view.bytes, storedEnd(view.bytes, view.record));
          }
        }
      }
      has(field) {
        this.spot.sync();
        switch (this.type) {
          case recordType.listpackHash:
            return this.findInListpack(field) >= 0;
          case recordType.plainHash:
            return this.findPlain(field) >= 0;
          default: {
            const view = this.view();
            return view.locate(view.hashOf(field, 0, field.length), field, 0, field.length);
          }
        }
      }
      forEach(visit2) {
        this.spot.sync();
        const { bytes, valueAt } = this.spot;
        const { chunks } = this.context;
        switch (this.type) {
          case recordType.listpackHash: {
            const listpack = contentStart(bytes, valueAt);
            for (let at = listpack + listpackHeaderBytes; bytes[at] !== listpackEnd;) {
              const value = nextEntry(bytes, at);
              if (visit2(entryText(bytes, at), entryText(bytes, value)) === false) return;
              at = nextEntry(bytes, value);
            }
            return;
          }
          case recordType.plainHash: {
            let at = contentStart(bytes, valueAt);
            for (let left = readLength(bytes, valueAt); left > 0; left--) {
              const value = storedEnd(bytes, at);
              if (visit2(copyStored(chunks, bytes, at), copyStored(chunks, bytes, value)) === false) return;
              at = storedEnd(bytes, value);
            }
            return;
          }
          default:
            this.view().forEachRecord((page, at) =>
              visit2(copyStored(chunks, page, at), copyStored(chunks, page, storedEnd(page, at))),
            );
        }
      }
      random(draw) {
        const { size } = this;
        assert(size > 0, 'a random field of an empty hash');
        if (this.type === recordType.largeHash) {
          const view = this.view();
          view.locateRandom(draw);
          const { bytes, record } = view;
          return {
            field: copyStored(this.context.chunks, bytes, record),
            value: copyStored(this.context.chunks, bytes, storedEnd(bytes, record)),
          };
        }
        let left = Math.floor(draw() * size);
        let drawn;
        this.forEach((field, value) => {
          if (left-- > 0) return true;
          drawn = { field, value };
          return false;
        });
        assert(drawn !== void 0, 'a hash has as many fields as it says');
        return drawn;
      }
      scan(cursor, visit2) {
        this.spot.sync();
        if (this.type === recordType.largeHash) {
          const { chunks } = this.context;
          return this.view().scan(cursor, (page, at) =>
            visit2(copyStored(chunks, page, at), copyStored(chunks, page, storedEnd(page, at))),
          );
        }
        this.forEach((field, value) => visit2(field, value));
        return 0;
      }
      get type() {
        return this.spot.bytes[this.spot.typeAt];
      }
      view() {
        this.#view ??= new TableView(this.context, 'field');
        return this.#view.attach(readWord(this.spot.bytes, this.spot.valueAt));
      }
      /** Place of the field's entry, or -1. Leaves the entry looked for in `probe`. */
      findInListpack(field) {
        const { bytes, valueAt } = this.spot;
        const { probe } = this.context;
        probe.clear();
        appendEntry(probe, field, 0, field.length);
        const listpack = contentStart(bytes, valueAt);
        const end = listpack + readWord(bytes, listpack) - 1;
        return findEntry(bytes, listpack + listpackHeaderBytes, end, probe.buffer, probe.length, 2);
      }
      /** Place of the field's string, or -1. */
      findPlain(field) {
        const { bytes, valueAt } = this.spot;
        let at = contentStart(bytes, valueAt);
        for (let left = readLength(bytes, valueAt); left > 0; left--) {
          if (storedEquals(this.context.chunks, bytes, at, field, 0, field.length)) return at;
          at = storedEnd(bytes, storedEnd(bytes, at));
        }
        return -1;
      }
    };
    HashHandle = class extends HashReader {
      #store;
      #nested;
      constructor(store4, spot) {
        super(store4, spot);
        this.#store = store4;
      }
      put(field, value) {
        this.spot.sync();
        switch (this.type) {
          case recordType.listpackHash:
            return this.#putInListpack(field, value);
          case recordType.plainHash:
            return this.#putPlain(field, value);
          default: {
            const nested = this.#ownNested();
            const isNew = putField(this.#store, nested, field, value);
            if ((nested.flags & compactFlag) !== 0 && !isCompact(field, value, nested.records))
              nested.setFlags(0);
            this.spot.writeAddress(nested.root);
            return isNew;
          }
        }
      }
      remove(field) {
        this.spot.sync();
        const { bytes } = this.spot;
        switch (this.type) {
          case recordType.listpackHash: {
            const at = this.findInListpack(field);
            if (at < 0) return false;
            this.#store.probe.clear();
            const fitted = this.#spliceListpack(at, nextEntry(bytes, nextEntry(bytes, at)), -2);
            assert(fitted, 'a smaller listpack fits');
            return true;
          }
          case recordType.plainHash: {
            const at = this.findPlain(field);
            if (at < 0) return false;
            this.#store.probe.clear();
            const fitted = this.#splicePlain(at, storedEnd(bytes, storedEnd(bytes, at)), -1);
            assert(fitted, 'a smaller hash fits');
            return true;
          }
          default: {
            const nested = this.#ownNested();
            const removed = removeNested(this.#store, nested, field);
            this.spot.writeAddress(nested.root);
            return removed;
          }
        }
      }
      #putInListpack(field, value) {
        const at = this.findInListpack(field);
        const { bytes, valueAt } = this.spot;
        const { probe } = this.#store;
        const isNew = at < 0;
        if (!isCompact(field, value, this.size + (isNew ? 1 : 0))) {
          this.#rebuild(field, value, false);
          return isNew;
        }
        let from;
        let to;
        if (isNew) {
          const listpack = contentStart(bytes, valueAt);
          from = to = listpack + readWord(bytes, listpack) - 1;
        } else {
          probe.clear();
          from = nextEntry(bytes, at);
          to = nextEntry(bytes, from);
        }
        appendEntry(probe, value, 0, value.length);
        if (!this.#spliceListpack(from, to, isNew ? 2 : 0)) this.#rebuild(field, value, true);
        return isNew;
      }
      #putPlain(field, value) {
        const at = this.findPlain(field);
        const { bytes, typeAt, valueAt } = this.spot;
        const { probe } = this.#store;
        const isNew = at < 0;
        if (field.length + value.length > this.#store.tuning.smallCollectionBytes) {
          this.#rebuild(field, value, false);
          return isNew;
        }
        probe.clear();
        let from;
        let to;
        if (isNew) {
          appendString(probe, field, false);
          from = to = valueEnd(bytes, bytes[typeAt], valueAt);
        } else {
          from = storedEnd(bytes, at);
          to = storedEnd(bytes, from);
        }
        appendString(probe, value, true);
        if (!this.#splicePlain(from, to, isNew ? 1 : 0)) this.#rebuild(field, value, false);
        return isNew;
      }
      /** Puts what `probe` holds in place of bytes[from, to) of the listpack. False where the record would be too long. */
      #spliceListpack(from, to, countDelta) {
        const { bytes, valueAt } = this.spot;
        const { probe } = this.#store;
        const listpack = contentStart(bytes, valueAt);
        const total = readWord(bytes, listpack);
        const newTotal = total - (to - from) + probe.length;
        if (newTotal > total && newTotal > this.#store.tuning.smallCollectionBytes) return false;
        const content = this.#store.value;
        content.clear();
        content.ensure(5);
        content.length = writeLength(content.buffer, 0, newTotal);
        appendSigned(content, newTotal, 4);
        appendSigned(content, entryCount(bytes, listpack) + countDelta, 2);
        content.bytes(bytes, listpack + listpackHeaderBytes, from);
        content.bytes(probe.buffer, 0, probe.length);
        content.bytes(bytes, to, listpack + total);
        this.spot.rewrite(recordType.listpackHash, content.buffer, 0, content.length);
        return true;
      }
      #splicePlain(from, to, countDelta) {
        const { bytes, typeAt, valueAt } = this.spot;
        const { probe } = this.#store;
        const end = valueEnd(bytes, bytes[typeAt], valueAt);
        const grows = probe.length > to - from;
        if (grows && end - valueAt - (to - from) + probe.length > this.#store.tuning.smallCollectionBytes)
          return false;
        const content = this.#store.value;
        content.clear();
        content.ensure(5);
        content.length = writeLength(content.buffer, 0, readLength(bytes, valueAt) + countDelta);
        content.bytes(bytes, contentStart(bytes, valueAt), from);
        content.bytes(probe.buffer, 0, probe.length);
        content.bytes(bytes, to, end);
        this.spot.rewrite(recordType.plainHash, content.buffer, 0, content.length);
        return true;
      }
      /** Stores all fields and the given one anew: as a plain hash where that is asked for and short enough, else large. */
      #rebuild(field, value, compact) {
        const store4 = this.#store;
        const pairs = [];
        let isNew = true;
        this.forEach((oldField, oldValue) => {
          const same = oldField.length === field.length && oldField.every((byte, i) => byte === field[i]);
          if (same) isNew = false;
          pairs.push([oldField, same ? value : oldValue]);
        });
        if (isNew) pairs.push([field, value]);
        const length = pairs.reduce((sum, [name, text2]) => sum + name.length + text2.length + 2, 5);
        if (!compact && length <= store4.tuning.smallCollectionBytes) {
          const content = store4.value;
          content.clear();
          content.ensure(5);
          content.length = writeLength(content.buffer, 0, pairs.length);
          for (const [name, text2] of pairs) {
            appendString(content, name, false);
            appendString(content, text2, true);
          }
          this.spot.rewrite(recordType.plainHash, content.buffer, 0, content.length);
          return;
        }
        const nested = store4.table('field');
        nested.plant();
        nested.setFlags(compact ? compactFlag : 0);
        for (const [name, text2] of pairs) putField(store4, nested, name, text2);
        this.spot.rewriteLarge(recordType.largeHash, nested.root);
      }
      #ownNested() {
        this.spot.own();
        this.#nested ??= this.#store.table('field');
        return this.#nested.attach(readWord(this.spot.bytes, this.spot.valueAt));
      }
    };
  },
});

// src/data/list-tree.ts
function listCount(chunks, address) {
  return address === 0 ? 0 : chunks.words[address >>> 16][((address & 65535) << 4) + listWord.count];
}
function walkList(chunks, address, from, visit2, first = 0) {
  if (address === 0) return true;
  const bytes = chunks.bytes[address >>> 16];
  const words = chunks.words[address >>> 16];
  const at = (address & 65535) << 4;
  switch (words[at] >>> 24) {
    case blockKind.listPlain:
      return first < from || visit2(plainText(chunks, address), first) !== false;
    case blockKind.listLeaf: {
      const end = (at << 2) + words[at + listWord.end];
      let index2 = first;
      for (let entry = (at << 2) + listHeaderBytes; entry < end; entry = nextEntry(bytes, entry), index2++) {
        if (index2 >= from && visit2(entryText(bytes, entry), index2) === false) return false;
      }
      return true;
    }
    default: {
      const children = words[at + listWord.children];
      for (let i = 0; i < children; i++) {
        const count2 = words[at + listWord.pairs + 2 * i + 1];
        if (
          first + count2 > from &&
          !walkList(chunks, words[at + listWord.pairs + 2 * i], from, visit2, first)
        )
          return false;
        first += count2;
      }
      return true;
    }
  }
}
function walkListBackward(chunks, address, from, visit2, first = 0) {
  if (address === 0) return true;
  const bytes = chunks.bytes[address >>> 16];
  const words = chunks.words[address >>> 16];
  const at = (address & 65535) << 4;
  switch (words[at] >>> 24) {
    case blockKind.listPlain:
      return first > from || visit2(plainText(chunks, address), first) !== false;
    case blockKind.listLeaf: {
      let entry = (at << 2) + words[at + listWord.end];
      for (let index2 = first + words[at + listWord.count] - 1; index2 >= first; index2--) {
        entry = previousEntry(bytes, entry);
        if (index2 <= from && visit2(entryText(bytes, entry), index2) === false) return false;
      }
      return true;
    }
    default: {
      let end = first + words[at + listWord.count];
      for (let i = words[at + listWord.children] - 1; i >= 0; i--) {
        end -= words[at + listWord.pairs + 2 * i + 1];
        if (end <= from && !walkListBackward(chunks, words[at + listWord.pairs + 2 * i], from, visit2, end))
          return false;
      }
      return true;
    }
  }
}
function listElement(chunks, address, index2) {
  for (;;) {
    const words = chunks.words[address >>> 16];
    const at = (address & 65535) << 4;
    const kind = words[at] >>> 24;
    if (kind === blockKind.listPlain) return plainText(chunks, address);
    if (kind === blockKind.listLeaf)
      return entryText(chunks.bytes[address >>> 16], leafPlace(chunks, address, index2));
    let pair = at + listWord.pairs;
    for (; index2 >= words[pair + 1]; pair += 2) index2 -= words[pair + 1];
    address = words[pair];
  }
}
function forEachListPart(chunks, address, visit2) {
  if (address === 0) return;
  if (kindOf(chunks, address) !== blockKind.listNode) {
    visit2(address);
    return;
  }
  const words = chunks.words[address >>> 16];
  const at = (address & 65535) << 4;
  const children = words[at + listWord.children];
  for (let i = 0; i < children; i++) forEachListPart(chunks, words[at + listWord.pairs + 2 * i], visit2);
}
function plainText(chunks, address) {
  const start = ((address & 65535) << 6) + listHeaderBytes;
  return heapCopy(
    chunks.bytes[address >>> 16],
    start,
    start + chunks.words[address >>> 16][((address & 65535) << 4) + listWord.end],
  );
}
function leafPlace(chunks, leaf, index2) {
  const bytes = chunks.bytes[leaf >>> 16];
  const words = chunks.words[leaf >>> 16];
  const at = (leaf & 65535) << 4;
  const count2 = words[at + listWord.count];
  if (index2 <= count2 >>> 1) {
    let place2 = (at << 2) + listHeaderBytes;
    for (let i = 0; i < index2; i++) place2 = nextEntry(bytes, place2);
    return place2;
  }
  let place = (at << 2) + words[at + listWord.end];
  for (let i = count2; i > index2; i--) place = previousEntry(bytes, place);
  return place;
}
var listWord, listHeaderBytes, spareChildren, ListTree;
var init_list_tree = __esm({
  'src/data/list-tree.ts'() {
    'use strict';
    init_assert();
    init_chunks();
    init_listpack();
    init_slab();
    init_stored_string();
    init_table();
    listWord = { count: 2, end: 3, children: 3, pairs: 4 };
    listHeaderBytes = 16;
    spareChildren = 8;
    ListTree = class {
      root;
      #store;
      #memory;
      #chunks;
      #leafBytes;
      #maxChildren;
      /** Parts that the last insertion made behind the part it was asked of, in order. */
      #behind = [];
      constructor(store4, root) {
        this.#store = store4;
        this.#memory = store4.memory;
        this.#chunks = store4.chunks;
        this.#leafBytes = store4.tuning.listLeafBytes;
        this.#maxChildren = store4.tuning.listNodeChildren;
        this.root = root;
      }
      insert(index2, element) {
        if (this.root === 0) {
          this.root = this.#newPart(element);
          return;
        }
        this.root = this.#insert(this.root, index2, element);
        while (this.#behind.length > 0) this.root = this.#newNode([this.root, ...this.#behind.splice(0)]);
      }
      set(index2, element) {
        this.remove(index2, 1);
        this.insert(index2, element);
      }
      remove(index2, count2) {
        if (count2 === 0) return;
        this.root = this.#remove(this.root, index2, count2);
        while (this.root !== 0 && kindOf(this.#chunks, this.root) === blockKind.listNode) {
          const words = this.#chunks.words[this.root >>> 16];
          const at = (this.root & 65535) << 4;
          if (words[at + listWord.children] !== 1) return;
          const only = words[at + listWord.pairs];
          this.#memory.drop(this.root);
          this.root = only;
        }
      }
      drop() {
        if (this.root !== 0) this.#drop(this.root);
        this.root = 0;
      }
      /** A copy of every part; gives its root. */
      clone(address = this.root) {
        if (address === 0) return 0;
        const copy3 = cloneBlock(this.#memory, address);
        if (kindOf(this.#chunks, copy3) !== blockKind.listNode) return copy3;
        const at = ((copy3 & 65535) << 4) + listWord.pairs;
        const children = this.#chunks.words[copy3 >>> 16][((copy3 & 65535) << 4) + listWord.children];
        for (let i = 0; i < children; i++) {
          const child = this.clone(this.#chunks.words[copy3 >>> 16][at + 2 * i]);
          this.#chunks.words[copy3 >>> 16][at + 2 * i] = child;
        }
        return copy3;
      }
      #drop(address) {
        if (kindOf(this.#chunks, address) === blockKind.listNode) {
          const words = this.#chunks.words[address >>> 16];
          const at = (address & 65535) << 4;
          const children = words[at + listWord.children];
          for (let i = 0; i < children; i++) this.#drop(words[at + listWord.pairs + 2 * i]);
        }
        this.#memory.drop(address);
      }
      #own(address) {
        return this.#memory.isFrozen(address) ? this.#memory.copyAndDrop(address) : address;
      }
      #count(address) {
        return listCount(this.#chunks, address);
      }
      #isLong(element) {
        return element.length > this.#leafBytes >>> 1;
      }
      // --- making parts
      #newPart(element) {
        if (this.#isLong(element)) return this.#newPlain(element);
        const entry = this.#encode(element);
        return this.#newLeaf(entry.buffer, 0, entry.length, 1, entry.length);
      }
      #encode(element) {
        const { probe } = this.#store;
        probe.clear();
        appendEntry(probe, element, 0, element.length);
        return probe;
      }
      #newPlain(element) {
        const plain2 = this.#memory.takeBytes(listHeaderBytes + element.length, blockKind.listPlain);
        const words = this.#chunks.words[plain2 >>> 16];
        const at = (plain2 & 65535) << 4;
        words[at + listWord.count] = 1;
        words[at + listWord.end] = element.length;
        copyBytes2(
          element,
          0,
          element.length,
          this.#chunks.bytes[plain2 >>> 16],
          (at << 2) + listHeaderBytes,
        );
        return plain2;
      }
      /** A leaf of these entries with room for some more bytes. */
      #newLeaf(source, start, end, count2, spareBytes) {
        const wanted = Math.min(
          Math.max(this.#leafBytes, listHeaderBytes + end - start),
          listHeaderBytes + end - start + spareBytes,
        );
        const leaf = this.#memory.take(roundUnits(Math.ceil(wanted / unitBytes)), blockKind.listLeaf);
        const words = this.#chunks.words[leaf >>> 16];
        const at = (leaf & 65535) << 4;
        words[at + listWord.count] = count2;
        words[at + listWord.end] = listHeaderBytes + end - start;
        copyBytes2(source, start, end, this.#chunks.bytes[leaf >>> 16], (at << 2) + listHeaderBytes);
        return leaf;
      }
      #newNode(children) {
        const node = this.#memory.takeBytes(
          listHeaderBytes + 8 * (this.#maxChildren + spareChildren),
          blockKind.listNode,
        );
        const words = this.#chunks.words[node >>> 16];
        const at = (node & 65535) << 4;
        let count2 = 0;
        for (let i = 0; i < children.length; i++) {
          const child = children[i];
          words[at + listWord.pairs + 2 * i] = child;
          words[at + listWord.pairs + 2 * i + 1] = this.#count(child);
          count2 += this.#count(child);
        }
        words[at + listWord.children] = children.length;
        words[at + listWord.count] = count2;
        return node;
      }
      // --- inserting. Each gives the address of the part that stands where `address` stood; further ones are in `#behind`.
      #insert(address, index2, element) {
        switch (kindOf(this.#chunks, address)) {
          case blockKind.listNode:
            return this.#insertIntoNode(address, index2, element);
          case blockKind.listLeaf:
            return this.#isLong(element)
              ? this.#insertPart(address, index2, this.#newPlain(element))
              : this.#insertIntoLeaf(address, index2, element);
          default:
            return this.#insertPart(address, index2, this.#newPart(element));
        }
      }
      #insertIntoNode(address, index2, element) {
        const node = this.#own(address);
        const words = this.#chunks.words[node >>> 16];
        const at = (node & 65535) << 4;
        const pairs = at + listWord.pairs;
        let i = 0;
        while (index2 > words[pairs + 2 * i + 1]) index2 -= words[pairs + 2 * i++ + 1];
        const child = this.#insert(words[pairs + 2 * i], index2, element);
        words[pairs + 2 * i] = child;
        words[pairs + 2 * i + 1] = this.#count(child);
        words[at + listWord.count]++;
        const more = this.#behind.length;
        if (more === 0) return node;
        assert(more < spareChildren, 'a leaf was divided too often');
        const children = words[at + listWord.children] + more;
        words.copyWithin(pairs + 2 * (i + 1 + more), pairs + 2 * (i + 1), pairs + 2 * (children - more));
        for (let k = 0; k < more; k++) {
          const part = this.#behind[k];
          words[pairs + 2 * (i + 1 + k)] = part;
          words[pairs + 2 * (i + 1 + k) + 1] = this.#count(part);
        }
        this.#behind.length = 0;
        words[at + listWord.children] = children;
        if (children <= this.#maxChildren) return node;
        const keep = i + 1 + more === children ? this.#maxChildren : children >>> 1;
        const moved = [];
        let movedCount = 0;
        for (let k = keep; k < children; k++) {
          moved.push(words[pairs + 2 * k]);
          movedCount += words[pairs + 2 * k + 1];
        }
        words[at + listWord.children] = keep;
        words[at + listWord.count] -= movedCount;
        this.#behind.push(this.#newNode(moved));
        return node;
      }
      /** Puts a new part beside a leaf or plain, dividing the leaf where the index is inside it. */
      #insertPart(address, index2, part) {
        const count2 = this.#count(address);
        if (index2 === 0) {
          this.#behind.push(address);
          return part;
        }
        this.#behind.push(part);
        if (index2 < count2) this.#behind.push(this.#divide(address, index2));
        return index2 < count2 ? this.#leftOf : address;
      }
      #leftOf = 0;
      /** Moves a leaf's elements from `index` on into a new leaf, which it gives; the rest is `#leftOf`. */
      #divide(address, index2) {
        const place = leafPlace(this.#chunks, address, index2);
        const words = this.#chunks.words[address >>> 16];
        const at = (address & 65535) << 4;
        const end = (at << 2) + words[at + listWord.end];
        const bytes = this.#chunks.bytes[address >>> 16];
        const right = this.#newLeaf(bytes, place, end, words[at + listWord.count] - index2, 0);
        this.#leftOf = this.#newLeaf(bytes, (at << 2) + listHeaderBytes, place, index2, 0);
        this.#memory.drop(address);
        return right;
      }
      #insertIntoLeaf(address, index2, element) {
        const entry = this.#encode(element);
        const { length } = entry;
        const words = this.#chunks.words[address >>> 16];
        const at = (address & 65535) << 4;
        const end = words[at + listWord.end];
        const count2 = words[at + listWord.count];
        if (end + length > this.#leafBytes) {
          if (index2 === count2 || index2 === 0)
            return this.#insertPart(
              address,
              index2,
              this.#newLeaf(entry.buffer, 0, length, 1, this.#leafBytes >>> 2),
            );
          const middle = this.#middle(address);
          const right = this.#divide(address, middle);
          const left = this.#leftOf;
          if (index2 <= middle) {
            const first = this.#insert(left, index2, element);
            this.#behind.push(right);
            return first;
          }
          const second = this.#insert(right, index2 - middle, element);
          this.#behind.unshift(second);
          return left;
        }
        let leaf = address;
        const place = leafPlace(this.#chunks, address, index2) - (at << 2);
        if (end + length > (words[at] & 16777215) * unitBytes) {
          leaf = this.#newLeaf(
            this.#chunks.bytes[address >>> 16],
            (at << 2) + listHeaderBytes,
            (at << 2) + end,
            count2,
            Math.max(length, end),
          );
          this.#memory.drop(address);
        } else {
          leaf = this.#own(address);
        }
        const base2 = (leaf & 65535) << 6;
        const bytes = this.#chunks.bytes[leaf >>> 16];
        if (place < end) bytes.copyWithin(base2 + place + length, base2 + place, base2 + end);
        copyBytes2(entry.buffer, 0, length, bytes, base2 + place);
        const leafWords = this.#chunks.words[leaf >>> 16];
        leafWords[(base2 >>> 2) + listWord.end] = end + length;
        leafWords[(base2 >>> 2) + listWord.count] = count2 + 1;
        return leaf;
      }
      /** The index that divides a leaf of several elements into about equal numbers of bytes. */
      #middle(leaf) {
        const words = this.#chunks.words[leaf >>> 16];
        const at = (leaf & 65535) << 4;
        const bytes = this.#chunks.bytes[leaf >>> 16];
        const half = (at << 2) + (words[at + listWord.end] >>> 1);
        let place = nextEntry(bytes, (at << 2) + listHeaderBytes);
        let index2 = 1;
        for (; place < half && index2 < words[at + listWord.count] - 1; index2++)
          place = nextEntry(bytes, place);
        return index2;
      }
      // --- removing
      /** Gives what is left, 0 if nothing is. */
      #remove(address, index2, count2) {
        if (index2 === 0 && count2 === this.#count(address)) {
          this.#drop(address);
          return 0;
        }
        if (kindOf(this.#chunks, address) === blockKind.listLeaf)
          return this.#removeFromLeaf(address, index2, count2);
        assert(
          kindOf(this.#chunks, address) === blockKind.listNode,
          'part of a long element cannot be removed',
        );
        const node = this.#own(address);
        const words = this.#chunks.words[node >>> 16];
        const at = (node & 65535) << 4;
        const pairs = at + listWord.pairs;
        const children = words[at + listWord.children];
        words[at + listWord.count] -= count2;
        let kept2 = 0;
        let touched = -1;
        for (let i = 0; i < children; i++) {
          let child = words[pairs + 2 * i];
          let size = words[pairs + 2 * i + 1];
          if (count2 > 0 && index2 < size) {
            const some = Math.min(count2, size - index2);
            child = this.#remove(child, index2, some);
            size -= some;
            count2 -= some;
            index2 = 0;
            touched = kept2;
          } else {
            index2 -= Math.min(index2, size);
          }
          if (child === 0) continue;
          words[pairs + 2 * kept2] = child;
          words[pairs + 2 * kept2 + 1] = size;
          kept2++;
        }
        words[at + listWord.children] = kept2;
        for (let i = Math.min(touched + 1, kept2 - 1); i > 0 && i >= touched - 1; i--) this.#join(node, i);
        return node;
      }
      #removeFromLeaf(address, index2, count2) {
        const leaf = this.#own(address);
        const words = this.#chunks.words[leaf >>> 16];
        const at = (leaf & 65535) << 4;
        const base2 = at << 2;
        const bytes = this.#chunks.bytes[leaf >>> 16];
        const end = base2 + words[at + listWord.end];
        const from = leafPlace(this.#chunks, leaf, index2);
        let to = from;
        if (index2 + count2 === words[at + listWord.count]) to = end;
        else for (let i = 0; i < count2; i++) to = nextEntry(bytes, to);
        bytes.copyWithin(from, to, end);
        words[at + listWord.end] = end - (to - from) - base2;
        words[at + listWord.count] -= count2;
        return leaf;
      }
      /** Joins child i of an owned node with the one before it, where both are small. */
      #join(node, i) {
        const words = this.#chunks.words[node >>> 16];
        const at = (node & 65535) << 4;
        const pairs = at + listWord.pairs;
        const left = words[pairs + 2 * (i - 1)];
        const right = words[pairs + 2 * i];
        const kind = kindOf(this.#chunks, left);
        if (kind !== kindOf(this.#chunks, right) || kind === blockKind.listPlain) return;
        const joined =
          kind === blockKind.listLeaf ? this.#joinLeaves(left, right) : this.#joinNodes(left, right);
        if (joined === 0) return;
        words[pairs + 2 * (i - 1)] = joined;
        words[pairs + 2 * (i - 1) + 1] = this.#count(joined);
        words.copyWithin(pairs + 2 * i, pairs + 2 * (i + 1), pairs + 2 * words[at + listWord.children]);
        words[at + listWord.children]--;
      }
      #joinLeaves(left, right) {
        const leftAt = (left & 65535) << 4;
        const rightAt = (right & 65535) << 4;
        const leftEnd = this.#chunks.words[left >>> 16][leftAt + listWord.end];
        const rightEnd = this.#chunks.words[right >>> 16][rightAt + listWord.end];
        const together = leftEnd + rightEnd - listHeaderBytes;
        if (together > (this.#leafBytes * 5) >>> 3) return 0;
        const count2 = this.#count(left) + this.#count(right);
        const leftBytes = leftAt << 2;
        const leaf = this.#newLeaf(
          this.#chunks.bytes[left >>> 16],
          leftBytes + listHeaderBytes,
          leftBytes + leftEnd,
          count2,
          rightEnd,
        );
        const at = (leaf & 65535) << 4;
        const rightStart = (rightAt << 2) + listHeaderBytes;
        copyBytes2(
          this.#chunks.bytes[right >>> 16],
          rightStart,
          (rightAt << 2) + rightEnd,
          this.#chunks.bytes[leaf >>> 16],
          (at << 2) + leftEnd,
        );
        this.#chunks.words[leaf >>> 16][at + listWord.end] = together;
        this.#memory.drop(left);
        this.#memory.drop(right);
        return leaf;
      }
      #joinNodes(left, right) {
        const children = [];
        for (const part of [left, right]) {
          const words = this.#chunks.words[part >>> 16];
          const at = (part & 65535) << 4;
          for (let i = 0; i < words[at + listWord.children]; i++)
            children.push(words[at + listWord.pairs + 2 * i]);
        }
        if (children.length > this.#maxChildren >>> 1) return 0;
        const node = this.#newNode(children);
        this.#memory.drop(left);
        this.#memory.drop(right);
        return node;
      }
    };
  },
});

// src/data/list-value.ts
var packedPrefixBytes, ListReader, ListHandle;
var init_list_value = __esm({
  'src/data/list-value.ts'() {
    'use strict';
    init_assert();
    init_list_tree();
    init_listpack();
    init_page();
    init_stored_string();
    packedPrefixBytes = 2;
    ListReader = class {
      context;
      spot;
      constructor(context, spot) {
        this.context = context;
        this.spot = spot;
      }
      get length() {
        this.spot.sync();
        return this.isLarge
          ? listCount(this.context.chunks, this.root)
          : entryCount(this.spot.bytes, this.listpack);
      }
      at(index2) {
        const { length } = this;
        assert(index2 >= 0 && index2 < length, `no element ${index2} in a list of ${length}`);
        if (this.isLarge) return listElement(this.context.chunks, this.root, index2);
        return entryText(this.spot.bytes, this.place(index2));
      }
      forEach(visit2, from = 0) {
        const { length } = this;
        if (this.isLarge) {
          walkList(this.context.chunks, this.root, from, visit2);
          return;
        }
        if (from >= length) return;
        const { bytes } = this.spot;
        let at = this.place(from);
        for (let index2 = from; index2 < length; index2++) {
          if (visit2(entryText(bytes, at), index2) === false) return;
          at = nextEntry(bytes, at);
        }
      }
      forEachBackward(visit2, from = this.length - 1) {
        this.spot.sync();
        if (this.isLarge) {
          walkListBackward(this.context.chunks, this.root, from, visit2);
          return;
        }
        const { bytes } = this.spot;
        const start = Math.min(from, this.length - 1);
        let at = this.place(start + 1);
        for (let index2 = start; index2 >= 0; index2--) {
          at = previousEntry(bytes, at);
          if (visit2(entryText(bytes, at), index2) === false) return;
        }
      }
      get isLarge() {
        return this.spot.bytes[this.spot.typeAt] === recordType.largeList;
      }
      get root() {
        return readWord(this.spot.bytes, this.spot.valueAt);
      }
      /** Place of a small list's listpack. */
      get listpack() {
        return contentStart(this.spot.bytes, this.spot.valueAt + packedPrefixBytes);
      }
      /** Place of the entry at `index` of a small list, or of the end; from the nearer side. */
      place(index2) {
        const { bytes } = this.spot;
        const { listpack } = this;
        const count2 = entryCount(bytes, listpack);
        if (index2 <= count2 >>> 1) {
          let at2 = listpack + listpackHeaderBytes;
          for (let i = 0; i < index2; i++) at2 = nextEntry(bytes, at2);
          return at2;
        }
        let at = listpack + readWord(bytes, listpack) - 1;
        for (let i = count2; i > index2; i--) at = previousEntry(bytes, at);
        return at;
      }
    };
    ListHandle = class extends ListReader {
      #store;
      #cachedTree;
      constructor(store4, spot) {
        super(store4, spot);
        this.#store = store4;
      }
      pushHead(element) {
        this.insertAt(0, element);
      }
      pushTail(element) {
        this.insertAt(this.length, element);
      }
      popHead() {
        const element = this.at(0);
        this.removeRange(0, 1);
        return element;
      }
      popTail() {
        const last = this.length - 1;
        const element = this.at(last);
        this.removeRange(last, 1);
        return element;
      }
      setAt(index2, element) {
        const { length } = this;
        assert(index2 >= 0 && index2 < length, `no element ${index2} in a list of ${length}`);
        if (!this.isLarge) {
          const from = this.place(index2);
          if (this.#splice(from, nextEntry(this.spot.bytes, from), element, 0)) return;
          this.#makeLarge();
        }
        const tree = this.#ownTree();
        tree.set(index2, element);
        this.spot.writeAddress(tree.root);
      }
      insertAt(index2, element) {
        const { length } = this;
        assert(index2 >= 0 && index2 <= length, `no place ${index2} in a list of ${length}`);
        if (!this.isLarge) {
          const place = this.place(index2);
          if (this.#splice(place, place, element, 1)) return;
          this.#makeLarge();
        }
        const tree = this.#ownTree();
        tree.insert(index2, element);
        this.spot.writeAddress(tree.root);
      }
      removeRange(index2, count2) {
        const { length } = this;
        assert(
          index2 >= 0 && count2 >= 0 && index2 + count2 <= length,
          `no ${count2} elements from ${index2} on in a list of ${length}`,
        );
        if (count2 === 0) return;
        if (this.isLarge) {
          const tree = this.#ownTree();
          tree.remove(index2, count2);
          this.spot.writeAddress(tree.root);
          return;
        }
        const from = this.place(index2);
        let to = from;
        for (let i = 0; i < count2; i++) to = nextEntry(this.spot.bytes, to);
        this.#splice(from, to, void 0, -count2);
      }
      /** Puts an element in place of bytes[from, to) of the listpack. False where the record would be too long. */
      #splice(from, to, element, countDelta) {
        const { bytes } = this.spot;
        const { listpack } = this;
        const { probe, value, tuning } = this.#store;
        probe.clear();
        if (element !== void 0) {
          if (element.length > tuning.smallCollectionBytes) return false;
          appendEntry(probe, element, 0, element.length);
        }
        const total = readWord(bytes, listpack);
        const newTotal = total - (to - from) + probe.length;
        if (newTotal > total && newTotal > tuning.smallCollectionBytes) return false;
        value.clear();
        value.byte(1);
        value.byte(2);
        value.ensure(5);
        value.length = writeLength(value.buffer, packedPrefixBytes, newTotal);
        appendSigned(value, newTotal, 4);
        appendSigned(value, entryCount(bytes, listpack) + countDelta, 2);
        value.bytes(bytes, listpack + listpackHeaderBytes, from);
        value.bytes(probe.buffer, 0, probe.length);
        value.bytes(bytes, to, listpack + total);
        this.spot.rewrite(recordType.packedList, value.buffer, 0, value.length);
        return true;
      }
      #makeLarge() {
        const tree = new ListTree(this.#store, 0);
        this.forEach((element, index2) => tree.insert(index2, element));
        this.spot.rewriteLarge(recordType.largeList, tree.root);
      }
      #ownTree() {
        this.spot.own();
        const { root } = this;
        this.#cachedTree ??= new ListTree(this.#store, root);
        this.#cachedTree.root = root;
        return this.#cachedTree;
      }
    };
  },
});

// src/data/intset.ts
function intsetSize(bytes, intset) {
  return readWord(bytes, intset + 4);
}
function intsetAt(bytes, intset, index2) {
  const width = bytes[intset];
  return readSigned(bytes, intset + intsetHeaderBytes + index2 * width, width);
}
function intsetText(bytes, intset, index2) {
  return formatInteger(intsetAt(bytes, intset, index2));
}
function intsetSearch(bytes, intset, value) {
  let low2 = 0;
  let high2 = intsetSize(bytes, intset);
  while (low2 < high2) {
    const middle = (low2 + high2) >>> 1;
    if (intsetAt(bytes, intset, middle) < value) low2 = middle + 1;
    else high2 = middle;
  }
  return low2;
}
function intsetHas(bytes, intset, value) {
  const index2 = intsetSearch(bytes, intset, value);
  return index2 < intsetSize(bytes, intset) && intsetAt(bytes, intset, index2) <= value;
}
function widthOf(value) {
  return value >= -32768 && value <= 32767 ? 2 : value >= -2147483648 && value <= 2147483647 ? 4 : 8;
}
function appendHeader(writer, width, count2) {
  appendSigned(writer, width, 4);
  appendSigned(writer, count2, 4);
}
function appendEmptyIntset(writer) {
  appendHeader(writer, 2, 0);
}
function appendIntsetWith(writer, bytes, intset, value) {
  const size = intsetSize(bytes, intset);
  const index2 = intsetSearch(bytes, intset, value);
  const old = bytes[intset];
  const width = Math.max(old, widthOf(value));
  const start = intset + intsetHeaderBytes;
  appendHeader(writer, width, size + 1);
  if (width === old) {
    writer.bytes(bytes, start, start + index2 * width);
    appendSigned(writer, value, width);
    writer.bytes(bytes, start + index2 * width, start + size * width);
    return;
  }
  for (let i = 0; i < index2; i++) appendSigned(writer, intsetAt(bytes, intset, i), width);
  appendSigned(writer, value, width);
  for (let i = index2; i < size; i++) appendSigned(writer, intsetAt(bytes, intset, i), width);
}
function appendIntsetWithout(writer, bytes, intset, index2) {
  const size = intsetSize(bytes, intset);
  const width = bytes[intset];
  const start = intset + intsetHeaderBytes;
  appendHeader(writer, width, size - 1);
  writer.bytes(bytes, start, start + index2 * width);
  writer.bytes(bytes, start + (index2 + 1) * width, start + size * width);
}
var intsetHeaderBytes;
var init_intset = __esm({
  'src/data/intset.ts'() {
    'use strict';
    init_integer();
    init_listpack();
    init_stored_string();
    intsetHeaderBytes = 8;
  },
});

// src/data/set-value.ts
var compactMembers, SetReader, SetHandle;
var init_set_value = __esm({
  'src/data/set-value.ts'() {
    'use strict';
    init_assert();
    init_hash_value();
    init_intset();
    init_listpack();
    init_nested_table();
    init_page();
    init_stored_string();
    init_table_view();
    compactMembers = 512;
    SetReader = class {
      context;
      spot;
      #view;
      constructor(context, spot) {
        this.context = context;
        this.spot = spot;
      }
      get size() {
        this.spot.sync();
        const { bytes, valueAt } = this.spot;
        switch (this.type) {
          case recordType.intset:
            return intsetSize(bytes, contentStart(bytes, valueAt));
          case recordType.plainSet:
            return readLength(bytes, valueAt);
          default:
            return this.view().records;
        }
      }
      has(member) {
        this.spot.sync();
        const { bytes, valueAt } = this.spot;
        switch (this.type) {
          case recordType.intset: {
            const value = integerText(member, 0, member.length);
            return value !== void 0 && intsetHas(bytes, contentStart(bytes, valueAt), value);
          }
          case recordType.plainSet:
            return this.findPlain(member) >= 0;
          default: {
            const view = this.view();
            return view.locate(view.hashOf(member, 0, member.length), member, 0, member.length);
          }
        }
      }
      forEach(visit2) {
        this.spot.sync();
        const { bytes, valueAt } = this.spot;
        const { chunks } = this.context;
        switch (this.type) {
          case recordType.intset: {
            const intset = contentStart(bytes, valueAt);
            const size = intsetSize(bytes, intset);
            for (let i = 0; i < size; i++) if (visit2(intsetText(bytes, intset, i)) === false) return;
            return;
          }
          case recordType.plainSet: {
            let at = contentStart(bytes, valueAt);
            for (let left = readLength(bytes, valueAt); left > 0; left--) {
              if (visit2(copyStored(chunks, bytes, at)) === false) return;
              at = storedEnd(bytes, at);
            }
            return;
          }
          default:
            this.view().forEachRecord((page, at) => visit2(copyStored(chunks, page, at)));
        }
      }
      random(draw) {
        const { size } = this;
        assert(size > 0, 'a random member of an empty set');
        const { bytes, valueAt } = this.spot;
        const { chunks } = this.context;
        switch (this.type) {
          case recordType.intset:
            return intsetText(bytes, contentStart(bytes, valueAt), Math.floor(draw() * size));
          case recordType.plainSet: {
            let at = contentStart(bytes, valueAt);
            for (let left = Math.floor(draw() * size); left > 0; left--) at = storedEnd(bytes, at);
            return copyStored(chunks, bytes, at);
          }
          default: {
            const view = this.view();
            view.locateRandom(draw);
            return copyStored(chunks, view.bytes, view.record);
          }
        }
      }
      scan(cursor, visit2) {
        this.spot.sync();
        if (this.type === recordType.largeSet) {
          const { chunks } = this.context;
          return this.view().scan(cursor, (page, at) => visit2(copyStored(chunks, page, at)));
        }
        this.forEach((member) => visit2(member));
        return 0;
      }
      get type() {
        return this.spot.bytes[this.spot.typeAt];
      }
      view() {
        this.#view ??= new TableView(this.context, 'member');
        return this.#view.attach(readWord(this.spot.bytes, this.spot.valueAt));
      }
      /** Place of the member's string, or -1. */
      findPlain(member) {
        const { bytes, valueAt } = this.spot;
        let at = contentStart(bytes, valueAt);
        for (let left = readLength(bytes, valueAt); left > 0; left--) {
          if (storedEquals(this.context.chunks, bytes, at, member, 0, member.length)) return at;
          at = storedEnd(bytes, at);
        }
        return -1;
      }
    };
    SetHandle = class extends SetReader {
      #store;
      #nested;
      constructor(store4, spot) {
        super(store4, spot);
        this.#store = store4;
      }
      add(member) {
        this.spot.sync();
        switch (this.type) {
          case recordType.intset:
            return this.#addToIntset(member);
          case recordType.plainSet:
            return this.#addPlain(member);
          default: {
            const nested = this.#ownNested();
            const isNew = putMember(this.#store, nested, member);
            if (isNew && (nested.flags & compactFlag) !== 0) {
              if (nested.records > compactMembers || integerText(member, 0, member.length) === void 0)
                nested.setFlags(0);
            }
            this.spot.writeAddress(nested.root);
            return isNew;
          }
        }
      }
      remove(member) {
        this.spot.sync();
        const { bytes, valueAt } = this.spot;
        const content = this.#store.value;
        switch (this.type) {
          case recordType.intset: {
            const value = integerText(member, 0, member.length);
            const intset = contentStart(bytes, valueAt);
            if (value === void 0 || !intsetHas(bytes, intset, value)) return false;
            const count2 = intsetSize(bytes, intset) - 1;
            this.#beginIntset(intsetHeaderBytes + count2 * bytes[intset]);
            appendIntsetWithout(content, bytes, intset, intsetSearch(bytes, intset, value));
            this.spot.rewrite(recordType.intset, content.buffer, 0, content.length);
            return true;
          }
          case recordType.plainSet: {
            const at = this.findPlain(member);
            if (at < 0) return false;
            this.#beginPlain(readLength(bytes, valueAt) - 1);
            content.bytes(bytes, contentStart(bytes, valueAt), at);
            content.bytes(bytes, storedEnd(bytes, at), valueEnd(bytes, recordType.plainSet, valueAt));
            this.spot.rewrite(recordType.plainSet, content.buffer, 0, content.length);
            return true;
          }
          default: {
            const nested = this.#ownNested();
            const removed = removeNested(this.#store, nested, member);
            this.spot.writeAddress(nested.root);
            return removed;
          }
        }
      }
      #addToIntset(member) {
        const { bytes, valueAt } = this.spot;
        const intset = contentStart(bytes, valueAt);
        const value = integerText(member, 0, member.length);
        if (value !== void 0 && intsetHas(bytes, intset, value)) return false;
        const size = intsetSize(bytes, intset);
        const compact = value !== void 0 && size < compactMembers;
        if (!compact) {
          this.#rebuild(member, false);
          return true;
        }
        const grown = this.#store.probe;
        grown.clear();
        appendIntsetWith(grown, bytes, intset, value);
        if (grown.length > this.#store.tuning.smallCollectionBytes && size > 0) {
          this.#rebuild(member, true);
          return true;
        }
        this.#beginIntset(grown.length);
        this.#store.value.bytes(grown.buffer, 0, grown.length);
        this.spot.rewrite(recordType.intset, this.#store.value.buffer, 0, this.#store.value.length);
        return true;
      }
      #addPlain(member) {
        if (this.findPlain(member) >= 0) return false;
        const { bytes, valueAt } = this.spot;
        const end = valueEnd(bytes, recordType.plainSet, valueAt);
        if (
          end - valueAt + lengthBytes(member.length) + member.length >
          this.#store.tuning.smallCollectionBytes
        ) {
          this.#rebuild(member, false);
          return true;
        }
        const content = this.#store.value;
        this.#beginPlain(readLength(bytes, valueAt) + 1);
        content.bytes(bytes, contentStart(bytes, valueAt), end);
        appendString(content, member, false);
        this.spot.rewrite(recordType.plainSet, content.buffer, 0, content.length);
        return true;
      }
      /** Stores all members and the new one anew: as a plain set where that is asked for and short enough, else large. */
      #rebuild(member, compact) {
        const store4 = this.#store;
        const members2 = [];
        this.forEach((old) => void members2.push(old));
        members2.push(member);
        if (!compact) {
          const length = members2.reduce(
            (sum, { length: length2 }) => sum + lengthBytes(length2) + length2,
            lengthBytes(members2.length),
          );
          if (length <= store4.tuning.smallCollectionBytes) {
            this.#beginPlain(members2.length);
            for (const each of members2) appendString(store4.value, each, false);
            this.spot.rewrite(recordType.plainSet, store4.value.buffer, 0, store4.value.length);
            return;
          }
        }
        const nested = store4.table('member');
        nested.plant();
        nested.setFlags(compact ? compactFlag : 0);
        for (const each of members2) putMember(store4, nested, each);
        this.spot.rewriteLarge(recordType.largeSet, nested.root);
      }
      #beginIntset(intsetBytes) {
        const { value } = this.#store;
        value.clear();
        value.ensure(5);
        value.length = writeLength(value.buffer, 0, intsetBytes);
      }
      #beginPlain(count2) {
        const { value } = this.#store;
        value.clear();
        value.ensure(5);
        value.length = writeLength(value.buffer, 0, count2);
      }
      #ownNested() {
        this.spot.own();
        this.#nested ??= this.#store.table('member');
        return this.#nested.attach(readWord(this.spot.bytes, this.spot.valueAt));
      }
    };
  },
});

// src/data/spot.ts
var FixedSpot, LiveSpot;
var init_spot = __esm({
  'src/data/spot.ts'() {
    'use strict';
    init_assert();
    init_chunks();
    init_page();
    init_stored_string();
    FixedSpot = class {
      bytes;
      typeAt;
      valueAt;
      constructor(bytes, typeAt) {
        this.bytes = bytes;
        this.typeAt = typeAt;
        this.valueAt = storedEnd(bytes, typeAt + 1);
      }
      sync() {}
    };
    LiveSpot = class {
      store;
      bytes;
      typeAt = 0;
      valueAt = 0;
      #table;
      #key;
      #hash;
      #stamp = -1;
      constructor(store4, table3, key, hash2) {
        this.store = store4;
        this.bytes = key;
        this.#table = table3;
        this.#key = key;
        this.#hash = hash2;
      }
      sync() {
        if (this.#stamp !== this.store.stamp) this.#locate();
      }
      #locate() {
        assert(
          this.#table.locate(this.#hash, this.#key, 0, this.#key.length),
          'a collection was used after its key was removed',
        );
        this.#refresh();
      }
      #refresh() {
        this.bytes = this.#table.bytes;
        this.typeAt = typeOf(this.bytes, this.#table.record);
        this.valueAt = storedEnd(this.bytes, this.typeAt + 1);
        this.#stamp = this.store.stamp;
      }
      /** Makes the record's page writable in place and finds the record in it. */
      own() {
        this.store.memory.freeSome();
        this.#locate();
        if (!this.store.memory.isFrozen(this.#table.page)) return;
        this.#table.ownLocated(this.#hash);
        this.store.changed();
        this.#refresh();
      }
      /** Keeps expiry and key, and puts the type and value that `value` holds in place of what is there. */
      rewrite(type2, value, start, end) {
        this.#locate();
        const { scratch: scratch3 } = this.store;
        scratch3.clear();
        scratch3.bytes(this.bytes, this.#table.record, this.valueAt);
        scratch3.buffer[this.typeAt - this.#table.record] = type2;
        scratch3.bytes(value, start, end);
        this.#put(scratch3);
      }
      /** As `rewrite`, with the address of a large collection's structure for a value. */
      rewriteLarge(type2, address) {
        const { value } = this.store;
        value.clear();
        value.ensure(4);
        writeWord(value.buffer, 0, address);
        this.rewrite(type2, value.buffer, 0, 4);
      }
      #put(record) {
        const { buffer, length } = record;
        assert(recordEnd(buffer, 0, 'key') === length, 'a record is as long as its parts');
        const at = this.#table.replace(
          this.#hash,
          length,
          isSpecial(buffer, 0, 'key'),
          hasExpiry(buffer, 0, 'key'),
        );
        copyBytes2(buffer, 0, length, this.#table.bytes, at);
        this.store.changed();
        this.#refresh();
      }
      /** Writes the address of a large collection's structure where it stands. The record is owned. */
      writeAddress(address) {
        writeWord(this.bytes, this.valueAt, address);
      }
    };
  },
});

// src/data/entry.ts
function valueTypeOf(type2) {
  switch (type2) {
    case recordType.string:
      return 'string';
    case recordType.packedList:
    case recordType.largeList:
      return 'list';
    case recordType.intset:
    case recordType.plainSet:
    case recordType.largeSet:
      return 'set';
    default:
      return 'hash';
  }
}
var embeddedBytes, StoredEntry;
var init_entry = __esm({
  'src/data/entry.ts'() {
    'use strict';
    init_integer();
    init_assert();
    init_hash_value();
    init_keyspace();
    init_list_value();
    init_listpack();
    init_page();
    init_set_value();
    init_spot();
    init_stored_string();
    init_table_view();
    embeddedBytes = 44;
    StoredEntry = class {
      #context;
      #bytes;
      #record = 0;
      #typeAt = 0;
      constructor(context) {
        this.#context = context;
        this.#bytes = context.chunks.bytes[0];
      }
      /** Makes this the entry of the record at `record`. */
      point(bytes, record) {
        this.#bytes = bytes;
        this.#record = record;
        this.#typeAt = typeOf(bytes, record);
        return this;
      }
      get type() {
        return valueTypeOf(this.#recordType);
      }
      get expireAtMs() {
        return this.#typeAt === this.#record ? NO_EXPIRY : readExpiry(this.#bytes, this.#record);
      }
      key() {
        return copyStored(this.#context.chunks, this.#bytes, this.#typeAt + 1);
      }
      stringLength() {
        return storedLength(this.#bytes, this.#stringAt());
      }
      stringBytes() {
        return copyStored(this.#context.chunks, this.#bytes, this.#stringAt());
      }
      writeString(writer) {
        appendStored(this.#context.chunks, this.#bytes, this.#stringAt(), writer);
      }
      stringInteger() {
        const at = this.#stringAt();
        if (isIntegerForm(this.#bytes[at])) return storedInteger(this.#bytes, at);
        if (storedLength(this.#bytes, at) > 16) return void 0;
        return parseInteger(this.stringBytes());
      }
      encoding() {
        switch (this.#recordType) {
          case recordType.string: {
            const at = this.#stringAt();
            const length = storedLength(this.#bytes, at);
            if (isIntegerForm(this.#bytes[at])) return 'int';
            if (length <= 20 && integerText(this.stringBytes(), 0, length) !== void 0) return 'int';
            return length <= embeddedBytes ? 'embstr' : 'raw';
          }
          case recordType.intset:
            return 'intset';
          case recordType.listpackHash:
            return 'listpack';
          case recordType.largeSet:
            return this.#isCompact() ? 'intset' : 'hashtable';
          case recordType.largeHash:
            return this.#isCompact() ? 'listpack' : 'hashtable';
          case recordType.packedList:
          case recordType.largeList:
            return 'quicklist';
          default:
            return 'hashtable';
        }
      }
      list() {
        assert(this.type === 'list', `a list is wanted, the key holds a ${this.type}`);
        return new ListReader(this.#context, new FixedSpot(this.#bytes, this.#typeAt));
      }
      set() {
        assert(this.type === 'set', `a set is wanted, the key holds a ${this.type}`);
        return new SetReader(this.#context, new FixedSpot(this.#bytes, this.#typeAt));
      }
      hash() {
        assert(this.type === 'hash', `a hash is wanted, the key holds a ${this.type}`);
        return new HashReader(this.#context, new FixedSpot(this.#bytes, this.#typeAt));
      }
      get #recordType() {
        return this.#bytes[this.#typeAt];
      }
      get #valueAt() {
        return storedEnd(this.#bytes, this.#typeAt + 1);
      }
      #stringAt() {
        assert(this.#recordType === recordType.string, `a string is wanted, the key holds a ${this.type}`);
        return this.#valueAt;
      }
      #isCompact() {
        const root = readWord(this.#bytes, this.#valueAt);
        return (new TableView(this.#context, 'member').attach(root).flags & compactFlag) !== 0;
      }
    };
  },
});

// src/data/run-cursor.ts
var compressAboveBytes,
  compressGainBytes,
  alwaysTriedBytes,
  compressUpToBytes,
  longestPause,
  runBytes,
  RunCursor;
var init_run_cursor = __esm({
  'src/data/run-cursor.ts'() {
    'use strict';
    init_lzf();
    init_writer();
    init_chunks();
    init_list_tree();
    init_list_value();
    init_listpack();
    init_page();
    init_stored_string();
    init_table_view();
    compressAboveBytes = 20;
    compressGainBytes = 4;
    alwaysTriedBytes = 512;
    compressUpToBytes = 1 << 26;
    longestPause = 64;
    runBytes = 32 * 1024;
    RunCursor = class {
      bytes;
      start = 0;
      end = 0;
      keys = 0;
      #context;
      #table;
      #compress;
      #made = new ByteWriter(1024);
      /** Where the runs that wait begin and end: in pages, or (null) in `#made`. */
      #waitingBytes = [];
      #waitingRanges = [];
      #next = 0;
      /** The end of what of `#made` is in a run already. */
      #madeRun = 0;
      #index = 0;
      #page = 0;
      /** The next record of the page, and the end of its records. */
      #record = 0;
      #pageEnd = 0;
      #inside;
      #misses = 0;
      #pause = 0;
      constructor(context, root, compress) {
        this.#context = context;
        this.#table = new TableView(context, 'key').attach(root);
        this.#compress = compress;
        this.bytes = context.chunks.bytes[0];
      }
      nextRun() {
        if (this.#next === this.#waitingBytes.length && !this.#fill()) return false;
        this.bytes = this.#waitingBytes[this.#next] ?? this.#made.buffer;
        this.start = this.#waitingRanges[2 * this.#next];
        this.end = this.#waitingRanges[2 * this.#next + 1];
        this.#next++;
        return true;
      }
      /** Prepares runs; false at the end. */
      #fill() {
        this.#waitingBytes.length = 0;
        this.#waitingRanges.length = 0;
        this.#next = 0;
        this.#made.clear();
        this.#madeRun = 0;
        for (;;) {
          if (this.#inside !== void 0) this.#fillInside(this.#inside);
          else if (this.#page !== 0) this.#fillFromPage();
          else if (!this.#turnPage()) break;
          if (this.#waitingBytes.length > 0 || this.#made.length >= runBytes) break;
        }
        this.#endMade();
        return this.#waitingBytes.length > 0;
      }
      #turnPage() {
        const table3 = this.#table;
        const { width } = table3;
        while (this.#index < width) {
          const page = table3.pageWithPrefix(this.#index++);
          if (page === 0) continue;
          this.#page = page;
          this.#record = recordsStart(this.#context.chunks, page);
          this.#pageEnd = byteOf(page) + this.#pageWord(page, pageWord.end);
          return true;
        }
        return false;
      }
      #pageWord(page, word) {
        return this.#context.chunks.words[page >>> 16][((page & 65535) << 4) + word];
      }
      #fillFromPage() {
        const page = this.#page;
        const bytes = this.#context.chunks.bytes[page >>> 16];
        if (!this.#compress && this.#pageWord(page, pageWord.specials) === 0) {
          this.keys += this.#pageWord(page, pageWord.count);
          this.#run(bytes, this.#record, this.#pageEnd);
          this.#page = 0;
          return;
        }
        let plainFrom = this.#record;
        while (this.#record < this.#pageEnd) {
          const record = this.#record;
          this.#record = recordEnd(bytes, record, 'key');
          this.keys++;
          if (this.#compress) {
            this.#makeRecord(bytes, record);
            if (this.#inside !== void 0) return;
            continue;
          }
          if (!isSpecial(bytes, record, 'key')) continue;
          if (plainFrom < record) this.#run(bytes, plainFrom, record);
          plainFrom = this.#record;
          this.#makeRecord(bytes, record);
          if (this.#inside !== void 0) return;
        }
        if (!this.#compress && plainFrom < this.#pageEnd) this.#run(bytes, plainFrom, this.#pageEnd);
        this.#page = 0;
      }
      /** Writes a record, or the beginning of one whose rest is `#inside`. */
      #makeRecord(bytes, record) {
        const made = this.#made;
        const typeAt = typeOf(bytes, record);
        const valueAt = storedEnd(bytes, typeAt + 1);
        const type2 = bytes[typeAt];
        made.bytes(bytes, record, typeAt);
        made.byte(
          type2 === recordType.largeSet
            ? recordType.plainSet
            : type2 === recordType.largeHash
              ? recordType.plainHash
              : type2 === recordType.largeList
                ? recordType.packedList
                : type2,
        );
        this.#string(bytes, typeAt + 1, false);
        switch (type2) {
          case recordType.string:
          case recordType.intset:
          case recordType.listpackHash:
            this.#string(bytes, valueAt, true);
            return;
          case recordType.packedList:
            made.bytes(bytes, valueAt, valueAt + packedPrefixBytes);
            this.#string(bytes, valueAt + packedPrefixBytes, true);
            return;
          case recordType.plainSet:
          case recordType.plainHash: {
            const count2 = readLength(bytes, valueAt);
            this.#length(count2);
            this.#strings(
              bytes,
              contentStart(bytes, valueAt),
              type2 === recordType.plainSet ? count2 : 2 * count2,
            );
            return;
          }
          case recordType.largeList: {
            const parts = [];
            forEachListPart(this.#context.chunks, readWord(bytes, valueAt), (part) => void parts.push(part));
            this.#length(parts.length);
            this.#inside = { kind: 'list', parts, index: 0 };
            return;
          }
          default: {
            const table3 = new TableView(
              this.#context,
              type2 === recordType.largeSet ? 'member' : 'field',
            ).attach(readWord(bytes, valueAt));
            this.#length(table3.records);
            this.#inside = { kind: 'table', table: table3, index: 0 };
          }
        }
      }
      /** Writes the next part of a large collection, or ends it. */
      #fillInside(inside) {
        if (inside.kind === 'list') {
          const part = inside.parts[inside.index++];
          if (part === void 0) this.#inside = void 0;
          else this.#listPart(part);
          return;
        }
        const { table: table3 } = inside;
        while (inside.index < table3.width) {
          const page = table3.pageWithPrefix(inside.index++);
          if (page === 0) continue;
          const bytes = this.#context.chunks.bytes[page >>> 16];
          const start = recordsStart(this.#context.chunks, page);
          if (!this.#compress && this.#pageWord(page, pageWord.specials) === 0) {
            this.#run(bytes, start, byteOf(page) + this.#pageWord(page, pageWord.end));
          } else {
            this.#strings(
              bytes,
              start,
              this.#pageWord(page, pageWord.count) * (table3.shape === 'field' ? 2 : 1),
            );
          }
          return;
        }
        this.#inside = void 0;
      }
      /** Writes a run of a long list as a packed node. */
      #listPart(part) {
        const made = this.#made;
        const { chunks } = this.#context;
        const bytes = chunks.bytes[part >>> 16];
        const start = byteOf(part) + listHeaderBytes;
        const words = chunks.words[part >>> 16];
        const at = (part & 65535) << 4;
        const plain2 = kindOf(chunks, part) === blockKind.listPlain;
        const contentBytes = plain2 ? words[at + listWord.end] : words[at + listWord.end] - listHeaderBytes;
        const entryHead = plain2 ? 5 : 0;
        const head = new ByteWriter(32);
        head.length = listpackHeaderBytes;
        if (plain2) {
          head.byte(240);
          appendSigned(head, contentBytes, 4);
        }
        const tail = new ByteWriter(8);
        if (plain2) appendBacklen(tail, entryHead + contentBytes);
        tail.byte(listpackEnd);
        const total = head.length + contentBytes + tail.length;
        head.length = 0;
        appendSigned(head, total, 4);
        appendSigned(head, plain2 ? 1 : words[at + listWord.count], 2);
        head.length = listpackHeaderBytes + entryHead;
        made.byte(2);
        if (this.#compress && total <= compressUpToBytes) {
          const whole = new ByteWriter(total);
          whole.bytes(head.buffer, 0, head.length);
          whole.bytes(bytes, start, start + contentBytes);
          whole.bytes(tail.buffer, 0, tail.length);
          this.#text(whole.buffer, 0, total, true);
          return;
        }
        this.#length(total);
        made.bytes(head.buffer, 0, head.length);
        this.#run(bytes, start, start + contentBytes);
        made.bytes(tail.buffer, 0, tail.length);
      }
      #strings(bytes, at, count2) {
        for (let i = 0; i < count2; i++) {
          this.#string(bytes, at, true);
          at = storedEnd(bytes, at);
        }
      }
      /** Writes the stored string at `at`, which may be an extent. */
      #string(bytes, at, compressible) {
        const form = bytes[at];
        if (form === extentForm) {
          const address = readWord(bytes, at + 1);
          const start = byteOf(address) + extentHeaderBytes;
          this.#text(
            this.#context.chunks.bytes[address >>> 16],
            start,
            start + readWord(bytes, at + 5),
            compressible,
          );
          return;
        }
        if (this.#compress && compressible && form <= 128 && readLength(bytes, at) > compressAboveBytes) {
          const start = contentStart(bytes, at);
          this.#text(bytes, start, start + readLength(bytes, at), true);
          return;
        }
        this.#made.bytes(bytes, at, storedEnd(bytes, at));
      }
      /** Writes text as a string, compressed where that is wanted and gains. Long text is handed out in place. */
      #text(bytes, start, end, compressible) {
        if (this.#compress && compressible && this.#compressed(bytes, start, end)) return;
        this.#length(end - start);
        if (end - start < runBytes || bytes.buffer instanceof ArrayBuffer)
          this.#made.bytes(bytes, start, end);
        else this.#run(bytes, start, end);
      }
      #compressed(bytes, start, end) {
        const length = end - start;
        if (length <= compressAboveBytes || length > compressUpToBytes) return false;
        if (length < alwaysTriedBytes && this.#pause > 0) {
          this.#pause--;
          return false;
        }
        const made = this.#made;
        made.ensure(11 + length);
        const content = made.length + 11;
        const compressedBytes = lzfCompress(
          bytes,
          start,
          end,
          made.buffer,
          content,
          content + length - compressGainBytes,
        );
        if (compressedBytes === 0) {
          this.#misses++;
          if (this.#misses >= 8) this.#pause = Math.min(longestPause, this.#misses);
          return false;
        }
        this.#misses = 0;
        let at = made.length;
        made.buffer[at++] = 195;
        at = writeLength(made.buffer, at, compressedBytes);
        at = writeLength(made.buffer, at, length);
        made.buffer.copyWithin(at, content, content + compressedBytes);
        made.length = at + compressedBytes;
        return true;
      }
      #length(length) {
        this.#made.ensure(5);
        this.#made.length = writeLength(this.#made.buffer, this.#made.length, length);
      }
      /** Lets bytes[start, end) be a run of their own, behind what was made so far. */
      #run(bytes, start, end) {
        this.#endMade();
        this.#waitingBytes.push(bytes);
        this.#waitingRanges.push(start, end);
      }
      #endMade() {
        if (this.#madeRun === this.#made.length) return;
        this.#waitingBytes.push(null);
        this.#waitingRanges.push(this.#madeRun, this.#made.length);
        this.#madeRun = this.#made.length;
      }
    };
  },
});

// src/data/image.ts
function openImage(shared) {
  if (typeof shared !== 'object' || shared === null || !('format' in shared) || shared.format !== format) {
    throw new LightsoutError(
      'CONFIG',
      `openImage: got something that is not a shared image, expected what Image.share() gave (${format})`,
    );
  }
  const image = shared;
  return new PagedImageReader(openChunks(image.chunks), image.seed, image.segmentLog, image.roots);
}
var format, PagedImage, PagedImageReader;
var init_image = __esm({
  'src/data/image.ts'() {
    'use strict';
    init_writer();
    init_errors2();
    init_assert();
    init_chunks();
    init_entry();
    init_run_cursor();
    init_table_view();
    format = 'lightsout-image-1';
    PagedImage = class {
      #store;
      #epoch;
      #roots;
      #released = false;
      constructor(store4, epoch, roots) {
        this.#store = store4;
        this.#epoch = epoch;
        this.#roots = roots;
      }
      share() {
        assert(!this.#released, 'a released image cannot be shared');
        const { seed, segmentLog, chunks } = this.#store;
        const shared = { format, chunks: shareChunks(chunks), roots: this.#roots, seed, segmentLog };
        return shared;
      }
      open() {
        assert(!this.#released, 'a released image cannot be opened');
        return new PagedImageReader(
          this.#store.chunks,
          this.#store.seed,
          this.#store.segmentLog,
          this.#roots,
        );
      }
      release() {
        assert(!this.#released, 'an image was released twice');
        this.#released = true;
        this.#store.memory.release(this.#epoch);
      }
      /** The epoch that it keeps alive, and its roots: for `check`. */
      get seen() {
        return { epoch: this.#epoch, roots: this.#roots };
      }
      get released() {
        return this.#released;
      }
    };
    PagedImageReader = class {
      databases;
      #context;
      #roots;
      constructor(chunks, seed, segmentLog, roots) {
        this.#context = { chunks, seed, segmentLog, probe: new ByteWriter(64) };
        this.#roots = roots;
        this.databases = roots
          .map((root, index2) => ({ index: index2, table: new TableView(this.#context, 'key').attach(root) }))
          .filter(({ table: table3 }) => table3.records > 0)
          .map(({ index: index2, table: table3 }) => ({
            index: index2,
            keys: table3.records,
            expires: table3.expires,
          }));
      }
      records(database, compress) {
        return new RunCursor(this.#context, this.#root(database), compress);
      }
      forEach(database, visit2) {
        const entry = new StoredEntry(this.#context);
        this.#table(database).forEachRecord((bytes, record) => visit2(entry.point(bytes, record)));
      }
      walk(database) {
        const entry = new StoredEntry(this.#context);
        const table3 = this.#table(database);
        const { width } = table3;
        let index2 = 0;
        return {
          next: (visit2) => {
            for (; index2 < width; index2++) {
              const page = table3.pageWithPrefix(index2);
              if (page === 0) continue;
              index2++;
              table3.forEachInPage(page, (bytes, record) => visit2(entry.point(bytes, record)));
              return true;
            }
            return false;
          },
        };
      }
      #table(database) {
        return new TableView(this.#context, 'key').attach(this.#root(database));
      }
      #root(database) {
        const root = this.#roots[database];
        assert(root !== void 0, `no database ${database} in the image`);
        return root;
      }
    };
  },
});

// src/data/check.ts
function checkStore(store4, roots, images) {
  const { memory: memory2 } = store4;
  const blocks = /* @__PURE__ */ new Map();
  memory2.slab.check((address, _units, kind) => {
    if (kind !== blockKind.free) blocks.set(address, kind);
  });
  const live2 = new Checker(store4, blocks, memory2.epoch);
  for (const root of roots) live2.table(root, 'key');
  const owners = /* @__PURE__ */ new Map();
  const claim = (address, owner) => {
    assert(blocks.has(address), `a block that is ${owner} is not in memory`);
    assert(!owners.has(address), `a block is ${owner} and ${owners.get(address)}`);
    owners.set(address, owner);
  };
  for (const address of live2.reached) claim(address, 'live');
  for (const address of memory2.waiting()) claim(address, 'waiting');
  for (const image of memory2.images)
    for (const address of image.retired) claim(address, `retired to image ${image.epoch}`);
  for (const [address, kind] of blocks) assert(owners.has(address), `a block of kind ${kind} is lost`);
  assert(images.length === memory2.images.length, 'there are as many images as epochs kept');
  for (const { epoch, roots: seenRoots } of images) {
    const seen = new Checker(store4, blocks, epoch.epoch);
    for (const root of seenRoots) seen.table(root, 'key');
    for (const address of seen.reached) {
      const owner = owners.get(address);
      const kept2 =
        owner === 'live' ||
        memory2.images.some(
          (image) => image.epoch >= epoch.epoch && owner === `retired to image ${image.epoch}`,
        );
      assert(kept2, `image ${epoch.epoch} sees a block that is ${owner}`);
    }
  }
}
var Checker;
var init_check = __esm({
  'src/data/check.ts'() {
    'use strict';
    init_assert();
    init_chunks();
    init_list_tree();
    init_listpack();
    init_page();
    init_stored_string();
    init_table_view();
    Checker = class {
      reached = /* @__PURE__ */ new Set();
      #store;
      #blocks;
      #newest;
      constructor(store4, blocks, newest2) {
        this.#store = store4;
        this.#blocks = blocks;
        this.#newest = newest2;
      }
      #reach(address, kind) {
        assert(
          this.#blocks.get(address) === kind,
          `address ${address} leads to a block of kind ${this.#blocks.get(address)}, not ${kind}`,
        );
        assert(!this.reached.has(address), `a block of kind ${kind} is reached twice`);
        assert(
          birthOf(this.#store.chunks, address) <= this.#newest,
          `a block of kind ${kind} was born later than what sees it`,
        );
        this.reached.add(address);
      }
      table(root, shape) {
        if (root === 0) return;
        const { chunks } = this.#store;
        this.#reach(root, blockKind.root);
        const words = chunks.words[root >>> 16];
        const at = (root & 65535) << 4;
        const depth = words[at + rootWord.depth];
        const perSegment = Math.min(1 << depth, 1 << this.#store.segmentLog);
        const segments = (1 << depth) / perSegment;
        assert(
          (rootWord.segments + segments) * 4 <= unitsOf(chunks, root) * unitBytes,
          'a root holds its segments',
        );
        for (let i = 0; i < segments; i++) {
          const segment = words[at + rootWord.segments + i];
          this.#reach(segment, blockKind.segment);
          assert(
            (segmentHeaderWords + perSegment) * 4 <= unitsOf(chunks, segment) * unitBytes,
            'a segment holds its entries',
          );
        }
        const view = new TableView(this.#store, shape).attach(root);
        let records = 0;
        let expires = 0;
        const prefixes = /* @__PURE__ */ new Map();
        for (let index2 = 0; index2 < 1 << depth; index2++) {
          const page = view.pageAt(index2);
          if (page === 0) continue;
          const prefix = prefixes.get(page);
          if (prefix !== void 0) {
            assert(
              prefix === (index2 & ((1 << view.depthOf(page)) - 1)),
              'a page stands at an index of another prefix',
            );
            continue;
          }
          prefixes.set(page, index2);
          const counts = this.#page(view, page, index2, depth);
          records += counts.records;
          expires += counts.expires;
        }
        for (const [page, prefix] of prefixes) {
          for (let index2 = prefix; index2 < 1 << depth; index2 += 1 << view.depthOf(page)) {
            assert(view.pageAt(index2) === page, 'a page does not stand at an index of its prefix');
          }
        }
        assert(records === view.records, `${view.records} records counted, ${records} there`);
        assert(expires === view.expires, `${view.expires} expiries counted, ${expires} there`);
      }
      #page(view, page, prefix, tableDepth) {
        const { chunks, seed } = this.#store;
        const { shape } = view;
        this.#reach(page, blockKind.page);
        const words = chunks.words[page >>> 16];
        const bytes = chunks.bytes[page >>> 16];
        const at = (page & 65535) << 4;
        const base2 = at << 2;
        const sizeBytes = unitsOf(chunks, page) * unitBytes;
        const layout = words[at + pageWord.shape];
        const depth = view.depthOf(page);
        const slots = 1 << (layout & 31);
        const wide = (layout & wideBit) !== 0;
        assert(
          depth <= tableDepth && prefix >>> depth === 0,
          'a page is not deeper than its table, and begins at its prefix',
        );
        assert(wide === sizeBytes > 8192, 'a page is wide if it is long');
        const end = base2 + words[at + pageWord.end];
        assert(end <= base2 + sizeBytes, 'records lie inside their page');
        let records = 0;
        let specials = 0;
        let expires = 0;
        const offsets = /* @__PURE__ */ new Set();
        let record = recordsStart(chunks, page);
        while (record < end) {
          const next = recordEnd(bytes, record, shape);
          assert(next <= end, 'a record lies inside its page');
          records++;
          if (isSpecial(bytes, record, shape)) specials++;
          if (hasExpiry(bytes, record, shape)) expires++;
          offsets.add(record - base2);
          const hash2 = hashOfRecord(chunks, bytes, record, shape, seed);
          assert((hash2 & ((1 << depth) - 1)) === prefix, 'a record has the prefix of its page');
          this.#references(bytes, record, shape);
          const key = copyStored(chunks, bytes, keyOf(bytes, record, shape));
          assert(
            view.locate(hash2, key, 0, key.length) && view.page === page && view.record === record,
            'a record is found through its slot',
          );
          record = next;
        }
        assert(record === end, 'records end where the page says');
        assert(records > 0, 'a page without records is freed');
        assert(
          records === words[at + pageWord.count],
          `${words[at + pageWord.count]} records counted in a page, ${records} there`,
        );
        assert(
          specials === words[at + pageWord.specials],
          `${words[at + pageWord.specials]} specials counted in a page, ${specials} there`,
        );
        assert(
          expires === words[at + pageWord.expires],
          `${words[at + pageWord.expires]} expiries counted in a page, ${expires} there`,
        );
        assert(records <= slotCapacity(layout & 31), 'a page has empty slots');
        let used = 0;
        for (let slot = 0; slot < slots; slot++) {
          const entry = wide
            ? words[(base2 + pageHeaderBytes) / 4 + slot]
            : chunks.shorts[page >>> 16][(base2 + pageHeaderBytes) / 2 + slot];
          if (entry === 0) continue;
          used++;
          assert(offsets.has(wide ? entry & 16777215 : entry & 8191), 'a slot leads to a record');
        }
        assert(used === records, 'there are as many slots in use as records');
        return { records, expires };
      }
      #references(bytes, record, shape) {
        const key = keyOf(bytes, record, shape);
        this.#extent(bytes, key);
        const value = storedEnd(bytes, key);
        if (shape === 'field') this.#extent(bytes, value);
        if (shape !== 'key') return;
        switch (bytes[typeOf(bytes, record)]) {
          case recordType.string:
            this.#extent(bytes, value);
            return;
          case recordType.largeSet:
            this.table(readWord(bytes, value), 'member');
            return;
          case recordType.largeHash:
            this.table(readWord(bytes, value), 'field');
            return;
          case recordType.largeList:
            if (readWord(bytes, value) !== 0) this.#list(readWord(bytes, value));
            return;
        }
      }
      #extent(bytes, at) {
        if (bytes[at] !== extentForm) return;
        const address = extentAddress(bytes, at);
        this.#reach(address, blockKind.extent);
        assert(
          8 + readWord(bytes, at + 5) <= unitsOf(this.#store.chunks, address) * unitBytes,
          'an extent holds its content',
        );
      }
      /** Gives the number of elements, and of levels. */
      #list(address) {
        const { chunks } = this.#store;
        const kind = kindOf(chunks, address);
        this.#reach(address, kind);
        const words = chunks.words[address >>> 16];
        const at = (address & 65535) << 4;
        const count2 = words[at + listWord.count];
        if (kind === blockKind.listPlain) return { count: count2, levels: 0 };
        if (kind === blockKind.listLeaf) {
          const bytes = chunks.bytes[address >>> 16];
          let elements = 0;
          let entry = (at << 2) + listHeaderBytes;
          const end = (at << 2) + words[at + listWord.end];
          for (; entry < end; entry = nextEntry(bytes, entry)) elements++;
          assert(entry === end && elements === count2 && count2 > 0, 'a leaf of a list holds what it says');
          return { count: count2, levels: 0 };
        }
        assert(kind === blockKind.listNode, `a list does not consist of blocks of kind ${kind}`);
        let sum = 0;
        let levels = -1;
        for (let i = 0; i < words[at + listWord.children]; i++) {
          const child = this.#list(words[at + listWord.pairs + 2 * i]);
          assert(
            child.count === words[at + listWord.pairs + 2 * i + 1],
            'a node knows the number of elements of its children',
          );
          assert(levels === -1 || levels === child.levels, 'all parts of a list are equally deep');
          levels = child.levels;
          sum += child.count;
        }
        assert(sum === count2 && levels >= 0, 'a node of a list holds what it says');
        return { count: count2, levels: levels + 1 };
      }
    };
  },
});

// src/data/paged-database.ts
function keyBytes(extent, length) {
  return extent !== 0 ? extentReferenceBytes : lengthBytes(length) + length;
}
function takeValue(bytes, record, value) {
  const typeAt = typeOf(bytes, record);
  value.clear();
  value.bytes(bytes, storedEnd(bytes, typeAt + 1), recordEnd(bytes, record, 'key'));
  return bytes[typeAt];
}
function writeExpiry(bytes, at, expireAtMs) {
  bytes[at] = expiryOpcode;
  const low2 = expireAtMs >>> 0;
  writeWord(bytes, at + 1, low2);
  writeWord(bytes, at + 5, ((expireAtMs - low2) / 4294967296) >>> 0);
}
function writeHead(bytes, at, expireAtMs, type2, key, keyStart, keyEnd, keyExtent) {
  if (expireAtMs !== NO_EXPIRY) {
    writeExpiry(bytes, at, expireAtMs);
    at += expiryBytes;
  }
  bytes[at++] = type2;
  if (keyExtent !== 0) writeExtentReference(bytes, at, keyExtent, keyEnd - keyStart);
  else copyBytes2(key, keyStart, keyEnd, bytes, writeLength(bytes, at, keyEnd - keyStart));
}
function writeValue(bytes, at, value, start, end, integer3, extent) {
  if (integer3 !== void 0) writeInteger(bytes, at, integer3);
  else if (extent !== 0) writeExtentReference(bytes, at, extent, end - start);
  else copyBytes2(value, start, end, bytes, writeLength(bytes, at, end - start));
}
function sameBytes(a2, b2) {
  return a2.length === b2.length && a2.every((byte, i) => byte === b2[i]);
}
var reservedRecordBytes, indexesPerPage, PagedDatabase;
var init_paged_database = __esm({
  'src/data/paged-database.ts'() {
    'use strict';
    init_assert();
    init_chunks();
    init_entry();
    init_hash_value();
    init_intset();
    init_keyspace();
    init_list_tree();
    init_list_value();
    init_listpack();
    init_nested_table();
    init_page();
    init_set_value();
    init_spot();
    init_stored_string();
    reservedRecordBytes = 120;
    indexesPerPage = 16;
    PagedDatabase = class _PagedDatabase {
      table;
      #store;
      #entry;
      #expireIndex = 0;
      constructor(store4) {
        this.#store = store4;
        this.table = store4.table('key');
        this.#entry = new StoredEntry(store4);
      }
      get size() {
        return this.table.records;
      }
      get expires() {
        return this.table.expires;
      }
      find(key, start = 0, end = key.length) {
        const { table: table3 } = this;
        if (!table3.locate(table3.hashOf(key, start, end), key, start, end)) return void 0;
        return this.#entry.point(table3.bytes, table3.record);
      }
      putString(key, value, expireAtMs) {
        this.putStringRange(key, 0, key.length, value, 0, value.length, expireAtMs);
      }
      putStringRange(key, keyStart, keyEnd, value, valueStart, valueEnd2, expireAtMs) {
        const store4 = this.#store;
        const { table: table3 } = this;
        store4.changed();
        const hash2 = table3.hashOf(key, keyStart, keyEnd);
        const length = valueEnd2 - valueStart;
        const integer3 = integerOf(value, valueStart, valueEnd2);
        const apart = integer3 === void 0 && length > store4.tuning.extentThresholdBytes;
        let valueBytes = lengthBytes(length) + length;
        if (integer3 !== void 0) valueBytes = integerBytes(integer3);
        else if (apart) valueBytes = extentReferenceBytes;
        let expire3 = expireAtMs;
        let keyExtent = 0;
        let valueExtent = 0;
        const found = table3.locate(hash2, key, keyStart, keyEnd);
        if (found) {
          const { bytes, record } = table3;
          const typeAt = typeOf(bytes, record);
          const valueAt = storedEnd(bytes, typeAt + 1);
          const oldExpires = typeAt !== record;
          if (expire3 === KEEP_EXPIRY) expire3 = oldExpires ? readExpiry(bytes, record) : NO_EXPIRY;
          if (bytes[typeAt] === recordType.string) {
            const oldExtent = extentAddress(bytes, valueAt);
            if (oldExtent === 0) {
              if (
                !apart &&
                oldExpires === (expire3 !== NO_EXPIRY) &&
                storedEnd(bytes, valueAt) - valueAt === valueBytes
              ) {
                table3.ownLocated(hash2);
                const moved = table3.record - record;
                if (oldExpires) writeExpiry(table3.bytes, table3.record, expire3);
                writeValue(table3.bytes, valueAt + moved, value, valueStart, valueEnd2, integer3, 0);
                return;
              }
            } else if (apart && this.#fits(oldExtent, length)) {
              valueExtent = oldExtent;
              const chunk = store4.chunks.bytes[oldExtent >>> 16];
              copyBytes2(value, valueStart, valueEnd2, chunk, ((oldExtent & 65535) << 6) + extentHeaderBytes);
            } else {
              store4.memory.drop(oldExtent);
            }
          } else {
            this.#dropValue(bytes, typeAt, valueAt);
          }
          keyExtent = extentAddress(bytes, typeAt + 1);
        } else {
          if (expire3 === KEEP_EXPIRY) expire3 = NO_EXPIRY;
          if (keyEnd - keyStart > store4.tuning.extentThresholdBytes)
            keyExtent = store4.newExtent(key, keyStart, keyEnd);
        }
        if (apart && valueExtent === 0) valueExtent = store4.newExtent(value, valueStart, valueEnd2);
        const expires = expire3 !== NO_EXPIRY;
        const headBytes = (expires ? expiryBytes : 0) + 1 + keyBytes(keyExtent, keyEnd - keyStart);
        const special = keyExtent !== 0 || valueExtent !== 0;
        const recordBytes = headBytes + valueBytes;
        const at = found
          ? table3.replace(hash2, recordBytes, special, expires)
          : table3.place(hash2, recordBytes, special, expires);
        writeHead(table3.bytes, at, expire3, recordType.string, key, keyStart, keyEnd, keyExtent);
        writeValue(table3.bytes, at + headBytes, value, valueStart, valueEnd2, integer3, valueExtent);
      }
      list(key, create) {
        const spot = this.#spot(key, create, recordType.packedList);
        return spot && new ListHandle(this.#store, spot);
      }
      set(key, create) {
        const spot = this.#spot(key, create, recordType.intset);
        return spot && new SetHandle(this.#store, spot);
      }
      hash(key, create) {
        const spot = this.#spot(key, create, recordType.listpackHash);
        return spot && new HashHandle(this.#store, spot);
      }
      setExpiry(key, expireAtMs) {
        const { table: table3 } = this;
        const { scratch: scratch3 } = this.#store;
        const hash2 = table3.hashOf(key, 0, key.length);
        if (!table3.locate(hash2, key, 0, key.length)) return false;
        if (expireAtMs === KEEP_EXPIRY) return true;
        this.#store.changed();
        const expires = expireAtMs !== NO_EXPIRY;
        const { bytes, record } = table3;
        const typeAt = typeOf(bytes, record);
        if (!expires && typeAt === record) return true;
        if (expires && typeAt !== record) {
          table3.ownLocated(hash2);
          writeExpiry(table3.bytes, table3.record, expireAtMs);
          return true;
        }
        scratch3.clear();
        scratch3.bytes(bytes, typeAt, recordEnd(bytes, record, 'key'));
        const headBytes = expires ? expiryBytes : 0;
        const special = this.#isSpecial(bytes, record);
        const at = table3.replace(hash2, headBytes + scratch3.length, special, expires);
        if (expires) writeExpiry(table3.bytes, at, expireAtMs);
        copyBytes2(scratch3.buffer, 0, scratch3.length, table3.bytes, at + headBytes);
        return true;
      }
      remove(key) {
        const { table: table3 } = this;
        const hash2 = table3.hashOf(key, 0, key.length);
        if (!table3.locate(hash2, key, 0, key.length)) return false;
        this.#store.changed();
        this.#dropReferences(table3.bytes, table3.record);
        table3.erase(hash2);
        return true;
      }
      rename(from, to, target = this) {
        assert(
          target instanceof _PagedDatabase && target.#store === this.#store,
          'a key moves within its keyspace',
        );
        if (target === this && sameBytes(from, to)) return;
        const { table: table3 } = this;
        const store4 = this.#store;
        const hash2 = table3.hashOf(from, 0, from.length);
        assert(table3.locate(hash2, from, 0, from.length), 'rename of a key that does not exist');
        store4.changed();
        const { bytes, record } = table3;
        const expire3 = hasExpiry(bytes, record, 'key') ? readExpiry(bytes, record) : NO_EXPIRY;
        const type2 = takeValue(bytes, record, store4.value);
        const keyExtent = extentAddress(bytes, typeOf(bytes, record) + 1);
        if (keyExtent !== 0) store4.memory.drop(keyExtent);
        table3.erase(hash2);
        target.#putValue(to, expire3, type2, store4.value);
      }
      copy(from, to, target = this) {
        assert(
          target instanceof _PagedDatabase && target.#store === this.#store,
          'a key is copied within its keyspace',
        );
        if (target === this && sameBytes(from, to)) return;
        const { table: table3 } = this;
        const store4 = this.#store;
        assert(
          table3.locate(table3.hashOf(from, 0, from.length), from, 0, from.length),
          'copy of a key that does not exist',
        );
        store4.changed();
        const { bytes, record } = table3;
        const expire3 = hasExpiry(bytes, record, 'key') ? readExpiry(bytes, record) : NO_EXPIRY;
        const type2 = takeValue(bytes, record, store4.value);
        const value = store4.value.buffer;
        switch (type2) {
          case recordType.string:
            cloneExtent(store4, value, 0);
            break;
          case recordType.largeSet:
            writeWord(value, 0, cloneNested(store4, store4.table('member').attach(readWord(value, 0))));
            break;
          case recordType.largeHash:
            writeWord(value, 0, cloneNested(store4, store4.table('field').attach(readWord(value, 0))));
            break;
          case recordType.largeList:
            writeWord(value, 0, new ListTree(store4, readWord(value, 0)).clone());
            break;
        }
        target.#putValue(to, expire3, type2, store4.value);
      }
      clear() {
        const { table: table3 } = this;
        if (table3.root === 0) return;
        this.#store.changed();
        forEachSpecial(table3, (bytes, record) => this.#dropReferences(bytes, record));
        table3.dropAll();
      }
      reserve(keys3) {
        this.#store.changed();
        this.table.reserve(keys3, reservedRecordBytes);
      }
      scan(cursor, visit2) {
        const entry = new StoredEntry(this.#store);
        return this.table.scan(cursor, (bytes, record) => visit2(entry.point(bytes, record)));
      }
      forEach(visit2) {
        const entry = new StoredEntry(this.#store);
        this.table.forEachRecord((bytes, record) => visit2(entry.point(bytes, record)));
      }
      randomKey(draw) {
        if (this.size === 0) return void 0;
        this.table.locateRandom(draw);
        return this.#entry.point(this.table.bytes, this.table.record).key();
      }
      collectExpired(nowMs, pages) {
        const { table: table3 } = this;
        const { chunks } = this.#store;
        const expired = [];
        if (table3.expires === 0) return expired;
        const { width } = table3;
        let left = pages;
        for (let step = 0; step < Math.min(width, pages * indexesPerPage) && left > 0; step++) {
          const index2 = this.#expireIndex % width;
          this.#expireIndex = index2 + 1;
          const page = table3.pageWithPrefix(index2);
          if (page === 0 || chunks.words[page >>> 16][((page & 65535) << 4) + pageWord.expires] === 0)
            continue;
          left--;
          table3.forEachInPage(page, (bytes, record) => {
            if (!hasExpiry(bytes, record, 'key') || readExpiry(bytes, record) >= nowMs) return;
            expired.push(copyStored(chunks, bytes, record + expiryBytes + 1));
          });
        }
        return expired;
      }
      /** Exchanges contents with another database of the same keyspace. */
      swap(other) {
        const { root } = this.table;
        this.table.attach(other.table.root);
        other.table.attach(root);
        const index2 = this.#expireIndex;
        this.#expireIndex = other.#expireIndex;
        other.#expireIndex = index2;
      }
      /** The spot of a collection; made empty, in the form that small ones have, where it does not exist and is wanted. */
      #spot(key, create, type2) {
        const { table: table3 } = this;
        const store4 = this.#store;
        const hash2 = table3.hashOf(key, 0, key.length);
        if (!table3.locate(hash2, key, 0, key.length)) {
          if (!create) return void 0;
          const { value } = store4;
          value.clear();
          if (type2 === recordType.packedList) {
            value.byte(1);
            value.byte(2);
          }
          if (type2 === recordType.intset) {
            value.byte(intsetHeaderBytes);
            appendEmptyIntset(value);
          } else {
            value.byte(listpackHeaderBytes + 1);
            appendSigned(value, listpackHeaderBytes + 1, 4);
            appendSigned(value, 0, 2);
            value.byte(listpackEnd);
          }
          store4.changed();
          this.#putValue(key, NO_EXPIRY, type2, value);
        }
        return new LiveSpot(store4, table3, key.slice(), hash2);
      }
      /** Puts a whole value, as it stands in records, under a key, whatever was there. */
      #putValue(key, expire3, type2, value) {
        const { table: table3 } = this;
        const store4 = this.#store;
        const hash2 = table3.hashOf(key, 0, key.length);
        const found = table3.locate(hash2, key, 0, key.length);
        let keyExtent = 0;
        if (found) {
          const { bytes, record } = table3;
          const typeAt = typeOf(bytes, record);
          this.#dropValue(bytes, typeAt, storedEnd(bytes, typeAt + 1));
          keyExtent = extentAddress(bytes, typeAt + 1);
        } else if (key.length > store4.tuning.extentThresholdBytes) {
          keyExtent = store4.newExtent(key, 0, key.length);
        }
        const expires = expire3 !== NO_EXPIRY;
        const headBytes = (expires ? expiryBytes : 0) + 1 + keyBytes(keyExtent, key.length);
        const special =
          keyExtent !== 0 ||
          type2 > recordType.packedList ||
          (type2 === recordType.string && extentAddress(value.buffer, 0) !== 0);
        const length = headBytes + value.length;
        const at = found
          ? table3.replace(hash2, length, special, expires)
          : table3.place(hash2, length, special, expires);
        writeHead(table3.bytes, at, expire3, type2, key, 0, key.length, keyExtent);
        copyBytes2(value.buffer, 0, value.length, table3.bytes, at + headBytes);
      }
      /** Whether new content may be written into an extent: no image sees it, and it is neither too small nor far too large. */
      #fits(extent, length) {
        if (this.#store.memory.isFrozen(extent)) return false;
        const sizeBytes = unitsOf(this.#store.chunks, extent) * unitBytes;
        return extentHeaderBytes + length <= sizeBytes && length * 2 + unitBytes > sizeBytes;
      }
      #isSpecial(bytes, record) {
        const typeAt = typeOf(bytes, record);
        if (extentAddress(bytes, typeAt + 1) !== 0 || bytes[typeAt] > recordType.packedList) return true;
        return (
          bytes[typeAt] === recordType.string && extentAddress(bytes, storedEnd(bytes, typeAt + 1)) !== 0
        );
      }
      /** Drops all that a record refers to. */
      #dropReferences(bytes, record) {
        const typeAt = typeOf(bytes, record);
        const keyExtent = extentAddress(bytes, typeAt + 1);
        if (keyExtent !== 0) this.#store.memory.drop(keyExtent);
        this.#dropValue(bytes, typeAt, storedEnd(bytes, typeAt + 1));
      }
      #dropValue(bytes, typeAt, valueAt) {
        const store4 = this.#store;
        switch (bytes[typeAt]) {
          case recordType.string: {
            const extent = extentAddress(bytes, valueAt);
            if (extent !== 0) store4.memory.drop(extent);
            return;
          }
          case recordType.largeSet:
            dropNested(store4, store4.table('member').attach(readWord(bytes, valueAt)));
            return;
          case recordType.largeHash:
            dropNested(store4, store4.table('field').attach(readWord(bytes, valueAt)));
            return;
          case recordType.largeList:
            new ListTree(store4, readWord(bytes, valueAt)).drop();
            return;
        }
      }
    };
  },
});

// src/data/cow-memory.ts
var freedAtOnce, CowMemory;
var init_cow_memory = __esm({
  'src/data/cow-memory.ts'() {
    'use strict';
    init_assert();
    init_chunks();
    freedAtOnce = 4;
    CowMemory = class {
      slab;
      chunks;
      /** Births from now on. */
      epoch = 1;
      /** Blocks born up to here are seen by a living image. */
      frozen = 0;
      copiedBytes = 0;
      /** Living images, oldest first. */
      images = [];
      #released = [];
      constructor(slab) {
        this.slab = slab;
        this.chunks = slab.chunks;
      }
      take(units, kind) {
        return this.slab.take(units, kind, this.epoch);
      }
      takeBytes(lengthBytes2, kind) {
        return this.take(Math.ceil(lengthBytes2 / unitBytes), kind);
      }
      isFrozen(address) {
        return this.chunks.words[address >>> 16][((address & 65535) << 4) + 1] <= this.frozen;
      }
      /** Lets go of a block that nothing live refers to any more. */
      drop(address) {
        if (birthOf(this.chunks, address) <= this.frozen)
          this.images[this.images.length - 1].retired.push(address);
        else this.slab.free(address);
      }
      /** A copy of the block with the same content, born now; the original is dropped. Take addresses inside it afresh. */
      copyAndDrop(address) {
        const units = unitsOf(this.chunks, address);
        const copy3 = this.take(units, kindOf(this.chunks, address));
        const from = ((address & 65535) << 6) + 8;
        const end = from - 8 + units * unitBytes;
        const source = this.chunks.bytes[address >>> 16];
        const target = this.chunks.bytes[copy3 >>> 16];
        const at = ((copy3 & 65535) << 6) + 8;
        if (source === target) target.copyWithin(at, from, end);
        else target.set(source.subarray(from, end), at);
        this.copiedBytes += units * unitBytes;
        this.drop(address);
        return copy3;
      }
      freeze() {
        const image = { epoch: this.epoch, retired: [] };
        this.images.push(image);
        this.frozen = this.epoch;
        this.epoch++;
        this.copiedBytes = 0;
        return image;
      }
      release(image) {
        const index2 = this.images.indexOf(image);
        assert(index2 >= 0, 'an image was released twice');
        this.images.splice(index2, 1);
        this.frozen = this.images.at(-1)?.epoch ?? 0;
        const older = this.images[index2 - 1];
        for (const address of image.retired) {
          if (older !== void 0 && birthOf(this.chunks, address) <= older.epoch) older.retired.push(address);
          else this.#released.push(address);
        }
        image.retired.length = 0;
      }
      /** Gives everything back at once. Only without images (assert). */
      reset() {
        assert(this.images.length === 0, 'memory that an image sees cannot be given back');
        this.#released.length = 0;
        this.slab.reset();
      }
      /** Blocks that nobody sees any more and that wait to be freed. */
      waiting() {
        return this.#released;
      }
      /** Frees a few of the blocks that wait. Called with every change; between changes nothing may rely on blocks that wait. */
      freeSome() {
        if (this.#released.length === 0) return;
        for (let i = 0; i < freedAtOnce; i++) {
          const address = this.#released.pop();
          if (address === void 0) return;
          this.slab.free(address);
        }
      }
    };
  },
});

// src/data/store.ts
var Store;
var init_store = __esm({
  'src/data/store.ts'() {
    'use strict';
    init_writer();
    init_chunks();
    init_cow_memory();
    init_slab();
    init_table();
    Store = class {
      tuning;
      memory;
      chunks;
      seed;
      segmentLog;
      probe = new ByteWriter(64);
      /** Holds a record while it moves; used at once. */
      scratch = new ByteWriter(64);
      /** Holds a value while it is put together; used at once. */
      value = new ByteWriter(64);
      /** Grows with every change (`changed`), so that whoever remembers a place knows when to look again. */
      stamp = 0;
      constructor(tuning, seed, allocate) {
        this.tuning = tuning;
        this.memory = new CowMemory(new Slab(tuning.firstChunkBytes, tuning.maxChunkBytes, allocate));
        this.chunks = this.memory.chunks;
        this.seed = seed;
        this.segmentLog = 31 - Math.clz32(tuning.segmentEntries);
      }
      /** Call when a change begins, or has moved a record that somebody may remember. */
      changed() {
        this.stamp++;
        this.memory.freeSome();
      }
      table(shape) {
        return new Table(this.memory, this, shape, this.tuning.pageBytes);
      }
      /** Copies bytes into an extent of their own and gives its address. */
      newExtent(source, start, end) {
        const address = this.memory.takeBytes(extentHeaderBytes + end - start, blockKind.extent);
        copyBytes2(
          source,
          start,
          end,
          this.chunks.bytes[address >>> 16],
          byteOf(address) + extentHeaderBytes,
        );
        return address;
      }
    };
  },
});

// src/data/tuning.ts
function completeTuning(tuning = {}) {
  const pageBytes = clamp2(roundUp(tuning.pageBytes ?? 4096, 64), 64, 8192);
  const maxChunkBytes = clamp2(roundUp(tuning.maxChunkBytes ?? 4 << 20, 64), 1024, 4 << 20);
  return {
    pageBytes,
    maxChunkBytes,
    firstChunkBytes: clamp2(roundUp(tuning.firstChunkBytes ?? 16 << 10, 64), 1024, maxChunkBytes),
    segmentEntries: 1 << (31 - Math.clz32(clamp2(tuning.segmentEntries ?? 1024, 2, 8192))),
    extentThresholdBytes: clamp2(tuning.extentThresholdBytes ?? pageBytes >>> 3, 8, 4096),
    smallCollectionBytes: clamp2(tuning.smallCollectionBytes ?? pageBytes >>> 2, 16, 4096),
    listLeafBytes: clamp2(roundUp(tuning.listLeafBytes ?? pageBytes, 64), 64, 8192),
    listNodeChildren: clamp2(tuning.listNodeChildren ?? 64, 4, 1024),
  };
}
function clamp2(value, low2, high2) {
  return Math.min(high2, Math.max(low2, Math.floor(value)));
}
function roundUp(value, step) {
  return Math.ceil(value / step) * step;
}
var init_tuning = __esm({
  'src/data/tuning.ts'() {
    'use strict';
  },
});

// src/data/paged-keyspace.ts
function createKeyspace(options) {
  return new PagedKeyspace(options);
}
var PagedKeyspace;
var init_paged_keyspace = __esm({
  'src/data/paged-keyspace.ts'() {
    'use strict';
    init_assert();
    init_check();
    init_image();
    init_paged_database();
    init_store();
    init_tuning();
    PagedKeyspace = class {
      databases;
      #store;
      /** Made when first asked for. */
      #databases = [];
      #images = [];
      constructor(options) {
        const { hashSeed } = options;
        const [low2, high2] = typeof hashSeed === 'number' ? [hashSeed, hashSeed ^ 1013904242] : hashSeed;
        this.databases = options.databases;
        this.#store = new Store(
          completeTuning(options.tuning),
          { low: low2 | 0, high: high2 | 0 },
          options.allocate ?? ((lengthBytes2) => new SharedArrayBuffer(lengthBytes2)),
        );
      }
      database(index2) {
        return this.#database(index2);
      }
      swap(a2, b2) {
        if (a2 === b2) return;
        this.#store.changed();
        this.#database(a2).swap(this.#database(b2));
      }
      clear() {
        const store4 = this.#store;
        store4.changed();
        if (store4.memory.images.length > 0) {
          for (const database of this.#databases) database?.clear();
          return;
        }
        for (const database of this.#databases) database?.table.attach(0);
        store4.memory.reset();
      }
      freeze() {
        const roots = [];
        for (let i = 0; i < this.databases; i++) roots.push(this.#databases[i]?.table.root ?? 0);
        this.#store.changed();
        const image = new PagedImage(this.#store, this.#store.memory.freeze(), roots);
        this.#images = this.#images.filter(({ released }) => !released);
        this.#images.push(image);
        return image;
      }
      memory() {
        const { memory: memory2 } = this.#store;
        return {
          reservedBytes: memory2.slab.reservedBytes,
          usedBytes: memory2.slab.reservedBytes - memory2.slab.freeBytes,
          copiedBytes: memory2.copiedBytes,
          images: memory2.images.length,
        };
      }
      check() {
        this.#images = this.#images.filter(({ released }) => !released);
        checkStore(
          this.#store,
          Array.from(this.#databases, (database) => database?.table.root ?? 0),
          this.#images.map(({ seen }) => seen),
        );
      }
      #database(index2) {
        assert(Number.isInteger(index2) && index2 >= 0 && index2 < this.databases, `no database ${index2}`);
        return (this.#databases[index2] ??= new PagedDatabase(this.#store));
      }
    };
  },
});

// src/data/index.ts
var init_data = __esm({
  'src/data/index.ts'() {
    'use strict';
    init_keyspace();
    init_image();
    init_paged_keyspace();
  },
});

// src/commands/access.ts
function isExpired2(context, expireAtMs) {
  return expireAtMs !== NO_EXPIRY && context.nowMs > expireAtMs && !context.replaying;
}
function find(context, index2) {
  const { argv } = context;
  const entry = context.db.find(argv.buffer, argv.start(index2), argv.end(index2));
  if (entry === void 0 || !isExpired2(context, entry.expireAtMs)) return entry;
  expire2(context, context.dbIndex, argv.bytes(index2));
  return void 0;
}
function findIn(context, dbIndex, key) {
  const entry = context.keyspace.database(dbIndex).find(key);
  if (entry === void 0 || !isExpired2(context, entry.expireAtMs)) return entry;
  expire2(context, dbIndex, key);
  return void 0;
}
function expireBefore(context, index2) {
  if (context.db.expires !== 0) find(context, index2);
}
function expire2(context, dbIndex, key) {
  context.keyspace.database(dbIndex).remove(key);
  context.changed(dbIndex, key, 0);
  const { effects } = context;
  if (dbIndex === context.dbIndex) {
    effects.command('DEL', key);
  } else {
    effects.command('SELECT', dbIndex);
    effects.command('DEL', key);
    effects.command('SELECT', context.dbIndex);
  }
}
function isWrongType(context, entry, type2) {
  if (entry === void 0 || entry.type === type2) return false;
  context.reply.error(errors.wrongType);
  return true;
}
function touch(context, index2, changes = 1) {
  context.changed(context.dbIndex, context.argv.bytes(index2), changes);
}
function remove4(context, index2) {
  return context.db.remove(context.argv.bytes(index2));
}
function listToChange(context, index2) {
  return context.db.list(context.argv.bytes(index2), true);
}
function setToChange(context, index2) {
  return context.db.set(context.argv.bytes(index2), true);
}
function hashToChange(context, index2) {
  return context.db.hash(context.argv.bytes(index2), true);
}
var init_access = __esm({
  'src/commands/access.ts'() {
    'use strict';
    init_data();
    init_errors();
  },
});

// src/commands/arguments.ts
function numberArgument(context, index2) {
  const { argv } = context;
  const small = parseInteger(argv.buffer, argv.start(index2), argv.end(index2));
  if (small !== void 0) return small;
  const big = bigArgument(context, index2);
  return big === void 0 ? void 0 : Number(big);
}
function bigArgument(context, index2) {
  const { argv } = context;
  return parseInt64(argv.buffer, argv.start(index2), argv.end(index2));
}
function integerOrReply(context, index2, message = errors.notInteger) {
  const value = numberArgument(context, index2);
  if (value === void 0) context.reply.error(message);
  return value;
}
function atLeastOrReply(context, index2, least, message) {
  const value = numberArgument(context, index2);
  if (value !== void 0 && value >= least) return value;
  context.reply.error(message);
  return void 0;
}
function signedCountOrReply(context, index2) {
  const value = bigArgument(context, index2);
  if (value === void 0) context.reply.error(errors.notInteger);
  else if (value === -(2n ** 63n)) context.reply.error(errors.outOfSignedRange);
  else return Number(value);
  return void 0;
}
function databaseOrReply(context, index2, message) {
  const value = numberArgument(context, index2);
  if (value === void 0) context.reply.error(message ?? errors.notInteger);
  else if (value !== (value | 0)) context.reply.error(message ?? errors.outOfIntRange);
  else return value;
  return void 0;
}
var init_arguments = __esm({
  'src/commands/arguments.ts'() {
    'use strict';
    init_bytes();
    init_errors();
  },
});

// src/commands/define.ts
function define(name, arity, flags3, keys3, run) {
  return { name, arity, flags: flags3.split(' ').filter((flag2) => flag2 !== ''), keys: keys3, run };
}
var oneKey, twoKeys, allKeys, noKeys;
var init_define = __esm({
  'src/commands/define.ts'() {
    'use strict';
    oneKey = [1, 1, 1];
    twoKeys = [1, 2, 1];
    allKeys = [1, -1, 1];
    noKeys = [0, 0, 0];
  },
});

// src/commands/long-double.ts
function parseLongDouble(bytes) {
  if (bytes.length === 0 || bytes.length >= longestTextBytes) return void 0;
  let text2 = '';
  for (const byte of bytes) text2 += String.fromCharCode(byte);
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text2);
  if (infinite) return infinite[1] === '-' ? '-inf' : 'inf';
  const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text2);
  if (decimal) return scaled(decimal, 10n);
  const hexadecimal = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?(?:p([+-]?\d+))?$/i.exec(text2);
  return hexadecimal ? scaled(hexadecimal, 16n) : void 0;
}
function scaled(match, base2) {
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const digits2 = whole + fraction;
  if (digits2 === '') return void 0;
  const magnitude = BigInt(base2 === 16n ? `0x${digits2}` : digits2);
  if (magnitude === 0n) return zero2;
  const exponent = Number(exponentText) - fraction.length * (base2 === 16n ? 4 : 1);
  const limit = base2 === 16n ? 4e4 : largestDecimal;
  if (exponent > limit || exponent + digits2.length * 4 < -limit) return void 0;
  const signed = sign === '-' ? -magnitude : magnitude;
  const size = BigInt(Math.abs(exponent));
  const power = base2 === 16n ? 1n << size : 10n ** size;
  const value = exponent >= 0 ? round2(signed * power, 1n) : round2(signed, power);
  return value === void 0 || value.mantissa === 0n ? void 0 : value;
}
function addLongDouble(a2, b2) {
  if (typeof a2 === 'string' || typeof b2 === 'string') return void 0;
  const exponent = Math.min(a2.exponent, b2.exponent);
  const sum =
    (a2.mantissa << BigInt(a2.exponent - exponent)) + (b2.mantissa << BigInt(b2.exponent - exponent));
  return exponent >= 0 ? round2(sum << BigInt(exponent), 1n) : round2(sum, 1n << BigInt(-exponent));
}
function round2(numerator, denominator) {
  if (numerator === 0n) return zero2;
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  let exponent = bitLength(magnitude) - bitLength(denominator) - precisionBits;
  if (quotient(magnitude, denominator, exponent) >= 1n << BigInt(precisionBits)) exponent++;
  exponent = Math.max(exponent, lowestExponent);
  const shiftedUp = exponent < 0 ? magnitude << BigInt(-exponent) : magnitude;
  const divisor = exponent > 0 ? denominator << BigInt(exponent) : denominator;
  let mantissa = shiftedUp / divisor;
  const twice = (shiftedUp - mantissa * divisor) * 2n;
  if (twice > divisor || (twice === divisor && (mantissa & 1n) === 1n)) mantissa++;
  if (bitLength(mantissa) + exponent > overflowBits) return void 0;
  return { mantissa: negative ? -mantissa : mantissa, exponent };
}
function quotient(magnitude, denominator, exponent) {
  return exponent < 0
    ? (magnitude << BigInt(-exponent)) / denominator
    : magnitude / (denominator << BigInt(exponent));
}
function bitLength(value) {
  const digits2 = value.toString(16);
  return digits2.length * 4 - Math.clz32(parseInt(digits2[0], 16)) + 28;
}
function formatLongDouble({ mantissa, exponent }) {
  const negative = mantissa < 0n;
  const magnitude = (negative ? -mantissa : mantissa) * 10n ** BigInt(decimals);
  let scaledValue;
  if (exponent >= 0) {
    scaledValue = magnitude << BigInt(exponent);
  } else {
    const shift = BigInt(-exponent);
    scaledValue = magnitude >> shift;
    const rest = magnitude - (scaledValue << shift);
    const half = 1n << (shift - 1n);
    if (rest > half || (rest === half && (scaledValue & 1n) === 1n)) scaledValue++;
  }
  if (scaledValue === 0n) return '0';
  const digits2 = scaledValue.toString().padStart(decimals + 1, '0');
  const fraction = digits2.slice(-decimals).replace(/0+$/, '');
  return `${negative ? '-' : ''}${digits2.slice(0, -decimals)}${fraction === '' ? '' : `.${fraction}`}`;
}
var precisionBits, lowestExponent, overflowBits, largestDecimal, longestTextBytes, zero2, decimals;
var init_long_double = __esm({
  'src/commands/long-double.ts'() {
    'use strict';
    precisionBits = 64;
    lowestExponent = -16445;
    overflowBits = 16384;
    largestDecimal = 5100;
    longestTextBytes = 5 * 1024;
    zero2 = { mantissa: 0n, exponent: 0 };
    decimals = 17;
  },
});

// src/commands/counters.ts
function addInteger(a2, b2) {
  if (typeof a2 === 'number' && typeof b2 === 'number') {
    const sum2 = a2 + b2;
    if (Number.isSafeInteger(sum2)) return sum2;
  }
  const sum = BigInt(a2) + BigInt(b2);
  if (sum < int64Min || sum > int64Max) return void 0;
  return Number.isSafeInteger(Number(sum)) ? Number(sum) : sum;
}
function incrementOrReply(context, index2) {
  const value = numberArgument(context, index2);
  if (value === void 0) context.reply.error(errors.notInteger);
  return value === void 0 || Number.isSafeInteger(value) ? value : bigArgument(context, index2);
}
function increase(context, by) {
  const { argv, db, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  let old = 0;
  if (entry !== void 0) {
    old = entry.stringInteger() ?? parseInt64(entry.stringBytes());
    if (old === void 0) return reply.error(errors.notInteger);
  }
  const sum = addInteger(old, by);
  if (sum === void 0) return reply.error(errors.overflow);
  const digits2 = new ByteWriter(24);
  if (typeof sum === 'number') digits2.decimal(sum);
  else digits2.latin1(sum.toString());
  db.putStringRange(argv.buffer, argv.start(1), argv.end(1), digits2.buffer, 0, digits2.length, KEEP_EXPIRY);
  touch(context, 1);
  context.effects.verbatim();
  reply.integer(sum);
}
function incrby(context) {
  const by = incrementOrReply(context, 2);
  if (by !== void 0) increase(context, by);
}
function decrby(context) {
  const by = incrementOrReply(context, 2);
  if (by === void 0) return;
  if (by === int64Min) return context.reply.error(errors.decrementOverflow);
  increase(context, typeof by === 'number' ? 0 - by : -by);
}
function incrbyfloat(context) {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const old = entry === void 0 ? { mantissa: 0n, exponent: 0 } : parseLongDouble(entry.stringBytes());
  const by = old && parseLongDouble(argv.bytes(2));
  if (old === void 0 || by === void 0) return reply.error(errors.notFloat);
  const sum = addLongDouble(old, by);
  if (sum === void 0) return reply.error(errors.nanOrInfinity);
  const text2 = formatLongDouble(sum);
  const value = Uint8Array.from(text2, (character) => character.charCodeAt(0));
  context.db.putString(argv.bytes(1), value, KEEP_EXPIRY);
  touch(context, 1);
  context.effects.command('SET', argv.bytes(1), value, 'KEEPTTL');
  reply.bulk(value);
}
var counterCommands;
var init_counters = __esm({
  'src/commands/counters.ts'() {
    'use strict';
    init_bytes();
    init_data();
    init_access();
    init_arguments();
    init_define();
    init_errors();
    init_long_double();
    counterCommands = [
      define('incr', 2, 'write denyoom fast', oneKey, (context) => increase(context, 1)),
      define('decr', 2, 'write denyoom fast', oneKey, (context) => increase(context, -1)),
      define('incrby', 3, 'write denyoom fast', oneKey, incrby),
      define('decrby', 3, 'write denyoom fast', oneKey, decrby),
      define('incrbyfloat', 3, 'write denyoom fast', oneKey, incrbyfloat),
    ];
  },
});

// src/commands/databases.ts
function dbsize(context) {
  context.reply.integer(context.db.size);
}
function hasBadMode({ argv, reply }) {
  if (argv.count === 1 || (argv.count === 2 && (argv.is(1, 'ASYNC') || argv.is(1, 'SYNC')))) return false;
  reply.error(errors.syntax);
  return true;
}
function flushdb(context) {
  if (hasBadMode(context)) return;
  const { db } = context;
  context.changedAll(context.dbIndex, db.size);
  db.clear();
  context.effects.verbatim();
  context.reply.ok();
}
function flushall(context) {
  if (hasBadMode(context)) return;
  const { keyspace } = context;
  let keys3 = 0;
  for (let i = 0; i < keyspace.databases; i++) keys3 += keyspace.database(i).size;
  context.changedAll(void 0, keys3);
  keyspace.clear();
  context.effects.verbatim();
  context.reply.ok();
}
function swapdb(context) {
  const { keyspace, reply } = context;
  const first = databaseOrReply(context, 1, errors.firstDbInvalid);
  if (first === void 0) return;
  const second = databaseOrReply(context, 2, errors.secondDbInvalid);
  if (second === void 0) return;
  const exists2 = (index2) => index2 >= 0 && index2 < keyspace.databases;
  if (!exists2(first) || !exists2(second)) return reply.error(errors.dbOutOfRange);
  if (first !== second) keyspace.swap(first, second);
  context.changedAll(first, 1);
  if (first !== second) context.changedAll(second, 0);
  context.effects.verbatim();
  reply.ok();
}
var databaseCommands;
var init_databases = __esm({
  'src/commands/databases.ts'() {
    'use strict';
    init_arguments();
    init_define();
    init_errors();
    databaseCommands = [
      define('dbsize', 1, 'readonly fast', noKeys, dbsize),
      define('flushdb', -1, 'write', noKeys, flushdb),
      define('flushall', -1, 'write', noKeys, flushall),
      define('swapdb', 3, 'write fast', noKeys, swapdb),
    ];
  },
});

// src/commands/expiry.ts
function expiryOrReply(context, index2, unit, command, positive) {
  const value = numberArgument(context, index2);
  if (value === void 0) {
    context.reply.error(errors.notInteger);
    return void 0;
  }
  const isRelative = unit === 'EX' || unit === 'PX';
  const scale = unit === 'EX' || unit === 'EXAT' ? 1e3 : 1;
  let atMs;
  if (positive && value <= 0) atMs = void 0;
  else if (Math.abs(value) < plainLimit) atMs = value * scale + (isRelative ? context.nowMs : 0);
  else atMs = farExpiry(bigArgument(context, index2), BigInt(scale), isRelative ? BigInt(context.nowMs) : 0n);
  if (atMs === void 0) {
    context.reply.error(invalidExpireTime(command));
    return void 0;
  }
  return Math.min(Math.max(atMs, 0), Number.MAX_SAFE_INTEGER);
}
function farExpiry(value, scale, baseMs) {
  if (value > int64Max2 / scale || value < (-int64Max2 - 1n) / scale) return void 0;
  const ms = value * scale;
  return ms > int64Max2 - baseMs ? void 0 : Number(ms + baseMs);
}
function isPastExpiry(context, atMs) {
  return atMs <= context.nowMs && !context.replaying;
}
var int64Max2, plainLimit;
var init_expiry = __esm({
  'src/commands/expiry.ts'() {
    'use strict';
    init_arguments();
    init_errors();
    int64Max2 = 2n ** 63n - 1n;
    plainLimit = 4e12;
  },
});

// src/commands/expiration.ts
function conditionsOrReply(context) {
  const { argv, reply } = context;
  const conditions = { nx: false, xx: false, gt: false, lt: false };
  for (let i = 3; i < argv.count; i++) {
    if (argv.is(i, 'NX')) conditions.nx = true;
    else if (argv.is(i, 'XX')) conditions.xx = true;
    else if (argv.is(i, 'GT')) conditions.gt = true;
    else if (argv.is(i, 'LT')) conditions.lt = true;
    else {
      reply.error(unsupportedOption(argv.text(i)));
      return void 0;
    }
  }
  const { nx, xx, gt, lt } = conditions;
  if (nx && (xx || gt || lt)) reply.error(errors.expireNxConflict);
  else if (gt && lt) reply.error(errors.expireGtLtConflict);
  else return conditions;
  return void 0;
}
function allows({ nx, xx, gt, lt }, currentMs, atMs) {
  if (currentMs === NO_EXPIRY) return !xx && !gt;
  return !nx && !(gt && atMs <= currentMs) && !(lt && atMs >= currentMs);
}
function expireIn(unit, command) {
  return (context) => {
    const { argv, reply } = context;
    const conditions = conditionsOrReply(context);
    if (conditions === void 0) return;
    const atMs = expiryOrReply(context, 2, unit, command, false);
    if (atMs === void 0) return;
    const entry = find(context, 1);
    if (entry === void 0 || !allows(conditions, entry.expireAtMs, atMs)) return reply.integer(0);
    if (isPastExpiry(context, atMs)) {
      remove4(context, 1);
      context.effects.command('DEL', argv.bytes(1));
    } else {
      context.db.setExpiry(argv.bytes(1), atMs);
      logExpiry(context, unit, atMs);
    }
    touch(context, 1);
    reply.integer(1);
  };
}
function logExpiry({ argv, effects }, unit, atMs) {
  if (unit === 'PXAT') return effects.verbatim();
  if (argv.count === 3) return effects.command('PEXPIREAT', argv.bytes(1), atMs);
  const parts = ['PEXPIREAT', argv.bytes(1), atMs];
  for (let i = 3; i < argv.count; i++) parts.push(argv.bytes(i));
  effects.command(...parts);
}
function persist2(context) {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (entry === void 0 || entry.expireAtMs === NO_EXPIRY) return reply.integer(0);
  context.db.setExpiry(argv.bytes(1), NO_EXPIRY);
  touch(context, 1);
  context.effects.verbatim();
  reply.integer(1);
}
function ask(measure) {
  return (context) => {
    const entry = find(context, 1);
    if (entry === void 0) context.reply.integer(-2);
    else if (entry.expireAtMs === NO_EXPIRY) context.reply.integer(-1);
    else context.reply.integer(measure(entry, context.nowMs));
  };
}
var seconds, leftMs, expirationCommands;
var init_expiration = __esm({
  'src/commands/expiration.ts'() {
    'use strict';
    init_data();
    init_access();
    init_define();
    init_errors();
    init_expiry();
    seconds = (ms) => Math.floor((ms + 500) / 1e3);
    leftMs = ({ expireAtMs }, nowMs) => Math.max(0, expireAtMs - nowMs);
    expirationCommands = [
      define('expire', -3, 'write fast', oneKey, expireIn('EX', 'expire')),
      define('pexpire', -3, 'write fast', oneKey, expireIn('PX', 'pexpire')),
      define('expireat', -3, 'write fast', oneKey, expireIn('EXAT', 'expireat')),
      define('pexpireat', -3, 'write fast', oneKey, expireIn('PXAT', 'pexpireat')),
      define('persist', 2, 'write fast', oneKey, persist2),
      define(
        'ttl',
        2,
        'readonly fast',
        oneKey,
        ask((entry, nowMs) => seconds(leftMs(entry, nowMs))),
      ),
      define('pttl', 2, 'readonly fast', oneKey, ask(leftMs)),
      define(
        'expiretime',
        2,
        'readonly fast',
        oneKey,
        ask((entry) => seconds(entry.expireAtMs)),
      ),
      define(
        'pexpiretime',
        2,
        'readonly fast',
        oneKey,
        ask((entry) => entry.expireAtMs),
      ),
    ];
  },
});

// src/commands/bytes.ts
function equalBytes(a2, b2) {
  if (a2.length !== b2.length) return false;
  for (let i = 0; i < a2.length; i++) if (a2[i] !== b2[i]) return false;
  return true;
}
function latin1(bytes) {
  let text2 = '';
  for (const byte of bytes) text2 += String.fromCharCode(byte);
  return text2;
}
var init_bytes2 = __esm({
  'src/commands/bytes.ts'() {
    'use strict';
  },
});

// src/commands/sample.ts
function sample(items, count2, draw) {
  for (let i = 0; i < count2; i++) {
    const at = i + Math.floor(draw() * (items.length - i));
    const item = items[at];
    items[at] = items[i];
    items[i] = item;
  }
  return items.slice(0, count2);
}
var init_sample = __esm({
  'src/commands/sample.ts'() {
    'use strict';
  },
});

// src/commands/hashes.ts
function hset(name) {
  return (context) => {
    const { argv, reply } = context;
    if (argv.count % 2 === 1) return reply.error(wrongArity(name));
    if (isWrongType(context, find(context, 1), 'hash')) return;
    const hash2 = hashToChange(context, 1);
    let created = 0;
    for (let i = 2; i < argv.count; i += 2) if (hash2.put(argv.bytes(i), argv.bytes(i + 1))) created++;
    touch(context, 1, (argv.count - 2) / 2);
    context.effects.verbatim();
    if (name === 'hset') reply.integer(created);
    else reply.ok();
  };
}
function hsetnx(context) {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  if (entry?.hash().has(argv.bytes(2))) return reply.integer(0);
  hashToChange(context, 1).put(argv.bytes(2), argv.bytes(3));
  touch(context, 1);
  context.effects.verbatim();
  reply.integer(1);
}
function replyValue(context, value) {
  if (value === void 0) context.reply.nil();
  else context.reply.bulk(value);
}
function hget(context) {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  replyValue(context, entry?.hash().get(context.argv.bytes(2)));
}
function hmget(context) {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  const hash2 = entry?.hash();
  reply.array(argv.count - 2);
  for (let i = 2; i < argv.count; i++) replyValue(context, hash2?.get(argv.bytes(i)));
}
function hgetall(context) {
  const { reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  const hash2 = entry?.hash();
  reply.map(hash2?.size ?? 0);
  hash2?.forEach((field, value) => {
    reply.bulk(field);
    reply.bulk(value);
  });
}
function listing(part) {
  return (context) => {
    const { reply } = context;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'hash')) return;
    const hash2 = entry?.hash();
    reply.array(hash2?.size ?? 0);
    hash2?.forEach((field, value) => reply.bulk(part === 'fields' ? field : value));
  };
}
function hdel(context) {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  if (entry === void 0) return reply.integer(0);
  const hash2 = hashToChange(context, 1);
  let removed = 0;
  for (let i = 2; i < argv.count && hash2.size > 0; i++) if (hash2.remove(argv.bytes(i))) removed++;
  if (removed > 0) {
    if (hash2.size === 0) remove4(context, 1);
    touch(context, 1, removed);
    context.effects.verbatim();
  }
  reply.integer(removed);
}
function hlen(context) {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  context.reply.integer(entry === void 0 ? 0 : entry.hash().size);
}
function hstrlen(context) {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  context.reply.integer(entry?.hash().get(context.argv.bytes(2))?.length ?? 0);
}
function hexists(context) {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  context.reply.integer(entry?.hash().has(context.argv.bytes(2)) ? 1 : 0);
}
function hincrby(context) {
  const { argv, reply } = context;
  const by = incrementOrReply(context, 3);
  if (by === void 0) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  const field = argv.bytes(2);
  const text2 = entry?.hash().get(field);
  const old = text2 === void 0 ? 0n : parseInt64(text2);
  if (old === void 0) return reply.error(errors.hashNotInteger);
  const sum = addInteger(old, by);
  if (sum === void 0) return reply.error(errors.overflow);
  const digits2 = new ByteWriter(24);
  digits2.latin1(sum.toString());
  hashToChange(context, 1).put(field, digits2.view());
  touch(context, 1);
  context.effects.verbatim();
  reply.integer(sum);
}
function hincrbyfloat(context) {
  const { argv, reply } = context;
  const by = parseLongDouble(argv.bytes(3));
  if (by === void 0) return reply.error(errors.notFloat);
  if (typeof by === 'string') return reply.error(errors.valueNanOrInfinity);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  const field = argv.bytes(2);
  const text2 = entry?.hash().get(field);
  const old = text2 === void 0 ? { mantissa: 0n, exponent: 0 } : parseLongDouble(text2);
  if (old === void 0) return reply.error(errors.hashNotFloat);
  const sum = addLongDouble(old, by);
  if (sum === void 0) return reply.error(errors.nanOrInfinity);
  const digits2 = new ByteWriter(32);
  digits2.latin1(formatLongDouble(sum));
  const value = digits2.view();
  hashToChange(context, 1).put(field, value);
  touch(context, 1);
  context.effects.command('HSET', argv.bytes(1), field, value);
  reply.bulk(value);
}
function hrandfield(context) {
  const { argv, reply } = context;
  let wanted = 1;
  if (argv.count > 2) {
    const count3 = signedCountOrReply(context, 2);
    if (count3 === void 0) return;
    wanted = count3;
  }
  const withValues = argv.count > 3;
  if (argv.count > 4 || (withValues && !argv.is(3, 'WITHVALUES'))) return reply.error(errors.syntax);
  if (withValues && Math.abs(wanted) >= halfOfInt64) return reply.error(errors.outOfRange);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  const draw = () => context.draw();
  if (argv.count === 2) return entry === void 0 ? reply.nil() : reply.bulk(entry.hash().random(draw).field);
  if (entry === void 0 || wanted === 0) return reply.array(0);
  const hash2 = entry.hash();
  const count2 = wanted < 0 ? -wanted : Math.min(wanted, hash2.size);
  const inPairs = withValues && reply.protocol === 3;
  reply.array(withValues && !inPairs ? count2 * 2 : count2);
  const one = ({ field, value }) => {
    if (inPairs) reply.array(2);
    reply.bulk(field);
    if (withValues) reply.bulk(value);
  };
  if (wanted < 0) {
    for (let i = 0; i < count2; i++) one(hash2.random(draw));
  } else if (count2 * 3 <= hash2.size) {
    const seen = /* @__PURE__ */ new Set();
    while (seen.size < count2) {
      const drawn = hash2.random(draw);
      const name = latin1(drawn.field);
      if (seen.has(name)) continue;
      seen.add(name);
      one(drawn);
    }
  } else {
    const all2 = [];
    hash2.forEach((field, value) => void all2.push({ field, value }));
    for (const drawn of count2 === all2.length ? all2 : sample(all2, count2, draw)) one(drawn);
  }
}
var halfOfInt64, hashCommands;
var init_hashes = __esm({
  'src/commands/hashes.ts'() {
    'use strict';
    init_bytes();
    init_access();
    init_arguments();
    init_bytes2();
    init_counters();
    init_define();
    init_errors();
    init_long_double();
    init_sample();
    halfOfInt64 = 4611686018427388e3;
    hashCommands = [
      define('hset', -4, 'write denyoom fast', oneKey, hset('hset')),
      define('hmset', -4, 'write denyoom fast', oneKey, hset('hmset')),
      define('hsetnx', 4, 'write denyoom fast', oneKey, hsetnx),
      define('hget', 3, 'readonly fast', oneKey, hget),
      define('hmget', -3, 'readonly fast', oneKey, hmget),
      define('hgetall', 2, 'readonly', oneKey, hgetall),
      define('hkeys', 2, 'readonly', oneKey, listing('fields')),
      define('hvals', 2, 'readonly', oneKey, listing('values')),
      define('hdel', -3, 'write fast', oneKey, hdel),
      define('hlen', 2, 'readonly fast', oneKey, hlen),
      define('hstrlen', 3, 'readonly fast', oneKey, hstrlen),
      define('hexists', 3, 'readonly fast', oneKey, hexists),
      define('hincrby', 4, 'write denyoom fast', oneKey, hincrby),
      define('hincrbyfloat', 4, 'write denyoom fast', oneKey, hincrbyfloat),
      define('hrandfield', -2, 'readonly', oneKey, hrandfield),
    ];
  },
});

// src/commands/keys.ts
function del(context) {
  const { argv } = context;
  let removed = 0;
  for (let i = 1; i < argv.count; i++) {
    if (find(context, i) === void 0) continue;
    context.db.remove(argv.bytes(i));
    touch(context, i);
    removed++;
  }
  if (removed > 0) context.effects.verbatim();
  context.reply.integer(removed);
}
function exists(context) {
  let count2 = 0;
  for (let i = 1; i < context.argv.count; i++) if (find(context, i) !== void 0) count2++;
  context.reply.integer(count2);
}
function type(context) {
  context.reply.simple(find(context, 1)?.type ?? 'none');
}
function rename2(context) {
  const { argv, reply } = context;
  if (find(context, 1) === void 0) return reply.error(errors.noSuchKey);
  if (!equalBytes(argv.bytes(1), argv.bytes(2))) {
    find(context, 2);
    giveName(context);
  }
  reply.ok();
}
function renamenx(context) {
  const { argv, reply } = context;
  if (find(context, 1) === void 0) return reply.error(errors.noSuchKey);
  if (equalBytes(argv.bytes(1), argv.bytes(2)) || find(context, 2) !== void 0) return reply.integer(0);
  giveName(context);
  reply.integer(1);
}
function giveName(context) {
  const { argv } = context;
  context.db.rename(argv.bytes(1), argv.bytes(2));
  touch(context, 1);
  touch(context, 2, 0);
  context.effects.verbatim();
}
function copy2(context) {
  const { argv, reply, keyspace } = context;
  let target = context.dbIndex;
  let replace = false;
  for (let i = 3; i < argv.count; i++) {
    if (argv.is(i, 'REPLACE')) {
      replace = true;
    } else if (argv.is(i, 'DB') && i + 1 < argv.count) {
      const index2 = databaseOrReply(context, ++i);
      if (index2 === void 0) return;
      if (index2 < 0 || index2 >= keyspace.databases) return reply.error(errors.dbOutOfRange);
      target = index2;
    } else {
      return reply.error(errors.syntax);
    }
  }
  const from = argv.bytes(1);
  const to = argv.bytes(2);
  if (target === context.dbIndex && equalBytes(from, to)) return reply.error(errors.sameObject);
  if (find(context, 1) === void 0) return reply.integer(0);
  if (findIn(context, target, to) !== void 0 && !replace) return reply.integer(0);
  context.db.copy(from, to, keyspace.database(target));
  context.changed(target, to);
  context.effects.verbatim();
  reply.integer(1);
}
function move4(context) {
  const { argv, reply, keyspace, dbIndex } = context;
  const target = databaseOrReply(context, 2);
  if (target === void 0) return;
  if (target < 0 || target >= keyspace.databases) return reply.error(errors.dbOutOfRange);
  if (target === dbIndex) return reply.error(errors.sameObject);
  const key = argv.bytes(1);
  if (find(context, 1) === void 0 || findIn(context, target, key) !== void 0) return reply.integer(0);
  context.db.rename(key, key, keyspace.database(target));
  touch(context, 1);
  context.changed(target, key, 0);
  context.effects.verbatim();
  reply.integer(1);
}
function randomkey(context) {
  const { db, reply } = context;
  for (;;) {
    const key = db.randomKey(() => context.draw());
    if (key === void 0) return reply.nil();
    if (!isExpired2(context, db.find(key).expireAtMs)) return reply.bulk(key);
    expire2(context, context.dbIndex, key);
  }
}
var keyCommands;
var init_keys = __esm({
  'src/commands/keys.ts'() {
    'use strict';
    init_access();
    init_arguments();
    init_bytes2();
    init_define();
    init_errors();
    keyCommands = [
      define('del', -2, 'write', allKeys, del),
      define('unlink', -2, 'write fast', allKeys, del),
      define('exists', -2, 'readonly fast', allKeys, exists),
      define('touch', -2, 'readonly fast', allKeys, exists),
      define('type', 2, 'readonly fast', oneKey, type),
      define('rename', 3, 'write', twoKeys, rename2),
      define('renamenx', 3, 'write fast', twoKeys, renamenx),
      define('copy', -3, 'write denyoom', twoKeys, copy2),
      define('move', 3, 'write fast', oneKey, move4),
      define('randomkey', 1, 'readonly', noKeys, randomkey),
    ];
  },
});

// src/commands/lcs.ts
function lcs(context) {
  const { argv, reply } = context;
  const values = [];
  let areStrings = true;
  for (const i of [1, 2]) {
    const entry = find(context, i);
    if (entry !== void 0 && entry.type !== 'string') areStrings = false;
    else values.push(entry?.stringBytes() ?? new Uint8Array(0));
  }
  const [a2, b2] = values;
  if (!areStrings || a2 === void 0 || b2 === void 0) return reply.error(errors.lcsNotStrings);
  let lengthOnly = false;
  let withRanges = false;
  let withLengths = false;
  let shortest = 0;
  for (let i = 3; i < argv.count; i++) {
    if (argv.is(i, 'IDX')) {
      withRanges = true;
    } else if (argv.is(i, 'LEN')) {
      lengthOnly = true;
    } else if (argv.is(i, 'WITHMATCHLEN')) {
      withLengths = true;
    } else if (argv.is(i, 'MINMATCHLEN') && i + 1 < argv.count) {
      const value = integerOrReply(context, ++i);
      if (value === void 0) return;
      shortest = value;
    } else {
      return reply.error(errors.syntax);
    }
  }
  if (lengthOnly && withRanges) return reply.error(errors.lcsBothOutputs);
  if ((a2.length + 1) * (b2.length + 1) > mostCells) return reply.error(errors.lcsTooLong);
  const lengths = tableOfLengths(a2, b2);
  const length = lengths[lengths.length - 1];
  if (lengthOnly) return reply.integer(length);
  const { bytes, ranges } = walkBack(a2, b2, lengths, length);
  if (!withRanges) return reply.bulk(bytes);
  const shown2 = ranges.filter(({ aStart, aEnd }) => aEnd - aStart + 1 >= shortest);
  reply.map(2);
  reply.bulkText('matches');
  reply.array(shown2.length);
  for (const { aStart, aEnd, bStart, bEnd } of shown2) {
    reply.array(withLengths ? 3 : 2);
    reply.array(2);
    reply.integer(aStart);
    reply.integer(aEnd);
    reply.array(2);
    reply.integer(bStart);
    reply.integer(bEnd);
    if (withLengths) reply.integer(aEnd - aStart + 1);
  }
  reply.bulkText('len');
  reply.integer(length);
}
function tableOfLengths(a2, b2) {
  const width = b2.length + 1;
  const cells = new Uint32Array((a2.length + 1) * width);
  for (let i = 1; i <= a2.length; i++) {
    for (let j = 1; j <= b2.length; j++) {
      const at = i * width + j;
      cells[at] =
        a2[i - 1] === b2[j - 1] ? cells[at - width - 1] + 1 : Math.max(cells[at - width], cells[at - 1]);
    }
  }
  return cells;
}
function walkBack(a2, b2, cells, length) {
  const width = b2.length + 1;
  const bytes = new Uint8Array(length);
  const ranges = [];
  let left = length;
  let aEnd = -1;
  let bEnd = -1;
  let i = a2.length;
  let j = b2.length;
  const finish = () => {
    if (aEnd >= 0) ranges.push({ aStart: i, aEnd, bStart: j, bEnd });
    aEnd = -1;
  };
  while (i > 0 && j > 0) {
    if (a2[i - 1] === b2[j - 1]) {
      if (aEnd < 0) {
        aEnd = i - 1;
        bEnd = j - 1;
      }
      bytes[--left] = a2[i - 1];
      i--;
      j--;
    } else {
      finish();
      if (cells[(i - 1) * width + j] > cells[i * width + j - 1]) i--;
      else j--;
    }
  }
  finish();
  return { bytes, ranges };
}
var mostCells, lcsCommands;
var init_lcs = __esm({
  'src/commands/lcs.ts'() {
    'use strict';
    init_access();
    init_arguments();
    init_define();
    init_errors();
    mostCells = 128 * 1024 * 1024;
    lcsCommands = [define('lcs', -3, 'readonly', [1, 2, 1], lcs)];
  },
});

// src/commands/lists.ts
function listEnd({ argv }, index2) {
  if (argv.is(index2, 'LEFT')) return 'LEFT';
  return argv.is(index2, 'RIGHT') ? 'RIGHT' : void 0;
}
function popSeveral(context, index2, length, end, count2) {
  const { reply } = context;
  const list3 = listToChange(context, index2);
  reply.array(count2);
  if (end === 'LEFT') {
    let left = count2;
    list3.forEach((element) => {
      reply.bulk(element);
      return --left > 0;
    });
    list3.removeRange(0, count2);
  } else {
    let left = count2;
    list3.forEachBackward((element) => {
      reply.bulk(element);
      return --left > 0;
    });
    list3.removeRange(length - count2, count2);
  }
  if (count2 === length) remove4(context, index2);
  touch(context, index2, count2);
}
function push2(end, mustExist2) {
  return (context) => {
    const { argv, reply } = context;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'list')) return;
    if (mustExist2 && entry === void 0) return reply.integer(0);
    const list3 = listToChange(context, 1);
    for (let i = 2; i < argv.count; i++) {
      if (end === 'LEFT') list3.pushHead(argv.bytes(i));
      else list3.pushTail(argv.bytes(i));
    }
    reply.integer(list3.length);
    touch(context, 1, argv.count - 2);
    context.effects.verbatim();
  };
}
function pop3(end, name) {
  return (context) => {
    const { argv, reply } = context;
    if (argv.count > 3) return reply.error(wrongArity(name));
    const wanted = argv.count === 3 ? atLeastOrReply(context, 2, 0, errors.notPositive) : 1;
    if (wanted === void 0) return;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'list')) return;
    if (entry === void 0) return argv.count === 3 ? reply.nilArray() : reply.nil();
    if (wanted === 0) return reply.array(0);
    const { length } = entry.list();
    if (argv.count === 3) {
      popSeveral(context, 1, length, end, Math.min(wanted, length));
    } else {
      const list3 = listToChange(context, 1);
      reply.bulk(end === 'LEFT' ? list3.popHead() : list3.popTail());
      if (length === 1) remove4(context, 1);
      touch(context, 1);
    }
    context.effects.verbatim();
  };
}
function llen(context) {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  context.reply.integer(entry === void 0 ? 0 : entry.list().length);
}
function rangeArguments(context) {
  const from = integerOrReply(context, 2);
  const to = from === void 0 ? void 0 : integerOrReply(context, 3);
  if (from === void 0 || to === void 0) return void 0;
  return (length) => {
    const first = Math.max(0, from < 0 ? from + length : from);
    const end = Math.min(length, (to < 0 ? to + length : to) + 1);
    return first < end ? [first, end] : [0, 0];
  };
}
function lrange(context) {
  const { reply } = context;
  const range2 = rangeArguments(context);
  if (range2 === void 0) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === void 0) return reply.array(0);
  const list3 = entry.list();
  const [first, end] = range2(list3.length);
  reply.array(end - first);
  if (first === end) return;
  list3.forEach((element, index2) => {
    reply.bulk(element);
    return index2 + 1 < end;
  }, first);
}
function ltrim(context) {
  const range2 = rangeArguments(context);
  if (range2 === void 0) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  context.reply.ok();
  if (entry === void 0) return;
  const { length } = entry.list();
  const [first, end] = range2(length);
  const removed = length - (end - first);
  touch(context, 1, removed);
  if (removed === 0) return;
  if (first === end) {
    remove4(context, 1);
  } else {
    const list3 = listToChange(context, 1);
    if (end < length) list3.removeRange(end, length - end);
    if (first > 0) list3.removeRange(0, first);
  }
  context.effects.verbatim();
}
function position(list3, index2) {
  const at = index2 < 0 ? index2 + list3.length : index2;
  return at >= 0 && at < list3.length ? at : void 0;
}
function lindex(context) {
  const { reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === void 0) return reply.nil();
  const index2 = integerOrReply(context, 2);
  if (index2 === void 0) return;
  const list3 = entry.list();
  const at = position(list3, index2);
  if (at === void 0) reply.nil();
  else reply.bulk(list3.at(at));
}
function lset(context) {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === void 0) return reply.error(errors.noSuchKey);
  const index2 = integerOrReply(context, 2);
  if (index2 === void 0) return;
  const at = position(entry.list(), index2);
  if (at === void 0) return reply.error(errors.indexOutOfRange);
  listToChange(context, 1).setAt(at, argv.bytes(3));
  touch(context, 1);
  context.effects.verbatim();
  reply.ok();
}
var listCommands;
var init_lists = __esm({
  'src/commands/lists.ts'() {
    'use strict';
    init_access();
    init_arguments();
    init_define();
    init_errors();
    listCommands = [
      define('lpush', -3, 'write denyoom fast', oneKey, push2('LEFT', false)),
      define('rpush', -3, 'write denyoom fast', oneKey, push2('RIGHT', false)),
      define('lpushx', -3, 'write denyoom fast', oneKey, push2('LEFT', true)),
      define('rpushx', -3, 'write denyoom fast', oneKey, push2('RIGHT', true)),
      define('lpop', -2, 'write fast', oneKey, pop3('LEFT', 'lpop')),
      define('rpop', -2, 'write fast', oneKey, pop3('RIGHT', 'rpop')),
      define('llen', 2, 'readonly fast', oneKey, llen),
      define('lrange', 4, 'readonly', oneKey, lrange),
      define('ltrim', 4, 'write', oneKey, ltrim),
      define('lindex', 3, 'readonly', oneKey, lindex),
      define('lset', 4, 'write denyoom', oneKey, lset),
    ];
  },
});

// src/commands/list-moves.ts
function move5(context, from, to) {
  const { argv, reply } = context;
  const source = find(context, 1);
  if (isWrongType(context, source, 'list')) return;
  if (source === void 0) return reply.nil();
  const { length } = source.list();
  if (isWrongType(context, find(context, 2), 'list')) return;
  const fromList = listToChange(context, 1);
  const element = from === 'LEFT' ? fromList.popHead() : fromList.popTail();
  const isRotation = equalBytes(argv.bytes(1), argv.bytes(2));
  if (length === 1 && !isRotation) remove4(context, 1);
  const toList = isRotation ? fromList : listToChange(context, 2);
  if (to === 'LEFT') toList.pushHead(element);
  else toList.pushTail(element);
  touch(context, 1);
  touch(context, 2, 0);
  context.effects.verbatim();
  reply.bulk(element);
}
function lmove(context) {
  const from = listEnd(context, 3);
  const to = listEnd(context, 4);
  if (from === void 0 || to === void 0) return context.reply.error(errors.syntax);
  move5(context, from, to);
}
function lmpop(context) {
  const { argv, reply } = context;
  const keys3 = atLeastOrReply(context, 1, 1, errors.numkeysNotPositive);
  if (keys3 === void 0) return;
  const endIndex = keys3 + 2;
  const end = endIndex < argv.count ? listEnd(context, endIndex) : void 0;
  if (end === void 0) return reply.error(errors.syntax);
  let wanted;
  for (let i = endIndex + 1; i < argv.count; i += 2) {
    if (wanted !== void 0 || !argv.is(i, 'COUNT') || i + 1 >= argv.count) return reply.error(errors.syntax);
    wanted = atLeastOrReply(context, i + 1, 1, errors.countNotPositive);
    if (wanted === void 0) return;
  }
  for (let i = 2; i < endIndex; i++) {
    const entry = find(context, i);
    if (isWrongType(context, entry, 'list')) return;
    if (entry === void 0) continue;
    const { length } = entry.list();
    const count2 = Math.min(wanted ?? 1, length);
    reply.array(2);
    reply.bulk(argv.bytes(i));
    popSeveral(context, i, length, end, count2);
    context.effects.command(end === 'LEFT' ? 'LPOP' : 'RPOP', argv.bytes(i), count2);
    return;
  }
  reply.nilArray();
}
var listMoveCommands;
var init_list_moves = __esm({
  'src/commands/list-moves.ts'() {
    'use strict';
    init_access();
    init_arguments();
    init_bytes2();
    init_define();
    init_errors();
    init_lists();
    listMoveCommands = [
      define('lmove', 5, 'write denyoom', twoKeys, lmove),
      define('rpoplpush', 3, 'write denyoom', twoKeys, (context) => move5(context, 'RIGHT', 'LEFT')),
      define('lmpop', -4, 'write movablekeys', noKeys, lmpop),
    ];
  },
});

// src/commands/list-search.ts
function linsert(context) {
  const { argv, reply } = context;
  const after = argv.is(2, 'AFTER');
  if (!after && !argv.is(2, 'BEFORE')) return reply.error(errors.syntax);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === void 0) return reply.integer(0);
  const pivot = argv.bytes(3);
  let at = -1;
  entry.list().forEach((element, index2) => {
    if (!equalBytes(element, pivot)) return true;
    at = index2;
    return false;
  });
  if (at === -1) return reply.integer(-1);
  const list3 = listToChange(context, 1);
  list3.insertAt(after ? at + 1 : at, argv.bytes(4));
  touch(context, 1);
  context.effects.verbatim();
  reply.integer(list3.length);
}
function lrem(context) {
  const { argv, reply } = context;
  const count2 = integerOrReply(context, 2);
  if (count2 === void 0) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === void 0) return reply.integer(0);
  const wanted = argv.bytes(3);
  const most = count2 === 0 ? Infinity : Math.abs(count2);
  const view = entry.list();
  const { length } = view;
  const found = [];
  const visit2 = (element, index2) => {
    if (equalBytes(element, wanted)) found.push(index2);
    return found.length < most;
  };
  if (count2 < 0) view.forEachBackward(visit2);
  else view.forEach(visit2);
  reply.integer(found.length);
  if (found.length === 0) return;
  if (count2 >= 0) found.reverse();
  if (found.length === length) {
    remove4(context, 1);
  } else {
    const list3 = listToChange(context, 1);
    for (let i = 0; i < found.length;) {
      let run = 1;
      while (found[i + run] === found[i] - run) run++;
      list3.removeRange(found[i + run - 1], run);
      i += run;
    }
  }
  touch(context, 1, found.length);
  context.effects.verbatim();
}
function lpos(context) {
  const { argv, reply } = context;
  let rank = 1;
  let count2;
  let maxlen = 0;
  for (let i = 3; i < argv.count; i += 2) {
    if (i + 1 >= argv.count) return reply.error(errors.syntax);
    if (argv.is(i, 'RANK')) {
      const value = integerOrReply(context, i + 1);
      if (value === void 0) return;
      if (value === 0) return reply.error(errors.rankZero);
      rank = value;
    } else if (argv.is(i, 'COUNT')) {
      count2 = atLeastOrReply(context, i + 1, 0, errors.countNegative);
      if (count2 === void 0) return;
    } else if (argv.is(i, 'MAXLEN')) {
      const value = atLeastOrReply(context, i + 1, 0, errors.maxlenNegative);
      if (value === void 0) return;
      maxlen = value;
    } else {
      return reply.error(errors.syntax);
    }
  }
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === void 0) return count2 === void 0 ? reply.nil() : reply.array(0);
  const wanted = argv.bytes(2);
  const most = count2 === void 0 ? 1 : count2 === 0 ? Infinity : count2;
  const found = [];
  let toSkip = Math.abs(rank) - 1;
  let toCompare = maxlen === 0 ? Infinity : maxlen;
  const visit2 = (element, index2) => {
    if (equalBytes(element, wanted)) {
      if (toSkip > 0) toSkip--;
      else found.push(index2);
    }
    return found.length < most && --toCompare > 0;
  };
  if (rank < 0) entry.list().forEachBackward(visit2);
  else entry.list().forEach(visit2);
  if (count2 === void 0) {
    const [first] = found;
    return first === void 0 ? reply.nil() : reply.integer(first);
  }
  reply.array(found.length);
  for (const index2 of found) reply.integer(index2);
}
var listSearchCommands;
var init_list_search = __esm({
  'src/commands/list-search.ts'() {
    'use strict';
    init_access();
    init_arguments();
    init_bytes2();
    init_define();
    init_errors();
    listSearchCommands = [
      define('linsert', 5, 'write denyoom', oneKey, linsert),
      define('lrem', 4, 'write', oneKey, lrem),
      define('lpos', -3, 'readonly', oneKey, lpos),
    ];
  },
});

// src/commands/object.ts
function object(context) {
  const { argv, reply } = context;
  const name = argv.lowerText(1);
  if (name === 'help') {
    if (argv.count !== 2) return reply.error(wrongArity('object|help'));
    reply.array(help.length);
    for (const line of help) reply.simple(line);
    return;
  }
  const subcommand = subcommands.find((one) => one === name);
  if (subcommand === void 0) return reply.error(unknownSubcommand(argv.text(1), 'OBJECT'));
  if (argv.count !== 3) return reply.error(wrongArity(`object|${subcommand}`));
  const entry = find(context, 2);
  if (entry === void 0) return reply.nil();
  switch (subcommand) {
    case 'encoding':
      return reply.bulkText(entry.encoding());
    case 'freq':
      return reply.error(errors.lfuNotSelected);
    case 'idletime':
      return reply.integer(0);
    case 'refcount': {
      const value = entry.type === 'string' && entry.encoding() === 'int' ? entry.stringInteger() : void 0;
      return reply.integer(value !== void 0 && value >= 0 && value < sharedIntegers ? sharedRefcount : 1);
    }
  }
}
var subcommands, help, sharedRefcount, sharedIntegers, objectCommands;
var init_object = __esm({
  'src/commands/object.ts'() {
    'use strict';
    init_access();
    init_define();
    init_errors();
    subcommands = ['encoding', 'freq', 'idletime', 'refcount'];
    help = [
      'OBJECT <subcommand> <key>. Subcommands are:',
      'ENCODING <key>',
      '    How the value is kept in memory.',
      'FREQ <key>',
      '    How often it is accessed. Needs an LFU policy, which this server has not.',
      'IDLETIME <key>',
      '    Seconds since the last access: always 0 here.',
      'REFCOUNT <key>',
      '    How many refer to the value.',
      'HELP',
      '    Prints this help.',
    ];
    sharedRefcount = 2147483647;
    sharedIntegers = 1e4;
    objectCommands = [define('object', -2, '', noKeys, object)];
  },
});

// src/commands/scanning.ts
function optionsOrReply(context, from) {
  const { argv, reply } = context;
  const options = { pattern: void 0, count: 10, type: void 0 };
  for (let i = from; i < argv.count; i += 2) {
    const hasValue = i + 1 < argv.count;
    if (hasValue && argv.is(i, 'COUNT')) {
      const count2 = integerOrReply(context, i + 1);
      if (count2 === void 0) return void 0;
      if (count2 < 1) {
        reply.error(errors.syntax);
        return void 0;
      }
      options.count = count2;
    } else if (hasValue && argv.is(i, 'MATCH')) {
      const pattern = argv.bytes(i + 1);
      options.pattern = pattern.length === 1 && pattern[0] === 42 ? void 0 : pattern;
    } else if (hasValue && from === 2 && argv.is(i, 'TYPE')) {
      options.type = argv.lowerText(i + 1);
    } else {
      reply.error(errors.syntax);
      return void 0;
    }
  }
  return options;
}
function cursorOrReply(context, index2) {
  const match = /^([+-]?)(\d*)$/.exec(context.argv.text(index2));
  const digits2 = match?.[2] ?? '';
  if (
    match === null ||
    (digits2 === '' && match[1] !== '') ||
    (digits2.length >= 20 && BigInt(digits2) >= 2n ** 64n)
  ) {
    context.reply.error(errors.invalidCursor);
    return void 0;
  }
  const cursor = match[1] === '-' && Number(digits2) > 0 ? Infinity : Number(digits2);
  return Number.isSafeInteger(cursor) ? cursor : pastTheEnd;
}
function steps(cursor, wanted, passed, step) {
  if (cursor === pastTheEnd) return 0;
  let at = cursor;
  let left = wanted * 10;
  do at = step(at);
  while (at !== 0 && left-- > 0 && passed() < wanted);
  return at;
}
function replyStep(context, cursor, items) {
  const { reply } = context;
  reply.array(2);
  reply.bulkInteger(cursor);
  reply.array(items.length);
  for (const item of items) reply.bulk(item);
}
function scan(context) {
  const { db } = context;
  const cursor = cursorOrReply(context, 1);
  if (cursor === void 0) return;
  const options = optionsOrReply(context, 2);
  if (options === void 0) return;
  const { pattern, type: type2 } = options;
  const keys3 = [];
  const expired = [];
  let passed = 0;
  const next = steps(
    cursor,
    options.count,
    () => passed,
    (at) =>
      db.scan(at, (entry) => {
        passed++;
        const key = entry.key();
        if (pattern !== void 0 && !globMatches(pattern, key)) return;
        if (isExpired2(context, entry.expireAtMs)) expired.push(key);
        else if (type2 === void 0 || entry.type === type2) keys3.push(key);
      }),
  );
  for (const key of expired) if (db.find(key) !== void 0) expire2(context, context.dbIndex, key);
  replyStep(context, next, keys3);
}
function sscan(context) {
  const cursor = cursorOrReply(context, 2);
  if (cursor === void 0) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  if (entry === void 0) return replyStep(context, 0, []);
  const options = optionsOrReply(context, 3);
  if (options === void 0) return;
  const { pattern } = options;
  const set5 = entry.set();
  const members2 = [];
  let passed = 0;
  const next = steps(
    cursor,
    options.count,
    () => passed,
    (at) =>
      set5.scan(at, (member) => {
        passed++;
        if (pattern === void 0 || globMatches(pattern, member)) members2.push(member);
      }),
  );
  replyStep(context, next, members2);
}
function hscan(context) {
  const cursor = cursorOrReply(context, 2);
  if (cursor === void 0) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  if (entry === void 0) return replyStep(context, 0, []);
  const options = optionsOrReply(context, 3);
  if (options === void 0) return;
  const { pattern } = options;
  const hash2 = entry.hash();
  const items = [];
  let passed = 0;
  const next = steps(
    cursor,
    options.count,
    () => passed,
    (at) =>
      hash2.scan(at, (field, value) => {
        passed++;
        if (pattern === void 0 || globMatches(pattern, field)) items.push(field, value);
      }),
  );
  replyStep(context, next, items);
}
function keys2(context) {
  const { db, reply } = context;
  const pattern = context.argv.bytes(1);
  const isAll = pattern.length === 1 && pattern[0] === 42;
  const found = [];
  db.forEach((entry) => {
    const key = entry.key();
    if ((isAll || globMatches(pattern, key)) && !isExpired2(context, entry.expireAtMs)) found.push(key);
  });
  reply.array(found.length);
  for (const key of found) reply.bulk(key);
}
var pastTheEnd, scanCommands;
var init_scanning = __esm({
  'src/commands/scanning.ts'() {
    'use strict';
    init_access();
    init_arguments();
    init_define();
    init_errors();
    init_glob();
    pastTheEnd = -1;
    scanCommands = [
      define('keys', 2, 'readonly', noKeys, keys2),
      define('scan', -2, 'readonly', noKeys, scan),
      define('sscan', -3, 'readonly', oneKey, sscan),
      define('hscan', -3, 'readonly', oneKey, hscan),
    ];
  },
});

// src/commands/set-algebra.ts
function sources(context, from, end) {
  const present = [];
  for (let i = from; i < end; i++) {
    const entry = find(context, i);
    if (isWrongType(context, entry, 'set')) return void 0;
    present.push(entry !== void 0);
  }
  return present.map((is, i) => (is ? context.db.set(context.argv.bytes(from + i), false) : void 0));
}
function intersect(sets2, limit = Infinity) {
  const result = [];
  const all2 = sets2.filter((set5) => set5 !== void 0);
  if (all2.length < sets2.length) return result;
  const [smallest, ...others] = all2.toSorted((a2, b2) => a2.size - b2.size);
  smallest?.forEach((member) => {
    if (others.every((other) => other.has(member))) result.push(member);
    return result.length < limit;
  });
  return result;
}
function unite(sets2) {
  const seen = /* @__PURE__ */ new Set();
  const result = [];
  for (const set5 of sets2) {
    set5?.forEach((member) => {
      const name = latin1(member);
      if (seen.has(name)) return;
      seen.add(name);
      result.push(member);
    });
  }
  return result;
}
function subtract([first, ...others]) {
  const result = [];
  first?.forEach((member) => {
    if (!others.some((other) => other?.has(member))) result.push(member);
  });
  return result;
}
function answer(combine2) {
  return (context) => {
    const sets2 = sources(context, 1, context.argv.count);
    if (sets2 === void 0) return;
    const members2 = combine2(sets2);
    context.reply.set(members2.length);
    for (const member of members2) context.reply.bulk(member);
  };
}
function store2(combine2) {
  return (context) => {
    const { argv, db, reply } = context;
    const sets2 = sources(context, 2, argv.count);
    if (sets2 === void 0) return;
    const members2 = combine2(sets2);
    const key = argv.bytes(1);
    if (members2.length > 0) expireBefore(context, 1);
    const wasThere = db.remove(key);
    reply.integer(members2.length);
    if (members2.length > 0) {
      const set5 = db.set(key, true);
      for (const member of members2) set5.add(member);
    } else if (!wasThere) {
      return;
    }
    touch(context, 1);
    context.effects.verbatim();
  };
}
function sintercard(context) {
  const { argv, reply } = context;
  const keys3 = atLeastOrReply(context, 1, 1, errors.numkeysNotPositive);
  if (keys3 === void 0) return;
  if (keys3 > argv.count - 2) return reply.error(errors.numkeysTooLarge);
  let limit = 0;
  for (let i = keys3 + 2; i < argv.count; i += 2) {
    if (!argv.is(i, 'LIMIT') || i + 1 >= argv.count) return reply.error(errors.syntax);
    const value = atLeastOrReply(context, i + 1, 0, errors.limitNegative);
    if (value === void 0) return;
    limit = value;
  }
  const sets2 = sources(context, 2, keys3 + 2);
  if (sets2 !== void 0) reply.integer(intersect(sets2, limit === 0 ? Infinity : limit).length);
}
var setAlgebraCommands;
var init_set_algebra = __esm({
  'src/commands/set-algebra.ts'() {
    'use strict';
    init_access();
    init_arguments();
    init_bytes2();
    init_define();
    init_errors();
    setAlgebraCommands = [
      define(
        'sinter',
        -2,
        'readonly',
        allKeys,
        answer((sets2) => intersect(sets2)),
      ),
      define('sunion', -2, 'readonly', allKeys, answer(unite)),
      define('sdiff', -2, 'readonly', allKeys, answer(subtract)),
      define(
        'sinterstore',
        -3,
        'write denyoom',
        allKeys,
        store2((sets2) => intersect(sets2)),
      ),
      define('sunionstore', -3, 'write denyoom', allKeys, store2(unite)),
      define('sdiffstore', -3, 'write denyoom', allKeys, store2(subtract)),
      define('sintercard', -3, 'readonly movablekeys', noKeys, sintercard),
    ];
  },
});

// src/commands/set-random.ts
function drawMembers(context, set5, count2) {
  const draw = () => context.draw();
  if (count2 * 3 <= set5.size) {
    const drawn = /* @__PURE__ */ new Map();
    while (drawn.size < count2) {
      const member = set5.random(draw);
      drawn.set(latin1(member), member);
    }
    return [...drawn.values()];
  }
  const all2 = [];
  set5.forEach((member) => void all2.push(member));
  return sample(all2, count2, draw);
}
function spop(context) {
  const { argv, reply } = context;
  if (argv.count > 3) return reply.error(errors.syntax);
  if (argv.count === 3) return spopSeveral(context);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  if (entry === void 0) return reply.nil();
  const set5 = setToChange(context, 1);
  const member = set5.random(() => context.draw());
  set5.remove(member);
  if (set5.size === 0) remove4(context, 1);
  touch(context, 1);
  context.effects.command('SREM', argv.bytes(1), member);
  reply.bulk(member);
}
function spopSeveral(context) {
  const { argv, reply, effects } = context;
  const count2 = atLeastOrReply(context, 2, 0, errors.notPositive);
  if (count2 === void 0) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  if (entry === void 0 || count2 === 0) return reply.set(0);
  const view = entry.set();
  const { size } = view;
  const key = argv.bytes(1);
  if (count2 >= size) {
    reply.set(size);
    view.forEach((member) => reply.bulk(member));
    context.db.remove(key);
    touch(context, 1, size);
    effects.command('DEL', key);
    return;
  }
  const members2 = drawMembers(context, view, count2);
  const set5 = setToChange(context, 1);
  reply.set(count2);
  for (const member of members2) {
    set5.remove(member);
    reply.bulk(member);
    effects.command('SREM', key, member);
  }
  touch(context, 1, count2);
}
function srandmember(context) {
  const { argv, reply } = context;
  if (argv.count > 3) return reply.error(errors.syntax);
  const wanted = argv.count === 3 ? signedCountOrReply(context, 2) : 1;
  if (wanted === void 0) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  const draw = () => context.draw();
  if (argv.count === 2) return entry === void 0 ? reply.nil() : reply.bulk(entry.set().random(draw));
  if (entry === void 0 || wanted === 0) return reply.array(0);
  const set5 = entry.set();
  if (wanted < 0) {
    reply.array(-wanted);
    for (let i = wanted; i < 0; i++) reply.bulk(set5.random(draw));
  } else if (wanted >= set5.size) {
    reply.array(set5.size);
    set5.forEach((member) => reply.bulk(member));
  } else {
    reply.array(wanted);
    for (const member of drawMembers(context, set5, wanted)) reply.bulk(member);
  }
}
var setRandomCommands;
var init_set_random = __esm({
  'src/commands/set-random.ts'() {
    'use strict';
    init_access();
    init_arguments();
    init_bytes2();
    init_define();
    init_errors();
    init_sample();
    setRandomCommands = [
      define('spop', -2, 'write fast', oneKey, spop),
      define('srandmember', -2, 'readonly', oneKey, srandmember),
    ];
  },
});

// src/commands/sets.ts
function sadd(context) {
  const { argv, reply } = context;
  if (isWrongType(context, find(context, 1), 'set')) return;
  const set5 = setToChange(context, 1);
  let added = 0;
  for (let i = 2; i < argv.count; i++) if (set5.add(argv.bytes(i))) added++;
  if (added > 0) {
    touch(context, 1, added);
    context.effects.verbatim();
  }
  reply.integer(added);
}
function srem(context) {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  if (entry === void 0) return reply.integer(0);
  const set5 = setToChange(context, 1);
  let removed = 0;
  for (let i = 2; i < argv.count && set5.size > 0; i++) if (set5.remove(argv.bytes(i))) removed++;
  if (removed > 0) {
    if (set5.size === 0) remove4(context, 1);
    touch(context, 1, removed);
    context.effects.verbatim();
  }
  reply.integer(removed);
}
function smove(context) {
  const { argv, reply } = context;
  const source = find(context, 1);
  if (source === void 0) {
    find(context, 2);
    return reply.integer(0);
  }
  if (isWrongType(context, source, 'set')) return;
  const member = argv.bytes(3);
  const isThere = source.set().has(member);
  if (isWrongType(context, find(context, 2), 'set')) return;
  if (!isThere || equalBytes(argv.bytes(1), argv.bytes(2))) return reply.integer(isThere ? 1 : 0);
  const from = setToChange(context, 1);
  from.remove(member);
  if (from.size === 0) remove4(context, 1);
  touch(context, 1);
  if (setToChange(context, 2).add(member)) touch(context, 2);
  context.effects.verbatim();
  reply.integer(1);
}
function sismember(context) {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  context.reply.integer(entry !== void 0 && entry.set().has(context.argv.bytes(2)) ? 1 : 0);
}
function smismember(context) {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  const set5 = entry?.set();
  reply.array(argv.count - 2);
  for (let i = 2; i < argv.count; i++) reply.integer(set5?.has(argv.bytes(i)) ? 1 : 0);
}
function smembers(context) {
  const { reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  const set5 = entry?.set();
  reply.set(set5?.size ?? 0);
  set5?.forEach((member) => reply.bulk(member));
}
function scard(context) {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  context.reply.integer(entry === void 0 ? 0 : entry.set().size);
}
var setCommands;
var init_sets = __esm({
  'src/commands/sets.ts'() {
    'use strict';
    init_access();
    init_bytes2();
    init_define();
    setCommands = [
      define('sadd', -3, 'write denyoom fast', oneKey, sadd),
      define('srem', -3, 'write fast', oneKey, srem),
      define('smove', 4, 'write fast', twoKeys, smove),
      define('sismember', 3, 'readonly fast', oneKey, sismember),
      define('smismember', -3, 'readonly fast', oneKey, smismember),
      define('smembers', 2, 'readonly', oneKey, smembers),
      define('scard', 2, 'readonly fast', oneKey, scard),
    ];
  },
});

// src/commands/string-ranges.ts
function append2(context) {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const old = entry?.stringBytes() ?? nothing2;
  const addedBytes = argv.end(2) - argv.start(2);
  if (old.length + addedBytes > longestStringBytes) return reply.error(errors.stringTooLong);
  const value = new Uint8Array(old.length + addedBytes);
  value.set(old);
  value.set(argv.bytes(2), old.length);
  store3(context, value);
}
function setrange(context) {
  const { argv, reply } = context;
  const offset = integerOrReply(context, 2);
  if (offset === void 0) return;
  if (offset < 0) return reply.error(errors.offsetOutOfRange);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const addedBytes = argv.end(3) - argv.start(3);
  if (addedBytes === 0) return reply.integer(entry?.stringLength() ?? 0);
  if (offset + addedBytes > longestStringBytes) return reply.error(errors.stringTooLong);
  const old = entry?.stringBytes() ?? nothing2;
  const value = new Uint8Array(Math.max(old.length, offset + addedBytes));
  value.set(old);
  value.set(argv.bytes(3), offset);
  store3(context, value);
}
function store3(context, value) {
  const { argv, db } = context;
  db.putStringRange(argv.buffer, argv.start(1), argv.end(1), value, 0, value.length, KEEP_EXPIRY);
  touch(context, 1);
  context.effects.verbatim();
  context.reply.integer(value.length);
}
function getrange(context) {
  const { reply } = context;
  const first = integerOrReply(context, 2);
  if (first === void 0) return;
  const last = integerOrReply(context, 3);
  if (last === void 0) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const value = entry?.stringBytes() ?? nothing2;
  const start = Math.max(0, first < 0 ? first + value.length : first);
  const end = Math.min(value.length - 1, Math.max(0, last < 0 ? last + value.length : last));
  if (start > end || (first < 0 && last < 0 && first > last)) return reply.bulk(nothing2);
  reply.bulk(value, start, end + 1);
}
var longestStringBytes, nothing2, stringRangeCommands;
var init_string_ranges = __esm({
  'src/commands/string-ranges.ts'() {
    'use strict';
    init_data();
    init_access();
    init_arguments();
    init_define();
    init_errors();
    longestStringBytes = 512 * 1024 * 1024;
    nothing2 = new Uint8Array(0);
    stringRangeCommands = [
      define('append', 3, 'write denyoom fast', oneKey, append2),
      define('setrange', 4, 'write denyoom', oneKey, setrange),
      define('getrange', 4, 'readonly', oneKey, getrange),
      define('substr', 4, 'readonly', oneKey, getrange),
    ];
  },
});

// src/commands/string-options.ts
function parseStringOptions(context, from, command) {
  const { argv } = context;
  const isSet = command === 'set';
  const options = {
    condition: void 0,
    get: false,
    keepTtl: false,
    persist: false,
    unit: void 0,
    timeIndex: 0,
  };
  for (let i = from; i < argv.count; i++) {
    if (isSet && argv.is(i, 'NX') && options.condition !== 'XX') {
      options.condition = 'NX';
    } else if (isSet && argv.is(i, 'XX') && options.condition !== 'NX') {
      options.condition = 'XX';
    } else if (isSet && argv.is(i, 'GET')) {
      options.get = true;
    } else if (isSet && argv.is(i, 'KEEPTTL') && options.unit === void 0) {
      options.keepTtl = true;
    } else if (!isSet && argv.is(i, 'PERSIST') && options.unit === void 0) {
      options.persist = true;
    } else {
      const unit = expiryUnits.find((name) => argv.is(i, name));
      if (unit === void 0 || options.keepTtl || options.persist || i + 1 >= argv.count) return void 0;
      if (options.unit !== void 0 && options.unit !== unit) return void 0;
      options.unit = unit;
      options.timeIndex = ++i;
    }
  }
  return options;
}
var expiryUnits;
var init_string_options = __esm({
  'src/commands/string-options.ts'() {
    'use strict';
    expiryUnits = ['EX', 'PX', 'EXAT', 'PXAT'];
  },
});

// src/commands/strings.ts
function replyString({ reply }, entry) {
  if (entry === void 0) return reply.nil();
  reply.beginBulk(entry.stringLength());
  entry.writeString(reply.writer);
  reply.endBulk();
}
function get(context) {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  replyString(context, entry);
}
function put(context, valueIndex, expireAtMs) {
  const { argv } = context;
  const { buffer } = argv;
  context.db.putStringRange(
    buffer,
    argv.start(1),
    argv.end(1),
    buffer,
    argv.start(valueIndex),
    argv.end(valueIndex),
    expireAtMs,
  );
  touch(context, 1);
}
function set3(context) {
  if (context.argv.count > 3) {
    setWithOptions(context);
    return;
  }
  expireBefore(context, 1);
  put(context, 2, NO_EXPIRY);
  context.effects.verbatim();
  context.reply.ok();
}
function setWithOptions(context) {
  const { argv, reply } = context;
  const options = parseStringOptions(context, 3, 'set');
  if (options === void 0) return reply.error(errors.syntax);
  let expireAtMs = options.keepTtl ? KEEP_EXPIRY : NO_EXPIRY;
  if (options.unit !== void 0) {
    const atMs = expiryOrReply(context, options.timeIndex, options.unit, 'set', true);
    if (atMs === void 0) return;
    expireAtMs = atMs;
  }
  const entry = find(context, 1);
  if (options.get) {
    if (isWrongType(context, entry, 'string')) return;
    replyString(context, entry);
  }
  if ((options.condition === 'NX' && entry !== void 0) || (options.condition === 'XX' && entry === void 0)) {
    if (!options.get) reply.nil();
    return;
  }
  put(context, 2, expireAtMs);
  if (options.unit !== void 0) {
    context.effects.command('SET', argv.bytes(1), argv.bytes(2), 'PXAT', expireAtMs);
  } else if (options.get) {
    const parts = [];
    for (let i = 0; i < argv.count; i++) if (i < 3 || !argv.is(i, 'GET')) parts.push(argv.bytes(i));
    context.effects.command(...parts);
  } else {
    context.effects.verbatim();
  }
  if (!options.get) reply.ok();
}
function setnx(context) {
  if (find(context, 1) !== void 0) return context.reply.integer(0);
  put(context, 2, NO_EXPIRY);
  context.effects.verbatim();
  context.reply.integer(1);
}
function setWithTime(unit, command) {
  return (context) => {
    const atMs = expiryOrReply(context, 2, unit, command, true);
    if (atMs === void 0) return;
    expireBefore(context, 1);
    put(context, 3, atMs);
    context.effects.command('SET', context.argv.bytes(1), context.argv.bytes(3), 'PXAT', atMs);
    context.reply.ok();
  };
}
function getset(context) {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  replyString(context, entry);
  put(context, 2, NO_EXPIRY);
  context.effects.command('SET', context.argv.bytes(1), context.argv.bytes(2));
}
function getdel(context) {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  replyString(context, entry);
  if (entry === void 0) return;
  remove4(context, 1);
  touch(context, 1);
  context.effects.command('DEL', context.argv.bytes(1));
}
function getex(context) {
  const { argv, reply, effects } = context;
  const options = parseStringOptions(context, 2, 'getex');
  if (options === void 0) return reply.error(errors.syntax);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  if (entry === void 0) return reply.nil();
  let atMs;
  if (options.unit !== void 0) {
    atMs = expiryOrReply(context, options.timeIndex, options.unit, 'getex', true);
    if (atMs === void 0) return;
  }
  const hadExpiry = entry.expireAtMs !== NO_EXPIRY;
  replyString(context, entry);
  const key = argv.bytes(1);
  if (
    atMs !== void 0 &&
    (options.unit === 'EXAT' || options.unit === 'PXAT') &&
    isPastExpiry(context, atMs)
  ) {
    context.db.remove(key);
    effects.command('DEL', key);
  } else if (atMs !== void 0) {
    context.db.setExpiry(key, atMs);
    effects.command('PEXPIREAT', key, atMs);
  } else if (options.persist && hadExpiry) {
    context.db.setExpiry(key, NO_EXPIRY);
    effects.command('PERSIST', key);
  } else {
    return;
  }
  touch(context, 1);
}
function mget(context) {
  const { argv, reply } = context;
  reply.array(argv.count - 1);
  for (let i = 1; i < argv.count; i++) {
    const entry = find(context, i);
    replyString(context, entry?.type === 'string' ? entry : void 0);
  }
}
function putPairs(context) {
  const { argv, db } = context;
  const { buffer } = argv;
  for (let i = 1; i < argv.count; i += 2) {
    expireBefore(context, i);
    db.putStringRange(
      buffer,
      argv.start(i),
      argv.end(i),
      buffer,
      argv.start(i + 1),
      argv.end(i + 1),
      NO_EXPIRY,
    );
    touch(context, i);
  }
  context.effects.verbatim();
}
function mset(context) {
  if (context.argv.count % 2 === 0) return context.reply.error(wrongArity('mset'));
  putPairs(context);
  context.reply.ok();
}
function msetnx(context) {
  const { argv, reply } = context;
  if (argv.count % 2 === 0) return reply.error(wrongArity('msetnx'));
  for (let i = 1; i < argv.count; i += 2) if (find(context, i) !== void 0) return reply.integer(0);
  putPairs(context);
  reply.integer(1);
}
function strlen(context) {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  context.reply.integer(entry === void 0 ? 0 : entry.stringLength());
}
var everyOther, stringCommands;
var init_strings = __esm({
  'src/commands/strings.ts'() {
    'use strict';
    init_data();
    init_access();
    init_define();
    init_errors();
    init_expiry();
    init_string_options();
    everyOther = [1, -1, 2];
    stringCommands = [
      define('get', 2, 'readonly fast', oneKey, get),
      define('set', -3, 'write denyoom', oneKey, set3),
      define('setnx', 3, 'write denyoom fast', oneKey, setnx),
      define('setex', 4, 'write denyoom', oneKey, setWithTime('EX', 'setex')),
      define('psetex', 4, 'write denyoom', oneKey, setWithTime('PX', 'psetex')),
      define('getset', 3, 'write denyoom fast', oneKey, getset),
      define('getdel', 2, 'write fast', oneKey, getdel),
      define('getex', -2, 'write fast', oneKey, getex),
      define('mget', -2, 'readonly fast', allKeys, mget),
      define('mset', -3, 'write denyoom', everyOther, mset),
      define('msetnx', -3, 'write denyoom', everyOther, msetnx),
      define('strlen', 2, 'readonly fast', oneKey, strlen),
    ];
  },
});

// src/commands/table.ts
function lookup(argv) {
  return index.lookup(argv);
}
var all, keyspaceCommands, index;
var init_table2 = __esm({
  'src/commands/table.ts'() {
    'use strict';
    init_command_index();
    init_counters();
    init_databases();
    init_expiration();
    init_hashes();
    init_keys();
    init_lcs();
    init_list_moves();
    init_list_search();
    init_lists();
    init_object();
    init_scanning();
    init_set_algebra();
    init_set_random();
    init_sets();
    init_string_ranges();
    init_strings();
    all = [
      ...stringCommands,
      ...stringRangeCommands,
      ...counterCommands,
      ...lcsCommands,
      ...listCommands,
      ...listSearchCommands,
      ...listMoveCommands,
      ...setCommands,
      ...setAlgebraCommands,
      ...setRandomCommands,
      ...hashCommands,
      ...keyCommands,
      ...expirationCommands,
      ...databaseCommands,
      ...scanCommands,
      ...objectCommands,
    ];
    keyspaceCommands = new Map(all.map((command) => [command.name, command]));
    index = new CommandIndex(all);
  },
});

// src/commands/index.ts
var init_commands = __esm({
  'src/commands/index.ts'() {
    'use strict';
    init_errors();
    init_glob();
    init_table2();
  },
});

// src/resp/argv.ts
function lower(byte) {
  return byte >= 65 && byte <= 90 ? byte | 32 : byte;
}
var Argv, nothing3;
var init_argv = __esm({
  'src/resp/argv.ts'() {
    'use strict';
    Argv = class _Argv {
      /** How many words, the command's name included. */
      count = 0;
      /** The buffer that holds the words. Other things stand in it too. */
      buffer = nothing3;
      /**
       * The whole command as buffer[rawStart, rawEnd) where it came as the RESP array of bulk strings that an AOF would
       * hold for it, so that one copy logs it; else (inline, odd line ends, made by hand) both are -1.
       */
      rawStart = -1;
      rawEnd = -1;
      /** Where the positions below count from. They outlive a buffer that moves. */
      #base = 0;
      #starts = [];
      #ends = [];
      /** A command of these words, in a buffer of its own. */
      static of(words) {
        const argv = new _Argv();
        let length = 0;
        for (const word of words) length += word.length;
        const buffer = new Uint8Array(length);
        argv.reset(buffer, 0);
        let at = 0;
        for (const word of words) {
          if (typeof word === 'string')
            for (let i = 0; i < word.length; i++) buffer[at + i] = word.charCodeAt(i);
          else buffer.set(word, at);
          argv.add(at, at + word.length);
          at += word.length;
        }
        return argv;
      }
      /** Where word `i` begins in `buffer`. 0 <= i < count, here and below; not checked. */
      start(i) {
        return this.#base + this.#starts[i];
      }
      /** Where word `i` ends in `buffer`, exclusive. */
      end(i) {
        return this.#base + this.#ends[i];
      }
      length(i) {
        return this.#ends[i] - this.#starts[i];
      }
      /** Word `i` as a view of `buffer`: valid as long as this Argv is, and never to be written to. */
      bytes(i) {
        return this.buffer.subarray(this.#base + this.#starts[i], this.#base + this.#ends[i]);
      }
      /** Word `i` as latin1 text, as it was sent: for messages, and for numbers and names that are short. */
      text(i) {
        let text2 = '';
        const end = this.end(i);
        for (let p = this.start(i); p < end; p++) text2 += String.fromCharCode(this.buffer[p]);
        return text2;
      }
      /** As `text`, with A to Z in lower case: the key of a table of names. */
      lowerText(i) {
        let text2 = '';
        const end = this.end(i);
        for (let p = this.start(i); p < end; p++) text2 += String.fromCharCode(lower(this.buffer[p]));
        return text2;
      }
      /** True where word `i` is `text`, letters compared without case. Makes nothing: `argv.is(3, 'EX')`. */
      is(i, text2) {
        const start = this.#base + this.#starts[i];
        const length = this.#ends[i] - this.#starts[i];
        if (length !== text2.length) return false;
        for (let p = 0; p < length; p++) {
          if (lower(this.buffer[start + p]) !== lower(text2.charCodeAt(p))) return false;
        }
        return true;
      }
      /** The same command in a buffer of its own, which nobody else changes. */
      clone() {
        const copy3 = new _Argv();
        const first = this.rawStart >= 0 ? this.rawStart : this.count > 0 ? this.start(0) : 0;
        const last = this.rawStart >= 0 ? this.rawEnd : this.count > 0 ? this.end(this.count - 1) : 0;
        copy3.buffer = this.buffer.slice(first, last);
        copy3.#base = this.#base - first;
        copy3.count = this.count;
        for (let i = 0; i < this.count; i++) {
          copy3.#starts.push(this.#starts[i]);
          copy3.#ends.push(this.#ends[i]);
        }
        if (this.rawStart >= 0) {
          copy3.rawStart = 0;
          copy3.rawEnd = this.rawEnd - this.rawStart;
        }
        return copy3;
      }
      /** For parsers: begins a command whose words are counted from `base` of `buffer`. */
      reset(buffer, base2) {
        this.count = 0;
        this.rawStart = -1;
        this.rawEnd = -1;
        this.move(buffer, base2);
      }
      /** For parsers: adds a word, start and end counted from the base. Words come in the order in which they lie. */
      add(start, end) {
        const i = this.count++;
        this.#starts[i] = start;
        this.#ends[i] = end;
      }
      /** For parsers: the bytes of the command under construction are now at `base` of `buffer`. */
      move(buffer, base2) {
        this.buffer = buffer;
        this.#base = base2;
      }
    };
    nothing3 = new Uint8Array(0);
  },
});

// src/resp/command.ts
function encodeCommand2(into, parts) {
  commandHeader(into, parts.length);
  for (const part of parts) {
    if (typeof part === 'string') commandText2(into, part);
    else if (typeof part === 'number') commandInteger(into, part);
    else commandBytes(into, part);
  }
}
function commandHeader(into, count2) {
  into.byte(42);
  into.decimal(count2);
  lineEnd(into);
}
function commandBytes(into, bytes, start = 0, end = bytes.length) {
  bulkHeader(into, end - start);
  into.bytes(bytes, start, end);
  lineEnd(into);
}
function commandText2(into, text2) {
  bulkHeader(into, text2.length);
  into.latin1(text2);
  lineEnd(into);
}
function commandInteger(into, value) {
  bulkHeader(into, decimalLength(value));
  into.decimal(value);
  lineEnd(into);
}
function bulkHeader(into, lengthBytes2) {
  into.byte(36);
  into.decimal(lengthBytes2);
  lineEnd(into);
}
function lineEnd(into) {
  into.byte(13);
  into.byte(10);
}
var init_command = __esm({
  'src/resp/command.ts'() {
    'use strict';
    init_bytes();
  },
});

// src/resp/protocol-error.ts
var ProtocolError;
var init_protocol_error = __esm({
  'src/resp/protocol-error.ts'() {
    'use strict';
    ProtocolError = class extends Error {
      /** Where in the stream the command begins that is broken, counted from the first byte ever pushed. */
      offset;
      constructor(message, offset) {
        super(message);
        this.name = 'ProtocolError';
        this.offset = offset;
      }
    };
  },
});

// src/resp/parser.ts
var clientLimits, logLimits, unknown, RequestParser, asterisk, dollar, carriageReturn, lineFeed;
var init_parser = __esm({
  'src/resp/parser.ts'() {
    'use strict';
    init_bytes();
    init_protocol_error();
    clientLimits = {
      maxWords: 1024 * 1024,
      maxBulkBytes: 512 * 1024 * 1024,
      maxInlineBytes: 64 * 1024,
    };
    logLimits = {
      maxWords: 2147483647,
      maxBulkBytes: 2147483647,
      maxInlineBytes: 64 * 1024,
    };
    unknown = -1;
    RequestParser = class {
      #dialect;
      #limits;
      /** Its item at hand is the command under construction. */
      #window = new ByteWindow();
      /** The command under construction: whose Argv, how many words are to come, how long the next one is. */
      #argv;
      #wordsLeft = unknown;
      #bulkBytes = unknown;
      #canonical = true;
      /** How far from the command's start a header line was looked through in vain. */
      #scanned = 0;
      /** Words of an inline command, with quotes resolved. */
      #inline = new ByteWriter(0);
      constructor(dialect = 'client', limits = {}) {
        this.#dialect = dialect;
        this.#limits = { ...(dialect === 'client' ? clientLimits : logLimits), ...limits };
      }
      /** Bytes of whole commands taken so far: where in the stream the next command begins. */
      get offset() {
        return this.#window.offset;
      }
      /** Bytes that have come and do not make a whole command yet. */
      get pendingBytes() {
        return this.#window.pendingBytes;
      }
      /**
       * Takes chunk[start, end). The piece is read in place: it must not change until `next` has answered 'need-more' or
       * more is pushed.
       */
      push(chunk, start = 0, end = chunk.length) {
        this.#window.push(chunk, start, end);
        this.#argv?.move(this.#window.buffer, this.#window.start);
      }
      /**
       * Takes the next command into `argv`. 'need-more' leaves half a command in `argv`: bring the same one back with more
       * bytes (another is as good, and costs a second look at the half).
       *
       * @throws ProtocolError where the bytes are no command. The stream is of no use afterwards.
       */
      next(argv) {
        if (this.#argv !== argv) this.#restart(argv);
        for (;;) {
          if (this.#wordsLeft === unknown) {
            if (this.#window.position === this.#window.limit) return this.#needMore();
            if (this.#window.buffer[this.#window.start] !== asterisk) {
              if (this.#dialect === 'log') throw this.#expected('*');
              if (!this.#takeInline(argv)) return this.#needMore();
              if (argv.count > 0) return 'command';
              continue;
            }
            const words = this.#takeHeader(
              'invalid multibulk length',
              'too big mbulk count string',
              this.#limits.maxWords,
            );
            if (words === void 0) return this.#needMore();
            if (words <= 0) {
              if (this.#dialect === 'log') throw this.#error('invalid multibulk length');
              this.#finish();
              this.#begin(argv);
              continue;
            }
            this.#wordsLeft = words;
          }
          while (this.#wordsLeft > 0) {
            if (this.#bulkBytes === unknown) {
              if (this.#window.position === this.#window.limit) return this.#needMore();
              if (this.#window.buffer[this.#window.position] !== dollar) throw this.#expected('$');
              const bytes = this.#takeHeader(
                'invalid bulk length',
                'too big bulk count string',
                this.#limits.maxBulkBytes,
              );
              if (bytes === void 0) return this.#needMore();
              if (bytes < 0) throw this.#error('invalid bulk length');
              this.#bulkBytes = bytes;
            }
            const start = this.#window.position;
            const end = start + this.#bulkBytes;
            if (end + 2 > this.#window.limit) return this.#needMore();
            if (this.#window.buffer[end] !== carriageReturn || this.#window.buffer[end + 1] !== lineFeed) {
              if (this.#dialect === 'log') throw this.#error('bulk string does not end in CRLF');
              this.#canonical = false;
            }
            argv.add(start - this.#window.start, end - this.#window.start);
            this.#window.position = end + 2;
            this.#bulkBytes = unknown;
            this.#wordsLeft--;
          }
          if (this.#canonical) {
            argv.rawStart = this.#window.start;
            argv.rawEnd = this.#window.position;
          }
          this.#finish();
          return 'command';
        }
      }
      /** The first byte of the command that is next or under way, or -1 where none has come. For readers of logs. */
      peek() {
        return this.#window.limit > this.#window.start ? this.#window.buffer[this.#window.start] : -1;
      }
      /**
       * Between commands: takes a line that is no command, as latin1 text without its line end; undefined where its end has
       * not come. For the annotations of logs.
       *
       * @throws ProtocolError where the line with its end is longer than `maxBytes`.
       */
      takeLine(maxBytes) {
        const start = this.#window.start;
        const limit = Math.min(this.#window.limit, start + maxBytes);
        let end = start;
        while (end < limit && this.#window.buffer[end] !== lineFeed) end++;
        if (end === limit) {
          if (end === start + maxBytes) throw this.#error(`line of more than ${maxBytes} bytes`);
          this.#needMore();
          return void 0;
        }
        const textEnd = end > start && this.#window.buffer[end - 1] === carriageReturn ? end - 1 : end;
        const text2 = latin1Text(this.#window.buffer, start, textEnd);
        this.#window.position = end + 1;
        this.#finish();
        return text2;
      }
      /** Reads `*N` or `$N`. Undefined where the line is not whole yet; the position then has not moved. */
      #takeHeader(invalid, tooLong, most) {
        const buffer = this.#window.buffer;
        const limit = this.#window.limit;
        let p = this.#window.position + 1;
        let value = 0;
        const first = p;
        for (const last = Math.min(limit, p + 9); p < last; p++) {
          const digit = buffer[p] - 48;
          if (digit < 0 || digit > 9) break;
          value = value * 10 + digit;
        }
        const digits2 = p - first;
        if (digits2 > 0 && p + 1 < limit && buffer[p] === carriageReturn && buffer[p + 1] === lineFeed) {
          if ((buffer[first] === 48 && digits2 > 1) || value > most) throw this.#error(invalid);
          this.#window.position = p + 2;
          return value;
        }
        return this.#takeOddHeader(invalid, tooLong, most);
      }
      #takeOddHeader(invalid, tooLong, most) {
        const buffer = this.#window.buffer;
        const first = this.#window.position + 1;
        let p = Math.max(first, this.#window.start + this.#scanned);
        while (p < this.#window.limit && buffer[p] !== carriageReturn) {
          if (this.#dialect === 'log' && (buffer[p] < 48 || buffer[p] > 57)) throw this.#error(invalid);
          p++;
        }
        this.#scanned = p - this.#window.start;
        if (p - this.#window.position > this.#limits.maxInlineBytes) throw this.#error(tooLong);
        if (p + 1 >= this.#window.limit) return void 0;
        if (buffer[p + 1] !== lineFeed) {
          if (this.#dialect === 'log') throw this.#error(invalid);
          this.#canonical = false;
        }
        const negative = buffer[first] === 45;
        const digitsFrom = negative ? first + 1 : first;
        if (digitsFrom === p || p - digitsFrom > 19) throw this.#error(invalid);
        if (buffer[digitsFrom] === 48 && (p - digitsFrom > 1 || negative)) throw this.#error(invalid);
        let value = 0;
        for (let i = digitsFrom; i < p; i++) {
          const digit = buffer[i] - 48;
          if (digit < 0 || digit > 9) throw this.#error(invalid);
          value = value * 10 + digit;
        }
        if (!negative && value > most) throw this.#error(invalid);
        this.#window.position = p + 2;
        return negative ? -value : value;
      }
      /** Reads an inline command. False where its line has not come whole. An empty line leaves no words. */
      #takeInline(argv) {
        const start = this.#window.start;
        let end = this.#window.position;
        while (end < this.#window.limit && this.#window.buffer[end] !== lineFeed) end++;
        if (end - start > this.#limits.maxInlineBytes) throw this.#error('too big inline request');
        if (end === this.#window.limit) {
          this.#window.position = end;
          return false;
        }
        const lineEnd2 = end > start && this.#window.buffer[end - 1] === carriageReturn ? end - 1 : end;
        this.#inline.clear();
        argv.reset(this.#window.buffer, 0);
        const whole = splitWords(this.#window.buffer, start, lineEnd2, this.#inline, (from, to) =>
          argv.add(from, to),
        );
        if (!whole) throw this.#error('unbalanced quotes in request');
        argv.move(this.#inline.buffer, 0);
        this.#window.position = end + 1;
        this.#finish();
        if (argv.count === 0) this.#begin(argv);
        return true;
      }
      /** A command ends at the position. */
      #finish() {
        this.#window.commit();
        this.#argv = void 0;
      }
      #begin(argv) {
        argv.reset(this.#window.buffer, this.#window.start);
        this.#argv = argv;
        this.#wordsLeft = unknown;
        this.#bulkBytes = unknown;
        this.#canonical = true;
        this.#scanned = 0;
      }
      /** Begins the command at hand from its first byte. */
      #restart(argv) {
        this.#window.position = this.#window.start;
        this.#begin(argv);
      }
      /** Keeps what is left of the caller's piece, and lets go of the piece. */
      #needMore() {
        this.#window.keep();
        this.#argv?.move(this.#window.buffer, this.#window.start);
        return 'need-more';
      }
      #expected(byte) {
        const got = quoteWord(this.#window.buffer.subarray(this.#window.position, this.#window.position + 1));
        return this.#error(`expected '${byte}', got '${got.startsWith('"') ? got.slice(1, -1) : got}'`);
      }
      #error(what) {
        return new ProtocolError(`Protocol error: ${what}`, this.offset);
      }
    };
    asterisk = 42;
    dollar = 36;
    carriageReturn = 13;
    lineFeed = 10;
  },
});

// src/resp/reply.ts
var ReplyWriter,
  okBytes,
  queuedBytes,
  zeroBytes,
  oneBytes,
  nilBytes,
  nilArrayBytes,
  nullBytes,
  trueBytes,
  falseBytes;
var init_reply = __esm({
  'src/resp/reply.ts'() {
    'use strict';
    init_bytes();
    ReplyWriter = class {
      writer;
      /** HELLO changes it between two commands. */
      protocol;
      constructor(writer, protocol = 2) {
        this.writer = writer;
        this.protocol = protocol;
      }
      /** +OK */
      ok() {
        this.writer.bytes(okBytes);
      }
      /** +QUEUED */
      queued() {
        this.writer.bytes(queuedBytes);
      }
      /** +text. Line ends become spaces, here and in `error`. */
      simple(text2) {
        this.#line(43, text2);
      }
      /** -text, where `text` begins with its code: "ERR syntax error". */
      error(text2) {
        this.#line(45, text2);
      }
      integer(value) {
        if (value === 0) return this.writer.bytes(zeroBytes);
        if (value === 1) return this.writer.bytes(oneBytes);
        this.writer.byte(58);
        if (typeof value === 'number') this.writer.decimal(value);
        else this.writer.latin1(value.toString());
        this.#end();
      }
      /** A bulk string of bytes[start, end). */
      bulk(bytes, start = 0, end = bytes.length) {
        this.#header(36, end - start);
        this.writer.bytes(bytes, start, end);
        this.#end();
      }
      /** A bulk string of latin1 text. */
      bulkText(text2) {
        this.#header(36, text2.length);
        this.writer.latin1(text2);
        this.#end();
      }
      /** A bulk string of an integer's decimal text. */
      bulkInteger(value) {
        this.#header(36, decimalLength(value));
        this.writer.decimal(value);
        this.#end();
      }
      /** The header of a bulk string of which exactly `lengthBytes` are written to `writer` next, then `endBulk`. */
      beginBulk(lengthBytes2) {
        this.#header(36, lengthBytes2);
      }
      endBulk() {
        this.#end();
      }
      /** No such thing: a key, a field, an element. */
      nil() {
        this.writer.bytes(this.protocol === 3 ? nullBytes : nilBytes);
      }
      /** No such thing where an array would have been: an aborted EXEC. */
      nilArray() {
        this.writer.bytes(this.protocol === 3 ? nullBytes : nilArrayBytes);
      }
      /** `count` replies follow. */
      array(count2) {
        this.#header(42, count2);
      }
      /** `count` pairs of replies follow. */
      map(count2) {
        if (this.protocol === 3) this.#header(37, count2);
        else this.#header(42, count2 * 2);
      }
      /** `count` replies follow, no two the same. */
      set(count2) {
        this.#header(this.protocol === 3 ? 126 : 42, count2);
      }
      /** `count` replies follow, which answer no command. */
      push(count2) {
        this.#header(this.protocol === 3 ? 62 : 42, count2);
      }
      /** As Redis 7.0 writes it, "%.17g". */
      double(value) {
        const text2 = formatDouble17(value);
        if (this.protocol === 2) return this.bulkText(text2);
        this.writer.byte(44);
        this.writer.latin1(text2);
        this.#end();
      }
      /** RESP2: 1 or 0. */
      boolean(value) {
        if (this.protocol === 2) return this.integer(value ? 1 : 0);
        this.writer.bytes(value ? trueBytes : falseBytes);
      }
      /** Text for people, latin1: INFO, CLIENT LIST. */
      verbatim(text2, format2 = 'txt') {
        if (this.protocol === 2) return this.bulkText(text2);
        this.#header(61, text2.length + 4);
        this.writer.latin1(format2);
        this.writer.byte(58);
        this.writer.latin1(text2);
        this.#end();
      }
      #header(type2, count2) {
        const { writer } = this;
        if (count2 < 10 && count2 >= 0) {
          writer.ensure(4);
          const { buffer, length } = writer;
          buffer[length] = type2;
          buffer[length + 1] = 48 + count2;
          buffer[length + 2] = 13;
          buffer[length + 3] = 10;
          writer.length = length + 4;
          return;
        }
        writer.byte(type2);
        writer.decimal(count2);
        this.#end();
      }
      #line(type2, text2) {
        this.writer.byte(type2);
        this.writer.latin1(/[\r\n]/.test(text2) ? text2.replace(/[\r\n]/g, ' ') : text2);
        this.#end();
      }
      #end() {
        const { writer } = this;
        writer.ensure(2);
        const { buffer, length } = writer;
        buffer[length] = 13;
        buffer[length + 1] = 10;
        writer.length = length + 2;
      }
    };
    okBytes = latin1Bytes('+OK\r\n');
    queuedBytes = latin1Bytes('+QUEUED\r\n');
    zeroBytes = latin1Bytes(':0\r\n');
    oneBytes = latin1Bytes(':1\r\n');
    nilBytes = latin1Bytes('$-1\r\n');
    nilArrayBytes = latin1Bytes('*-1\r\n');
    nullBytes = latin1Bytes('_\r\n');
    trueBytes = latin1Bytes('#t\r\n');
    falseBytes = latin1Bytes('#f\r\n');
  },
});

// src/resp/index.ts
var init_resp = __esm({
  'src/resp/index.ts'() {
    'use strict';
    init_argv();
    init_command();
    init_parser();
    init_protocol_error();
    init_reply();
  },
});

// src/engine/admin/command-info.ts
function describeCommand2(reply, command) {
  const subcommands2 = 'subcommands' in command ? command.subcommands : [];
  const [first, last, step] = command.keys;
  reply.array(10);
  reply.bulkText(command.name);
  reply.integer(command.arity);
  reply.set(command.flags.length);
  for (const flag2 of command.flags) reply.simple(flag2);
  reply.integer(first);
  reply.integer(last);
  reply.integer(step);
  describeCategories(reply, command);
  reply.array(0);
  describeKeys(reply, command);
  reply.array(subcommands2.length);
  for (const subcommand of subcommands2) describeCommand2(reply, subcommand);
}
function describeCategories(reply, { flags: flags3 }) {
  const categories = [];
  if (flags3.includes('write')) categories.push('@write');
  if (flags3.includes('readonly')) categories.push('@read');
  if (flags3.includes('admin')) categories.push('@admin', '@dangerous');
  if (flags3.includes('blocking')) categories.push('@blocking');
  categories.push(flags3.includes('fast') ? '@fast' : '@slow');
  reply.set(categories.length);
  for (const category of categories) reply.simple(category);
}
function describeKeys(reply, { flags: flags3, keys: keys3 }) {
  const [first, last, step] = keys3;
  reply.array(first > 0 ? 1 : 0);
  if (first === 0) return;
  reply.map(3);
  reply.bulkText('flags');
  reply.set(1);
  reply.simple(flags3.includes('write') ? 'RW' : 'RO');
  reply.bulkText('begin_search');
  reply.map(2);
  reply.bulkText('type');
  reply.bulkText('index');
  reply.bulkText('spec');
  reply.map(1);
  reply.bulkText('index');
  reply.integer(first);
  reply.bulkText('find_keys');
  reply.map(2);
  reply.bulkText('type');
  reply.bulkText('range');
  reply.bulkText('spec');
  reply.map(3);
  reply.bulkText('lastkey');
  reply.integer(last < 0 ? last : last - first);
  reply.bulkText('keystep');
  reply.integer(step);
  reply.bulkText('limit');
  reply.integer(0);
}
var init_command_info = __esm({
  'src/engine/admin/command-info.ts'() {
    'use strict';
  },
});

// src/engine/admin/command-keys.ts
function keysOf(command, argv) {
  const [first, last, step] = command.keys;
  if (first > 0) {
    const end = last < 0 ? argv.count + last : last;
    const keys3 = [];
    for (let i = first; i <= end && i < argv.count; i += step) keys3.push(argv.bytes(i).slice());
    return keys3;
  }
  if (!command.flags.includes('movablekeys')) return void 0;
  const at = command.name.startsWith('b') ? 2 : 1;
  const count2 = at < argv.count ? parseInteger(argv.bytes(at)) : void 0;
  if (count2 === void 0 || count2 < 1 || at + count2 >= argv.count) return [];
  return Array.from({ length: count2 }, (_, i) => argv.bytes(at + 1 + i).slice());
}
var init_command_keys = __esm({
  'src/engine/admin/command-keys.ts'() {
    'use strict';
    init_bytes();
  },
});

// src/engine/admin/define.ts
function admin(name, arity, flags3, administer) {
  return {
    name,
    arity,
    flags: flags3.split(' ').filter((flag2) => flag2 !== ''),
    keys: noKeys2,
    administer,
  };
}
function container(name, flags3, subcommands2, alone) {
  const byName2 = new Map(
    subcommands2.map((subcommand) => [subcommand.name.slice(name.length + 1), subcommand]),
  );
  const administer = (call) => {
    const { argv, reply, session } = call;
    if (argv.count === 1) {
      if (alone === void 0) reply.error(wrongArity(name));
      else return alone(call);
      return void 0;
    }
    const subcommand = byName2.get(argv.lowerText(1));
    if (subcommand === void 0) reply.error(unknownSubcommand(argv.text(1), name.toUpperCase()));
    else if (subcommand.arity >= 0 ? argv.count !== subcommand.arity : argv.count < -subcommand.arity)
      reply.error(wrongArity(subcommand.name));
    else {
      session.lastCommand = subcommand.name;
      return subcommand.administer(call);
    }
    return void 0;
  };
  return { ...admin(name, alone === void 0 ? -2 : -1, flags3, administer), subcommands: subcommands2 };
}
var noKeys2;
var init_define2 = __esm({
  'src/engine/admin/define.ts'() {
    'use strict';
    init_commands();
    noKeys2 = [0, 0, 0];
  },
});

// src/engine/admin/command.ts
function commandCommands(adminTable) {
  const table3 = {
    find: (name) => keyspaceCommands.get(name) ?? adminTable().get(name),
    all: () => [...keyspaceCommands.values(), ...adminTable().values()],
  };
  const describe = (reply, commands) => {
    reply.array(commands.length);
    for (const command of commands) {
      if (command === void 0) reply.nilArray();
      else describeCommand2(reply, command);
    }
  };
  const flags3 = 'loading stale';
  return [
    container(
      'command',
      flags3,
      [
        admin('command|count', 2, flags3, ({ reply }) => reply.integer(table3.all().length)),
        admin('command|list', -2, flags3, (call) => list(call, table3)),
        admin('command|info', -2, flags3, ({ argv, reply }) => {
          if (argv.count === 2) return describe(reply, table3.all());
          describe(
            reply,
            Array.from({ length: argv.count - 2 }, (_, i) => findByFullName(table3, argv.lowerText(i + 2))),
          );
        }),
        admin('command|getkeys', -4, flags3, (call) => getKeys(call, table3)),
      ],
      ({ reply }) => describe(reply, table3.all()),
    ),
  ];
}
function findByFullName(table3, name) {
  const [first = '', second] = name.split('|');
  const command = table3.find(first);
  if (second === void 0 || command === void 0) return command;
  return 'subcommands' in command ? command.subcommands.find((one) => one.name === name) : void 0;
}
function list({ argv, reply }, table3) {
  let names = table3.all().map(({ name }) => name);
  if (argv.count === 5 && argv.is(2, 'FILTERBY') && argv.is(3, 'PATTERN')) {
    const pattern = argv.bytes(4);
    names = names.filter((name) =>
      globMatches(
        pattern,
        Uint8Array.from(name, (character) => character.charCodeAt(0)),
      ),
    );
  } else if (argv.count === 5 && argv.is(2, 'FILTERBY') && (argv.is(3, 'MODULE') || argv.is(3, 'ACLCAT'))) {
    names = [];
  } else if (argv.count !== 2) {
    return reply.error(errors.syntax);
  }
  reply.array(names.length);
  for (const name of names) reply.bulkText(name);
}
function getKeys({ argv, reply }, table3) {
  const words = Argv.of(Array.from({ length: argv.count - 2 }, (_, i) => argv.bytes(i + 2)));
  const command = lookup(words) ?? table3.find(words.lowerText(0));
  if (command === void 0) return reply.error('ERR Invalid command specified');
  const { arity } = command;
  if (arity >= 0 ? words.count !== arity : words.count < -arity)
    return reply.error('ERR Invalid number of arguments specified for command');
  const keys3 = keysOf(command, words);
  if (keys3 === void 0) return reply.error('ERR The command has no key arguments');
  if (keys3.length === 0) return reply.error('ERR Invalid arguments specified for command');
  reply.array(keys3.length);
  for (const key of keys3) reply.bulk(key);
}
var init_command2 = __esm({
  'src/engine/admin/command.ts'() {
    'use strict';
    init_commands();
    init_commands();
    init_resp();
    init_command_info();
    init_command_keys();
    init_define2();
  },
});

// src/engine/admin/client-line.ts
function describeClient(session, nowMs) {
  const { transaction } = session;
  const fields2 = [
    ['id', session.id],
    ['addr', session.address],
    ['name', session.name],
    ['age', seconds2(nowMs - session.createdAtMs)],
    ['idle', seconds2(nowMs - session.lastCommandAtMs)],
    ['flags', flagsOf(session)],
    ['db', session.dbIndex],
    ['sub', 0],
    ['psub', 0],
    ['ssub', 0],
    ['multi', transaction.isOpen ? transaction.queue.length : -1],
    ['watch', transaction.watched.length],
    ['cmd', session.lastCommand === '' ? 'NULL' : session.lastCommand],
    ['user', 'default'],
    ['redir', -1],
    ['resp', session.reply.protocol],
    ['lib-name', session.libraryName],
    ['lib-ver', session.libraryVersion],
  ];
  return fields2.map(([name, value]) => `${name}=${value}`).join(' ');
}
function flagsOf({ transaction }) {
  const flags3 = (transaction.isOpen ? 'x' : '') + (transaction.isStale ? 'd' : '');
  return flags3 === '' ? 'N' : flags3;
}
function seconds2(ms) {
  return Math.max(0, Math.floor(ms / 1e3));
}
function isClientType(type2) {
  return (
    type2 === 'normal' || type2 === 'master' || type2 === 'replica' || type2 === 'slave' || type2 === 'pubsub'
  );
}
var init_client_line = __esm({
  'src/engine/admin/client-line.ts'() {
    'use strict';
  },
});

// src/engine/admin/client-kill.ts
function killClients({ engine, session, argv, reply }) {
  if (argv.count === 3) {
    const address = argv.text(2);
    for (const other of engine.sessions.values()) {
      if (other.address !== address) continue;
      reply.ok();
      other.closeAfterReplies();
      return;
    }
    return reply.error('ERR No such client');
  }
  const filter = readFilter(argv);
  if (typeof filter === 'string') return reply.error(filter);
  const victims = [...engine.sessions.values()].filter(
    (other) => !(filter.skipMe && other === session) && filter.tests.every((test) => test(other)),
  );
  reply.integer(victims.length);
  for (const victim of victims) if (victim !== session) victim.closeAfterReplies();
  if (victims.includes(session)) session.closeAfterReplies();
}
function readFilter(argv) {
  const tests = [];
  let skipMe = true;
  if (argv.count % 2 !== 0) return errors.syntax;
  for (let i = 2; i < argv.count; i += 2) {
    const value = argv.text(i + 1);
    if (argv.is(i, 'ID')) {
      const id2 = parseInteger(argv.bytes(i + 1));
      if (id2 === void 0 || id2 < 1) return 'ERR client-id should be greater than 0';
      tests.push((session) => session.id === id2);
    } else if (argv.is(i, 'ADDR')) {
      tests.push((session) => session.address === value);
    } else if (argv.is(i, 'TYPE')) {
      const type2 = value.toLowerCase();
      if (!isClientType(type2)) return `ERR Unknown client type '${value}'`;
      tests.push(() => type2 === 'normal');
    } else if (argv.is(i, 'USER')) {
      if (value !== 'default') return `ERR No such user '${value}'`;
    } else if (argv.is(i, 'SKIPME') && /^(yes|no)$/i.test(value)) {
      skipMe = value.toLowerCase() === 'yes';
    } else {
      return errors.syntax;
    }
  }
  return { tests, skipMe };
}
var init_client_kill = __esm({
  'src/engine/admin/client-kill.ts'() {
    'use strict';
    init_bytes();
    init_commands();
    init_client_line();
  },
});

// src/engine/admin/client-name.ts
function isClientName(name) {
  return /^[!-~]*$/.test(name);
}
var nameError;
var init_client_name = __esm({
  'src/engine/admin/client-name.ts'() {
    'use strict';
    nameError = 'ERR Client names cannot contain spaces, newlines or special characters.';
  },
});

// src/engine/admin/client.ts
function id({ session, reply }) {
  reply.integer(session.id);
}
function getName({ session, reply }) {
  if (session.name === '') reply.nil();
  else reply.bulkText(session.name);
}
function setName({ session, argv, reply }) {
  const name = argv.text(2);
  if (!isClientName(name)) return reply.error(nameError);
  session.name = name;
  reply.ok();
}
function setInfo({ session, argv, reply }) {
  const value = argv.text(3);
  if (!argv.is(2, 'LIB-NAME') && !argv.is(2, 'LIB-VER'))
    return reply.error(`ERR Unrecognized option '${argv.text(2)}'`);
  if (!isClientName(value))
    return reply.error(`ERR ${argv.lowerText(2)} cannot contain spaces, newlines or special characters.`);
  if (argv.is(2, 'LIB-NAME')) session.libraryName = value;
  else session.libraryVersion = value;
  reply.ok();
}
function list2({ engine, argv, reply, nowMs }) {
  let chosen = engine.sessions.values();
  if (argv.count === 4 && argv.is(2, 'TYPE')) {
    const type2 = argv.lowerText(3);
    if (!isClientType(type2)) return reply.error(`ERR Unknown client type '${argv.text(3)}'`);
    if (type2 !== 'normal') chosen = [];
  } else if (argv.count > 3 && argv.is(2, 'ID')) {
    const found = [];
    for (let i = 3; i < argv.count; i++) {
      const wanted = parseInteger(argv.bytes(i));
      if (wanted === void 0 || wanted < 1) return reply.error('ERR Invalid client ID');
      const session = engine.sessions.get(wanted);
      if (session !== void 0) found.push(session);
    }
    chosen = found;
  } else if (argv.count !== 2) {
    return reply.error(errors.syntax);
  }
  let text2 = '';
  for (const session of chosen)
    text2 += `${describeClient(session, nowMs)}
`;
  reply.verbatim(text2);
}
function info({ session, reply, nowMs }) {
  reply.verbatim(`${describeClient(session, nowMs)}
`);
}
function replyMode({ session, argv, reply }) {
  if (argv.is(2, 'ON')) {
    session.replies = 'on';
    reply.ok();
  } else if (argv.is(2, 'OFF')) {
    session.replies = 'off';
  } else if (argv.is(2, 'SKIP')) {
    if (session.replies === 'on') session.replies = 'skip';
  } else {
    reply.error(errors.syntax);
  }
}
function noEvict({ argv, reply }) {
  if (argv.is(2, 'ON') || argv.is(2, 'OFF')) reply.ok();
  else reply.error(errors.syntax);
}
var plain, powerful, clientCommands;
var init_client = __esm({
  'src/engine/admin/client.ts'() {
    'use strict';
    init_bytes();
    init_commands();
    init_client_kill();
    init_client_line();
    init_client_name();
    init_define2();
    plain = 'noscript loading stale';
    powerful = `admin ${plain}`;
    clientCommands = [
      container('client', '', [
        admin('client|id', 2, plain, id),
        admin('client|getname', 2, plain, getName),
        admin('client|setname', 3, plain, setName),
        admin('client|setinfo', 4, plain, setInfo),
        admin('client|list', -2, powerful, list2),
        admin('client|info', 2, plain, info),
        admin('client|kill', -3, powerful, killClients),
        admin('client|reply', 3, plain, replyMode),
        admin('client|no-evict', 3, powerful, noEvict),
      ]),
    ];
  },
});

// src/engine/config-values.ts
function integer2(min, max = int32Max) {
  return {
    read(word) {
      const value = /^-?\d{1,16}$/.test(word) ? Number(word) : NaN;
      if (!Number.isSafeInteger(value)) return bad("argument couldn't be parsed into an integer");
      return within(value, min, max);
    },
    format: String,
  };
}
function memory(minBytes = 0, maxBytes = memoryMaxBytes) {
  return {
    read(word) {
      const match = /^(\d+)(b|kb?|mb?|gb?)?$/i.exec(word);
      const bytes = match === null ? NaN : Number(match[1]) * unitBytes2((match[2] ?? 'b').toLowerCase());
      if (!Number.isSafeInteger(bytes)) return bad('argument must be a memory value');
      return within(bytes, minBytes, maxBytes);
    },
    format: String,
  };
}
function unitBytes2(unit) {
  switch (unit) {
    case 'k':
      return 1e3;
    case 'kb':
      return 1024;
    case 'm':
      return 1e6;
    case 'mb':
      return 1024 * 1024;
    case 'g':
      return 1e9;
    case 'gb':
      return 1024 * 1024 * 1024;
    default:
      return 1;
  }
}
function oneOf(...choices) {
  return {
    read(word) {
      const folded = word.toLowerCase();
      for (const choice of choices) if (choice === folded) return good(choice);
      return bad(`argument(s) must be one of the following: ${choices.join(', ')}`);
    },
    format: (value) => value,
  };
}
function fileName(directive, mayBeEmpty) {
  return {
    read(word) {
      if (word.includes('/') || word.includes('\\'))
        return bad(`${directive} can't be a path, just a filename`);
      if (word === '' && !mayBeEmpty) return bad(`${directive} can't be empty`);
      return good(word);
    },
    format: (value) => value,
  };
}
function within(value, min, max) {
  const most = max === Number.MAX_SAFE_INTEGER ? '9223372036854775807' : max;
  return value < min || value > max
    ? bad(`argument must be between ${min} and ${most} inclusive`)
    : good(value);
}
var good, bad, yesNo, int32Max, octal, memoryMaxBytes, text;
var init_config_values = __esm({
  'src/engine/config-values.ts'() {
    'use strict';
    good = (value) => ({ ok: true, value });
    bad = (why) => ({ ok: false, why });
    yesNo = {
      read(word) {
        const folded = word.toLowerCase();
        if (folded === 'yes') return good(true);
        return folded === 'no' ? good(false) : bad("argument must be 'yes' or 'no'");
      },
      format: (value) => (value ? 'yes' : 'no'),
    };
    int32Max = 2147483647;
    octal = {
      read: (word) =>
        /^[0-7]{1,4}$/.test(word)
          ? within(Number.parseInt(word, 8), 0, 511)
          : bad("argument couldn't be parsed into an integer"),
      format: (value) => value.toString(8),
    };
    memoryMaxBytes = Number.MAX_SAFE_INTEGER;
    text = { read: good, format: (value) => value };
  },
});

// src/engine/config-option.ts
function real(name, changeable, key, kind, more = {}) {
  return {
    ...common(name, changeable, more),
    format: (settings) => kind.format(settings[key]),
    read: (words) =>
      map(oneWord(words, kind), (value) => (settings) => {
        settings[key] = value;
      }),
  };
}
function kept(name, changeable, kind, initial, more = {}) {
  return {
    ...common(name, changeable, more),
    format: (settings) => keptValues(settings).get(name) ?? initial,
    read: (words) => {
      const read2 = kind === text ? kind.read(words.join(' ')) : oneWord(words, kind);
      return map(read2, (value) => (settings) => void keptValues(settings).set(name, kind.format(value)));
    },
  };
}
function bound(name, changeable, kind, only, lacking, more = {}) {
  return {
    ...common(name, changeable, more),
    format: () => only,
    read: (words) => {
      const read2 = kind === text ? kind.read(words.join(' ')) : oneWord(words, kind);
      if (!read2.ok) return read2;
      if (kind.format(read2.value) === only) return { ok: true, value: () => void 0 };
      return { ok: false, why: `lightsout has ${lacking}: the only value is '${only}'` };
    },
  };
}
function keptValues(settings) {
  settings.kept ??= /* @__PURE__ */ new Map();
  return settings.kept;
}
function common(name, changeable, more) {
  return { name, aliases: more.aliases ?? [], changeable, isHidden: more.isHidden ?? false };
}
function oneWord(words, kind) {
  const [word] = words;
  return word === void 0 || words.length > 1
    ? { ok: false, why: 'wrong number of arguments' }
    : kind.read(word);
}
function map(read2, make) {
  return read2.ok ? { ok: true, value: make(read2.value) } : read2;
}
var init_config_option = __esm({
  'src/engine/config-option.ts'() {
    'use strict';
    init_config_values();
  },
});

// src/engine/config-kept.ts
var natural, anyInteger, evictionPolicies, serverOptions, keptOptions, boundOptions, absentDirectives;
var init_config_kept = __esm({
  'src/engine/config-kept.ts'() {
    'use strict';
    init_config_option();
    init_config_values();
    natural = integer2(0);
    anyInteger = integer2(-int32Max - 1);
    evictionPolicies = oneOf(
      'volatile-lru',
      'volatile-lfu',
      'volatile-random',
      'volatile-ttl',
      'allkeys-lru',
      'allkeys-lfu',
      'allkeys-random',
      'noeviction',
    );
    serverOptions = [
      kept('port', 'start', integer2(0, 65535), '6379'),
      kept('bind', 'start', text, '127.0.0.1 -::1'),
      kept('unixsocket', 'start', text, ''),
      kept('unixsocketperm', 'start', octal, '0'),
      kept('protected-mode', 'live', yesNo, 'yes'),
      kept('tcp-backlog', 'start', natural, '511'),
      kept('tcp-keepalive', 'live', natural, '300'),
      kept('timeout', 'live', natural, '0'),
      kept('loglevel', 'live', oneOf('debug', 'verbose', 'notice', 'warning'), 'notice'),
      kept('logfile', 'start', text, ''),
      kept('pidfile', 'start', text, ''),
      kept('always-show-logo', 'start', yesNo, 'no'),
      kept('set-proc-title', 'start', yesNo, 'yes'),
      kept('proc-title-template', 'live', text, '{title} {listen-addr} {server-mode}'),
      kept('enable-protected-configs', 'start', oneOf('no', 'yes', 'local'), 'no'),
      kept('client-query-buffer-limit', 'live', memory(1024 * 1024), '1073741824'),
      kept(
        'client-output-buffer-limit',
        'live',
        text,
        'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60',
      ),
    ];
    keptOptions = [
      kept('hash-max-listpack-entries', 'live', natural, '512', { aliases: ['hash-max-ziplist-entries'] }),
      kept('hash-max-listpack-value', 'live', natural, '64', { aliases: ['hash-max-ziplist-value'] }),
      kept('list-max-listpack-size', 'live', anyInteger, '-2', { aliases: ['list-max-ziplist-size'] }),
      kept('list-compress-depth', 'live', natural, '0'),
      kept('set-max-intset-entries', 'live', natural, '512'),
      kept('zset-max-listpack-entries', 'live', natural, '128', { aliases: ['zset-max-ziplist-entries'] }),
      kept('zset-max-listpack-value', 'live', natural, '64', { aliases: ['zset-max-ziplist-value'] }),
      kept('hll-sparse-max-bytes', 'live', natural, '3000'),
      kept('stream-node-max-bytes', 'live', natural, '4096'),
      kept('stream-node-max-entries', 'live', natural, '100'),
      kept('activerehashing', 'live', yesNo, 'yes'),
      kept('dynamic-hz', 'live', yesNo, 'yes'),
      kept('active-expire-effort', 'live', integer2(1, 10), '1'),
      kept('jemalloc-bg-thread', 'live', yesNo, 'yes'),
      kept('lazyfree-lazy-eviction', 'live', yesNo, 'no'),
      kept('lazyfree-lazy-expire', 'live', yesNo, 'no'),
      kept('lazyfree-lazy-server-del', 'live', yesNo, 'no'),
      kept('lazyfree-lazy-user-del', 'live', yesNo, 'no'),
      kept('lazyfree-lazy-user-flush', 'live', yesNo, 'no'),
      kept('maxmemory-policy', 'live', evictionPolicies, 'noeviction'),
      kept('maxmemory-samples', 'live', integer2(1), '5'),
      kept('maxmemory-eviction-tenacity', 'live', integer2(0, 100), '10'),
      kept('lfu-log-factor', 'live', natural, '10'),
      kept('lfu-decay-time', 'live', natural, '1'),
      kept('rdb-save-incremental-fsync', 'live', yesNo, 'yes'),
      kept('aof-rewrite-incremental-fsync', 'live', yesNo, 'yes'),
      kept('rdb-del-sync-files', 'live', yesNo, 'no'),
      kept('sanitize-dump-payload', 'live', oneOf('no', 'yes', 'clients'), 'no'),
      kept('loading-process-events-interval-bytes', 'live', memory(1024), '2097152', { isHidden: true }),
      kept('shutdown-timeout', 'live', natural, '10'),
      kept('io-threads', 'start', integer2(1, 128), '1'),
      kept('io-threads-do-reads', 'start', yesNo, 'no'),
      kept('disable-thp', 'start', yesNo, 'yes'),
      kept('oom-score-adj', 'live', oneOf('no', 'yes', 'relative', 'absolute'), 'no'),
      kept('oom-score-adj-values', 'live', text, '0 200 800'),
      kept('crash-log-enabled', 'live', yesNo, 'yes'),
      kept('crash-memcheck-enabled', 'live', yesNo, 'yes'),
      kept('ignore-warnings', 'live', text, ''),
      kept('slowlog-log-slower-than', 'live', anyInteger, '10000'),
      kept('slowlog-max-len', 'live', natural, '128'),
      kept('latency-monitor-threshold', 'live', natural, '0'),
      kept('latency-tracking', 'live', yesNo, 'yes'),
      kept('latency-tracking-info-percentiles', 'live', text, '50 99 99.9'),
      kept('tracking-table-max-keys', 'live', natural, '1000000'),
      kept('acllog-max-len', 'live', natural, '128'),
      kept('acl-pubsub-default', 'live', oneOf('resetchannels', 'allchannels'), 'resetchannels'),
      kept('lua-time-limit', 'live', natural, '5000', { aliases: ['busy-reply-threshold'] }),
      kept('enable-module-command', 'start', oneOf('no', 'yes', 'local'), 'no'),
      kept('propagation-error-behavior', 'live', oneOf('ignore', 'panic', 'panic-on-replicas'), 'ignore'),
      kept('server_cpulist', 'start', text, ''),
      kept('bio_cpulist', 'start', text, ''),
      kept('aof_rewrite_cpulist', 'start', text, ''),
      kept('bgsave_cpulist', 'start', text, ''),
      kept('syslog-ident', 'start', text, 'redis'),
      kept('syslog-facility', 'start', text, 'local0'),
      kept('supervised', 'start', oneOf('upstart', 'systemd', 'auto', 'no'), 'no'),
      kept('replica-serve-stale-data', 'live', yesNo, 'yes', { aliases: ['slave-serve-stale-data'] }),
      kept('replica-read-only', 'live', yesNo, 'yes', { aliases: ['slave-read-only'] }),
      kept('replica-priority', 'live', natural, '100', { aliases: ['slave-priority'] }),
      kept('replica-lazy-flush', 'live', yesNo, 'no', { aliases: ['slave-lazy-flush'] }),
      kept('replica-ignore-maxmemory', 'live', yesNo, 'yes', { aliases: ['slave-ignore-maxmemory'] }),
      kept('replica-ignore-disk-write-errors', 'live', yesNo, 'no'),
      kept('replica-announced', 'live', yesNo, 'yes'),
      kept('repl-ping-replica-period', 'live', integer2(1), '10', { aliases: ['repl-ping-slave-period'] }),
      kept('repl-timeout', 'live', integer2(1), '60'),
      kept('repl-backlog-size', 'live', memory(1), '1048576'),
      kept('repl-backlog-ttl', 'live', natural, '3600'),
      kept('repl-diskless-sync', 'live', yesNo, 'yes'),
      kept('repl-diskless-sync-delay', 'live', natural, '5'),
      kept('repl-diskless-sync-max-replicas', 'live', natural, '0'),
      kept('repl-diskless-load', 'live', oneOf('disabled', 'on-empty-db', 'swapdb'), 'disabled'),
      kept('repl-disable-tcp-nodelay', 'live', yesNo, 'no'),
      kept('min-replicas-max-lag', 'live', natural, '10', { aliases: ['min-slaves-max-lag'] }),
    ];
    boundOptions = [
      bound('daemonize', 'start', yesNo, 'no', 'no background mode of its own'),
      bound('syslog-enabled', 'start', yesNo, 'no', 'no way to syslog'),
      bound('requirepass', 'live', text, '', 'no passwords'),
      bound('masterauth', 'live', text, '', 'no replication'),
      bound('masteruser', 'live', text, '', 'no replication'),
      bound('aclfile', 'start', text, '', 'no access control lists'),
      bound('maxmemory', 'live', memory(), '0', 'no eviction'),
      bound('maxmemory-clients', 'live', text, '0', 'no eviction of clients'),
      bound('activedefrag', 'live', yesNo, 'no', 'no defragmentation'),
      bound('min-replicas-to-write', 'live', integer2(0), '0', 'no replication', {
        aliases: ['min-slaves-to-write'],
      }),
      bound('cluster-enabled', 'start', yesNo, 'no', 'no cluster'),
      bound('tls-port', 'live', integer2(0, 65535), '0', 'no TLS'),
      bound('notify-keyspace-events', 'live', text, '', 'no keyspace notifications'),
      bound('aof-disable-auto-gc', 'live', yesNo, 'no', 'no logs that are kept after a rewrite'),
      bound('shutdown-on-sigint', 'live', text, 'default', 'one way to end on a signal'),
      bound('shutdown-on-sigterm', 'live', text, 'default', 'one way to end on a signal'),
    ];
    absentDirectives = /* @__PURE__ */ new Map([
      ['replicaof', 'no replication'],
      ['slaveof', 'no replication'],
      ['user', 'no access control lists'],
      ['rename-command', 'fixed names of commands'],
      ['loadmodule', 'no modules'],
    ]);
  },
});

// src/engine/config-save-points.ts
function readSavePoints(words) {
  const numbers = words.length === 1 && words[0] === '' ? [] : words.flatMap((word) => word.split(' '));
  const points = [];
  for (let i = 0; i < numbers.length; i += 2) {
    const seconds3 = count(numbers[i]);
    const changes = count(numbers[i + 1]);
    if (seconds3 === void 0 || changes === void 0 || seconds3 < 1)
      return { ok: false, why: 'Invalid save parameters' };
    points.push({ seconds: seconds3, changes });
  }
  return { ok: true, value: points };
}
function formatSavePoints(points) {
  return points.map(({ seconds: seconds3, changes }) => `${seconds3} ${changes}`).join(' ');
}
function count(word) {
  return word !== void 0 && /^\d{1,10}$/.test(word) ? Number(word) : void 0;
}
var init_config_save_points = __esm({
  'src/engine/config-save-points.ts'() {
    'use strict';
  },
});

// src/engine/config-table.ts
function followed(option, then) {
  const read2 = (words) => {
    const change = option.read(words);
    if (!change.ok) return change;
    return {
      ok: true,
      value: (settings) => {
        change.value(settings);
        then(settings);
      },
    };
  };
  return { ...option, read: read2 };
}
function findOption(name) {
  return byName.get(name.toLowerCase());
}
function matchingOptions(settings, patterns) {
  const found = /* @__PURE__ */ new Map();
  for (const pattern of patterns) {
    const exact = findOption(pattern.text);
    if (exact !== void 0) found.set(pattern.text, exact.format(settings));
    else
      for (const [name, option] of byName)
        if (!option.isHidden && pattern.matches(name)) found.set(name, option.format(settings));
  }
  return [...found];
}
function optionText(settings, name) {
  const option = byName.get(name);
  if (option === void 0) throw new Error(`no directive '${name}'`);
  return option.format(settings);
}
function changeConfig(settings, pairs, isLocal2) {
  const changes = [];
  const seen = /* @__PURE__ */ new Set();
  const options = pairs.map(([name]) => findOption(name));
  const unknown2 = options.indexOf(void 0);
  if (unknown2 >= 0)
    return {
      ok: false,
      error: `ERR Unknown option or number of arguments for CONFIG SET - '${pairs[unknown2][0]}'`,
    };
  for (const [i, [name, value]] of pairs.entries()) {
    const option = options[i];
    const refusal =
      immutability(settings, option, isLocal2) ?? (seen.has(option) ? 'duplicate parameter' : void 0);
    if (refusal !== void 0) return failed(name, refusal);
    seen.add(option);
    const read2 = option.read([value]);
    if (!read2.ok) return failed(name, read2.why);
    changes.push(read2.value);
  }
  return { ok: true, commit: (target) => changes.forEach((change) => change(target)) };
}
function configSetError(name, why) {
  return `ERR CONFIG SET failed (possibly related to argument '${name}') - ${why}`;
}
function failed(name, why) {
  return { ok: false, error: configSetError(name, why) };
}
function immutability(settings, option, isLocal2) {
  if (option.changeable === 'start') return "can't set immutable config";
  if (option.changeable === 'live') return void 0;
  const allowed = optionText(settings, 'enable-protected-configs');
  return allowed === 'yes' || (allowed === 'local' && isLocal2) ? void 0 : "can't set protected config";
}
var save, enableDebugCommand, hz, realOptions, configOptions, byName, Configurator;
var init_config_table = __esm({
  'src/engine/config-table.ts'() {
    'use strict';
    init_config_kept();
    init_config_option();
    init_config_save_points();
    init_config_values();
    save = {
      name: 'save',
      aliases: [],
      changeable: 'live',
      isHidden: false,
      format: (settings) => formatSavePoints(settings.save),
      read: (words) => {
        const points = readSavePoints(words);
        if (!points.ok) return points;
        return {
          ok: true,
          value: (settings) => {
            settings.save = points.value;
          },
        };
      },
    };
    enableDebugCommand = {
      ...followed(kept('enable-debug-command', 'start', oneOf('no', 'yes', 'local'), 'no'), (settings) => {
        settings.enableDebugCommand = keptValues(settings).get('enable-debug-command') !== 'no';
      }),
      format: (settings) =>
        settings.enableDebugCommand ? (keptValues(settings).get('enable-debug-command') ?? 'yes') : 'no',
    };
    hz = followed(real('hz', 'live', 'hz', integer2(-int32Max)), (settings) => {
      settings.hz = Math.min(500, Math.max(1, settings.hz));
    });
    realOptions = [
      real('dir', 'start', 'dir', text),
      real('dbfilename', 'protected', 'dbfilename', fileName('dbfilename', false)),
      save,
      real('rdbcompression', 'live', 'rdbcompression', yesNo),
      real('rdbchecksum', 'start', 'rdbchecksum', yesNo),
      real('stop-writes-on-bgsave-error', 'live', 'stopWritesOnBgsaveError', yesNo),
      real('appendonly', 'live', 'appendonly', yesNo),
      real('appendfilename', 'start', 'appendfilename', fileName('appendfilename', false)),
      real('appenddirname', 'start', 'appenddirname', fileName('appenddirname', false)),
      real('appendfsync', 'live', 'appendfsync', oneOf('everysec', 'always', 'no')),
      real('no-appendfsync-on-rewrite', 'live', 'noAppendfsyncOnRewrite', yesNo),
      real('auto-aof-rewrite-percentage', 'live', 'autoAofRewritePercentage', integer2(0)),
      real('auto-aof-rewrite-min-size', 'live', 'autoAofRewriteMinSizeBytes', memory()),
      real('aof-load-truncated', 'live', 'aofLoadTruncated', yesNo),
      real('aof-use-rdb-preamble', 'live', 'aofUseRdbPreamble', yesNo),
      // Not of Redis: a sequence number and a hash with each batch of the log, in lines that Redis skips.
      real('aof-checksum', 'start', 'aofChecksum', yesNo),
      kept('aof-timestamp-enabled', 'live', yesNo, 'no'),
      real('databases', 'start', 'databases', integer2(1)),
      hz,
      real('maxclients', 'live', 'maxclients', integer2(1, 4294967295)),
      real('proto-max-bulk-len', 'live', 'protoMaxBulkLenBytes', memory(1024 * 1024)),
      enableDebugCommand,
      bound('rdb-key-save-delay', 'live', integer2(-int32Max), '0', 'no such test aid', { isHidden: true }),
      bound('key-load-delay', 'live', integer2(-int32Max), '0', 'no such test aid', { isHidden: true }),
    ];
    configOptions = [...realOptions, ...serverOptions, ...keptOptions, ...boundOptions];
    byName = new Map(
      configOptions.flatMap((option) => [option.name, ...option.aliases].map((name) => [name, option])),
    );
    Configurator = class {
      #settings;
      #hasSavePoints = false;
      constructor(settings) {
        this.#settings = settings;
      }
      /** Gives what is wrong with it, if anything is; then nothing was changed. */
      apply(directive, words) {
        const settings = this.#settings;
        const got = [directive, ...words.map((word) => (word === '' ? '""' : word))].join(' ');
        const lacking = absentDirectives.get(directive);
        if (lacking !== void 0)
          return {
            what: `'${directive}' is not supported`,
            got,
            expected: `no such directive, since lightsout has ${lacking}`,
          };
        const option = findOption(directive);
        if (option === void 0)
          return {
            what: `unknown directive '${directive}'`,
            got,
            expected: 'one of the directives of redis.conf',
          };
        const read2 = option.read(words);
        if (!read2.ok)
          return {
            what: `'${directive}' cannot be that`,
            got,
            expected: read2.why.replace(/^argument(\(s\))? must be/, 'a value that is'),
          };
        const earlier = option === save && this.#hasSavePoints ? settings.save : [];
        read2.value(settings);
        if (option === save) {
          if (settings.save.length > 0) settings.save = [...earlier, ...settings.save];
          this.#hasSavePoints = true;
        }
        return void 0;
      }
    };
  },
});

// src/engine/io.ts
function writeAll(file, bytes) {
  return new Promise((resolve, reject) => {
    const step = (start) => {
      file.write(start === 0 ? bytes : bytes.subarray(start), (error, written) => {
        if (error !== void 0) reject(error);
        else if (start + written < bytes.length) step(start + written);
        else resolve();
      });
    };
    if (bytes.length === 0) resolve();
    else step(0);
  });
}
function syncFile(file) {
  return new Promise((resolve, reject) => {
    file.sync((error) => (error === void 0 ? resolve() : reject(error)));
  });
}
async function syncDirectory(disk, path) {
  const directory = await disk.openDir(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
async function syncPath(disk, path) {
  const file = await disk.open(path, { read: true, write: true });
  try {
    await syncFile(file);
  } finally {
    await file.close();
  }
}
async function createSynced(disk, path, bytes) {
  const file = await disk.open(path, { write: true, create: true, exclusive: true });
  try {
    await writeAll(file, bytes);
    await syncFile(file);
  } finally {
    await file.close();
  }
}
async function readFile(disk, path) {
  const file = await disk.open(path, { read: true });
  try {
    const { sizeBytes } = await disk.stat(path);
    const bytes = new Uint8Array(sizeBytes);
    let length = 0;
    while (length < sizeBytes) {
      const count2 = await file.read(bytes.subarray(length), length);
      if (count2 === 0) break;
      length += count2;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}
async function sizeOf(disk, path) {
  try {
    return (await disk.stat(path)).sizeBytes;
  } catch (error) {
    if (isDiskError(error) && error.code === 'ENOENT') return void 0;
    throw error;
  }
}
async function unlinkIfThere(disk, path) {
  try {
    await disk.unlink(path);
  } catch (error) {
    if (!(isDiskError(error) && error.code === 'ENOENT')) throw error;
  }
}
function isDiskError(error) {
  return error instanceof Error && 'code' in error && 'applied' in error;
}
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
var init_io = __esm({
  'src/engine/io.ts'() {
    'use strict';
  },
});

// src/engine/stats.ts
function newStats() {
  return {
    commands: 0,
    connections: 0,
    expiredKeys: 0,
    forks: 0,
    latestForkMicros: 0,
    rdbSaves: 0,
    aofRewrites: 0,
    loadedKeys: 0,
    loadedExpiredKeys: 0,
  };
}
var init_stats = __esm({
  'src/engine/stats.ts'() {
    'use strict';
  },
});

// src/engine/admin/is-local.ts
function isLocal({ address }) {
  return (
    address.startsWith('127.') ||
    address.startsWith('[::1]:') ||
    address.startsWith('/') ||
    !address.includes(':')
  );
}
var init_is_local = __esm({
  'src/engine/admin/is-local.ts'() {
    'use strict';
  },
});

// src/engine/admin/config.ts
function get2({ engine, argv, reply }) {
  const patterns = Array.from({ length: argv.count - 2 }, (_, i) => {
    const pattern = Uint8Array.from(argv.bytes(i + 2), (byte) =>
      byte >= 65 && byte <= 90 ? byte + 32 : byte,
    );
    return { text: argv.text(i + 2), matches: (name) => globMatches(pattern, latin1Bytes2(name)) };
  });
  const found = matchingOptions(engine.settings, patterns);
  reply.map(found.length);
  for (const [name, value] of found) {
    reply.bulkText(name);
    reply.bulkText(value);
  }
}
function set4({ engine, session, argv, reply }) {
  if (argv.count % 2 !== 0) return reply.error(errors.syntax);
  const pairs = Array.from({ length: (argv.count - 2) / 2 }, (_, i) => [
    argv.text(2 * i + 2),
    argv.text(2 * i + 3),
  ]);
  const { settings } = engine;
  const change = changeConfig(settings, pairs, isLocal(session));
  if (!change.ok) return reply.error(change.error);
  const before2 = { ...settings };
  change.commit(settings);
  try {
    takeEffect(engine, before2);
  } catch (error) {
    Object.assign(settings, before2);
    return reply.error(configSetError(pairs[0][0], messageOf(error)));
  }
  reply.ok();
}
function takeEffect(engine, before2) {
  const { settings, rewriter, journal } = engine;
  if (settings.appendonly && !before2.appendonly) rewriter.enable();
  if (!settings.appendonly && before2.appendonly) rewriter.disable();
  if (settings.appendfsync === 'always' && before2.appendfsync !== 'always')
    void journal.drain().catch(() => void 0);
}
function resetStat({ engine, reply }) {
  const { loadedKeys, loadedExpiredKeys } = engine.stats;
  Object.assign(engine.stats, { ...newStats(), loadedKeys, loadedExpiredKeys });
  reply.ok();
}
function latin1Bytes2(text2) {
  return Uint8Array.from(text2, (character) => character.charCodeAt(0));
}
var flags, configCommands;
var init_config = __esm({
  'src/engine/admin/config.ts'() {
    'use strict';
    init_commands();
    init_config_table();
    init_io();
    init_stats();
    init_define2();
    init_is_local();
    flags = 'admin noscript loading stale';
    configCommands = [
      container('config', '', [
        admin('config|get', -3, flags, get2),
        admin('config|set', -4, flags, set4),
        admin('config|resetstat', 2, flags, resetStat),
      ]),
    ];
  },
});

// src/engine/admin/connection.ts
function ping({ engine, argv, reply }) {
  const refusal = engine.writeRefusal();
  if (argv.count > 2) reply.error(wrongArity('ping'));
  else if (refusal !== void 0) reply.error(refusal);
  else if (argv.count === 2) reply.bulk(argv.bytes(1));
  else reply.simple('PONG');
}
function echo({ argv, reply }) {
  reply.bulk(argv.bytes(1));
}
function select({ engine, session, argv, reply }) {
  const word = argv.bytes(1);
  const index2 = parseInteger(word);
  if (index2 === void 0 && parseInt64(word) === void 0) reply.error(errors.notInteger);
  else if (index2 === void 0 || index2 !== (index2 | 0)) reply.error(errors.outOfIntRange);
  else if (index2 < 0 || index2 >= engine.keyspace.databases) reply.error(errors.dbOutOfRange);
  else {
    session.dbIndex = index2;
    reply.ok();
  }
}
function quit({ session, reply }) {
  reply.ok();
  session.closeAfterReplies();
}
function reset({ engine, session, reply }) {
  session.transaction.close();
  engine.watchers.clear(session);
  session.dbIndex = 0;
  session.name = '';
  session.replies = 'on';
  reply.protocol = 2;
  reply.simple('RESET');
}
var connectionCommands;
var init_connection = __esm({
  'src/engine/admin/connection.ts'() {
    'use strict';
    init_bytes();
    init_commands();
    init_define2();
    connectionCommands = [
      admin('ping', -1, 'fast', ping),
      admin('echo', 2, 'loading stale fast', echo),
      admin('select', 2, 'loading stale fast', select),
      admin('quit', -1, 'noscript loading stale fast no_auth allow_busy', quit),
      admin('reset', 1, 'noscript loading stale fast no_auth allow_busy', reset),
    ];
  },
});

// src/bytes/sha1.ts
function stir(round3, b2, c, d2) {
  if (round3 < 20) return ((b2 & c) | (~b2 & d2)) + 1518500249;
  if (round3 < 40) return (b2 ^ c ^ d2) + 1859775393;
  if (round3 < 60) return ((b2 & c) | (b2 & d2) | (c & d2)) + 2400959708;
  return (b2 ^ c ^ d2) + 3395469782;
}
function rotate2(word, bits) {
  return (word << bits) | (word >>> (32 - bits));
}
var blockBytes, Sha1;
var init_sha1 = __esm({
  'src/bytes/sha1.ts'() {
    'use strict';
    blockBytes = 64;
    Sha1 = class _Sha1 {
      #schedule = new Int32Array(80);
      #a = 1732584193;
      #b = 4023233417 | 0;
      #c = 2562383102 | 0;
      #d = 271733878;
      #e = 3285377520 | 0;
      /** The 20 bytes of the hash of `data`. */
      static of(data) {
        const sha1 = new _Sha1();
        const whole = data.length - (data.length % blockBytes);
        for (let at = 0; at < whole; at += blockBytes) sha1.#block(data, at);
        const rest = data.length - whole;
        const tail = new Uint8Array(rest + 9 > blockBytes ? 2 * blockBytes : blockBytes);
        tail.set(data.subarray(whole));
        tail[rest] = 128;
        const view = new DataView(tail.buffer);
        view.setUint32(tail.length - 8, Math.floor(data.length / 536870912));
        view.setUint32(tail.length - 4, (data.length << 3) >>> 0);
        for (let at = 0; at < tail.length; at += blockBytes) sha1.#block(tail, at);
        return sha1.#words();
      }
      #block(data, at) {
        const w = this.#schedule;
        for (let i = 0; i < 16; i++) {
          const p = at + i * 4;
          w[i] = (data[p] << 24) | (data[p + 1] << 16) | (data[p + 2] << 8) | data[p + 3];
        }
        for (let i = 16; i < 80; i++) w[i] = rotate2(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        let a2 = this.#a;
        let b2 = this.#b;
        let c = this.#c;
        let d2 = this.#d;
        let e = this.#e;
        for (let i = 0; i < 80; i++) {
          const next = (rotate2(a2, 5) + stir(i, b2, c, d2) + e + w[i]) | 0;
          e = d2;
          d2 = c;
          c = rotate2(b2, 30);
          b2 = a2;
          a2 = next;
        }
        this.#a = (this.#a + a2) | 0;
        this.#b = (this.#b + b2) | 0;
        this.#c = (this.#c + c) | 0;
        this.#d = (this.#d + d2) | 0;
        this.#e = (this.#e + e) | 0;
      }
      #words() {
        const bytes = new Uint8Array(20);
        const view = new DataView(bytes.buffer);
        for (const [i, word] of [this.#a, this.#b, this.#c, this.#d, this.#e].entries())
          view.setInt32(i * 4, word);
        return bytes;
      }
    };
  },
});

// src/engine/admin/debug-digest.ts
function digestOfKeyspace(keyspace) {
  const total = new Digest();
  for (let i = 0; i < keyspace.databases; i++) {
    const db = keyspace.database(i);
    if (db.size === 0) continue;
    total.mix(uint32BE(i));
    db.forEach((entry) => {
      const one = new Digest();
      one.mix(entry.key());
      mixValue(one, entry);
      total.xor(one.bytes);
    });
  }
  return total.bytes;
}
function digestOfKey(entry) {
  const one = new Digest();
  if (entry !== void 0) mixValue(one, entry);
  return one.bytes;
}
function hexOf(bytes) {
  let hex2 = '';
  for (const byte of bytes) hex2 += (byte + 256).toString(16).slice(1);
  return hex2;
}
function mixValue(into, entry) {
  into.mix(uint32BE(typeNumber(entry.type)));
  const expires = entry.expireAtMs !== NO_EXPIRY;
  switch (entry.type) {
    case 'string':
      into.mix(entry.stringBytes());
      break;
    case 'list':
      entry.list().forEach((element) => into.mix(element));
      break;
    case 'set':
      entry.set().forEach((member) => into.xor(member));
      break;
    case 'hash':
      entry.hash().forEach((field, value) => {
        const pair = new Digest();
        pair.mix(field);
        pair.mix(value);
        into.xor(pair.bytes);
      });
      break;
  }
  if (expires) into.xor(latin12('!!expire!!'));
}
function typeNumber(type2) {
  switch (type2) {
    case 'string':
      return 0;
    case 'list':
      return 1;
    case 'set':
      return 2;
    case 'hash':
      return 4;
  }
}
function uint32BE(value) {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
function latin12(text2) {
  return Uint8Array.from(text2, (character) => character.charCodeAt(0));
}
var sha1Bytes, Digest;
var init_debug_digest = __esm({
  'src/engine/admin/debug-digest.ts'() {
    'use strict';
    init_sha1();
    init_data();
    sha1Bytes = 20;
    Digest = class {
      bytes = new Uint8Array(sha1Bytes);
      xor(data) {
        const hash2 = Sha1.of(data);
        for (let i = 0; i < sha1Bytes; i++) this.bytes[i] ^= hash2[i];
      }
      mix(data) {
        this.xor(data);
        this.bytes = Sha1.of(this.bytes);
      }
    };
  },
});

// src/engine/admin/debug.ts
function debug(call) {
  const { engine, session, argv, reply } = call;
  const allowed = optionText(engine.settings, 'enable-debug-command');
  if (allowed === 'no' || (allowed === 'local' && !isLocal(session))) return reply.error(notAllowed);
  switch (argv.lowerText(1)) {
    case 'sleep':
      if (argv.count === 3) return sleep(call);
      break;
    case 'set-active-expire':
      if (argv.count === 3) return setActiveExpire(call);
      break;
    case 'populate':
      if (argv.count >= 3 && argv.count <= 5) return populate(call);
      break;
    case 'digest':
      if (argv.count === 2) return reply.simple(hexOf(digestOfKeyspace(engine.keyspace)));
      break;
    case 'digest-value':
      return digestValues(call);
    case 'check':
      if (argv.count === 2) return check(call);
      break;
  }
  reply.error(
    `ERR unknown subcommand or wrong number of arguments for '${argv.text(1).slice(0, 128)}'. Try DEBUG HELP.`,
  );
}
function sleep({ engine, argv, reply, inExec }) {
  const seconds3 = Number(argv.text(2));
  if (inExec) return reply.error('ERR DEBUG SLEEP is not allowed inside a transaction');
  return new Promise((resolve) => {
    engine.host.clock.after(Number.isFinite(seconds3) ? seconds3 * 1e3 : 0, () => {
      reply.ok();
      resolve();
    });
  });
}
function setActiveExpire({ engine, argv, reply }) {
  engine.settings.activeExpire = argv.text(2) !== '0';
  reply.ok();
}
function populate({ engine, session, argv, reply }) {
  const count2 = parseInteger(argv.bytes(2));
  const sizeBytes = argv.count === 5 ? parseInteger(argv.bytes(4)) : 0;
  if (count2 === void 0 || count2 < 0 || sizeBytes === void 0 || sizeBytes < 0)
    return reply.error(errors.notPositive);
  const prefix = argv.count >= 4 ? argv.text(3) : 'key';
  const db = engine.keyspace.database(session.dbIndex);
  db.reserve(db.size + count2);
  for (let i = 0; i < count2; i++) {
    const key = latin1Bytes3(`${prefix}:${i}`);
    if (db.find(key) !== void 0) continue;
    const text2 = latin1Bytes3(`value:${i}`);
    let value = text2;
    if (sizeBytes > 0) {
      value = new Uint8Array(sizeBytes);
      value.set(text2.subarray(0, sizeBytes));
    }
    db.putString(key, value, NO_EXPIRY);
    engine.watchers.touch(session.dbIndex, key);
  }
  reply.ok();
}
function digestValues({ engine, session, argv, reply }) {
  reply.array(argv.count - 2);
  const db = engine.keyspace.database(session.dbIndex);
  for (let i = 2; i < argv.count; i++) reply.simple(hexOf(digestOfKey(db.find(argv.bytes(i)))));
}
function check({ engine, reply }) {
  engine.keyspace.check();
  reply.ok();
}
function latin1Bytes3(text2) {
  return Uint8Array.from(text2, (character) => character.charCodeAt(0));
}
var notAllowed, debugCommands;
var init_debug = __esm({
  'src/engine/admin/debug.ts'() {
    'use strict';
    init_data();
    init_bytes();
    init_commands();
    init_config_table();
    init_debug_digest();
    init_define2();
    init_is_local();
    notAllowed =
      'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.';
    debugCommands = [admin('debug', -2, 'admin noscript loading stale', debug)];
  },
});

// src/engine/admin/server-version.ts
var serverVersion;
var init_server_version = __esm({
  'src/engine/admin/server-version.ts'() {
    'use strict';
    serverVersion = '7.0.15';
  },
});

// src/engine/admin/hello.ts
function auth({ argv, reply }) {
  if (argv.count > 3) reply.error(errors.syntax);
  else if (argv.count === 2) reply.error(noPassword);
  else if (isDefaultUser(argv, 1)) reply.ok();
  else reply.error(wrongPass);
}
function hello(call) {
  const { argv, reply, session } = call;
  if (argv.count > 1) {
    const version = argv.text(1);
    if (!/^-?\d{1,18}$/.test(version))
      return reply.error('ERR Protocol version is not an integer or out of range');
    if (version !== '2' && version !== '3') return reply.error('NOPROTO unsupported protocol version');
    let name;
    for (let i = 2; i < argv.count; i++) {
      const left = argv.count - i - 1;
      if (argv.is(i, 'AUTH') && left >= 2) {
        if (!isDefaultUser(argv, i + 1)) return reply.error(wrongPass);
        i += 2;
      } else if (argv.is(i, 'SETNAME') && left >= 1) {
        name = argv.text(++i);
        if (!isClientName(name)) return reply.error(nameError);
      } else {
        return reply.error(`ERR Syntax error in HELLO option '${argv.text(i)}'`);
      }
    }
    if (name !== void 0) session.name = name;
    reply.protocol = version === '3' ? 3 : 2;
  }
  reply.map(7);
  reply.bulkText('server');
  reply.bulkText('redis');
  reply.bulkText('version');
  reply.bulkText(serverVersion);
  reply.bulkText('proto');
  reply.integer(reply.protocol);
  reply.bulkText('id');
  reply.integer(session.id);
  reply.bulkText('mode');
  reply.bulkText('standalone');
  reply.bulkText('role');
  reply.bulkText('master');
  reply.bulkText('modules');
  reply.array(0);
}
function isDefaultUser(argv, index2) {
  return argv.text(index2) === 'default';
}
var wrongPass, noPassword, helloCommands;
var init_hello = __esm({
  'src/engine/admin/hello.ts'() {
    'use strict';
    init_commands();
    init_client_name();
    init_define2();
    init_server_version();
    wrongPass = 'WRONGPASS invalid username-password pair or user is disabled.';
    noPassword =
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?';
    helloCommands = [
      admin('auth', -2, 'noscript loading stale fast no_auth allow_busy', auth),
      admin('hello', -1, 'noscript loading stale fast no_auth allow_busy', hello),
    ];
  },
});

// src/engine/admin/info-persistence.ts
function persistenceLines(engine) {
  const { snapshots, rewriter, journal, keyspace, settings, stats } = engine;
  const hasChild = snapshots.hasChild || rewriter.hasChild;
  const copiedBytes = hasChild ? keyspace.memory().copiedBytes : 0;
  return [
    // Nobody is served before recovery has ended.
    ['loading', 0],
    ['async_loading', 0],
    ['current_cow_peak', copiedBytes],
    ['current_cow_size', copiedBytes],
    ['current_cow_size_age', 0],
    // A child tells nothing but how it ended.
    ['current_fork_perc', '0.00'],
    ['current_save_keys_processed', 0],
    ['current_save_keys_total', hasChild ? keysOf2(engine) : 0],
    ['rdb_changes_since_last_save', engine.dirty],
    ['rdb_bgsave_in_progress', flag(snapshots.hasChild)],
    ['rdb_last_save_time', snapshots.lastSaveSeconds],
    ['rdb_last_bgsave_status', status(snapshots.lastStatusOk)],
    ['rdb_last_bgsave_time_sec', snapshots.lastDurationSeconds],
    ['rdb_current_bgsave_time_sec', snapshots.childSeconds],
    ['rdb_saves', stats.rdbSaves],
    ['rdb_last_cow_size', snapshots.lastCopiedBytes],
    ['rdb_last_load_keys_expired', stats.loadedExpiredKeys],
    ['rdb_last_load_keys_loaded', stats.loadedKeys],
    ['aof_enabled', flag(settings.appendonly)],
    ['aof_rewrite_in_progress', flag(rewriter.isRunning)],
    ['aof_rewrite_scheduled', flag(rewriter.isScheduled)],
    ['aof_last_rewrite_time_sec', rewriter.lastDurationSeconds],
    ['aof_current_rewrite_time_sec', rewriter.runningSeconds],
    ['aof_last_bgrewrite_status', status(rewriter.lastStatusOk)],
    ['aof_rewrites', stats.aofRewrites],
    ['aof_rewrites_consecutive_failures', rewriter.consecutiveFailures],
    ['aof_last_write_status', status(journal.error === void 0)],
    ['aof_last_cow_size', rewriter.lastCopiedBytes],
    ['module_fork_in_progress', 0],
    ['module_fork_last_cow_size', 0],
    ...(settings.appendonly ? logLines(engine) : []),
  ];
}
function logLines({ rewriter, journal }) {
  return [
    ['aof_current_size', rewriter.logBytes],
    ['aof_base_size', rewriter.baseBytes],
    ['aof_pending_rewrite', 0],
    ['aof_buffer_length', journal.bufferBytes],
    ['aof_pending_bio_fsync', flag(journal.isSyncing)],
    ['aof_delayed_fsync', journal.delayedSyncs],
  ];
}
function keysOf2({ keyspace }) {
  let keys3 = 0;
  for (let i = 0; i < keyspace.databases; i++) keys3 += keyspace.database(i).size;
  return keys3;
}
function flag(value) {
  return value ? 1 : 0;
}
function status(isOk) {
  return isOk ? 'ok' : 'err';
}
var init_info_persistence = __esm({
  'src/engine/admin/info-persistence.ts'() {
    'use strict';
  },
});

// src/engine/admin/info-sections.ts
function serverLines(engine, nowMs) {
  const uptimeSeconds = Math.max(0, Math.floor((nowMs - engine.startedAtMs) / 1e3));
  return [
    ['redis_version', serverVersion],
    ['redis_mode', 'standalone'],
    ['os', 'Linux'],
    ['arch_bits', 64],
    ['process_id', engine.host.process.pid],
    ['tcp_port', optionText(engine.settings, 'port')],
    ['server_time_usec', `${nowMs}000`],
    ['uptime_in_seconds', uptimeSeconds],
    ['uptime_in_days', Math.floor(uptimeSeconds / 86400)],
    ['hz', engine.settings.hz],
    ['configured_hz', engine.settings.hz],
  ];
}
function clientLines(engine) {
  return [
    ['connected_clients', engine.sessions.size],
    ['cluster_connections', 0],
    ['maxclients', engine.settings.maxclients],
    ['blocked_clients', 0],
    ['tracking_clients', 0],
  ];
}
function memoryLines(engine) {
  const { usedBytes, reservedBytes, copiedBytes, images } = engine.keyspace.memory();
  return [
    ['used_memory', usedBytes],
    ['used_memory_human', human(usedBytes)],
    ['used_memory_dataset', usedBytes],
    ['allocator_allocated', usedBytes],
    ['allocator_active', reservedBytes],
    ['maxmemory', 0],
    ['maxmemory_human', '0B'],
    ['maxmemory_policy', 'noeviction'],
    ['mem_aof_buffer', engine.journal.bufferBytes],
    ['mem_images', images],
    ['mem_copied_for_images', copiedBytes],
  ];
}
function human(bytes) {
  const units = ['B', 'K', 'M', 'G', 'T'];
  let unit = 0;
  let value = bytes;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return unit === 0 ? `${bytes}B` : `${value.toFixed(2)}${units[unit]}`;
}
function statsLines({ stats }) {
  return [
    ['total_connections_received', stats.connections],
    ['total_commands_processed', stats.commands],
    ['expired_keys', stats.expiredKeys],
    ['evicted_keys', 0],
    ['total_forks', stats.forks],
    ['latest_fork_usec', stats.latestForkMicros],
  ];
}
function replicationLines() {
  return [
    ['role', 'master'],
    ['connected_slaves', 0],
  ];
}
function clusterLines() {
  return [['cluster_enabled', 0]];
}
function keyspaceLines({ keyspace }) {
  const lines = [];
  for (let i = 0; i < keyspace.databases; i++) {
    const { size, expires } = keyspace.database(i);
    if (size > 0) lines.push([`db${i}`, `keys=${size},expires=${expires},avg_ttl=0`]);
  }
  return lines;
}
var infoSections;
var init_info_sections = __esm({
  'src/engine/admin/info-sections.ts'() {
    'use strict';
    init_config_table();
    init_info_persistence();
    init_server_version();
    infoSections = [
      { name: 'server', lines: serverLines },
      { name: 'clients', lines: clientLines },
      { name: 'memory', lines: memoryLines },
      { name: 'persistence', lines: persistenceLines },
      { name: 'stats', lines: statsLines },
      { name: 'replication', lines: replicationLines },
      { name: 'cluster', lines: clusterLines },
      { name: 'keyspace', lines: keyspaceLines },
    ];
  },
});

// src/engine/admin/info.ts
function info2({ engine, argv, reply, nowMs }) {
  const asked = new Set(Array.from({ length: argv.count - 1 }, (_, i) => argv.lowerText(i + 1)));
  const isAll = asked.size === 0 || asked.has('default') || asked.has('all') || asked.has('everything');
  let text2 = '';
  for (const { name, lines } of infoSections) {
    if (!isAll && !asked.has(name)) continue;
    if (text2 !== '') text2 += '\r\n';
    text2 += `# ${name[0].toUpperCase()}${name.slice(1)}\r
`;
    for (const [field, value] of lines(engine, nowMs))
      text2 += `${field}:${value}\r
`;
  }
  reply.verbatim(text2);
}
function time({ reply, nowMs }) {
  const seconds3 = Math.floor(nowMs / 1e3);
  reply.array(2);
  reply.bulkText(String(seconds3));
  reply.bulkText(String((nowMs - seconds3 * 1e3) * 1e3));
}
var infoCommands;
var init_info = __esm({
  'src/engine/admin/info.ts'() {
    'use strict';
    init_define2();
    init_info_sections();
    infoCommands = [admin('info', -1, 'loading stale', info2), admin('time', 1, 'loading stale fast', time)];
  },
});

// src/engine/admin/persistence.ts
async function save2({ engine, reply }) {
  if (engine.snapshots.isSaving) return reply.error(saveInProgress);
  try {
    await engine.snapshots.save();
    reply.ok();
  } catch (error) {
    if (!isDiskError(error)) throw error;
    reply.error('ERR');
  }
}
function bgsave({ engine, argv, reply, inExec }) {
  const isSchedule = argv.count === 2 && argv.is(1, 'SCHEDULE');
  if (argv.count > 1 && !isSchedule) return reply.error(errors.syntax);
  const { snapshots, rewriter } = engine;
  if (snapshots.isSaving) return reply.error(saveInProgress);
  if (rewriter.hasChild || inExec) {
    if (!isSchedule && !inExec) return reply.error(otherChild);
    snapshots.isScheduled = true;
    return reply.simple('Background saving scheduled');
  }
  try {
    snapshots.startBackground();
    reply.simple('Background saving started');
  } catch (error) {
    engine.log('warning', `Can't save in background: fork: ${String(error)}`);
    reply.error('ERR');
  }
}
function bgrewriteaof({ engine, reply, inExec }) {
  const { snapshots, rewriter } = engine;
  if (rewriter.isRunning) return reply.error('ERR Background append only file rewriting already in progress');
  if (snapshots.hasChild || inExec) {
    rewriter.isScheduled = true;
    rewriter.consecutiveFailures = 0;
    return reply.simple('Background append only file rewriting scheduled');
  }
  if (engine.isShuttingDown) return reply.error(cannotRewrite);
  rewriter.start();
  reply.simple('Background append only file rewriting started');
}
function lastsave({ engine, reply }) {
  reply.integer(engine.snapshots.lastSaveSeconds);
}
var saveInProgress, otherChild, cannotRewrite, persistenceCommands;
var init_persistence = __esm({
  'src/engine/admin/persistence.ts'() {
    'use strict';
    init_commands();
    init_io();
    init_define2();
    saveInProgress = 'ERR Background save already in progress';
    otherChild =
      "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.";
    cannotRewrite =
      "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.";
    persistenceCommands = [
      admin('save', 1, 'admin noscript no_multi', save2),
      admin('bgsave', -1, 'admin noscript', bgsave),
      admin('bgrewriteaof', 1, 'admin noscript', bgrewriteaof),
      admin('lastsave', 1, 'loading stale fast', lastsave),
    ];
  },
});

// src/engine/admin/shutdown.ts
async function shutdown({ engine, argv, reply }) {
  if (argv.count === 2 && argv.is(1, 'ABORT')) return reply.error('ERR No shutdown in progress.');
  const how = readHow(argv);
  if (how === void 0) return reply.error(errors.syntax);
  try {
    await engine.shutdown(how);
  } catch (error) {
    if (!(error instanceof LightsoutError)) throw error;
    return reply.error('ERR Errors trying to SHUTDOWN. Check logs.');
  }
  await engine.host.process.exit(0);
}
function readHow(argv) {
  let saving;
  let force = false;
  for (let i = 1; i < argv.count; i++) {
    if (argv.is(i, 'NOSAVE') && saving !== 'save') saving = 'nosave';
    else if (argv.is(i, 'SAVE') && saving !== 'nosave') saving = 'save';
    else if (argv.is(i, 'FORCE')) force = true;
    else if (!argv.is(i, 'NOW')) return void 0;
  }
  if (!force) return saving ?? 'default';
  return saving === void 0 ? 'force' : `force-${saving}`;
}
var shutdownCommands;
var init_shutdown = __esm({
  'src/engine/admin/shutdown.ts'() {
    'use strict';
    init_commands();
    init_errors2();
    init_define2();
    shutdownCommands = [admin('shutdown', -1, 'admin noscript loading stale no_multi allow_busy', shutdown)];
  },
});

// src/engine/admin/transactions.ts
function multi({ session, reply }) {
  if (session.transaction.isOpen) return reply.error('ERR MULTI calls can not be nested');
  session.transaction.isOpen = true;
  reply.ok();
}
function exec({ engine, session, reply }) {
  const { transaction } = session;
  if (!transaction.isOpen) return reply.error('ERR EXEC without MULTI');
  const { queue, isSpoilt } = transaction;
  const isStale =
    transaction.isStale || transaction.watched.some((watched) => hasExpiredSince(engine, watched));
  transaction.close();
  engine.watchers.clear(session);
  if (isSpoilt) return reply.error('EXECABORT Transaction discarded because of previous errors.');
  if (queue.some(({ command }) => command.flags.includes('write'))) {
    const refusal = engine.isShuttingDown ? 'ERR The server is shutting down' : engine.writeRefusal();
    if (refusal !== void 0) return reply.error(`EXECABORT Transaction discarded because of: ${refusal}`);
  }
  if (isStale) return reply.nilArray();
  reply.array(queue.length);
  for (const { command, argv } of queue) {
    engine.stats.commands++;
    void engine.perform(session, command, argv, true);
  }
}
function hasExpiredSince(engine, { dbIndex, key, expired }) {
  if (expired) return false;
  const entry = engine.keyspace.database(dbIndex).find(key);
  return entry !== void 0 && entry.expireAtMs !== NO_EXPIRY && entry.expireAtMs < engine.execution.nowMs;
}
function discard({ engine, session, reply }) {
  if (!session.transaction.isOpen) return reply.error('ERR DISCARD without MULTI');
  session.transaction.close();
  engine.watchers.clear(session);
  reply.ok();
}
function watch({ engine, session, argv, reply, nowMs }) {
  if (session.transaction.isOpen) return reply.error('ERR WATCH inside MULTI is not allowed');
  if (!session.transaction.isStale) {
    const db = engine.keyspace.database(session.dbIndex);
    for (let i = 1; i < argv.count; i++) {
      const key = argv.bytes(i);
      const expireAtMs = db.find(key)?.expireAtMs ?? NO_EXPIRY;
      engine.watchers.add(session, session.dbIndex, key, expireAtMs !== NO_EXPIRY && expireAtMs < nowMs);
    }
  }
  reply.ok();
}
function unwatch({ engine, session, reply }) {
  engine.watchers.clear(session);
  reply.ok();
}
var flags2, transactionCommands;
var init_transactions = __esm({
  'src/engine/admin/transactions.ts'() {
    'use strict';
    init_data();
    init_define2();
    flags2 = 'noscript loading stale fast allow_busy';
    transactionCommands = [
      admin('multi', 1, flags2, multi),
      admin('exec', 1, 'noscript loading stale skip_slowlog', exec),
      admin('discard', 1, flags2, discard),
      { ...admin('watch', -2, flags2, watch), keys: [1, -1, 1] },
      admin('unwatch', 1, flags2, unwatch),
    ];
  },
});

// src/engine/admin/index.ts
var adminCommands;
var init_admin = __esm({
  'src/engine/admin/index.ts'() {
    'use strict';
    init_command2();
    init_client();
    init_config();
    init_connection();
    init_debug();
    init_hello();
    init_info();
    init_persistence();
    init_shutdown();
    init_transactions();
    adminCommands = new Map(
      [
        ...connectionCommands,
        ...helloCommands,
        ...clientCommands,
        ...transactionCommands,
        ...persistenceCommands,
        ...shutdownCommands,
        ...infoCommands,
        ...configCommands,
        ...debugCommands,
        // COMMAND tells about all the others; it is handed the table, which it must not import.
        ...commandCommands(() => adminCommands),
      ].map((command) => [command.name, command]),
    );
  },
});

// src/engine/active-expiry.ts
var ActiveExpiry;
var init_active_expiry = __esm({
  'src/engine/active-expiry.ts'() {
    'use strict';
    ActiveExpiry = class {
      #engine;
      constructor(engine) {
        this.#engine = engine;
      }
      tick() {
        const engine = this.#engine;
        if (!engine.settings.activeExpire || engine.writeRefusal() !== void 0) return;
        const nowMs = engine.host.clock.wallMs();
        for (let dbIndex = 0; dbIndex < engine.settings.databases; dbIndex++) {
          const db = engine.keyspace.database(dbIndex);
          if (db.expires === 0) continue;
          for (const key of db.collectExpired(nowMs, engine.tuning.expirePages)) engine.expire(dbIndex, key);
        }
      }
    };
  },
});

// src/engine/cron.ts
var Cron;
var init_cron = __esm({
  'src/engine/cron.ts'() {
    'use strict';
    Cron = class {
      #engine;
      #expiry;
      #timer;
      constructor(engine, expiry2) {
        this.#engine = engine;
        this.#expiry = expiry2;
      }
      start() {
        this.#timer = this.#engine.host.clock.after(1e3 / this.#engine.settings.hz, () => {
          this.start();
          this.#run();
        });
      }
      stop() {
        this.#timer?.cancel();
      }
      #run() {
        const engine = this.#engine;
        if (engine.isShuttingDown) return;
        engine.journal.tick(engine.snapshots.hasChild || engine.rewriter.hasChild);
        this.#expiry.tick();
        engine.rewriter.tick();
        engine.snapshots.tick();
      }
    };
  },
});

// src/engine/unit.ts
var keptBytes, Unit;
var init_unit = __esm({
  'src/engine/unit.ts'() {
    'use strict';
    init_writer();
    init_resp();
    keptBytes = 1024 * 1024;
    Unit = class {
      /** Effects back to back, with SELECTs between those of different databases; without a first that is still `#raw`. */
      #body = new ByteWriter(512);
      #count = 0;
      /** Database of the first and of the last effect. */
      #firstDb = 0;
      #lastDb = 0;
      #argv;
      #dbIndex = 0;
      /** The first effect is #argv's raw bytes, not copied yet: most units are one command as it came, and are copied once. */
      #raw;
      get isEmpty() {
        return this.#count === 0;
      }
      /** The command whose effects are named next. Whatever was named before outlives the words of its own command from here on. */
      enter(argv, dbIndex) {
        this.#settleRaw();
        this.#argv = argv;
        this.#dbIndex = dbIndex;
      }
      verbatim() {
        this.#select();
        const argv = this.#argv;
        if (argv.rawStart >= 0) {
          if (this.#count === 1) this.#raw = argv;
          else this.#body.bytes(argv.buffer, argv.rawStart, argv.rawEnd);
          return;
        }
        const parts = [];
        for (let i = 0; i < argv.count; i++) parts.push(argv.bytes(i));
        encodeCommand2(this.#body, parts);
      }
      command(...parts) {
        this.#select();
        encodeCommand2(this.#body, parts);
      }
      #select() {
        this.#settleRaw();
        if (this.#count === 0) this.#firstDb = this.#dbIndex;
        else if (this.#lastDb !== this.#dbIndex) encodeCommand2(this.#body, ['SELECT', this.#dbIndex]);
        this.#lastDb = this.#dbIndex;
        this.#count++;
      }
      #settleRaw() {
        const raw = this.#raw;
        if (raw === void 0) return;
        this.#raw = void 0;
        this.#body.bytes(raw.buffer, raw.rawStart, raw.rawEnd);
      }
      /**
       * Writes the unit to a log that stands at database `loggedDb` (-1: nowhere yet) and empties it.
       * @returns the database that the log stands at afterwards
       */
      seal(into, loggedDb) {
        if (loggedDb !== this.#firstDb) encodeCommand2(into, ['SELECT', this.#firstDb]);
        const raw = this.#raw;
        if (raw !== void 0) {
          into.bytes(raw.buffer, raw.rawStart, raw.rawEnd);
        } else {
          const several = this.#count > 1;
          if (several) into.latin1('*1\r\n$5\r\nMULTI\r\n');
          into.bytes(this.#body.buffer, 0, this.#body.length);
          if (several) into.latin1('*1\r\n$4\r\nEXEC\r\n');
        }
        this.discard();
        return this.#lastDb;
      }
      /** Empties the unit without logging it. */
      discard() {
        this.#count = 0;
        this.#raw = void 0;
        this.#body.clear();
        if (this.#body.buffer.length > keptBytes) this.#body.buffer = new Uint8Array(1024);
      }
    };
  },
});

// src/engine/execution.ts
var Execution;
var init_execution = __esm({
  'src/engine/execution.ts'() {
    'use strict';
    init_resp();
    init_unit();
    Execution = class {
      keyspace;
      unit = new Unit();
      effects = this.unit;
      argv = new Argv();
      reply;
      db;
      dbIndex = 0;
      nowMs = 0;
      replaying = false;
      #draw;
      #onChange;
      constructor(keyspace, reply, draw, onChange) {
        this.keyspace = keyspace;
        this.reply = reply;
        this.db = keyspace.database(0);
        this.#draw = draw;
        this.#onChange = onChange;
      }
      /** Runs one command in a database. What it must log is in `unit` afterwards. */
      run(command, argv, dbIndex, reply) {
        this.argv = argv;
        this.reply = reply;
        this.dbIndex = dbIndex;
        this.db = this.keyspace.database(dbIndex);
        this.unit.enter(argv, dbIndex);
        command.run(this);
      }
      draw() {
        return this.#draw();
      }
      changed(dbIndex, key, changes = 1) {
        this.#onChange(dbIndex, key, changes);
      }
      changedAll(dbIndex, changes) {
        this.#onChange(dbIndex, void 0, changes);
      }
    };
  },
});

// src/engine/gate.ts
var Gate;
var init_gate = __esm({
  'src/engine/gate.ts'() {
    'use strict';
    Gate = class {
      #queue = [];
      #head = 0;
      get isEmpty() {
        return this.#head === this.#queue.length;
      }
      /** Runs `leave` when `open` is called with `position` or more. */
      wait(position2, leave) {
        this.#queue.push({ position: position2, leave });
      }
      /** Lets everything through that depends on no more than `released`. */
      open(released) {
        while (this.#head < this.#queue.length && this.#queue[this.#head].position <= released) {
          const { leave } = this.#queue[this.#head++];
          leave();
        }
        const queue = this.#queue;
        if (this.#head === queue.length) {
          queue.length = 0;
          this.#head = 0;
        } else if (this.#head > 1024 && this.#head * 2 > queue.length) {
          this.#queue = queue.slice(this.#head);
          this.#head = 0;
        }
      }
    };
  },
});

// src/aof/batch.ts
function reserveBatchHeader(writer) {
  writer.ensure(batchHeaderBytes);
  writer.length = batchHeaderBytes;
}
function sealBatch(writer, sequence, durableBytes) {
  const lengthBytes2 = writer.length - batchHeaderBytes;
  const hash2 = xxh32(writer.buffer, batchHeaderBytes, writer.length, seedOf(sequence, durableBytes));
  const text2 = `${batchMark}${digits(sequence, 10)} n=${digits(lengthBytes2, 10)} h=${hex(hash2)} d=${digits(durableBytes, 12)}\r
`;
  for (let i = 0; i < batchHeaderBytes; i++) writer.buffer[i] = text2.charCodeAt(i);
}
function parseBatchHeader(bytes, start) {
  if (start + batchHeaderBytes > bytes.length) return void 0;
  let text2 = '';
  for (let i = 0; i < batchHeaderBytes; i++) text2 += String.fromCharCode(bytes[start + i]);
  const match = /^#lightsout s=(\d{10}) n=(\d{10}) h=([0-9a-f]{8}) d=(\d{12})\r\n$/.exec(text2);
  if (match === null) return void 0;
  return {
    sequence: Number(match[1]),
    lengthBytes: Number(match[2]),
    hash: Number.parseInt(match[3], 16),
    durableBytes: Number(match[4]),
  };
}
function isBatchBody(header, bytes, start) {
  return (
    xxh32(bytes, start, start + header.lengthBytes, seedOf(header.sequence, header.durableBytes)) ===
    header.hash
  );
}
function seedOf(sequence, durableBytes) {
  const high2 = Math.floor(durableBytes / 4294967296);
  return (
    (Math.imul(sequence, 2654435761) ^
      Math.imul(durableBytes >>> 0, 2246822519) ^
      Math.imul(high2 + 1, 3266489917)) |
    0
  );
}
function digits(value, width) {
  return value.toString().padStart(width, '0');
}
function hex(value) {
  return value.toString(16).padStart(8, '0');
}
var batchHeaderBytes, batchMark;
var init_batch = __esm({
  'src/aof/batch.ts'() {
    'use strict';
    init_xxhash32();
    batchHeaderBytes = 64;
    batchMark = '#lightsout s=';
  },
});

// src/engine/log-file.ts
var LogFile;
var init_log_file = __esm({
  'src/engine/log-file.ts'() {
    'use strict';
    init_batch();
    init_writer();
    LogFile = class {
      name;
      /** Where the next units are put; swapped for an empty one when a write takes it. Begins with room for a batch header. */
      buffer = new ByteWriter(512);
      appended;
      written;
      synced;
      /** Bytes accepted by the page cache, the file's size. */
      sizeBytes;
      /** Why the last write failed; undefined again when one succeeds. */
      writeError;
      /** Why a sync failed, once and for all. */
      syncError;
      /** Monotonic time at which the newest sync was asked for. */
      syncStartedMs = 0;
      #file;
      #writeBytes;
      #batches;
      /** Bytes of the file known to be durable. */
      #durableBytes;
      #listener;
      #spare = new ByteWriter(512);
      /** The batch that is being written: its bytes from `#batchStart` on are not accepted yet. */
      #batch;
      #batchStart = 0;
      #batchPosition = 0;
      #writing = false;
      #syncing = false;
      #forsaken = false;
      constructor(file, name, options, listener) {
        this.#file = file;
        this.name = name;
        this.sizeBytes = this.#durableBytes = options.sizeBytes;
        this.appended = this.written = this.synced = options.position;
        this.#writeBytes = options.writeBytes;
        this.#batches = options.batches;
        this.#listener = listener;
        this.#empty(this.buffer);
      }
      #empty(buffer) {
        buffer.clear();
        if (this.#batches !== void 0) reserveBatchHeader(buffer);
      }
      get #bufferIsEmpty() {
        return this.buffer.length === (this.#batches === void 0 ? 0 : batchHeaderBytes);
      }
      get isWriting() {
        return this.#writing;
      }
      get isSyncing() {
        return this.#syncing;
      }
      /** Bytes that the page cache does not have yet. */
      get unwrittenBytes() {
        return (
          (this.#bufferIsEmpty ? 0 : this.buffer.length) +
          (this.#batch === void 0 ? 0 : this.#batch.length - this.#batchStart)
        );
      }
      /** Writes what is buffered, unless a write is under way. */
      write() {
        if (this.#writing || this.#forsaken) return;
        if (this.#batch === void 0) {
          if (this.#bufferIsEmpty) return;
          if (this.#batches !== void 0) sealBatch(this.buffer, this.#batches.next++, this.#durableBytes);
          this.#batch = this.buffer;
          this.#batchStart = 0;
          this.#batchPosition = this.appended;
          this.buffer = this.#spare;
          this.#empty(this.buffer);
        }
        this.#writing = true;
        this.#writeSlice(this.#batch);
      }
      #writeSlice(batch) {
        const end = Math.min(batch.length, this.#batchStart + this.#writeBytes);
        this.#file.write(batch.buffer.subarray(this.#batchStart, end), (error, count2) => {
          this.#batchStart += count2;
          this.sizeBytes += count2;
          if (error !== void 0) {
            this.#writing = false;
            this.writeError = error;
          } else if (this.#batchStart < batch.length && !this.#forsaken) {
            this.#writeSlice(batch);
            return;
          } else {
            this.#writing = false;
            this.writeError = void 0;
            this.written = this.#batchPosition;
            this.#spare = batch.buffer.length > 4 * 1024 * 1024 ? new ByteWriter(512) : batch;
            this.#batch = void 0;
            this.#batchStart = 0;
          }
          this.#ended();
        });
      }
      /** Syncs what is written by now, unless a sync is under way or the file is broken. */
      sync(nowMonoMs) {
        if (this.#syncing || this.#forsaken || this.syncError !== void 0) return;
        this.#syncing = true;
        this.syncStartedMs = nowMonoMs;
        const covered = this.written;
        const coveredBytes = this.sizeBytes - this.#batchStart;
        this.#file.datasync((error) => {
          this.#syncing = false;
          if (error === void 0) {
            this.synced = covered;
            this.#durableBytes = coveredBytes;
          } else {
            this.syncError = error;
          }
          this.#ended();
        });
      }
      /** A write or a sync has ended. */
      #ended() {
        if (!this.#forsaken) this.#listener.progress();
        else if (!this.#writing && !this.#syncing) this.close();
      }
      /** Lets go of the file, whatever was still to be written to it: nothing more is reported, and what is in flight ends first. */
      forsake() {
        this.#forsaken = true;
        if (!this.#writing && !this.#syncing) this.close();
      }
      /** What matters is synced or given up by now: that a close fails changes nothing. */
      close() {
        this.#file.close().catch(() => void 0);
      }
    };
  },
});

// src/engine/journal.ts
var everysecMs, Journal;
var init_journal = __esm({
  'src/engine/journal.ts'() {
    'use strict';
    init_log_file();
    everysecMs = 1e3;
    Journal = class {
      /** Number of the newest unit. */
      appended = 0;
      /** Numbers the batches; recovery sets it to follow what it found. */
      batches = { next: 1 };
      /** Syncs that were put off because one was still under way. */
      delayedSyncs = 0;
      #clock;
      #settings;
      #tuning;
      #listener;
      #current;
      /** The increments before `#current` that are not synced to their ends, oldest first. Only the first is written. */
      #line = [];
      /** True while `#current` must not be written although nothing drains: its base is not durable yet. */
      #held = false;
      /** Database that the log stands at; -1 at the head of an increment. */
      #loggedDb = -1;
      #flushQueued = false;
      #retry;
      #retryMs = 0;
      #settled = [];
      constructor(clock, settings, tuning, listener) {
        this.#clock = clock;
        this.#settings = settings;
        this.#tuning = tuning;
        this.#listener = listener;
      }
      get isOpen() {
        return this.#current !== void 0;
      }
      /** True from the start of `appendonly yes` at run time until its first base is durable. */
      get isHeld() {
        return this.#held;
      }
      /** The increment that drains: nothing later may be written before it is synced. */
      get #draining() {
        return this.#line[0];
      }
      /** The newest unit that every reply may depend on. */
      get released() {
        if (this.#held) return this.#draining === void 0 ? this.appended : this.#reached(this.#draining);
        const file = this.#draining ?? this.#current;
        if (file === void 0) return this.appended;
        return this.#reached(file);
      }
      #reached(file) {
        return this.#settings.appendfsync === 'always' ? file.synced : file.written;
      }
      /** Bytes of the current increment, with those that are not written yet. */
      get sizeBytes() {
        return this.#current === void 0 ? 0 : this.#current.sizeBytes + this.#current.unwrittenBytes;
      }
      get bufferBytes() {
        return this.#line.reduce(
          (sum, file) => sum + file.unwrittenBytes,
          this.#current?.unwrittenBytes ?? 0,
        );
      }
      get isSyncing() {
        return this.#current?.isSyncing === true || this.#draining?.isSyncing === true;
      }
      /** The error that keeps the log from being written or believed. */
      get error() {
        for (const { syncError, writeError } of this.#line) {
          if ((syncError ?? writeError) !== void 0) return syncError ?? writeError;
        }
        return this.#current?.syncError ?? this.#current?.writeError;
      }
      /** A sync failed: what of the increment is durable is unknown until a rewrite has replaced it. */
      get isBroken() {
        return (
          this.#current?.syncError !== void 0 || this.#line.some(({ syncError }) => syncError !== void 0)
        );
      }
      /** Why writes must be refused now, if they must. */
      get refusal() {
        const { error } = this;
        if (error !== void 0) return error.message;
        const held = this.#draining !== void 0 || this.#held;
        if (held && this.bufferBytes > this.#tuning.switchBufferBytes)
          return 'the old increment is not synced yet and the buffer is full';
        return void 0;
      }
      /** Takes a unit. Does nothing where there is no log. */
      append(unit) {
        const file = this.#current;
        if (file === void 0) {
          unit.discard();
          return;
        }
        this.#loggedDb = unit.seal(file.buffer, this.#loggedDb);
        file.appended = ++this.appended;
        this.#queueFlush();
      }
      #queueFlush() {
        if (this.#flushQueued) return;
        this.#flushQueued = true;
        this.#clock.endOfTurn(() => {
          this.#flushQueued = false;
          this.#advance();
        });
      }
      /** Starts logging to an increment that stands at `sizeBytes`. */
      open(file, name, sizeBytes) {
        this.#current = this.#logFile(file, name, sizeBytes);
        this.#loggedDb = -1;
      }
      /** Starts logging to a new increment that must not be written before `unhold`. */
      openHeld(file, name) {
        this.open(file, name, 0);
        this.#held = true;
      }
      unhold() {
        this.#held = false;
        this.#advance();
        this.#listener.released();
      }
      /** From now on units go to a new, empty increment; what came before is finished in the old one. */
      switchTo(file, name) {
        if (this.#current !== void 0) this.#line.push(this.#current);
        this.open(file, name, 0);
        this.#advance();
      }
      /**
       * Stops logging. What was logged is still written and synced and the file closed; what was held is forgotten, and so is
       * what the disk does not take: a log that is off must not go on refusing writes.
       */
      stop() {
        if (this.#held) this.#current?.forsake();
        else if (this.#current !== void 0) this.#line.push(this.#current);
        this.#held = false;
        this.#current = void 0;
        this.#moved();
      }
      /** Gives up the increments that drain: a newer base on the disk makes them superfluous. */
      forsakeDraining() {
        if (this.#line.length === 0) return;
        this.#forsakeLine();
        this.#moved();
      }
      #forsakeLine() {
        for (const file of this.#line.splice(0)) file.forsake();
      }
      /** What was waited for may have gone without an end of its own. */
      #moved() {
        if (this.#current === void 0 && this.error !== void 0) this.#forsakeLine();
        this.#advance();
        this.#listener.released();
        this.#settle();
      }
      /** Lets `drain` look again. */
      #settle() {
        const settled = this.#settled;
        this.#settled = [];
        for (const resolve of settled) resolve();
      }
      /** Resolves when everything appended by now is written and synced, whatever the policy. @throws DiskError */
      async drain() {
        const target = this.appended;
        for (;;) {
          const { error } = this;
          if (error !== void 0) throw error;
          const file = this.#draining ?? this.#current;
          if (file === void 0 || (file.synced >= target && file === this.#current)) return;
          if (this.#held && this.#draining === void 0) return;
          const settled = new Promise((resolve) => this.#settled.push(resolve));
          this.#advance(true);
          await settled;
        }
      }
      /** The cadence of `everysec`, to be called by the cron. */
      tick(childActive) {
        const file = this.#current;
        if (
          file === void 0 ||
          this.#settings.appendfsync !== 'everysec' ||
          this.#held ||
          this.#draining !== void 0
        )
          return;
        if (file.written === file.synced) return;
        if (childActive && this.#settings.noAppendfsyncOnRewrite) return;
        const now = this.#clock.monoMs();
        if (now - file.syncStartedMs < everysecMs) return;
        if (file.isSyncing) this.delayedSyncs++;
        file.sync(now);
      }
      /** Does whatever can be done next; everything that ends comes back here. `sync`: also without need by the policy. */
      #advance(sync = false) {
        for (let old = this.#draining; old !== void 0; old = this.#draining) {
          if (old.writeError === void 0) old.write();
          if (old.written === old.appended && !old.isWriting) this.#finish(old);
          if (this.#draining === old) return;
        }
        const file = this.#current;
        if (file === void 0 || this.#held) return;
        if (file.writeError === void 0) file.write();
        if (file.written > file.synced && (sync || this.#settings.appendfsync === 'always'))
          file.sync(this.#clock.monoMs());
      }
      /** Syncs an increment that is written to its end, then closes it. */
      #finish(old) {
        if (this.#draining !== old || old.isSyncing || old.syncError !== void 0) return;
        if (old.synced < old.appended) {
          old.sync(this.#clock.monoMs());
          return;
        }
        this.#line.shift();
        old.close();
      }
      #logFile(file, name, sizeBytes) {
        let reported;
        const options = {
          sizeBytes,
          position: this.appended,
          writeBytes: this.#tuning.writeBytes,
          batches: this.#settings.aofChecksum ? this.batches : void 0,
        };
        const log = new LogFile(file, name, options, {
          progress: () => {
            const error = log.syncError ?? log.writeError;
            if (error?.code !== reported?.code) this.#listener.trouble(error);
            reported = error;
            if (log.writeError !== void 0) this.#retryLater();
            else this.#retryMs = 0;
            this.#moved();
          },
        });
        return log;
      }
      /** Whichever increment is due then: the one that failed may be given up by that time, and another have failed. */
      #retryLater() {
        if (this.#retry !== void 0) return;
        this.#retryMs = Math.min(
          this.#tuning.retryMaxMs,
          Math.max(this.#tuning.retryFirstMs, this.#retryMs * 2),
        );
        this.#retry = this.#clock.after(this.#retryMs, () => {
          this.#retry = void 0;
          if (this.#draining !== void 0) this.#draining.write();
          else if (!this.#held) this.#current?.write();
        });
      }
    };
  },
});

// src/aof/manifest.ts
function parseManifest(bytes) {
  let base2;
  const history = [];
  const increments = [];
  const comments = [];
  let start = 0;
  if (bytes.length === 0) throw new LightsoutError('CORRUPT', 'Found an empty AOF manifest');
  for (let number = 1; start < bytes.length; number++) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    const fail2 = (why) =>
      unreadable(number, latin1Text(bytes, start, Math.min(end, start + longestLineBytes)), why);
    if (newline < 0 || newline - start >= longestLineBytes)
      throw fail2('The AOF manifest file contains too long line');
    if (bytes[start] === 35) {
      comments.push(latin1Text(bytes, start, end));
    } else {
      const { type: type2, ...file } = parseLine(bytes, start, end, fail2);
      if (type2 === 'b') {
        if (base2 !== void 0) throw fail2('Found duplicate base file information');
        base2 = file;
      } else if (type2 === 'h') {
        history.push(file);
      } else if (type2 === 'i') {
        if (file.seq <= (increments.at(-1)?.seq ?? 0)) throw fail2('Found a non-monotonic sequence number');
        increments.push(file);
      } else {
        throw fail2('Unknown AOF file type');
      }
    }
    start = newline + 1;
  }
  return { base: base2, history, increments, comments };
}
function formatManifest(manifest) {
  const writer = new ByteWriter();
  for (const comment of manifest.comments)
    writer.latin1(`${comment}
`);
  const line = ({ name, seq }, type2) => {
    const bytes = latin1Bytes(name);
    writer.latin1(`file ${quoteWord(bytes)} seq ${seq} type ${type2}
`);
  };
  if (manifest.base !== void 0) line(manifest.base, 'b');
  for (const file of manifest.history) line(file, 'h');
  for (const file of manifest.increments) line(file, 'i');
  return writer.copy();
}
function parseLine(bytes, start, end, fail2) {
  const invalid = 'Invalid AOF manifest file format';
  const writer = new ByteWriter();
  const places = [];
  const balanced = splitWords(bytes, start, end, writer, (from, to) => places.push([from, to]));
  if (!balanced || places.length < 6 || places.length % 2 !== 0) throw fail2(invalid);
  const words = places.map(([from, to]) => latin1Text(writer.buffer, from, to));
  let name = '';
  let seq;
  let type2 = '';
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1];
    switch (words[i].toLowerCase()) {
      case 'file':
        if (/[/\\]/.test(value)) throw fail2("File can't be a path, just a filename");
        name = value;
        break;
      case 'seq':
        seq = parseInteger(latin1Bytes(value));
        break;
      case 'type':
        type2 = value.charAt(0);
        break;
      default:
        break;
    }
  }
  if (name === '' || seq === void 0 || seq < 1 || type2 === '') throw fail2(invalid);
  return { name, seq, type: type2 };
}
function unreadable(line, text2, why) {
  return new LightsoutError(
    'CORRUPT',
    `Reading the manifest file, at line ${line}
>>> '${text2}'
${why}`,
  );
}
var emptyManifest, longestLineBytes;
var init_manifest = __esm({
  'src/aof/manifest.ts'() {
    'use strict';
    init_bytes();
    init_errors2();
    emptyManifest = { base: void 0, history: [], increments: [], comments: [] };
    longestLineBytes = 1024;
  },
});

// src/aof/names.ts
var aofNames;
var init_names = __esm({
  'src/aof/names.ts'() {
    'use strict';
    aofNames = {
      /** The base `seq`, in RDB or in commands. In `appenddirname`, as the next two. */
      base: (prefix, seq, format2) => `${prefix}.${seq}.base.${format2}`,
      increment: (prefix, seq) => `${prefix}.${seq}.incr.aof`,
      manifest: (prefix) => `${prefix}.manifest`,
      /** The manifest before it is renamed; the increment before a first rewrite is through. Both in `appenddirname`. */
      temporaryManifest: (prefix) => `temp-${prefix}.manifest`,
      temporaryIncrement: (prefix) => `temp-${prefix}.incr`,
      /** What a rewriting child writes, and what it calls it when done. Both in `dir`. */
      temporaryRewrite: (pid) => `temp-rewriteaof-${pid}.aof`,
      finishedRewrite: (pid) => `temp-rewriteaof-bg-${pid}.aof`,
    };
  },
});

// src/aof/rewrite.ts
function writeKey(into, entry) {
  const key = entry.key();
  const { expireAtMs } = entry;
  switch (entry.type) {
    case 'string':
      commandHeader(into, 3);
      commandText2(into, 'SET');
      commandBytes(into, key);
      into.latin1(`$${entry.stringLength()}\r
`);
      entry.writeString(into);
      into.latin1('\r\n');
      break;
    case 'list': {
      const list3 = entry.list();
      const add2 = elementWriter(into, 'RPUSH', key, list3.length, 1);
      list3.forEach((element) => add2(element));
      break;
    }
    case 'set': {
      const set5 = entry.set();
      const add2 = elementWriter(into, 'SADD', key, set5.size, 1);
      set5.forEach((member) => add2(member));
      break;
    }
    case 'hash': {
      const hash2 = entry.hash();
      const add2 = elementWriter(into, 'HMSET', key, hash2.size, 2);
      hash2.forEach((field, value) => {
        add2(field);
        commandBytes(into, value);
      });
      break;
    }
  }
  if (expireAtMs !== NO_EXPIRY) encodeCommand2(into, ['PEXPIREAT', key, expireAtMs]);
}
function elementWriter(into, name, key, count2, words) {
  let written = 0;
  return (first) => {
    if (written % elementsPerCommand === 0) {
      commandHeader(into, 2 + words * Math.min(elementsPerCommand, count2 - written));
      commandText2(into, name);
      commandBytes(into, key);
    }
    commandBytes(into, first);
    written++;
  };
}
var elementsPerCommand, AofRewriter;
var init_rewrite = __esm({
  'src/aof/rewrite.ts'() {
    'use strict';
    init_keyspace();
    init_resp();
    elementsPerCommand = 64;
    AofRewriter = class {
      #image;
      #options;
      #begun = false;
      #nextDatabase = 0;
      #walk;
      #keys = 0;
      constructor(image, options = {}) {
        this.#image = image;
        this.#options = options;
      }
      /** Keys written so far. */
      get keys() {
        return this.#keys;
      }
      /**
       * Appends whole commands to `into` until about `budgetBytes` are reached: more by what one page of keys takes, since
       * pages are not cut. False where the file is complete with them.
       */
      next(into, budgetBytes) {
        const full = into.length + Math.max(1, budgetBytes);
        if (!this.#begun) {
          this.#begun = true;
          if (this.#options.timestampSec !== void 0)
            into.latin1(`#TS:${this.#options.timestampSec}\r
`);
          for (const source of this.#options.functions ?? [])
            encodeCommand2(into, ['FUNCTION', 'LOAD', source]);
        }
        while (into.length < full) {
          if (this.#walk === void 0) {
            const database = this.#image.databases[this.#nextDatabase++];
            if (database === void 0) return false;
            encodeCommand2(into, ['SELECT', database.index]);
            this.#walk = this.#image.walk(database.index);
          }
          const more = this.#walk.next((entry) => {
            writeKey(into, entry);
            this.#keys++;
          });
          if (!more) this.#walk = void 0;
        }
        return true;
      }
    };
  },
});

// src/aof/index.ts
var init_aof = __esm({
  'src/aof/index.ts'() {
    'use strict';
    init_manifest();
    init_names();
    init_rewrite();
  },
});

// src/engine/names.ts
var Names;
var init_names2 = __esm({
  'src/engine/names.ts'() {
    'use strict';
    init_aof();
    Names = class {
      #settings;
      #incarnation;
      #ordinal = 0;
      constructor(settings, process2) {
        this.#settings = settings;
        let nonce = '';
        for (const byte of process2.entropy(6)) nonce += (byte + 256).toString(16).slice(1);
        this.#incarnation = `${process2.pid}-${nonce}`;
      }
      get dir() {
        return this.#settings.dir;
      }
      get appendDir() {
        return `${this.#settings.dir}/${this.#settings.appenddirname}`;
      }
      get dump() {
        return `${this.#settings.dir}/${this.#settings.dbfilename}`;
      }
      /** A log of Redis before 7: one file, not in a directory of its own. */
      get singleLog() {
        return `${this.#settings.dir}/${this.#settings.appendfilename}`;
      }
      get manifestName() {
        return aofNames.manifest(this.#settings.appendfilename);
      }
      inAppendDir(name) {
        return `${this.appendDir}/${name}`;
      }
      /** A fresh temporary for the dump, a base or the manifest, as a whole path. */
      temporary(what) {
        const name = `temp-${this.#incarnation}-${++this.#ordinal}.${what}`;
        return what === 'rdb' ? `${this.dir}/${name}` : this.inAppendDir(name);
      }
      /** True for the name of a temporary of any incarnation. */
      static isTemporary(name) {
        return /^temp-\d+-[0-9a-f]{12}-\d+\.(rdb|base|manifest)$/.test(name);
      }
    };
  },
});

// src/engine/read-manifest.ts
async function readManifest(disk, names) {
  const path = names.inAppendDir(names.manifestName);
  const bytes = await readFile(disk, path);
  try {
    return parseManifest(bytes);
  } catch (error) {
    if (error instanceof LightsoutError)
      throw new LightsoutError(error.code, `${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
var init_read_manifest = __esm({
  'src/engine/read-manifest.ts'() {
    'use strict';
    init_aof();
    init_errors2();
    init_io();
  },
});

// src/engine/manifest-store.ts
function isAnnotated(manifest) {
  return manifest.comments.includes(annotatedComment);
}
function annotated(manifest) {
  return isAnnotated(manifest)
    ? manifest
    : { ...manifest, comments: [...manifest.comments, annotatedComment] };
}
var annotatedComment, ManifestStore;
var init_manifest_store = __esm({
  'src/engine/manifest-store.ts'() {
    'use strict';
    init_aof();
    init_io();
    annotatedComment = '#lightsout annotated';
    ManifestStore = class {
      /** What the log is. Superset of what any manifest on the disk names. */
      current = emptyManifest;
      /** The manifest on the disk is `current`, durably. */
      isSettled = true;
      #disk;
      #names;
      constructor(disk, names) {
        this.#disk = disk;
        this.#names = names;
      }
      /**
       * Makes `manifest` the live one, durably.
       *
       * @throws DiskError; `current` is `manifest` then where it is possibly live, and unchanged where it is certainly not
       */
      async replace(manifest) {
        const temporary = this.#names.temporary('manifest');
        try {
          await createSynced(this.#disk, temporary, formatManifest(manifest));
        } catch (error) {
          await unlinkIfThere(this.#disk, temporary);
          throw error;
        }
        this.current = manifest;
        this.isSettled = false;
        await this.#disk.rename(temporary, this.#names.inAppendDir(this.#names.manifestName));
        await syncDirectory(this.#disk, this.#names.appendDir);
        this.isSettled = true;
      }
      /** Writes `current` again after a failure that left its fate open. @throws DiskError */
      settle() {
        return this.replace(this.current);
      }
      /** Removes the history files, which no live manifest needs any more, and their lines. @throws DiskError */
      async dropHistory() {
        const { history } = this.current;
        if (history.length === 0) return;
        for (const { name } of history) await unlinkIfThere(this.#disk, this.#names.inAppendDir(name));
        await syncDirectory(this.#disk, this.#names.appendDir);
        await this.replace({ ...this.current, history: [] });
      }
    };
  },
});

// src/rdb/format.ts
function unreadTypeName(type2) {
  switch (type2) {
    case 3:
    case 5:
      return 'sorted set';
    case 6:
    case 7:
      return 'value of a module';
    case 12:
      return 'sorted set as ziplist';
    case 15:
    case 19:
    case 21:
    case 26:
      return 'stream';
    case 17:
      return 'sorted set as listpack';
    case 22:
    case 23:
    case 24:
    case 25:
      return 'hash with expiring fields';
    default:
      return void 0;
  }
}
function collectionOf(type2) {
  switch (type2) {
    case rdbType.list:
    case rdbType.listZiplist:
    case rdbType.listQuicklist:
    case rdbType.listQuicklist2:
      return 'list';
    case rdbType.set:
    case rdbType.setIntset:
    case rdbType.setListpack:
      return 'set';
    case rdbType.hash:
    case rdbType.hashZipmap:
    case rdbType.hashZiplist:
    case rdbType.hashListpack:
      return 'hash';
    default:
      return void 0;
  }
}
function partsOf(type2) {
  if (type2 === rdbType.list || type2 === rdbType.set) return 'elements';
  if (type2 === rdbType.hash) return 'fields';
  if (type2 === rdbType.listQuicklist) return 'ziplists';
  return type2 === rdbType.listQuicklist2 ? 'containers' : void 0;
}
var opcode, rdbType, writtenVersion, newestVersion, valkeyVersions, checksumVersion;
var init_format = __esm({
  'src/rdb/format.ts'() {
    'use strict';
    opcode = {
      functionPreGa: 246,
      function2: 245,
      slotInfo: 244,
      moduleAux: 247,
      idle: 248,
      freq: 249,
      aux: 250,
      resizeDb: 251,
      expireTimeMs: 252,
      expireTime: 253,
      selectDb: 254,
      eof: 255,
    };
    rdbType = {
      string: 0,
      list: 1,
      set: 2,
      hash: 4,
      hashZipmap: 9,
      listZiplist: 10,
      setIntset: 11,
      hashZiplist: 13,
      listQuicklist: 14,
      hashListpack: 16,
      listQuicklist2: 18,
      setListpack: 20,
    };
    writtenVersion = 10;
    newestVersion = 12;
    valkeyVersions = { oldest: 80, newest: 81 };
    checksumVersion = 5;
  },
});

// src/rdb/reader.ts
function uint32LE(bytes, at) {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}
function uint32BE2(bytes, at) {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
function writeDecimalBackward(bytes, end, value) {
  let at = end;
  let rest = value < 0 ? -value : value;
  do {
    const next = Math.floor(rest / 10);
    bytes[--at] = 48 + (rest - next * 10);
    rest = next;
  } while (rest > 0);
  if (value < 0) bytes[--at] = 45;
  return at;
}
function corrupt(what) {
  return new LightsoutError('CORRUPT', what);
}
var Span, RdbReader, nothing4, longestStringBytes2, keptScratchBytes;
var init_reader = __esm({
  'src/rdb/reader.ts'() {
    'use strict';
    init_bytes();
    init_errors2();
    Span = class {
      bytes = nothing4;
      start = 0;
      end = 0;
      /** Where strings are spelled out that do not stand in the file. */
      scratch = new Uint8Array(64);
      copy() {
        return this.bytes.slice(this.start, this.end);
      }
      text() {
        return latin1Text(this.bytes, this.start, this.end);
      }
    };
    RdbReader = class {
      window = new ByteWindow();
      /** The special string encoding that `length` came upon instead of a length, or -1. */
      special = -1;
      /** The next byte, or -1. */
      byte() {
        const { window } = this;
        return window.position < window.limit ? window.buffer[window.position++] : -1;
      }
      /** Passes over `count` bytes. */
      skip(count2) {
        this.window.position += count2;
        return this.window.position <= this.window.limit;
      }
      /** A length (beyond 2^53 the nearest double), or -1. */
      length() {
        const { window } = this;
        const { buffer, position: at } = window;
        const there = window.limit - at;
        if (there < 1) return -1;
        const first = buffer[at];
        this.special = -1;
        if (first < 64) {
          window.position = at + 1;
          return first;
        }
        if (first < 128) {
          if (there < 2) return -1;
          window.position = at + 2;
          return ((first & 63) << 8) | buffer[at + 1];
        }
        if (first >= 192) {
          window.position = at + 1;
          this.special = first & 63;
          return 0;
        }
        if (first === 128) {
          if (there < 5) return -1;
          window.position = at + 5;
          return uint32BE2(buffer, at + 1);
        }
        if (first !== 129) throw corrupt(`length of unknown form 0x${first.toString(16)}`);
        if (there < 9) return -1;
        window.position = at + 9;
        return uint32BE2(buffer, at + 1) * 4294967296 + uint32BE2(buffer, at + 5);
      }
      /** A length that is no string's, or -1. */
      count() {
        const count2 = this.length();
        if (count2 >= 0 && this.special >= 0) {
          throw corrupt(`a number is expected, string encoding ${this.special} found`);
        }
        if (count2 > Number.MAX_SAFE_INTEGER) throw corrupt(`a count of ${count2}`);
        return count2;
      }
      string(into) {
        const length = this.length();
        if (length < 0) return false;
        if (this.special >= 0) return this.#spelledOut(into, this.special);
        const { window } = this;
        const end = window.position + length;
        if (end > window.limit) {
          if (length > longestStringBytes2) throw corrupt(`a string of ${length} bytes`);
          return false;
        }
        into.bytes = window.buffer;
        into.start = window.position;
        into.end = end;
        window.position = end;
        return true;
      }
      #spelledOut(into, encoding) {
        if (encoding <= 2) return this.#integer(into, 1 << encoding);
        if (encoding !== 3) throw corrupt(`string encoding ${encoding}: not known`);
        const { window } = this;
        const packed = this.count();
        const length = packed < 0 ? -1 : this.count();
        if (length < 0) return false;
        if (
          packed > longestStringBytes2 ||
          length > Math.min(longestStringBytes2, lzfMaxLengthBytes(packed))
        ) {
          throw corrupt(`LZF string is damaged: ${packed} bytes cannot give ${length}`);
        }
        const start = window.position;
        if (start + packed > window.limit) return false;
        let target = into.scratch;
        if (target.length < length) {
          target = new Uint8Array(length);
          if (length <= keptScratchBytes) into.scratch = target;
        }
        lzfDecompress(window.buffer, start, start + packed, target, 0, length);
        into.bytes = target;
        into.start = 0;
        into.end = length;
        window.position = start + packed;
        return true;
      }
      #integer(into, width) {
        const { window } = this;
        const { buffer, position: at } = window;
        if (at + width > window.limit) return false;
        window.position = at + width;
        let value = 0;
        if (width === 1) value = (buffer[at] << 24) >> 24;
        else if (width === 2) value = ((buffer[at] | (buffer[at + 1] << 8)) << 16) >> 16;
        else value = uint32LE(buffer, at) | 0;
        into.bytes = into.scratch;
        into.end = into.scratch.length;
        into.start = writeDecimalBackward(into.scratch, into.end, value);
        return true;
      }
    };
    nothing4 = new Uint8Array(0);
    longestStringBytes2 = 2147483647;
    keptScratchBytes = 1024 * 1024;
  },
});

// src/rdb/packed.ts
function walkIntset(bytes, start, end, visit2) {
  if (end - start < 8) throw damaged('intset', 'shorter than its header');
  const width = uint32LE(bytes, start);
  const count2 = uint32LE(bytes, start + 4);
  if (width !== 2 && width !== 4 && width !== 8) throw damaged('intset', `integers of ${width} bytes`);
  if (end - start !== 8 + count2 * width)
    throw damaged('intset', `${count2} integers of ${width} bytes announced in ${end - start} bytes`);
  const digits2 = new Digits(visit2);
  let last = -(2n ** 63n) - 1n;
  let lastSmall = -Infinity;
  for (let at = start + 8; at < end; at += width) {
    if (width === 8) {
      const value2 = int64LE(bytes, at);
      if (value2 <= last) throw damaged('intset', 'integers out of order');
      last = value2;
      digits2.visitBig(value2);
      continue;
    }
    const value = width === 2 ? int16LE(bytes, at) : uint32LE(bytes, at) | 0;
    if (value <= lastSmall) throw damaged('intset', 'integers out of order');
    lastSmall = value;
    digits2.visit(value);
  }
}
function walkListpack(bytes, start, end, visit2) {
  if (end - start < 7) throw damaged('listpack', 'shorter than its header');
  if (uint32LE(bytes, start) !== end - start)
    throw damaged('listpack', `${uint32LE(bytes, start)} bytes announced, ${end - start} there`);
  if (bytes[end - 1] !== 255) throw damaged('listpack', 'no terminator at its end');
  const announced = bytes[start + 4] | (bytes[start + 5] << 8);
  const digits2 = new Digits(visit2);
  const last = end - 1;
  let count2 = 0;
  let at = start + 6;
  while (at < last) {
    const head = bytes[at];
    let size = 1;
    let text2 = 0;
    if (head < 128) size = 1;
    else if (head < 192) size = (text2 = 1) + (head & 63);
    else if (head < 224) size = 2;
    else if (head < 240) size = (text2 = 2) + (at + 1 < last ? ((head & 15) << 8) | bytes[at + 1] : 0);
    else if (head === 240) size = (text2 = 5) + (at + 4 < last ? uint32LE(bytes, at + 1) : 0);
    else if (head <= 243) size = head - 241 + 3;
    else if (head === 244) size = 9;
    else throw damaged('listpack', `entry of unknown form 0x${head.toString(16)}`);
    const back = size <= 127 ? 1 : size < 16383 ? 2 : size < 2097151 ? 3 : size < 268435455 ? 4 : 5;
    if (at + size + back > last) throw damaged('listpack', 'an entry goes beyond the end');
    let linked = size;
    for (let i = at + size + back - 1; i >= at + size; i--) {
      if (bytes[i] !== ((linked & 127) | (i > at + size ? 128 : 0)))
        throw damaged('listpack', 'an entry and its link back disagree');
      linked = Math.floor(linked / 128);
    }
    if (text2 > 0) visit2(bytes, at + text2, at + size);
    else if (head < 128) digits2.visit(head);
    else if (head < 224) digits2.visit((((head & 31) << 27) | (bytes[at + 1] << 19)) >> 19);
    else if (head === 241) digits2.visit(int16LE(bytes, at + 1));
    else if (head === 242) digits2.visit(int24LE(bytes, at + 1));
    else if (head === 243) digits2.visit(uint32LE(bytes, at + 1) | 0);
    else digits2.visitBig(int64LE(bytes, at + 1));
    count2++;
    at += size + back;
  }
  if (announced !== 65535 && announced !== count2)
    throw damaged('listpack', `${announced} entries announced, ${count2} there`);
}
function walkZiplist(bytes, start, end, visit2) {
  if (end - start < 11) throw damaged('ziplist', 'shorter than its header');
  if (uint32LE(bytes, start) !== end - start)
    throw damaged('ziplist', `${uint32LE(bytes, start)} bytes announced, ${end - start} there`);
  if (bytes[end - 1] !== 255) throw damaged('ziplist', 'no terminator at its end');
  const tail = uint32LE(bytes, start + 4);
  const announced = bytes[start + 8] | (bytes[start + 9] << 8);
  const digits2 = new Digits(visit2);
  const last = end - 1;
  let count2 = 0;
  let previous = 0;
  let entry = start + 10;
  let at = entry;
  while (at < last) {
    entry = at;
    const wide = bytes[at] === 254;
    if (bytes[at] === 255 || (wide && at + 5 > last))
      throw damaged('ziplist', 'an entry goes beyond the end');
    if ((wide ? uint32LE(bytes, at + 1) : bytes[at]) !== previous)
      throw damaged('ziplist', 'an entry and its link back disagree');
    at += wide ? 5 : 1;
    if (at >= last) throw damaged('ziplist', 'an entry goes beyond the end');
    const head = bytes[at];
    let size = 1;
    let text2 = 0;
    if (head < 64) size = (text2 = 1) + head;
    else if (head < 128) size = (text2 = 2) + (at + 1 < last ? ((head & 63) << 8) | bytes[at + 1] : 0);
    else if (head < 192) size = (text2 = 5) + (at + 4 < last ? uint32BE2(bytes, at + 1) : 0);
    else if (head === 192) size = 3;
    else if (head === 208) size = 5;
    else if (head === 224) size = 9;
    else if (head === 240) size = 4;
    else if (head === 254) size = 2;
    else if (head > 240 && head < 254) size = 1;
    else throw damaged('ziplist', `entry of unknown form 0x${head.toString(16)}`);
    if (at + size > last) throw damaged('ziplist', 'an entry goes beyond the end');
    if (text2 > 0) visit2(bytes, at + text2, at + size);
    else if (head === 192) digits2.visit(int16LE(bytes, at + 1));
    else if (head === 208) digits2.visit(uint32LE(bytes, at + 1) | 0);
    else if (head === 224) digits2.visitBig(int64LE(bytes, at + 1));
    else if (head === 240) digits2.visit(int24LE(bytes, at + 1));
    else if (head === 254) digits2.visit((bytes[at + 1] << 24) >> 24);
    else digits2.visit(head - 241);
    count2++;
    at += size;
    previous = at - entry;
  }
  if (tail !== entry - start)
    throw damaged('ziplist', `last entry announced at ${tail}, there at ${entry - start}`);
  if (announced !== 65535 && announced !== count2)
    throw damaged('ziplist', `${announced} entries announced, ${count2} there`);
}
function walkZipmap(bytes, start, end, visit2) {
  if (end - start < 2) throw damaged('zipmap', 'shorter than its header');
  if (bytes[end - 1] !== 255) throw damaged('zipmap', 'no terminator at its end');
  const last = end - 1;
  const announced = bytes[start];
  let count2 = 0;
  let at = start + 1;
  while (at < last) {
    for (let part = 0; part < 2; part++) {
      if (at >= last) throw damaged('zipmap', 'a field without a value');
      const wide = bytes[at] === 254;
      if (bytes[at] === 255 || (wide && at + 5 > last))
        throw damaged('zipmap', 'an entry goes beyond the end');
      const length = wide ? uint32LE(bytes, at + 1) : bytes[at];
      at += wide ? 5 : 1;
      let spare = 0;
      if (part === 1) {
        if (at >= last) throw damaged('zipmap', 'an entry goes beyond the end');
        spare = bytes[at++];
      }
      if (at + length + spare > last) throw damaged('zipmap', 'an entry goes beyond the end');
      visit2(bytes, at, at + length);
      at += length + spare;
    }
    count2++;
  }
  if (announced !== 254 && announced !== count2)
    throw damaged('zipmap', `${announced} fields announced, ${count2} there`);
}
function int16LE(bytes, at) {
  return ((bytes[at] | (bytes[at + 1] << 8)) << 16) >> 16;
}
function int24LE(bytes, at) {
  return ((bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)) << 8) >> 8;
}
function int64LE(bytes, at) {
  return (BigInt(uint32LE(bytes, at + 4) | 0) << 32n) | BigInt(uint32LE(bytes, at));
}
function damaged(what, why) {
  return new LightsoutError('CORRUPT', `${what} is damaged: ${why}`);
}
var Digits;
var init_packed = __esm({
  'src/rdb/packed.ts'() {
    'use strict';
    init_bytes();
    init_errors2();
    init_reader();
    Digits = class {
      #visit;
      #writer = new ByteWriter(24);
      #other = new ByteWriter(24);
      constructor(visit2) {
        this.#visit = visit2;
      }
      visit(value) {
        const writer = this.#turn();
        writer.decimal(value);
        this.#visit(writer.buffer, 0, writer.length);
      }
      visitBig(value) {
        const writer = this.#turn();
        writer.latin1(value.toString());
        this.#visit(writer.buffer, 0, writer.length);
      }
      #turn() {
        const writer = this.#other;
        this.#other = this.#writer;
        this.#writer = writer;
        writer.clear();
        return writer;
      }
    };
  },
});

// src/rdb/blob.ts
var BlobWalker;
var init_blob = __esm({
  'src/rdb/blob.ts'() {
    'use strict';
    init_errors2();
    init_format();
    init_packed();
    BlobWalker = class {
      #sink;
      /** The field that waits for its value. */
      #field;
      #fieldStart = 0;
      #fieldEnd = 0;
      constructor(sink) {
        this.#sink = sink;
      }
      /** Walks the blob that is the whole value of a key of `type`. */
      walk(type2, { bytes, start, end }) {
        switch (type2) {
          case rdbType.listZiplist:
            return walkZiplist(bytes, start, end, this.#element);
          case rdbType.setIntset:
            return walkIntset(bytes, start, end, this.#element);
          case rdbType.setListpack:
            return walkListpack(bytes, start, end, this.#element);
          case rdbType.hashZiplist:
            walkZiplist(bytes, start, end, this.#pairPart);
            break;
          case rdbType.hashListpack:
            walkListpack(bytes, start, end, this.#pairPart);
            break;
          default:
            walkZipmap(bytes, start, end, this.#pairPart);
        }
        if (this.#field !== void 0) throw new LightsoutError('CORRUPT', 'the last field has no value');
      }
      /** Walks one node of a list. */
      walkNode(form, { bytes, start, end }) {
        if (form === 'ziplist') walkZiplist(bytes, start, end, this.#element);
        else walkListpack(bytes, start, end, this.#element);
      }
      #element = (bytes, start, end) => {
        this.#sink.element(bytes, start, end);
      };
      #pairPart = (bytes, start, end) => {
        const field = this.#field;
        if (field === void 0) {
          this.#field = bytes;
          this.#fieldStart = start;
          this.#fieldEnd = end;
        } else {
          this.#field = void 0;
          this.#sink.field(field, this.#fieldStart, this.#fieldEnd, bytes, start, end);
        }
      };
    };
  },
});

// src/rdb/module-aux.ts
function skipModuleAux(reader) {
  const { buffer, position: position2 } = reader.window;
  if (reader.length() < 0) return void 0;
  const name =
    buffer[position2] === 129
      ? moduleName(uint32BE2(buffer, position2 + 1), uint32BE2(buffer, position2 + 5))
      : '';
  const text2 = new Span();
  for (;;) {
    const kind = reader.count();
    if (kind < 0) return void 0;
    if (kind === 0) return name;
    let whole;
    if (kind === 1 || kind === 2) whole = reader.length() >= 0;
    else if (kind === 3) whole = reader.skip(4);
    else if (kind === 4) whole = reader.skip(8);
    else if (kind === 5) whole = reader.string(text2);
    else throw new LightsoutError('CORRUPT', `data of a module: value of unknown kind ${kind}`);
    if (!whole) return void 0;
  }
}
function moduleName(high2, low2) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const bits = (BigInt(high2) << 32n) | BigInt(low2);
  let name = '';
  for (let shift = 58n; shift >= 10n; shift -= 6n) name += alphabet.charAt(Number((bits >> shift) & 63n));
  return name;
}
var init_module_aux = __esm({
  'src/rdb/module-aux.ts'() {
    'use strict';
    init_errors2();
    init_reader();
  },
});

// src/rdb/decoder.ts
function shown(key) {
  if (key === void 0) return '';
  return `, key ${quoteWord(key.subarray(0, 64))}${key.length > 64 ? '\u2026' : ''}`;
}
function expiry(milliseconds) {
  if (milliseconds === -1) return NO_EXPIRY;
  return milliseconds < 0 ? 0 : Math.min(milliseconds, 9223372036854775e3);
}
function corrupt2(what) {
  return new LightsoutError('CORRUPT', what);
}
var RdbDecoder;
var init_decoder = __esm({
  'src/rdb/decoder.ts'() {
    'use strict';
    init_bytes();
    init_keyspace();
    init_errors2();
    init_blob();
    init_format();
    init_module_aux();
    init_reader();
    RdbDecoder = class {
      #sink;
      #verify;
      #reader = new RdbReader();
      #blobs;
      #state = 'header';
      #version = 0;
      #keys = 0;
      /** Of the next key. */
      #expireAtMs = NO_EXPIRY;
      #key = new Span();
      #value = new Span();
      /** The collection whose parts are coming. */
      #collectionKey = new Uint8Array(0);
      #parts = 'elements';
      #partsLeft = 0;
      #crc = new Crc64();
      /** Committed bytes from here on are not in the checksum yet. An index of the window's buffer. */
      #checkedFrom = 0;
      #checksum = 'absent';
      /** For messages: what the item at hand is, and whether #key is its key by now. */
      #inside = 'the header';
      #keyKnown = false;
      /** The key of an item that was not whole: by the time the file ends there, its bytes may be gone. */
      #waitingKey;
      constructor(sink, options = {}) {
        this.#sink = sink;
        this.#verify = options.verifyChecksum ?? true;
        this.#blobs = new BlobWalker(sink);
      }
      /** The RDB version of the header, once read. */
      get version() {
        return this.#version;
      }
      /** True once the last byte of the RDB was taken. */
      get done() {
        return this.#state === 'done';
      }
      /** Once done: how many bytes the RDB has. Before: how many were decoded. What follows in the file is not RDB. */
      get endOffset() {
        return this.#reader.window.offset;
      }
      /** Keys decoded so far, whatever the sink did with them. */
      get keys() {
        return this.#keys;
      }
      /** Once done: what is known of the checksum. `absent`: version below 5, or stored as 0, "not computed". */
      get checksum() {
        return this.#checksum;
      }
      /**
       * Takes chunk[start, end) and gives the index behind the last byte that belongs to the RDB: `end`, unless it is done.
       * The chunk may be used again afterwards.
       *
       * @throws LightsoutError CORRUPT. The decoder is of no use afterwards.
       */
      push(chunk, start = 0, end = chunk.length) {
        if (this.#state === 'done') return start;
        const { window } = this.#reader;
        window.push(chunk, start, end);
        this.#checkedFrom = window.start;
        try {
          this.#run();
        } catch (error) {
          throw isLightsoutError(error) && error.code === 'CORRUPT' ? this.#locate(error) : error;
        }
        if (this.done) return end - window.pendingBytes;
        this.#check();
        window.keep();
        return end;
      }
      /**
       * Says that the file ends here.
       * @throws LightsoutError CORRUPT where the RDB is not whole
       */
      end() {
        if (this.#state === 'done') return;
        const { offset, pendingBytes } = this.#reader.window;
        const place = `inside ${this.#inside} that begins at offset ${offset}${shown(this.#waitingKey)}`;
        throw corrupt2(
          `Unexpected EOF reading RDB file: it ends at offset ${offset + pendingBytes}, ${place}`,
        );
      }
      #run() {
        const { window } = this.#reader;
        if (this.#state === 'header' && !this.#readHeader()) return;
        while (this.#state === 'items' || this.#state === 'parts') {
          if (this.#state === 'parts' ? !this.#readPart() : !this.#readItem()) {
            this.#waitingKey = this.#keyAtHand();
            window.position = window.start;
            return;
          }
          window.commit();
        }
        if (this.#state === 'checksum') this.#readChecksum();
      }
      #readHeader() {
        const { window } = this.#reader;
        if (window.pendingBytes < 9) return false;
        const magic = latin1Text(window.buffer, window.start, window.start + 9);
        if (!/^(REDIS\d|VALKEY)\d{3}$/.test(magic)) {
          const wanted = '"REDIS" and four digits';
          throw corrupt2(
            `Wrong signature trying to load DB from file: got ${JSON.stringify(magic)}, expected ${wanted}`,
          );
        }
        const valkey = magic.startsWith('V');
        const version = Number(magic.slice(valkey ? 6 : 5));
        const [oldest, newest2] = valkey
          ? [valkeyVersions.oldest, valkeyVersions.newest]
          : [1, newestVersion];
        if (version < oldest || version > newest2) {
          throw corrupt2(`Can't handle RDB format version ${version}: ${oldest} to ${newest2} are read`);
        }
        this.#version = version;
        this.#state = 'items';
        window.position += 9;
        window.commit();
        return true;
      }
      /** Reads the item at hand. False where it is not whole. */
      #readItem() {
        const reader = this.#reader;
        this.#keyKnown = false;
        this.#inside = 'what comes next';
        const type2 = reader.byte();
        if (type2 < 0) return false;
        if (type2 !== rdbType.string)
          return type2 < 240 ? this.#readCollection(type2) : this.#readOpcode(type2);
        this.#inside = 'a string';
        const key = this.#key;
        const value = this.#value;
        if (!reader.string(key)) return false;
        this.#keyKnown = true;
        if (!reader.string(value)) return false;
        this.#sink.string(
          key.bytes,
          key.start,
          key.end,
          value.bytes,
          value.start,
          value.end,
          this.#expireAtMs,
        );
        this.#expireAtMs = NO_EXPIRY;
        this.#keys++;
        return true;
      }
      #readOpcode(code) {
        const reader = this.#reader;
        switch (code) {
          case opcode.expireTimeMs:
            this.#inside = 'an expiry';
            return this.#readExpiry(8);
          case opcode.expireTime:
            this.#inside = 'an expiry';
            return this.#readExpiry(4);
          case opcode.freq:
            this.#inside = 'a FREQ';
            return reader.skip(1);
          case opcode.idle:
            this.#inside = 'an IDLE';
            return reader.count() >= 0;
          case opcode.selectDb: {
            this.#inside = 'a SELECTDB';
            const index2 = reader.count();
            if (index2 < 0) return false;
            this.#sink.selectDb(index2);
            return true;
          }
          case opcode.resizeDb: {
            this.#inside = 'a RESIZEDB';
            const keys3 = reader.count();
            const expires = keys3 < 0 ? -1 : reader.count();
            if (expires < 0) return false;
            this.#sink.resizeDb?.(keys3, expires);
            return true;
          }
          case opcode.slotInfo:
            this.#inside = 'a SLOT_INFO';
            return reader.count() >= 0 && reader.count() >= 0 && reader.count() >= 0;
          case opcode.aux:
            this.#inside = 'an AUX field';
            if (!reader.string(this.#key) || !reader.string(this.#value)) return false;
            this.#sink.aux?.(this.#key.text(), this.#value.text());
            return true;
          case opcode.function2:
            this.#inside = 'a function library';
            if (!reader.string(this.#value)) return false;
            this.#sink.function?.(this.#value.copy());
            return true;
          case opcode.functionPreGa:
            this.#inside = 'a function library';
            return this.#readOldFunction();
          case opcode.moduleAux: {
            this.#inside = 'the data of a module';
            const module = skipModuleAux(reader);
            if (module === void 0) return false;
            this.#sink.moduleAux?.(module);
            return true;
          }
          case opcode.eof:
            this.#state = 'checksum';
            return true;
          default:
            throw corrupt2(`opcode ${code}: not known`);
        }
      }
      /** Seconds in 4 bytes or milliseconds in 8, signed. */
      #readExpiry(width) {
        const { window } = this.#reader;
        const { buffer, position: position2 } = window;
        if (!this.#reader.skip(width)) return false;
        const milliseconds =
          width === 4
            ? (uint32LE(buffer, position2) | 0) * 1e3
            : (uint32LE(buffer, position2 + 4) | 0) * 4294967296 + uint32LE(buffer, position2);
        this.#expireAtMs = expiry(milliseconds);
        return true;
      }
      /** A library as release candidates of 7.0 wrote it; as Redis does, its first line is made up. */
      #readOldFunction() {
        const reader = this.#reader;
        const value = this.#value;
        if (!reader.string(value)) return false;
        const name = value.text();
        if (!reader.string(value)) return false;
        const line = latin1Bytes(`#!${value.text()} name=${name}
`);
        const described = reader.count();
        if (described < 0 || (described > 0 && !reader.string(value)) || !reader.string(value)) return false;
        const code = value.copy();
        const source = new Uint8Array(line.length + code.length);
        source.set(line);
        source.set(code, line.length);
        this.#sink.function?.(source);
        return true;
      }
      /** Reads the head of a collection that comes in parts, or the whole of one that is a single blob. */
      #readCollection(type2) {
        const reader = this.#reader;
        this.#inside = 'a key';
        const unread = unreadTypeName(type2);
        const collection = collectionOf(type2);
        if (unread === void 0 && collection === void 0) throw corrupt2(`type ${type2}: not known`);
        if (!reader.string(this.#key)) return false;
        this.#keyKnown = true;
        if (collection === void 0) throw corrupt2(`type ${type2} (${unread}): not supported yet`);
        this.#inside = `a ${collection}`;
        const parts = partsOf(type2);
        if (parts === void 0) {
          if (!reader.string(this.#value)) return false;
          this.#begin(collection);
          this.#blobs.walk(type2, this.#value);
          this.#sink.endCollection();
          return true;
        }
        const count2 = reader.count();
        if (count2 < 0) return false;
        this.#begin(collection);
        this.#parts = parts;
        this.#partsLeft = count2;
        this.#state = 'parts';
        if (count2 === 0) this.#endParts();
        return true;
      }
      #begin(type2) {
        this.#collectionKey = this.#key.copy();
        this.#sink.beginCollection(type2, this.#collectionKey, this.#expireAtMs);
        this.#expireAtMs = NO_EXPIRY;
        this.#keys++;
      }
      /** Reads the next part of the collection at hand. */
      #readPart() {
        const reader = this.#reader;
        const value = this.#value;
        switch (this.#parts) {
          case 'elements':
            this.#inside = 'an element';
            if (!reader.string(value)) return false;
            this.#sink.element(value.bytes, value.start, value.end);
            break;
          case 'fields': {
            this.#inside = 'a field';
            const field = this.#key;
            if (!reader.string(field) || !reader.string(value)) return false;
            this.#sink.field(field.bytes, field.start, field.end, value.bytes, value.start, value.end);
            break;
          }
          case 'ziplists':
            this.#inside = 'a node';
            if (!reader.string(value)) return false;
            this.#blobs.walkNode('ziplist', value);
            break;
          case 'containers': {
            this.#inside = 'a node';
            const container2 = reader.count();
            if (container2 < 0) return false;
            if (container2 !== 1 && container2 !== 2)
              throw corrupt2(`list node of unknown kind ${container2}`);
            if (!reader.string(value)) return false;
            if (container2 === 1) this.#sink.element(value.bytes, value.start, value.end);
            else this.#blobs.walkNode('listpack', value);
            break;
          }
        }
        if (--this.#partsLeft === 0) this.#endParts();
        return true;
      }
      #endParts() {
        this.#sink.endCollection();
        this.#state = 'items';
      }
      /** Takes the bytes into the checksum that were decoded since last time. */
      #check() {
        const { window } = this.#reader;
        this.#crc.update(window.buffer, this.#checkedFrom, window.start);
        this.#checkedFrom = window.start;
      }
      /** The checksum covers every byte up to here. */
      #readChecksum() {
        this.#check();
        this.#inside = 'the checksum';
        this.#keyKnown = false;
        this.#waitingKey = void 0;
        if (this.#version >= checksumVersion) {
          const { window } = this.#reader;
          if (window.pendingBytes < 8) return;
          let stored = '';
          for (let i = 7; i >= 0; i--)
            stored += window.buffer[window.start + i].toString(16).padStart(2, '0');
          if (stored === '0000000000000000') this.#checksum = 'absent';
          else if (!this.#verify) this.#checksum = 'not verified';
          else if (this.#crc.matches(window.buffer, window.start)) this.#checksum = 'verified';
          else {
            throw corrupt2(
              `Wrong RDB checksum expected: (${this.#crc.hex()}) but got (${stored}). The file was damaged after it was written`,
            );
          }
          window.position = window.start + 8;
          window.commit();
        }
        this.#state = 'done';
      }
      #keyAtHand() {
        if (this.#state === 'parts') return this.#collectionKey;
        return this.#keyKnown ? this.#key.copy() : void 0;
      }
      #locate(error) {
        const place = `RDB file, at offset ${this.endOffset}${shown(this.#keyAtHand())}`;
        return new LightsoutError('CORRUPT', `${error.message} (${place})`, { cause: error });
      }
    };
  },
});

// src/rdb/string.ts
function writeLength2(into, length) {
  if (length < 64) {
    into.byte(length);
  } else if (length < 16384) {
    into.byte(64 | (length >> 8));
    into.byte(length & 255);
  } else if (length <= 4294967295) {
    into.byte(128);
    into.uint32BE(length);
  } else {
    into.byte(129);
    into.uint32BE(Math.floor(length / 4294967296));
    into.uint32BE(length);
  }
}
function writeString(into, bytes, start, end, compress) {
  const length = end - start;
  const value = parseInt32(bytes, start, end);
  if (value !== void 0) {
    if (value === (value << 24) >> 24) {
      into.byte(192);
      into.byte(value);
    } else if (value === (value << 16) >> 16) {
      into.byte(193);
      into.uint16LE(value);
    } else {
      into.byte(194);
      into.uint32LE(value);
    }
    return;
  }
  if (compress && length > 20) {
    const headerRoom = 1 + 9 + 9;
    into.ensure(headerRoom + length);
    const from = into.length + headerRoom;
    const packed = lzfCompress(bytes, start, end, into.buffer, from, from + length - 4);
    if (packed > 0) {
      into.byte(195);
      writeLength2(into, packed);
      writeLength2(into, length);
      into.buffer.copyWithin(into.length, from, from + packed);
      into.length += packed;
      return;
    }
  }
  writeLength2(into, length);
  into.bytes(bytes, start, end);
}
function writeText2(into, text2) {
  const bytes = latin1Bytes(text2);
  writeString(into, bytes, 0, bytes.length, false);
}
var init_string = __esm({
  'src/rdb/string.ts'() {
    'use strict';
    init_bytes();
  },
});

// src/rdb/encoder.ts
function standardAux(facts) {
  return [
    ['redis-ver', '7.0.15'],
    ['redis-bits', 64],
    ['ctime', facts.ctimeSec],
    ['used-mem', facts.usedMemoryBytes],
    ['aof-base', facts.aofBase ? 1 : 0],
  ];
}
var RdbEncoder;
var init_encoder = __esm({
  'src/rdb/encoder.ts'() {
    'use strict';
    init_bytes();
    init_format();
    init_string();
    RdbEncoder = class {
      #image;
      #options;
      #crc = new Crc64();
      #state = 'header';
      #nextDatabase = 0;
      #cursor;
      /** How much of the cursor's run was written. */
      #runPosition = 0;
      #keysBefore = 0;
      constructor(image, options) {
        this.#image = image;
        this.#options = options;
      }
      /** Keys written so far, for `current_save_keys_processed`. */
      get keys() {
        return this.#keysBefore + (this.#cursor?.keys ?? 0);
      }
      /**
       * Appends the next slice of the file to `into`, about `budgetBytes` long (the frame's few bytes are not cut, records
       * are). False where the file is complete with it.
       */
      next(into, budgetBytes) {
        const from = into.length;
        const full = from + Math.max(1, budgetBytes);
        while (this.#state !== 'done' && into.length < full) {
          if (this.#state === 'header') this.#writeHeader(into);
          else if (this.#state === 'database') this.#writeDatabase(into, from);
          else this.#writeRecords(into, full);
        }
        if (this.#state === 'done') return false;
        if (this.#options.checksum) this.#crc.update(into.buffer, from, into.length);
        return true;
      }
      #writeHeader(into) {
        into.latin1(`REDIS${String(this.#options.version ?? writtenVersion).padStart(4, '0')}`);
        for (const [name, value] of this.#options.aux) {
          into.byte(opcode.aux);
          writeText2(into, name);
          writeText2(into, String(value));
        }
        for (const source of this.#options.functions ?? []) {
          into.byte(opcode.function2);
          writeString(into, source, 0, source.length, this.#options.compress);
        }
        this.#state = 'database';
      }
      /** Begins the next database, or ends the file. `from` is where the slice began. */
      #writeDatabase(into, from) {
        const database = this.#image.databases[this.#nextDatabase++];
        if (database === void 0) {
          into.byte(opcode.eof);
          if (this.#options.checksum) this.#crc.update(into.buffer, from, into.length);
          into.ensure(8);
          this.#crc.digest(into.buffer, into.length);
          into.length += 8;
          this.#state = 'done';
          return;
        }
        into.byte(opcode.selectDb);
        writeLength2(into, database.index);
        into.byte(opcode.resizeDb);
        writeLength2(into, database.keys);
        writeLength2(into, database.expires);
        this.#cursor = this.#image.records(database.index, this.#options.compress);
        this.#state = 'records';
        this.#nextRun();
      }
      #writeRecords(into, full) {
        const cursor = this.#cursor;
        const end = Math.min(cursor.end, this.#runPosition + full - into.length);
        into.bytes(cursor.bytes, this.#runPosition, end);
        this.#runPosition = end;
        if (end === cursor.end) this.#nextRun();
      }
      #nextRun() {
        const cursor = this.#cursor;
        if (cursor.nextRun()) {
          this.#runPosition = cursor.start;
          return;
        }
        this.#keysBefore += cursor.keys;
        this.#cursor = void 0;
        this.#state = 'database';
      }
    };
  },
});

// src/rdb/load.ts
function duplicate(what) {
  return new LightsoutError('CORRUPT', `duplicate ${what}`);
}
var smallestKeyBytes, KeyspaceLoader;
var init_load = __esm({
  'src/rdb/load.ts'() {
    'use strict';
    init_keyspace();
    init_errors2();
    smallestKeyBytes = 3;
    KeyspaceLoader = class {
      #keyspace;
      #nowMs;
      #replace;
      #fileBytes;
      #db;
      #loaded = 0;
      #expired = 0;
      #emptySkipped = 0;
      #firstEmptyKeys = [];
      #aux = /* @__PURE__ */ new Map();
      #functions = [];
      #modules = /* @__PURE__ */ new Set();
      /** The collection at hand. It is made with its first element. */
      #key = new Uint8Array(0);
      #type = 'list';
      #expireAtMs = NO_EXPIRY;
      #dropped = false;
      #list;
      #set;
      #hash;
      constructor(keyspace, options = {}) {
        this.#keyspace = keyspace;
        this.#nowMs = options.nowMs;
        this.#replace = options.replace ?? false;
        this.#fileBytes = options.fileBytes ?? 0;
        this.#db = keyspace.database(0);
      }
      /** Keys that are now in the keyspace. */
      get loaded() {
        return this.#loaded;
      }
      /** Keys dropped because they had expired. */
      get expired() {
        return this.#expired;
      }
      /** Collections without elements, passed over. */
      get emptySkipped() {
        return this.#emptySkipped;
      }
      /** The first ten of them, for the log. */
      get firstEmptyKeys() {
        return this.#firstEmptyKeys;
      }
      /** The file's AUX fields. */
      get auxFields() {
        return this.#aux;
      }
      /** Sources of the function libraries, in order. */
      get functions() {
        return this.#functions;
      }
      /** Names of modules whose private data was passed over. */
      get modules() {
        return this.#modules;
      }
      aux(name, value) {
        this.#aux.set(name, value);
      }
      function(source) {
        this.#functions.push(source);
      }
      moduleAux(module) {
        this.#modules.add(module);
      }
      selectDb(index2) {
        if (index2 >= this.#keyspace.databases) {
          throw new LightsoutError(
            'CORRUPT',
            `the file has a database ${index2}, and \`databases\` is ${this.#keyspace.databases}: raise it`,
          );
        }
        this.#db = this.#keyspace.database(index2);
      }
      resizeDb(keys3) {
        const possible = Math.min(keys3, Math.floor(this.#fileBytes / smallestKeyBytes));
        if (possible > 0) this.#db.reserve(possible);
      }
      string(key, keyStart, keyEnd, value, valueStart, valueEnd2, expireAtMs) {
        if (this.#isPast(expireAtMs)) {
          this.#expired++;
          return;
        }
        const before2 = this.#db.size;
        this.#db.putStringRange(key, keyStart, keyEnd, value, valueStart, valueEnd2, expireAtMs);
        if (this.#db.size === before2 && !this.#replace) throw duplicate('key');
        this.#loaded++;
      }
      beginCollection(type2, key, expireAtMs) {
        this.#type = type2;
        this.#key = key;
        this.#expireAtMs = expireAtMs;
        this.#dropped = this.#isPast(expireAtMs);
        this.#list = void 0;
        this.#set = void 0;
        this.#hash = void 0;
      }
      element(bytes, start, end) {
        if (this.#dropped) return;
        const element = bytes.subarray(start, end);
        if (this.#type === 'list') {
          if (this.#list === void 0) {
            this.#makeRoom();
            this.#list = this.#db.list(this.#key, true);
          }
          this.#list.pushTail(element);
          return;
        }
        if (this.#set === void 0) {
          this.#makeRoom();
          this.#set = this.#db.set(this.#key, true);
        }
        if (!this.#set.add(element)) throw duplicate('member');
      }
      field(field, fieldStart, fieldEnd, value, valueStart, valueEnd2) {
        if (this.#dropped) return;
        if (this.#hash === void 0) {
          this.#makeRoom();
          this.#hash = this.#db.hash(this.#key, true);
        }
        if (!this.#hash.put(field.subarray(fieldStart, fieldEnd), value.subarray(valueStart, valueEnd2)))
          throw duplicate('field');
      }
      endCollection() {
        const made = this.#list !== void 0 || this.#set !== void 0 || this.#hash !== void 0;
        if (this.#dropped) {
          this.#expired++;
        } else if (!made) {
          this.#emptySkipped++;
          if (this.#firstEmptyKeys.length < 10) this.#firstEmptyKeys.push(this.#key);
        } else {
          if (this.#expireAtMs !== NO_EXPIRY) this.#db.setExpiry(this.#key, this.#expireAtMs);
          this.#loaded++;
        }
        this.#list = void 0;
        this.#set = void 0;
        this.#hash = void 0;
      }
      #makeRoom() {
        if (this.#db.find(this.#key) === void 0) return;
        if (!this.#replace) throw duplicate('key');
        this.#db.remove(this.#key);
      }
      #isPast(expireAtMs) {
        return this.#nowMs !== void 0 && expireAtMs !== NO_EXPIRY && expireAtMs < this.#nowMs;
      }
    };
  },
});

// src/rdb/index.ts
var init_rdb = __esm({
  'src/rdb/index.ts'() {
    'use strict';
    init_decoder();
    init_encoder();
    init_load();
  },
});

// src/engine/file-window.ts
var FileWindow;
var init_file_window = __esm({
  'src/engine/file-window.ts'() {
    'use strict';
    FileWindow = class {
      bytes;
      start = 0;
      end = 0;
      /** Where bytes[start] stands in the file. */
      offset;
      file;
      #sliceBytes;
      /** Begins at byte `offset` of a file of `fileBytes`. */
      constructor(file, offset, fileBytes, sliceBytes) {
        this.file = file;
        this.offset = offset;
        this.#sliceBytes = Math.min(sliceBytes, Math.max(64, fileBytes - offset));
        this.bytes = new Uint8Array(this.#sliceBytes);
      }
      get length() {
        return this.end - this.start;
      }
      /** Says that `count` bytes from `start` on are done with. */
      take(count2) {
        this.start += count2;
        this.offset += count2;
      }
      /** Reads one more slice. False at the end of the file. @throws DiskError */
      async fill() {
        if (this.start === this.end) this.start = this.end = 0;
        if (this.bytes.length - this.end < this.#sliceBytes) {
          const needed = this.length + this.#sliceBytes;
          const target =
            needed <= this.bytes.length && this.start > 0
              ? this.bytes
              : new Uint8Array(Math.max(needed, this.bytes.length * 2));
          target.set(this.bytes.subarray(this.start, this.end));
          this.end -= this.start;
          this.start = 0;
          this.bytes = target;
        }
        const count2 = await this.file.read(
          this.bytes.subarray(this.end, this.end + this.#sliceBytes),
          this.offset + this.length,
        );
        this.end += count2;
        return count2 > 0;
      }
      /** Reads on until there are `count` bytes. False where the file ends before. @throws DiskError */
      async ensure(count2) {
        while (this.length < count2) if (!(await this.fill())) return false;
        return true;
      }
    };
  },
});

// src/engine/replay.ts
function indexOfMark(bytes, start, end) {
  const last = end - batchMark.length;
  for (let at = bytes.indexOf(hash, start); at >= 0 && at <= last; at = bytes.indexOf(hash, at + 1)) {
    let i = 1;
    while (i < batchMark.length && bytes[at + i] === batchMark.charCodeAt(i)) i++;
    if (i === batchMark.length) return at;
  }
  return -1;
}
var hash, asterisk2, lineFeed2, maxAnnotationBytes, Replay;
var init_replay = __esm({
  'src/engine/replay.ts'() {
    'use strict';
    init_batch();
    init_bytes();
    init_errors2();
    init_resp();
    init_file_window();
    hash = 35;
    asterisk2 = 42;
    lineFeed2 = 10;
    maxAnnotationBytes = 1024;
    Replay = class {
      #window;
      #path;
      #fileBytes;
      #applier;
      /** The manifest says that writes of this log are annotated: a tail without annotation is no foreigner's. */
      #isAnnotated;
      #argv = new Argv();
      /** Commands of an open MULTI, and where it began. */
      #queue;
      #multiOffset = 0;
      /** Largest durable mark of the batches seen. */
      #durableBytes = 0;
      #firstBatch;
      #lastBatch;
      #validBytes;
      #units = 0;
      constructor(file, options, applier) {
        this.#window = new FileWindow(file, options.from, options.fileBytes, options.sliceBytes);
        this.#path = options.path;
        this.#fileBytes = options.fileBytes;
        this.#validBytes = options.from;
        this.#isAnnotated = options.isAnnotated;
        this.#applier = applier;
      }
      /** @throws LightsoutError CORRUPT naming the file and the offset, where the damage is not a torn tail; DiskError */
      async run() {
        for (;;) {
          const { offset } = this.#window;
          if (!(await this.#window.ensure(1)))
            return this.#end(this.#queue === void 0 ? void 0 : 'it ends inside MULTI');
          const first = this.#window.bytes[this.#window.start];
          if (first === hash) {
            const damage = await this.#annotation();
            if (damage !== void 0) return this.#judge(damage, offset);
          } else if (first === asterisk2) {
            const damage = await this.#plain();
            if (damage === 'end')
              return this.#end(`it ends inside a command at offset ${this.#window.offset}`);
            if (damage !== void 0) return this.#judge(damage, this.#window.offset);
          } else {
            return this.#judge(
              `byte 0x${first.toString(16).padStart(2, '0')} instead of a command ('*') or an annotation ('#')`,
              offset,
            );
          }
        }
      }
      #end(torn) {
        return {
          validBytes: this.#validBytes,
          torn,
          firstBatch: this.#firstBatch,
          lastBatch: this.#lastBatch,
          units: this.#units,
        };
      }
      /** An annotation line; with a batch header, the batch. Gives what is wrong. */
      async #annotation() {
        const window = this.#window;
        let line;
        for (;;) {
          line = window.bytes.subarray(0, window.end).indexOf(lineFeed2, window.start) - window.start;
          if (line >= 0 || window.length > maxAnnotationBytes) break;
          if (!(await window.fill())) return 'it ends inside an annotation';
        }
        if (line < 0 || line >= maxAnnotationBytes)
          return `an annotation of more than ${maxAnnotationBytes} bytes`;
        if (line + 1 === batchHeaderBytes) {
          const header = parseBatchHeader(window.bytes, window.start);
          if (header !== void 0) {
            const bodyBytes2 = header.lengthBytes;
            if (window.offset + batchHeaderBytes + bodyBytes2 > this.#fileBytes)
              return `batch ${header.sequence} announces ${bodyBytes2} bytes and the file ends before`;
            if (!(await window.ensure(batchHeaderBytes + bodyBytes2)))
              return `batch ${header.sequence} announces ${bodyBytes2} bytes and the file ends before`;
            const start = window.start + batchHeaderBytes;
            if (!isBatchBody(header, window.bytes, start))
              return `batch ${header.sequence} does not have the hash of its annotation`;
            if (this.#lastBatch !== void 0 && header.sequence !== this.#lastBatch + 1)
              return `batch ${header.sequence} follows batch ${this.#lastBatch}`;
            this.#firstBatch ??= header.sequence;
            this.#lastBatch = header.sequence;
            this.#durableBytes = Math.max(this.#durableBytes, header.durableBytes);
            this.#wholeBatch(start, start + bodyBytes2);
            window.take(batchHeaderBytes + bodyBytes2);
            this.#validBytes = window.offset;
            return void 0;
          }
        }
        if (this.#isAnnotated || this.#lastBatch !== void 0) {
          const text2 = latin1Text(window.bytes, window.start, window.start + Math.min(line, 80));
          if (!/^#TS:\d+\r?$/.test(text2))
            return `the annotation '${text2.trimEnd()}' is neither a batch's nor a timestamp`;
        }
        window.take(line + 1);
        if (this.#queue === void 0) this.#validBytes = window.offset;
        return void 0;
      }
      /** Commands of a batch whose hash is right: anything wrong in it was written so. */
      #wholeBatch(start, end) {
        const { bytes, offset } = this.#window;
        const bodyOffset = offset + batchHeaderBytes;
        const parser = new RequestParser('log');
        parser.push(bytes, start, end);
        const at = () => bodyOffset + parser.offset;
        try {
          for (let commandOffset = bodyOffset; parser.next(this.#argv) === 'command'; commandOffset = at())
            this.#take(this.#argv, commandOffset);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          throw this.#corrupt(`${error.message} in a batch whose hash is right`, at());
        }
        if (parser.pendingBytes > 0 || this.#queue !== void 0)
          throw this.#corrupt('a batch whose hash is right ends inside a unit', at());
      }
      /** Commands without annotation, as many as the window holds. Gives what is wrong; 'end' where the file ends inside one. */
      async #plain() {
        const window = this.#window;
        const parser = new RequestParser('log');
        parser.push(window.bytes, window.start, window.end);
        try {
          for (let taken = 0; ; taken = parser.offset) {
            if (window.length === 0 || window.bytes[window.start] === hash) return void 0;
            if (parser.next(this.#argv) === 'need-more') break;
            this.#take(this.#argv, window.offset);
            window.take(parser.offset - taken);
            if (this.#queue === void 0) this.#validBytes = window.offset;
          }
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          return error.message;
        }
        return (await window.fill()) ? void 0 : 'end';
      }
      /** One command: MULTI and EXEC make units of several. */
      #take(argv, offset) {
        if (argv.is(0, 'multi')) {
          if (this.#queue !== void 0) throw this.#corrupt('MULTI inside MULTI', offset);
          this.#queue = [];
          this.#multiOffset = offset;
        } else if (argv.is(0, 'exec')) {
          if (this.#queue === void 0) throw this.#corrupt('EXEC without MULTI', offset);
          for (const queued of this.#queue) this.#applier.apply(queued.argv, queued.offset);
          this.#queue = void 0;
          this.#units++;
        } else if (this.#queue !== void 0) {
          this.#queue.push({ argv: argv.clone(), offset });
        } else {
          this.#applier.apply(argv, offset);
          this.#units++;
        }
      }
      /** Torn or rotten? Gives the result of a torn file, throws for a rotten one. */
      async #judge(what, offset) {
        const where =
          this.#queue === void 0 ? what : `${what}, inside the MULTI at offset ${this.#multiOffset}`;
        if (this.#durableBytes > offset)
          throw this.#corrupt(`${where}; ${this.#durableBytes} bytes were known to be durable`, offset);
        const later = await this.#laterBatch(offset);
        if (later !== void 0 && later.durableBytes > offset) {
          throw this.#corrupt(
            `${where}; batch ${later.sequence} behind it says that ${later.durableBytes} bytes were durable`,
            offset,
          );
        }
        if (this.#isAnnotated || this.#lastBatch !== void 0 || later !== void 0)
          return this.#end(`${where} at offset ${offset}`);
        if (await this.#isZeroFrom(offset)) return this.#end(`zeros from offset ${offset} on`);
        throw this.#corrupt(where, offset);
      }
      /** The batch with the largest durable mark behind `offset`, if there is one with a right hash. */
      async #laterBatch(offset) {
        const window = this.#window;
        window.take(offset - window.offset + 1);
        let found;
        for (;;) {
          const at = indexOfMark(window.bytes, window.start, window.end);
          if (at < 0) {
            window.take(Math.max(0, window.length - batchMark.length));
            if (!(await window.fill())) return found;
            continue;
          }
          window.take(at - window.start);
          if (await window.ensure(batchHeaderBytes)) {
            const header = parseBatchHeader(window.bytes, window.start);
            const fits =
              header !== void 0 && window.offset + batchHeaderBytes + header.lengthBytes <= this.#fileBytes;
            if (
              fits &&
              (await window.ensure(batchHeaderBytes + header.lengthBytes)) &&
              isBatchBody(header, window.bytes, window.start + batchHeaderBytes)
            ) {
              if (found === void 0 || header.durableBytes > found.durableBytes)
                found = { sequence: header.sequence, durableBytes: header.durableBytes };
            }
          }
          window.take(1);
        }
      }
      async #isZeroFrom(offset) {
        const rest = new FileWindow(this.#window.file, offset, this.#fileBytes, 65536);
        while (await rest.ensure(1)) {
          for (let i = rest.start; i < rest.end; i++) if (rest.bytes[i] !== 0) return false;
          rest.take(rest.length);
        }
        return true;
      }
      #corrupt(what, offset) {
        return new LightsoutError(
          'CORRUPT',
          `Bad file format reading the append only file ${this.#path}: ${what}, at offset ${offset}; make a copy of the directory before you repair anything`,
        );
      }
    };
  },
});

// src/engine/load-file.ts
async function loadRdb(engine, path, options) {
  const { disk } = engine.host;
  const file = await disk.open(path, { read: true });
  try {
    await decodeRdb2(engine, file, path, (await disk.stat(path)).sizeBytes, options);
  } finally {
    await file.close();
  }
}
async function decodeRdb2(engine, file, path, fileBytes, options) {
  const { settings, keyspace, stats, tuning, host, log } = engine;
  const loader = new KeyspaceLoader(keyspace, {
    fileBytes,
    ...(options.dropExpired ? { nowMs: host.clock.wallMs() } : {}),
  });
  const decoder = new RdbDecoder(loader, { verifyChecksum: settings.rdbchecksum });
  const slice = new Uint8Array(Math.min(tuning.loadSliceBytes, Math.max(1, fileBytes)));
  try {
    for (let offset = 0; !decoder.done;) {
      const count2 = await file.read(slice, offset);
      if (count2 === 0) decoder.end();
      decoder.push(slice, 0, count2);
      offset += count2;
    }
  } catch (error) {
    if (error instanceof LightsoutError)
      throw new LightsoutError(error.code, `${path}: ${error.message}`, { cause: error });
    throw error;
  }
  const version = loader.auxFields.get('redis-ver');
  if (version !== void 0) log('notice', `Loading RDB produced by version ${version}`);
  const ctime = Number(loader.auxFields.get('ctime'));
  if (Number.isFinite(ctime))
    log('notice', `RDB age ${Math.max(0, Math.floor(host.clock.wallMs() / 1e3) - ctime)} seconds`);
  const usedBytes = Number(loader.auxFields.get('used-mem'));
  if (Number.isFinite(usedBytes))
    log('notice', `RDB memory usage when created ${(usedBytes / (1024 * 1024)).toFixed(2)} Mb`);
  if (loader.auxFields.get('aof-base') === '1') log('notice', 'RDB is base AOF');
  if (decoder.checksum === 'absent')
    log('notice', 'RDB file was saved with checksum disabled: no check performed.');
  for (const key of loader.firstEmptyKeys)
    log('notice', `rdbLoadObject skipping empty key: ${latin1Text(key)}`);
  const skipped = loader.emptySkipped > 0 ? `, empty keys skipped: ${loader.emptySkipped}` : '';
  log(
    'notice',
    `Done loading RDB, keys loaded: ${loader.loaded}, keys expired: ${loader.expired}${skipped}.`,
  );
  stats.loadedKeys += loader.loaded;
  stats.loadedExpiredKeys += loader.expired;
  engine.functions.push(...loader.functions);
  return decoder.endOffset;
}
async function loadIncrement(engine, path, applier, options) {
  const { disk } = engine.host;
  const fileBytes = (await disk.stat(path)).sizeBytes;
  const file = await disk.open(path, { read: true });
  try {
    const magic = new Uint8Array(5);
    let count2 = 0;
    for (let more = 1; more > 0 && count2 < magic.length; count2 += more)
      more = await file.read(magic.subarray(count2), count2);
    let from = 0;
    if (count2 === 5 && latin1Text(magic) === 'REDIS') {
      engine.log('notice', 'Reading RDB preamble from AOF file...');
      from = await decodeRdb2(engine, file, path, fileBytes, { dropExpired: false });
      engine.log('notice', 'Reading the remaining AOF tail...');
    }
    const { isAnnotated: isAnnotated2 } = options;
    return await new Replay(
      file,
      { path, fileBytes, from, sliceBytes: engine.tuning.loadSliceBytes, isAnnotated: isAnnotated2 },
      applier,
    ).run();
  } finally {
    await file.close();
  }
}
var init_load_file = __esm({
  'src/engine/load-file.ts'() {
    'use strict';
    init_bytes();
    init_errors2();
    init_rdb();
    init_replay();
  },
});

// src/engine/log-applier.ts
var minus2, LogApplier;
var init_log_applier = __esm({
  'src/engine/log-applier.ts'() {
    'use strict';
    init_commands();
    init_bytes();
    init_errors2();
    init_resp();
    minus2 = 45;
    LogApplier = class {
      #engine;
      #output = new ByteWriter(256);
      #reply = new ReplyWriter(this.#output);
      #dbIndex = 0;
      constructor(engine) {
        this.#engine = engine;
      }
      apply(argv, offset) {
        const { execution, settings } = this.#engine;
        if (argv.is(0, 'select')) {
          const index2 = argv.count === 2 ? Number(argv.text(1)) : -1;
          if (!Number.isInteger(index2) || index2 < 0 || index2 >= settings.databases) {
            throw new LightsoutError(
              'CORRUPT',
              `SELECT of database '${argv.count > 1 ? argv.text(1) : ''}' at offset ${offset} of the append only file; there are ${settings.databases} (option databases)`,
            );
          }
          this.#dbIndex = index2;
          return;
        }
        if (argv.count === 3 && argv.is(0, 'function') && argv.is(1, 'load')) {
          this.#engine.functions.push(argv.bytes(2).slice());
          return;
        }
        const command = lookup(argv);
        if (command === void 0)
          throw new LightsoutError(
            'CORRUPT',
            `Unknown command '${argv.text(0)}' reading the append only file, at offset ${offset}`,
          );
        const { arity } = command;
        if (arity >= 0 ? argv.count !== arity : argv.count < -arity) {
          throw new LightsoutError(
            'CORRUPT',
            `command '${command.name}' with ${argv.count - 1} arguments at offset ${offset} of the append only file`,
          );
        }
        this.#output.clear();
        execution.replaying = true;
        execution.nowMs = 0;
        execution.run(command, argv, this.#dbIndex, this.#reply);
        execution.unit.discard();
        execution.replaying = false;
        if (this.#output.buffer[0] === minus2 && this.#output.length > 0) {
          this.#engine.log(
            'warning',
            `== CRITICAL == This server is sending an error to its AOF-loading-client: '${latin1Text(this.#output.buffer, 1, this.#output.length).trimEnd()}' after processing the command '${command.name}'`,
          );
        }
      }
    };
  },
});

// src/engine/save-file.ts
async function saveFile(disk, image, request) {
  const file = await disk.open(request.path, { write: true, create: true, exclusive: true });
  try {
    const encoder = encoderOf(image, request);
    const slice = new ByteWriter(4096);
    for (let more = true; more;) {
      slice.clear();
      more = encoder.next(slice, request.sliceBytes);
      await writeAll(file, slice.view());
    }
    await syncFile(file);
  } catch (error) {
    await file.close().catch(() => void 0);
    await unlinkIfThere(disk, request.path);
    throw error;
  }
  await file.close();
}
function encoderOf(image, request) {
  const { compress, checksum } = request;
  const functions = request.functions.map(latin1Bytes);
  if (request.format === 'commands') return new AofRewriter(image, { functions });
  const aux = standardAux({
    ctimeSec: request.ctimeSeconds,
    usedMemoryBytes: request.usedMemoryBytes,
    aofBase: request.isBase,
  });
  return new RdbEncoder(image, { aux, functions, compress, checksum });
}
function requestAsJson(request) {
  return { ...request };
}
function saveRequest(engine, what) {
  const { names, settings, tuning, host, keyspace } = engine;
  return {
    path: names.temporary(what),
    format: what === 'rdb' || settings.aofUseRdbPreamble ? 'rdb' : 'commands',
    compress: settings.rdbcompression,
    checksum: settings.rdbchecksum,
    isBase: what === 'base',
    ctimeSeconds: Math.floor(host.clock.wallMs() / 1e3),
    usedMemoryBytes: keyspace.memory().usedBytes,
    functions: engine.functions.map((source) => latin1Text(source)),
    sliceBytes: tuning.saveSliceBytes,
  };
}
var saveMain, childMains;
var init_save_file = __esm({
  'src/engine/save-file.ts'() {
    'use strict';
    init_aof();
    init_bytes();
    init_data();
    init_rdb();
    init_io();
    saveMain = async (host, image, args) => {
      await saveFile(host.disk, openImage(image), args);
      return 0;
    };
    childMains = /* @__PURE__ */ new Map([['save', saveMain]]);
  },
});

// src/engine/recovery.ts
async function recover(engine) {
  const startedMonoMs = engine.host.clock.monoMs();
  if (engine.settings.appendonly) await recoverLog(engine);
  else await recoverDump(engine);
  await collectGarbage(engine);
  engine.dirty = 0;
  const seconds3 = (engine.host.clock.monoMs() - startedMonoMs) / 1e3;
  engine.log(
    'notice',
    `DB loaded in ${seconds3.toFixed(3)} seconds: ${engine.stats.loadedKeys} keys, ${engine.stats.loadedExpiredKeys} expired ones left out`,
  );
}
async function recoverDump(engine) {
  const { host, names } = engine;
  if ((await sizeOf(host.disk, names.dump)) === void 0) return;
  await loadRdb(engine, names.dump, { dropExpired: true });
  await syncPath(host.disk, names.dump);
  await syncDirectory(host.disk, names.dir);
}
async function recoverLog(engine) {
  const { rewriter } = engine;
  const manifest = await findManifest(engine);
  if (manifest === void 0) {
    await refuseUnnamedIncrements(engine, emptyManifest);
    await beginLog(engine);
    return;
  }
  rewriter.store.current = manifest;
  const results = await loadLog(engine, manifest);
  await refuseUnnamedIncrements(engine, manifest);
  await settle(engine, manifest, results);
  await openLastIncrement(engine);
}
async function findManifest(engine) {
  const { host, names } = engine;
  const hasManifest = (await sizeOf(host.disk, names.inAppendDir(names.manifestName))) !== void 0;
  const manifest = hasManifest ? await readManifest(host.disk, names) : void 0;
  const singleBytes = await sizeOf(host.disk, names.singleLog);
  if (singleBytes === void 0) return manifest;
  const isHalfUpgraded =
    manifest !== void 0 &&
    manifest.base?.name === engine.settings.appendfilename &&
    manifest.increments.length === 0 &&
    (await sizeOf(host.disk, names.inAppendDir(engine.settings.appendfilename))) === void 0;
  if (manifest !== void 0 && !isHalfUpgraded) return manifest;
  return upgradeSingleLog(engine);
}
async function upgradeSingleLog(engine) {
  const { host, names, settings, rewriter, log } = engine;
  const judged = await loadIncrement(engine, names.singleLog, new LogApplier(engine), { isAnnotated: false });
  if (judged.torn !== void 0 && !settings.aofLoadTruncated) throw unexpectedEnd(names.singleLog, judged);
  engine.keyspace.clear();
  engine.functions.length = 0;
  engine.stats.loadedKeys = engine.stats.loadedExpiredKeys = 0;
  await makeAppendDir(engine);
  await syncPath(host.disk, names.singleLog);
  const manifest = { ...emptyManifest, base: { name: settings.appendfilename, seq: 1 } };
  await rewriter.store.replace(manifest);
  await host.disk.rename(names.singleLog, names.inAppendDir(settings.appendfilename));
  await syncDirectory(host.disk, names.appendDir);
  await syncDirectory(host.disk, names.dir);
  log(
    'notice',
    `Successfully migrated an old-style AOF file (${settings.appendfilename}) into the AOF directory (${settings.appenddirname}).`,
  );
  return manifest;
}
async function loadLog(engine, manifest) {
  const { host, names, journal, settings, log } = engine;
  const files = manifest.base === void 0 ? manifest.increments : [manifest.base, ...manifest.increments];
  const sizes = [];
  for (const { name } of files) sizes.push(await mustExist(engine, name));
  const loaded2 = [];
  let lastBatch;
  for (const [i, file] of files.entries()) {
    const path = names.inAppendDir(file.name);
    const fileBytes = sizes[i];
    const startedMonoMs = host.clock.monoMs();
    const isBase = file === manifest.base;
    if (isBase && file.name.endsWith('.rdb')) {
      log('notice', 'Reading RDB base file on AOF loading...');
      if (fileBytes === 0)
        throw new LightsoutError('CORRUPT', `the base ${path} is empty, at offset 0; restore it from a copy`);
      await loadRdb(engine, path, { dropExpired: false });
      loaded2.push({ file, fileBytes, result: void 0 });
    } else {
      const result = await loadIncrement(engine, path, new LogApplier(engine), {
        isAnnotated: isAnnotated(manifest),
      });
      if (result.torn !== void 0) {
        const laterBytes = sizes.slice(i + 1).some((size) => size > 0);
        if (laterBytes || (isBase && manifest.increments.length > 0))
          throw new LightsoutError(
            'CORRUPT',
            `the append only file ${path} is damaged: ${result.torn}; it is not the last file of the log, so this is no torn tail`,
          );
        if (!settings.aofLoadTruncated) throw unexpectedEnd(path, result);
      }
      if (lastBatch !== void 0 && result.firstBatch !== void 0 && result.firstBatch !== lastBatch + 1) {
        throw new LightsoutError(
          'CORRUPT',
          `the append only file ${path} begins with batch ${result.firstBatch}, at offset 0, and the file before it ends with batch ${lastBatch}: what stood between them is lost; restore it from a copy`,
        );
      }
      lastBatch = result.lastBatch ?? lastBatch;
      if (lastBatch !== void 0) journal.batches.next = lastBatch + 1;
      loaded2.push({ file, fileBytes, result });
    }
    const seconds3 = (host.clock.monoMs() - startedMonoMs) / 1e3;
    log(
      'notice',
      `DB loaded from ${isBase ? 'base' : 'incr'} file ${file.name}: ${seconds3.toFixed(3)} seconds`,
    );
  }
  return loaded2;
}
function unexpectedEnd(path, { torn, validBytes }) {
  return new LightsoutError(
    'CORRUPT',
    `Unexpected end of file reading the append only file ${path}: ${torn}; valid up to offset ${validBytes}; set aof-load-truncated yes to cut the rest`,
  );
}
async function refuseUnnamedIncrements(engine, manifest) {
  const { host, names, settings } = engine;
  const last = manifest.increments.at(-1)?.seq ?? 0;
  const history = new Set(manifest.history.map(({ name }) => name));
  for (const name of (await namesIn(host.disk, names.appendDir)).sort()) {
    const seq = Number(/\.(\d{1,15})\.incr\.aof$/.exec(name)?.[1] ?? 0);
    const isOurs = name === aofNames.increment(settings.appendfilename, seq);
    if (!isOurs || seq <= last || history.has(name)) continue;
    const path = names.inAppendDir(name);
    if (!(await beginsWithBatch(host.disk, path))) continue;
    throw new LightsoutError(
      'CORRUPT',
      `${path} holds a part of the log, and the manifest ${names.manifestName} does not name it: the manifest has lost lines; restore it from a copy, or move that file away to go on without it`,
    );
  }
}
async function namesIn(disk, path) {
  try {
    return await disk.readdir(path);
  } catch (error) {
    if (isDiskError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}
async function beginsWithBatch(disk, path) {
  const file = await disk.open(path, { read: true });
  try {
    const start = new Uint8Array(batchHeaderBytes);
    let length = 0;
    for (let count2 = 1; count2 > 0 && length < start.length; length += count2) {
      count2 = await file.read(start.subarray(length), length);
    }
    return parseBatchHeader(start, 0) !== void 0;
  } finally {
    await file.close();
  }
}
async function mustExist(engine, name) {
  const path = engine.names.inAppendDir(name);
  const size = await sizeOf(engine.host.disk, path);
  if (size !== void 0) return size;
  throw new LightsoutError(
    'CORRUPT',
    `Unable to obtain the AOF file ${name} length: ${path} does not exist, but the manifest names it; restore it from a copy`,
  );
}
async function settle(engine, manifest, loaded2) {
  const { host, names, log, rewriter } = engine;
  rewriter.earlierBytes = 0;
  for (const { file, fileBytes, result } of loaded2) {
    const path = names.inAppendDir(file.name);
    const open2 = await host.disk.open(path, { read: true, write: true });
    try {
      if (result?.torn !== void 0 && result.validBytes < fileBytes) {
        log('warning', `!!! Warning: short read while loading the AOF file ${file.name}!!! ${result.torn}`);
        log(
          'warning',
          `!!! Truncating the AOF ${file.name} at offset ${result.validBytes} !!! ${fileBytes - result.validBytes} bytes are cut`,
        );
        await open2.truncate(result.validBytes);
        log('warning', `AOF ${file.name} loaded anyway because aof-load-truncated is enabled`);
      }
      await syncFile(open2);
    } finally {
      await open2.close();
    }
    rewriter.earlierBytes += result?.validBytes ?? fileBytes;
    if (file === manifest.base) rewriter.baseBytes = result?.validBytes ?? fileBytes;
  }
  await syncPath(host.disk, names.inAppendDir(names.manifestName));
  await syncDirectory(host.disk, names.appendDir);
  await syncDirectory(host.disk, names.dir);
}
async function openLastIncrement(engine) {
  const { host, names, rewriter, journal } = engine;
  rewriter.numberFrom(await host.disk.readdir(names.appendDir));
  const { current } = rewriter.store;
  const last = current.increments.at(-1);
  if (last !== void 0) {
    const path = names.inAppendDir(last.name);
    const file2 = await host.disk.open(path, { write: true, append: true });
    const { sizeBytes } = await host.disk.stat(path);
    rewriter.earlierBytes -= sizeBytes;
    journal.open(file2, last.name, sizeBytes);
    if (engine.settings.aofChecksum && !isAnnotated(current))
      await rewriter.store.replace(annotated(current));
    return;
  }
  const increment4 = rewriter.nextIncrement();
  const file = await host.disk.open(names.inAppendDir(increment4.name), {
    write: true,
    create: true,
    exclusive: true,
    append: true,
  });
  await syncDirectory(host.disk, names.appendDir);
  const next = { ...current, increments: [increment4] };
  await rewriter.store.replace(engine.settings.aofChecksum ? annotated(next) : next);
  journal.open(file, increment4.name, 0);
}
async function beginLog(engine) {
  const { host, names, rewriter, keyspace, settings, log } = engine;
  if ((await sizeOf(host.disk, names.dump)) !== void 0) {
    await loadRdb(engine, names.dump, { dropExpired: true });
    log('notice', `No append-only file yet: ${settings.dbfilename} becomes its base`);
  }
  await makeAppendDir(engine);
  rewriter.numberFrom(await host.disk.readdir(names.appendDir));
  const request = saveRequest(engine, 'base');
  const base2 = rewriter.nextBase(request.format);
  const image = keyspace.freeze();
  try {
    await saveFile(host.disk, image.open(), request);
  } finally {
    image.release();
  }
  log('notice', `Creating AOF base file ${base2.name} on server start`);
  await host.disk.rename(request.path, names.inAppendDir(base2.name));
  rewriter.baseBytes = rewriter.earlierBytes = (
    await host.disk.stat(names.inAppendDir(base2.name))
  ).sizeBytes;
  rewriter.store.current = { ...emptyManifest, base: base2 };
  await openLastIncrement(engine);
}
async function makeAppendDir(engine) {
  const { host, names } = engine;
  await host.disk.mkdir(names.appendDir).catch((error) => {
    if (!(isDiskError(error) && error.code === 'EEXIST')) throw error;
  });
  await syncDirectory(host.disk, names.dir);
}
async function collectGarbage(engine) {
  const { host, names, rewriter, settings, log } = engine;
  try {
    if (settings.appendonly) await rewriter.store.dropHistory();
    for (const directory of settings.appendonly ? [names.dir, names.appendDir] : [names.dir]) {
      const temporaries = (await host.disk.readdir(directory)).filter((name) => Names.isTemporary(name));
      for (const name of temporaries.sort()) await unlinkIfThere(host.disk, `${directory}/${name}`);
    }
  } catch (error) {
    if (!isDiskError(error)) throw error;
    log('warning', `cannot remove what earlier runs left in ${names.dir}: ${messageOf(error)}`);
  }
}
var init_recovery = __esm({
  'src/engine/recovery.ts'() {
    'use strict';
    init_errors2();
    init_batch();
    init_aof();
    init_names2();
    init_read_manifest();
    init_io();
    init_manifest_store();
    init_load_file();
    init_log_applier();
    init_save_file();
  },
});

// src/engine/forked-save.ts
var ForkedSave;
var init_forked_save = __esm({
  'src/engine/forked-save.ts'() {
    'use strict';
    init_save_file();
    ForkedSave = class {
      pid;
      /** Settles when the child has ended; never rejects. */
      ended;
      startedMonoMs;
      #child;
      #image;
      /** Bytes copied for the image's sake, once it has ended. */
      copiedBytes = 0;
      /** It was told to end: that is no failure. */
      wasKilled = false;
      /** Freezes the keyspace as it is now and starts the child. @throws ForkError; nothing is left behind */
      constructor(engine, request) {
        const { clock, process: process2 } = engine.host;
        this.startedMonoMs = clock.monoMs();
        this.#image = engine.keyspace.freeze();
        try {
          this.#child = process2.fork(this.#image, 'save', requestAsJson(request));
        } catch (error) {
          this.#image.release();
          throw error;
        }
        this.pid = this.#child.pid;
        engine.stats.forks++;
        engine.stats.latestForkMicros = Math.round((clock.monoMs() - this.startedMonoMs) * 1e3);
        this.ended = new Promise((resolve) => {
          this.#child.onExit((status2) => {
            this.copiedBytes = engine.keyspace.memory().copiedBytes;
            this.#image.release();
            resolve(status2);
          });
        });
      }
      kill() {
        this.wasKilled = true;
        this.#child.kill('SIGKILL');
      }
    };
  },
});

// src/engine/rewrite.ts
var patience, minuteMs, Rewriter, RewriteFailure;
var init_rewrite2 = __esm({
  'src/engine/rewrite.ts'() {
    'use strict';
    init_aof();
    init_errors2();
    init_forked_save();
    init_io();
    init_manifest_store();
    init_read_manifest();
    init_save_file();
    patience = 3;
    minuteMs = 6e4;
    Rewriter = class {
      store;
      lastStatusOk = true;
      lastDurationSeconds = -1;
      lastCopiedBytes = 0;
      consecutiveFailures = 0;
      /** BGREWRITEAOF waits for another child to end. */
      isScheduled = false;
      /** Bytes of the log after the last rewrite or at the start, for auto-aof-rewrite-percentage. */
      baseBytes = 0;
      /** Bytes of the files before the current increment. */
      earlierBytes = 0;
      #engine;
      #child;
      #isRunning = false;
      /** The log was turned off or the server shuts down: what runs must end. */
      #isCancelled = false;
      #startedMonoMs = 0;
      #notBeforeMonoMs = 0;
      #finished = Promise.resolve();
      #nextBase = 1;
      #nextIncrement = 1;
      constructor(engine) {
        this.#engine = engine;
        this.store = new ManifestStore(engine.host.disk, engine.names);
      }
      get hasChild() {
        return this.#child !== void 0;
      }
      /** From the call until the history is gone. */
      get isRunning() {
        return this.#isRunning;
      }
      /** Seconds that a rewrite has run; -1 without one. */
      get runningSeconds() {
        return this.#isRunning
          ? Math.floor((this.#engine.host.clock.monoMs() - this.#startedMonoMs) / 1e3)
          : -1;
      }
      /** Bytes of the whole log. */
      get logBytes() {
        return this.earlierBytes + this.#engine.journal.sizeBytes;
      }
      /** Numbers that no file has: beyond the manifest's and whatever lies in the directory. */
      numberFrom(directoryNames) {
        const { base: base2, history, increments } = this.store.current;
        if (base2 !== void 0) this.#nextBase = Math.max(this.#nextBase, base2.seq + 1);
        for (const { seq } of increments) this.#nextIncrement = Math.max(this.#nextIncrement, seq + 1);
        for (const name of [...directoryNames, ...history.map((file) => file.name)]) {
          const match = /\.(\d{1,15})\.(base|incr)\.(rdb|aof)$/.exec(name);
          if (match === null) continue;
          const next = Number(match[1]) + 1;
          if (match[2] === 'base') this.#nextBase = Math.max(this.#nextBase, next);
          else this.#nextIncrement = Math.max(this.#nextIncrement, next);
        }
      }
      /** The name of a new base. */
      nextBase(format2) {
        const seq = this.#nextBase++;
        return {
          name: aofNames.base(this.#engine.settings.appendfilename, seq, format2 === 'rdb' ? 'rdb' : 'aof'),
          seq,
        };
      }
      /** The name of a new increment. */
      nextIncrement() {
        const seq = this.#nextIncrement++;
        return { name: aofNames.increment(this.#engine.settings.appendfilename, seq), seq };
      }
      /** BGREWRITEAOF. Goes on in the background; how it ended stands in `lastStatusOk`. */
      start() {
        this.isScheduled = false;
        this.#run(() => this.#rewrite());
      }
      /** CONFIG SET appendonly yes. The log is on when the first base is durable; until then the old promise holds. */
      enable() {
        const { settings, journal } = this.#engine;
        settings.appendonly = true;
        if (journal.isOpen || this.#isRunning) return;
        this.#run(() => this.#enable());
      }
      /** CONFIG SET appendonly no. What is logged is still written and synced; the files stay. */
      disable() {
        this.#engine.settings.appendonly = false;
        this.isScheduled = false;
        this.#disable().catch((error) => this.#engine.crash(error));
      }
      async #disable() {
        const { settings, journal, log } = this.#engine;
        await this.cancel();
        await journal.drain().catch((error) => {
          if (!isDiskError(error)) throw error;
          log('warning', `the append-only file is turned off, and its end is not synced: ${error.message}`);
        });
        if (!settings.appendonly && journal.isOpen) journal.stop();
      }
      /** Ends what runs and waits until nothing of it is left. */
      async cancel() {
        if (!this.#isRunning) return;
        this.#isCancelled = true;
        this.#child?.kill();
        await this.#finished;
      }
      #run(work) {
        const engine = this.#engine;
        this.#isRunning = true;
        this.#isCancelled = false;
        this.#startedMonoMs = engine.host.clock.monoMs();
        this.#finished = work().then(
          () => {
            this.#isRunning = false;
            this.lastStatusOk = true;
            this.consecutiveFailures = 0;
            this.lastDurationSeconds = Math.floor((engine.host.clock.monoMs() - this.#startedMonoMs) / 1e3);
            engine.stats.aofRewrites++;
            engine.log('notice', 'Background AOF rewrite finished successfully');
          },
          (error) => {
            this.#isRunning = false;
            this.#child = void 0;
            if (!isDiskError(error) && !(error instanceof RewriteFailure)) engine.crash(error);
            else this.#failed(error);
          },
        );
      }
      #failed(error) {
        const engine = this.#engine;
        if (error instanceof RewriteFailure && error.wasCancelled) return;
        this.lastStatusOk = false;
        this.consecutiveFailures++;
        engine.log('warning', `Background AOF rewrite terminated with error: ${error.message}`);
        if (this.consecutiveFailures < patience) return;
        const waitMs = Math.min(60, 1 << Math.min(6, this.consecutiveFailures - patience)) * minuteMs;
        this.#notBeforeMonoMs = engine.host.clock.monoMs() + waitMs;
        engine.log(
          'warning',
          `Background AOF rewrite has repeatedly failed and triggered the limit, will retry in ${waitMs / minuteMs} minutes`,
        );
      }
      async #rewrite() {
        const { host, journal, names } = this.#engine;
        const { store: store4 } = this;
        if (!store4.isSettled) await store4.settle();
        if (!journal.isOpen) {
          await this.#rewriteWithoutLog();
          return;
        }
        if (!journal.isBroken) await journal.drain();
        const increment4 = this.nextIncrement();
        const file = await this.#createIncrement(increment4);
        const before2 = store4.current;
        try {
          await syncDirectory(host.disk, names.appendDir);
          await store4.replace({ ...before2, increments: [...before2.increments, increment4] });
        } catch (error) {
          await file.close();
          if (store4.current === before2) await unlinkIfThere(host.disk, names.inAppendDir(increment4.name));
          throw error;
        }
        if (this.#isCancelled || !journal.isOpen) {
          await file.close();
          throw new RewriteFailure('cancelled', true);
        }
        const request = saveRequest(this.#engine, 'base');
        this.earlierBytes += journal.sizeBytes;
        journal.switchTo(file, increment4.name);
        const child = this.#fork(request);
        await this.#adopt(await child, request, increment4);
      }
      /** Makes the file of a new increment. */
      #createIncrement(increment4) {
        const { host, names, log } = this.#engine;
        log('notice', `Creating AOF incr file ${increment4.name} on background rewrite`);
        return host.disk.open(names.inAppendDir(increment4.name), {
          write: true,
          create: true,
          exclusive: true,
          append: true,
        });
      }
      /** Forks, synchronously, and resolves when the child has ended well. */
      async #fork(request) {
        const engine = this.#engine;
        let child;
        try {
          child = new ForkedSave(engine, request);
        } catch (error) {
          throw new RewriteFailure(`fork: ${messageOf(error)}`, false);
        }
        engine.log('notice', `Background append only file rewriting started by pid ${child.pid}`);
        this.#child = child;
        const status2 = await child.ended;
        this.#child = void 0;
        this.lastCopiedBytes = child.copiedBytes;
        if (status2.code === 0 && !this.#isCancelled) return child;
        await unlinkIfThere(engine.host.disk, request.path);
        const how =
          status2.signal === null
            ? `the child ended with code ${status2.code}`
            : `the child was ended by ${status2.signal}`;
        throw new RewriteFailure(how, this.#isCancelled);
      }
      /** Steps f to h: the child's file becomes the base, `increment` the only increment after it. */
      async #adopt(child, request, increment4) {
        const engine = this.#engine;
        const { host, journal, names, settings } = engine;
        const { store: store4 } = this;
        engine.log('notice', 'Background AOF rewrite terminated with success');
        const base2 = this.nextBase(request.format);
        const basePath = names.inAppendDir(base2.name);
        let baseBytes;
        try {
          baseBytes = (await host.disk.stat(request.path)).sizeBytes;
          await host.disk.rename(request.path, basePath);
          await syncDirectory(host.disk, names.appendDir);
        } catch (error) {
          await unlinkIfThere(host.disk, request.path);
          await unlinkIfThere(host.disk, basePath);
          throw error;
        }
        const before2 = store4.current;
        const superseded = [
          ...(before2.base === void 0 ? [] : [before2.base]),
          ...before2.increments.filter(({ name }) => name !== increment4?.name),
        ];
        const next = {
          ...before2,
          base: base2,
          history: [...before2.history, ...superseded],
          increments: increment4 === void 0 ? [] : [increment4],
        };
        const after = settings.aofChecksum ? annotated(next) : next;
        try {
          await store4.replace(after);
        } catch (error) {
          if (store4.current === before2) await unlinkIfThere(host.disk, basePath);
          throw error;
        }
        engine.log(
          'notice',
          `Successfully renamed the temporary AOF base file ${request.path} into ${base2.name}`,
        );
        this.baseBytes = this.earlierBytes = baseBytes;
        journal.forsakeDraining();
        if (journal.isHeld) journal.unhold();
        await store4.dropHistory().catch((error) => {
          if (!isDiskError(error)) throw error;
          engine.log('warning', `history files stay until the next rewrite or start: ${error.message}`);
        });
      }
      /** BGREWRITEAOF with the log off: a base and a manifest, no increment. */
      async #rewriteWithoutLog() {
        await this.#prepareDirectory();
        if (this.#isCancelled) throw new RewriteFailure('cancelled', true);
        const request = saveRequest(this.#engine, 'base');
        await this.#adopt(await this.#fork(request), request, void 0);
      }
      async #enable() {
        const { host, journal, names } = this.#engine;
        await this.#prepareDirectory();
        const increment4 = this.nextIncrement();
        const file = await this.#createIncrement(increment4);
        if (this.#isCancelled) {
          await file.close();
          await unlinkIfThere(host.disk, names.inAppendDir(increment4.name));
          throw new RewriteFailure('cancelled', true);
        }
        journal.openHeld(file, increment4.name);
        try {
          const request = saveRequest(this.#engine, 'base');
          await this.#adopt(await this.#fork(request), request, increment4);
        } catch (error) {
          if (journal.isHeld) {
            journal.stop();
            const mayBeLive = this.store.current.increments.includes(increment4);
            if (!mayBeLive) await unlinkIfThere(host.disk, names.inAppendDir(increment4.name));
          }
          throw error;
        }
      }
      /** The directory of the log, durable, with what an earlier log left in it as history to come. */
      async #prepareDirectory() {
        const { host, names, settings } = this.#engine;
        await host.disk.mkdir(names.appendDir).catch((error) => {
          if (!(isDiskError(error) && error.code === 'EEXIST')) throw error;
        });
        await syncDirectory(host.disk, names.dir);
        if ((await sizeOf(host.disk, names.inAppendDir(names.manifestName))) !== void 0) {
          try {
            this.store.current = await readManifest(host.disk, names);
          } catch (error) {
            if (error instanceof LightsoutError) throw new RewriteFailure(error.message, false);
            throw error;
          }
        }
        this.numberFrom(await host.disk.readdir(`${settings.dir}/${settings.appenddirname}`));
      }
      /** By the cron: scheduled and automatic rewrites, and `appendonly yes` where it failed or came in the way of another run. */
      tick() {
        const { settings, journal, snapshots, host, log } = this.#engine;
        if (this.#isRunning || snapshots.hasChild) return;
        if (this.isScheduled) {
          this.start();
          return;
        }
        if (!settings.appendonly || host.clock.monoMs() < this.#notBeforeMonoMs) return;
        if (journal.isBroken) {
          this.start();
          return;
        }
        if (!journal.isOpen) {
          this.enable();
          return;
        }
        const { autoAofRewritePercentage: percentage, autoAofRewriteMinSizeBytes: minimum } = settings;
        if (percentage === 0 || this.logBytes <= minimum) return;
        const growth = Math.floor((this.logBytes * 100) / Math.max(1, this.baseBytes)) - 100;
        if (growth < percentage) return;
        log('notice', `Starting automatic rewriting of AOF on ${growth}% growth`);
        this.start();
      }
    };
    RewriteFailure = class extends Error {
      wasCancelled;
      constructor(message, wasCancelled) {
        super(message);
        this.name = 'RewriteFailure';
        this.wasCancelled = wasCancelled;
      }
    };
  },
});

// src/engine/transaction.ts
var Transaction;
var init_transaction = __esm({
  'src/engine/transaction.ts'() {
    'use strict';
    Transaction = class {
      isOpen = false;
      /** A command could not be queued: EXEC fails. */
      isSpoilt = false;
      /** A watched key was changed: EXEC answers nil. */
      isStale = false;
      queue = [];
      watched = [];
      /** Ends MULTI. Watched keys are the engine's to forget. */
      close() {
        this.isOpen = false;
        this.isSpoilt = false;
        this.queue = [];
      }
    };
  },
});

// src/engine/session.ts
var keptBytes2, Session;
var init_session = __esm({
  'src/engine/session.ts'() {
    'use strict';
    init_writer();
    init_resp();
    init_transaction();
    keptBytes2 = 64 * 1024;
    Session = class {
      id;
      transaction = new Transaction();
      reply;
      name = '';
      libraryName = '';
      libraryVersion = '';
      /** The peer's address as CLIENT LIST shows it. */
      address;
      dbIndex = 0;
      createdAtMs;
      lastCommandAtMs;
      lastCommand = '';
      /** CLIENT REPLY: 'skip' leaves out the reply of the next command. */
      replies = 'on';
      #engine;
      #transport;
      #parser;
      #argv = new Argv();
      #output = new ByteWriter(512);
      /** A command of this session has not answered yet: later ones wait. */
      #suspended = false;
      #closed = false;
      /** It ends when its replies have left: nothing more is executed, however long they wait at the gate. */
      #ending = false;
      constructor(engine, transport, id2, address) {
        this.#engine = engine;
        this.#transport = transport;
        this.id = id2;
        this.address = address;
        this.createdAtMs = this.lastCommandAtMs = engine.host.clock.wallMs();
        this.#parser = new RequestParser('client', { maxBulkBytes: engine.settings.protoMaxBulkLenBytes });
        this.reply = new ReplyWriter(this.#output);
      }
      get isClosed() {
        return this.#closed;
      }
      /** Takes bytes from the peer, split anywhere, and executes what is complete. */
      feed(bytes) {
        if (this.#closed || this.#ending) return;
        this.#parser.push(bytes);
        this.#pump();
      }
      /** The peer is gone: nothing more is executed or sent. */
      end() {
        if (this.#closed) return;
        this.#closed = true;
        this.#engine.forget(this);
      }
      /** Sends what has been answered, as soon as the gate allows, then ends the connection. */
      closeAfterReplies() {
        this.#leave(true);
      }
      get #mayExecute() {
        return !this.#suspended && !this.#closed && !this.#ending;
      }
      #pump() {
        const engine = this.#engine;
        engine.beginTurn();
        try {
          while (this.#mayExecute && this.#parser.next(this.#argv) === 'command') {
            const pending = engine.execute(this, this.#argv);
            if (pending !== void 0) this.#suspend(pending);
          }
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          this.reply.error(`ERR ${error.message}`);
          this.#leave(true);
          return;
        }
        this.#leave(false);
      }
      /** Stops executing this session's commands until `pending` has written its reply. */
      #suspend(pending) {
        this.#suspended = true;
        this.#leave(false);
        pending.then(
          () => {
            this.#suspended = false;
            if (!this.#closed) this.#pump();
          },
          (error) => this.#engine.crash(error),
        );
      }
      /** Hands what was written so far to the gate. */
      #leave(close2) {
        const output = this.#output;
        if (close2) this.#ending = true;
        if (this.#closed || (output.length === 0 && !close2)) return;
        const bytes = this.#takeOutput();
        this.#engine.gated(() => {
          if (this.#closed) return;
          if (bytes.length > 0) this.#transport.send(bytes);
          if (close2) {
            this.end();
            this.#transport.close();
          }
        });
      }
      /** Empties the output. A large one is handed over as it stands: neither copied, nor its room kept for the session's life. */
      #takeOutput() {
        const output = this.#output;
        if (output.buffer.length <= keptBytes2) {
          const bytes2 = output.copy();
          output.clear();
          return bytes2;
        }
        const bytes = output.view();
        output.buffer = new Uint8Array(512);
        output.clear();
        return bytes;
      }
      /** Takes back the reply of the command that began at `mark`, for CLIENT REPLY OFF and SKIP. */
      eraseReply(mark) {
        this.#output.length = Math.min(this.#output.length, mark);
      }
      get replyMark() {
        return this.#output.length;
      }
    };
  },
});

// src/engine/shutdown.ts
async function shutdown2(engine, how) {
  const force = how.startsWith('force');
  const saving = how.endsWith('nosave') ? false : how.endsWith('save') || engine.settings.save.length > 0;
  if (engine.isShuttingDown) throw new LightsoutError('SHUTDOWN', 'the server is shutting down already');
  if (engine.settings.appendonly && (engine.journal.isHeld || !engine.journal.isOpen) && !force) {
    engine.log('warning', "Writing initial AOF, can't exit.");
    throw new LightsoutError(
      'SHUTDOWN',
      'the first append-only file is not written yet; wait for it, or use FORCE',
    );
  }
  engine.isShuttingDown = true;
  try {
    engine.log('notice', 'User requested shutdown...');
    await engine.snapshots.cancel();
    await engine.rewriter.cancel();
    await attempt2(engine, force, 'the append-only file cannot be synced', () => engine.journal.drain());
    if (saving) {
      engine.log('notice', 'Saving the final RDB snapshot before exiting.');
      await attempt2(engine, force, 'the snapshot cannot be saved', async () => {
        await engine.snapshots.cancel();
        await engine.snapshots.save();
      });
    }
    engine.log('notice', 'Redis is now ready to exit, bye bye...');
    await engine.stop();
  } catch (error) {
    engine.isShuttingDown = false;
    throw error;
  }
}
async function attempt2(engine, force, what, work) {
  try {
    await work();
  } catch (error) {
    const message = `${what}: ${messageOf(error)}`;
    engine.log('warning', message);
    if (!force) throw new LightsoutError('SHUTDOWN', message, { cause: error });
  }
}
var init_shutdown2 = __esm({
  'src/engine/shutdown.ts'() {
    'use strict';
    init_errors2();
    init_io();
  },
});

// src/engine/snapshot.ts
var retryAfterMs, Snapshotter;
var init_snapshot = __esm({
  'src/engine/snapshot.ts'() {
    'use strict';
    init_forked_save();
    init_io();
    init_save_file();
    retryAfterMs = 5e3;
    Snapshotter = class {
      lastStatusOk = true;
      /** Unix seconds of the last success; the start of the server before any. */
      lastSaveSeconds;
      /** -1 before any. */
      lastDurationSeconds = -1;
      lastCopiedBytes = 0;
      /** BGSAVE waits for another child to end. */
      isScheduled = false;
      #engine;
      #child;
      /** A save is under way, in a child or in the foreground. */
      #isSaving = false;
      #lastSaveMonoMs;
      #lastTryMonoMs = 0;
      #finished = Promise.resolve();
      constructor(engine) {
        this.#engine = engine;
        this.lastSaveSeconds = Math.floor(engine.startedAtMs / 1e3);
        this.#lastSaveMonoMs = engine.host.clock.monoMs();
      }
      get hasChild() {
        return this.#child !== void 0;
      }
      get isSaving() {
        return this.#isSaving;
      }
      /** Seconds that the child has run; -1 without one. */
      get childSeconds() {
        return this.#child === void 0
          ? -1
          : Math.floor((this.#engine.host.clock.monoMs() - this.#child.startedMonoMs) / 1e3);
      }
      /** BGSAVE. @throws ForkError; the save counts as failed */
      startBackground() {
        const engine = this.#engine;
        const request = saveRequest(engine, 'rdb');
        const dirtyAtFork = engine.dirty;
        this.#lastTryMonoMs = engine.host.clock.monoMs();
        this.isScheduled = false;
        let child;
        try {
          child = new ForkedSave(engine, request);
        } catch (error) {
          this.lastStatusOk = false;
          throw error;
        }
        engine.log('notice', `Background saving started by pid ${child.pid}`);
        this.#child = child;
        this.#isSaving = true;
        this.#finished = this.#finishBackground(child, request, dirtyAtFork).catch((error) =>
          engine.crash(error),
        );
      }
      async #finishBackground(child, request, dirtyAtFork) {
        const engine = this.#engine;
        const status2 = await child.ended;
        this.#child = void 0;
        this.lastCopiedBytes = child.copiedBytes;
        if (status2.code === 0 && !child.wasKilled) {
          engine.log('notice', 'Background saving terminated with success');
          await this.#publish(request, dirtyAtFork, child.startedMonoMs).catch((error) => {
            engine.log('warning', `Background saving error: ${messageOf(error)}`);
          });
        } else {
          if (status2.signal === null) engine.log('warning', 'Background saving error');
          else engine.log('warning', `Background saving terminated by signal ${status2.signal}`);
          if (!child.wasKilled) this.lastStatusOk = false;
          await this.#removeTemporary(request.path);
        }
        this.#isSaving = false;
      }
      /** SAVE: as BGSAVE without a child. @throws DiskError; the save counts as failed */
      save() {
        const saved = this.#saveHere();
        this.#finished = saved.catch(() => void 0);
        return saved;
      }
      async #saveHere() {
        const engine = this.#engine;
        const request = saveRequest(engine, 'rdb');
        const dirtyAtFork = engine.dirty;
        const startedMonoMs = engine.host.clock.monoMs();
        const image = engine.keyspace.freeze();
        this.#isSaving = true;
        this.isScheduled = false;
        this.#lastTryMonoMs = startedMonoMs;
        try {
          await saveFile(engine.host.disk, image.open(), request);
          await this.#publish(request, dirtyAtFork, startedMonoMs);
          engine.log('notice', 'DB saved on disk');
        } catch (error) {
          this.lastStatusOk = false;
          engine.log('warning', `Write error saving DB on disk: ${messageOf(error)}`);
          throw error;
        } finally {
          image.release();
          this.#isSaving = false;
        }
      }
      /** Gives a finished temporary its live name, durably, and counts it as a success. */
      async #publish(request, dirtyAtFork, startedMonoMs) {
        const engine = this.#engine;
        const { clock, disk } = engine.host;
        try {
          await disk.rename(request.path, engine.names.dump);
          await syncDirectory(disk, engine.names.dir);
        } catch (error) {
          this.lastStatusOk = false;
          await this.#removeTemporary(request.path);
          throw error;
        }
        this.lastStatusOk = true;
        this.lastSaveSeconds = Math.floor(clock.wallMs() / 1e3);
        this.#lastSaveMonoMs = clock.monoMs();
        this.lastDurationSeconds = Math.floor((clock.monoMs() - startedMonoMs) / 1e3);
        engine.dirty -= dirtyAtFork;
        engine.stats.rdbSaves++;
      }
      async #removeTemporary(path) {
        await unlinkIfThere(this.#engine.host.disk, path).catch((error) => {
          this.#engine.log('warning', `cannot remove ${path}: ${messageOf(error)}`);
        });
      }
      /** FLUSHALL: a snapshot of what is gone is worth nothing, and the one on the disk is to be replaced soon. */
      everythingFlushed() {
        this.#child?.kill();
        if (this.#engine.settings.save.length > 0) this.isScheduled = true;
      }
      /** Ends a running child and waits until nothing of it, nor of a save in the foreground, is left. */
      async cancel() {
        this.#child?.kill();
        this.isScheduled = false;
        await this.#finished;
      }
      /** Save points and scheduled saves, by the cron. */
      tick() {
        const engine = this.#engine;
        if (this.#isSaving || engine.rewriter.hasChild) return;
        const now = engine.host.clock.monoMs();
        const mayRetry = this.lastStatusOk || now - this.#lastTryMonoMs > retryAfterMs;
        if (!mayRetry) return;
        const due = engine.settings.save.find(
          ({ seconds: seconds3, changes }) =>
            engine.dirty >= changes && now - this.#lastSaveMonoMs > seconds3 * 1e3,
        );
        if (due === void 0 && !this.isScheduled) return;
        if (due !== void 0)
          engine.log('notice', `${due.changes} changes in ${due.seconds} seconds. Saving...`);
        try {
          this.startBackground();
        } catch (error) {
          engine.log('warning', `Can't save in background: fork: ${messageOf(error)}`);
        }
      }
    };
  },
});

// src/engine/tuning.ts
var productionTuning;
var init_tuning2 = __esm({
  'src/engine/tuning.ts'() {
    'use strict';
    productionTuning = {
      pageBytes: 4096,
      firstChunkBytes: 16 * 1024,
      maxChunkBytes: 4 * 1024 * 1024,
      segmentEntries: 1024,
      saveSliceBytes: 1024 * 1024,
      loadSliceBytes: 1024 * 1024,
      writeBytes: 8 * 1024 * 1024,
      retryFirstMs: 100,
      retryMaxMs: 6e4,
      switchBufferBytes: 64 * 1024 * 1024,
      expirePages: 200,
    };
  },
});

// src/engine/watch.ts
function nameOf(dbIndex, key) {
  return `${dbIndex}:${latin1Text(key)}`;
}
var Watchers;
var init_watch = __esm({
  'src/engine/watch.ts'() {
    'use strict';
    init_bytes();
    Watchers = class {
      #byKey = /* @__PURE__ */ new Map();
      add(session, dbIndex, key, expired) {
        const name = nameOf(dbIndex, key);
        let sessions = this.#byKey.get(name);
        if (sessions === void 0) this.#byKey.set(name, (sessions = /* @__PURE__ */ new Set()));
        if (sessions.has(session)) return;
        sessions.add(session);
        session.transaction.watched.push({ dbIndex, key: key.slice(), expired });
      }
      /** UNWATCH: the session forgets its keys and that any had changed. */
      clear(session) {
        for (const { dbIndex, key } of session.transaction.watched) {
          const name = nameOf(dbIndex, key);
          const sessions = this.#byKey.get(name);
          sessions?.delete(session);
          if (sessions?.size === 0) this.#byKey.delete(name);
        }
        session.transaction.watched = [];
        session.transaction.isStale = false;
      }
      touch(dbIndex, key) {
        if (this.#byKey.size === 0) return;
        const sessions = this.#byKey.get(nameOf(dbIndex, key));
        if (sessions !== void 0) for (const session of sessions) session.transaction.isStale = true;
      }
      /** Every key of one database, or of all. */
      touchAll(dbIndex) {
        for (const [name, sessions] of this.#byKey) {
          if (dbIndex !== void 0 && !name.startsWith(`${dbIndex}:`)) continue;
          for (const session of sessions) session.transaction.isStale = true;
        }
      }
    };
  },
});

// src/engine/randomness.ts
var Randomness;
var init_randomness = __esm({
  'src/engine/randomness.ts'() {
    'use strict';
    Randomness = class {
      #x;
      #y;
      #z;
      #w;
      constructor(process2) {
        const seed = process2.entropy(16);
        const word = (at) => seed[at] | (seed[at + 1] << 8) | (seed[at + 2] << 16) | (seed[at + 3] << 24);
        this.#x = word(0) | 1;
        this.#y = word(4);
        this.#z = word(8);
        this.#w = word(12);
      }
      /** Uniform in [0, 1), 32 bits of it. */
      draw() {
        let t = this.#x ^ (this.#x << 11);
        t ^= t >>> 8;
        this.#x = this.#y;
        this.#y = this.#z;
        this.#z = this.#w;
        this.#w = (this.#w ^ (this.#w >>> 19) ^ t) | 0;
        return (this.#w >>> 0) / 4294967296;
      }
    };
  },
});

// src/engine/new-keyspace.ts
function newKeyspace(process2, databases, tuning) {
  const seed = process2.entropy(4);
  const hashSeed = (seed[0] | (seed[1] << 8) | (seed[2] << 16) | (seed[3] << 24)) >>> 0;
  const { pageBytes, firstChunkBytes, maxChunkBytes, segmentEntries } = tuning;
  return createKeyspace({
    databases,
    hashSeed,
    tuning: { pageBytes, firstChunkBytes, maxChunkBytes, segmentEntries },
  });
}
var init_new_keyspace = __esm({
  'src/engine/new-keyspace.ts'() {
    'use strict';
    init_data();
  },
});

// src/engine/engine.ts
function runsAtOnce(command) {
  return (
    command.name === 'exec' ||
    command.name === 'discard' ||
    command.name === 'multi' ||
    command.name === 'watch' ||
    command.name === 'quit' ||
    command.name === 'reset'
  );
}
function unknownCommand(argv) {
  let args = '';
  for (let i = 1; i < argv.count && args.length < 128; i++) args += `'${argv.text(i).slice(0, 128)}' `;
  return `ERR unknown command '${argv.text(0).slice(0, 128)}', with args beginning with: ${args}`.trimEnd();
}
var rdbMisconf, writers, Engine;
var init_engine = __esm({
  'src/engine/engine.ts'() {
    'use strict';
    init_commands();
    init_errors2();
    init_writer();
    init_resp();
    init_admin();
    init_active_expiry();
    init_cron();
    init_execution();
    init_gate();
    init_io();
    init_journal();
    init_recovery();
    init_rewrite2();
    init_session();
    init_shutdown2();
    init_snapshot();
    init_stats();
    init_tuning2();
    init_watch();
    init_randomness();
    init_new_keyspace();
    init_names2();
    rdbMisconf =
      "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.";
    writers = new Set(
      [...keyspaceCommands.values(), ...adminCommands.values()].filter(({ flags: flags3 }) =>
        flags3.includes('write'),
      ),
    );
    Engine = class _Engine {
      host;
      settings;
      tuning;
      log;
      names;
      keyspace;
      execution;
      journal;
      snapshots;
      rewriter;
      watchers = new Watchers();
      stats = newStats();
      sessions = /* @__PURE__ */ new Map();
      randomness;
      startedAtMs;
      /** Sources of function libraries that were loaded: kept and written back, not run. */
      functions = [];
      /** Changes since the last durable snapshot. */
      dirty = 0;
      isShuttingDown = false;
      #gate = new Gate();
      #cron;
      #lock;
      #onCrash;
      #nextSessionId = 1;
      #isStopped = false;
      constructor(host, lock, settings, options) {
        this.host = host;
        this.#lock = lock;
        this.settings = settings;
        this.tuning = { ...productionTuning, ...options.tuning };
        this.log = options.log ?? (() => void 0);
        this.#onCrash = options.onCrash;
        this.startedAtMs = host.clock.wallMs();
        this.randomness = new Randomness(host.process);
        this.names = new Names(settings, host.process);
        this.keyspace = newKeyspace(host.process, settings.databases, this.tuning);
        this.execution = new Execution(
          this.keyspace,
          new ReplyWriter(new ByteWriter(64)),
          () => this.randomness.draw(),
          (dbIndex, key, changes) => {
            this.dirty += changes;
            if (key === void 0) {
              this.watchers.touchAll(dbIndex);
              if (dbIndex === void 0 && !this.execution.replaying) this.snapshots.everythingFlushed();
            } else {
              this.watchers.touch(dbIndex, key);
            }
          },
        );
        this.journal = new Journal(host.clock, settings, this.tuning, {
          released: () => this.#gate.open(this.journal.released),
          trouble: (error) => this.#onJournalTrouble(error),
        });
        this.snapshots = new Snapshotter(this);
        this.rewriter = new Rewriter(this);
        this.#cron = new Cron(this, new ActiveExpiry(this));
      }
      /**
       * Takes the directory's lock, recovers what is there and serves.
       *
       * @throws LightsoutError LOCKED where another process owns the directory, CORRUPT where a file is damaged (nothing was
       * changed then), CONFIG, IO
       */
      static async open(host, settings, options = {}) {
        const lock = await host.disk.lock(settings.dir).catch((error) => {
          throw new LightsoutError(
            'CONFIG',
            `cannot use dir '${settings.dir}': ${messageOf(error)}; make it, or name another with --dir`,
            { cause: error },
          );
        });
        if (lock === void 0) {
          throw new LightsoutError(
            'LOCKED',
            `another server is running on '${settings.dir}'; stop it or give this one a directory of its own (--dir)`,
          );
        }
        const engine = new _Engine(host, lock, settings, options);
        try {
          await recover(engine);
        } catch (error) {
          await lock.release();
          if (isDiskError(error))
            throw new LightsoutError('IO', `recovery: ${error.message}`, { cause: error });
          throw error;
        }
        engine.#cron.start();
        host.process.onSignal((signal) => engine.#onSignal(signal));
        return engine;
      }
      /** Begins a session with a client. `address` is for CLIENT LIST. */
      connect(transport, address = '') {
        const session = new Session(this, transport, this.#nextSessionId++, address);
        this.sessions.set(session.id, session);
        this.stats.connections++;
        return session;
      }
      forget(session) {
        this.watchers.clear(session);
        this.sessions.delete(session.id);
      }
      /** Time stands still during a turn: what arrived together is executed at one moment. */
      beginTurn() {
        this.execution.nowMs = this.host.clock.wallMs();
      }
      /** Runs `leave` as soon as everything executed by now may be acknowledged: at once, or when the gate opens. */
      gated(leave) {
        const position2 = this.journal.appended;
        if (this.#gate.isEmpty && position2 <= this.journal.released) leave();
        else this.#gate.wait(position2, leave);
      }
      /**
       * Executes one command of a session and writes its reply to the session.
       *
       * @returns a promise where the reply will be written later; the session waits for it
       */
      execute(session, argv) {
        this.stats.commands++;
        session.lastCommandAtMs = this.execution.nowMs;
        const mark = session.replyMark;
        const command = lookup(argv) ?? adminCommands.get(argv.lowerText(0));
        let pending;
        if (command === void 0) {
          this.#refuse(session, unknownCommand(argv));
        } else {
          session.lastCommand = command.name;
          const refusal = this.#refusal(session, command, argv);
          if (refusal !== void 0) this.#refuse(session, refusal);
          else if (session.transaction.isOpen && !runsAtOnce(command)) {
            session.transaction.queue.push({ command, argv: argv.clone() });
            session.reply.simple('QUEUED');
          } else {
            pending = this.perform(session, command, argv, false);
            if (!this.execution.unit.isEmpty) this.journal.append(this.execution.unit);
          }
        }
        if (session.replies === 'on') return pending;
        if (pending !== void 0) return pending.then(() => this.#silence(session, 0));
        this.#silence(session, mark);
        return void 0;
      }
      /** Runs a command that nothing speaks against. Its effects stay in the unit: the caller logs them. */
      perform(session, command, argv, inExec) {
        if ('run' in command) {
          this.execution.run(command, argv, session.dbIndex, session.reply);
          return void 0;
        }
        const done = command.administer({
          engine: this,
          session,
          argv,
          reply: session.reply,
          nowMs: this.execution.nowMs,
          inExec,
        });
        return done instanceof Promise ? done : void 0;
      }
      /** Why a command must not be run now, as an error reply. */
      #refusal(session, command, argv) {
        const { arity } = command;
        if (arity >= 0 ? argv.count !== arity : argv.count < -arity)
          return `ERR wrong number of arguments for '${command.name}' command`;
        if (session.transaction.isOpen && command.flags.includes('no_multi'))
          return 'ERR Command not allowed inside a transaction';
        if (!writers.has(command)) return void 0;
        return this.isShuttingDown ? 'ERR The server is shutting down' : this.writeRefusal();
      }
      /** Why nothing may be written now. */
      writeRefusal() {
        const why = this.journal.refusal;
        if (why !== void 0) return `MISCONF Errors writing to the AOF file: ${why}`;
        const { settings } = this;
        if (settings.stopWritesOnBgsaveError && settings.save.length > 0 && !this.snapshots.lastStatusOk)
          return rdbMisconf;
        return void 0;
      }
      #refuse(session, message) {
        if (session.transaction.isOpen) session.transaction.isSpoilt = true;
        session.reply.error(message);
      }
      /** CLIENT REPLY OFF and SKIP. */
      #silence(session, mark) {
        if (session.replies === 'skip') session.replies = 'skipping';
        else if (session.replies === 'skipping') {
          session.eraseReply(mark);
          session.replies = 'on';
        } else session.eraseReply(mark);
      }
      /** Removes a key whose time has come and logs it. */
      expire(dbIndex, key) {
        const { execution } = this;
        this.keyspace.database(dbIndex).remove(key);
        execution.unit.enter(execution.argv, dbIndex);
        execution.unit.command('DEL', key);
        this.journal.append(execution.unit);
        this.watchers.touch(dbIndex, key);
        this.dirty++;
        this.stats.expiredKeys++;
      }
      /** SHUTDOWN. Resolves when everything is as durable as it was asked for; does not end the process. */
      shutdown(how) {
        return shutdown2(this, how);
      }
      /** Stops the cron and gives the directory free. After `shutdown`. */
      async stop() {
        this.#isStopped = true;
        this.#cron.stop();
        await this.#lock.release();
      }
      /** An exception that nobody expected: what is in memory can no longer be trusted. */
      crash(error) {
        this.log(
          'warning',
          `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
        if (this.#onCrash !== void 0) this.#onCrash(error);
        else void this.host.process.exit(1);
      }
      #onSignal(signal) {
        if (this.#isStopped) {
          void this.host.process.exit(0);
          return;
        }
        if (signal === 'SIGINT' && this.isShuttingDown) {
          this.log('warning', 'You insist... exiting now.');
          void this.host.process.exit(1);
          return;
        }
        this.log('warning', `Received ${signal} scheduling shutdown...`);
        this.shutdown('default').then(
          () => this.host.process.exit(0),
          (error) => this.log('warning', `${signal} received, but the shutdown failed: ${messageOf(error)}`),
        );
      }
      #onJournalTrouble(error) {
        if (error === void 0) {
          this.log('warning', 'AOF write error looks solved, Redis can write again.');
          return;
        }
        this.log('warning', `Error writing to the AOF file: ${error.message}`);
        if (this.settings.appendfsync !== 'always') return;
        this.log(
          'warning',
          "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...",
        );
        void this.host.process.exit(1);
      }
    };
  },
});

// src/engine/settings.ts
function defaultSettings() {
  return {
    dir: '.',
    dbfilename: 'dump.rdb',
    save: [
      { seconds: 3600, changes: 1 },
      { seconds: 300, changes: 100 },
      { seconds: 60, changes: 1e4 },
    ],
    rdbcompression: true,
    rdbchecksum: true,
    stopWritesOnBgsaveError: true,
    appendonly: false,
    appendfilename: 'appendonly.aof',
    appenddirname: 'appendonlydir',
    appendfsync: 'everysec',
    noAppendfsyncOnRewrite: false,
    autoAofRewritePercentage: 100,
    autoAofRewriteMinSizeBytes: 64 * 1024 * 1024,
    aofLoadTruncated: true,
    aofChecksum: true,
    aofUseRdbPreamble: true,
    databases: 16,
    hz: 10,
    activeExpire: true,
    maxclients: 1e4,
    protoMaxBulkLenBytes: 512 * 1024 * 1024,
    enableDebugCommand: false,
  };
}
var init_settings = __esm({
  'src/engine/settings.ts'() {
    'use strict';
  },
});

// src/index.ts
var src_exports = {};
__export(src_exports, {
  Configurator: () => Configurator,
  LightsoutError: () => LightsoutError,
  childMains: () => childMains,
  configOptions: () => configOptions,
  defaultSettings: () => defaultSettings,
  isLightsoutError: () => isLightsoutError,
  openEngine: () => openEngine,
  productionTuning: () => productionTuning,
});
function openEngine(host, settings, options = {}) {
  return Engine.open(host, settings, options);
}
var init_src = __esm({
  'src/index.ts'() {
    'use strict';
    init_engine();
    init_config_table();
    init_save_file();
    init_settings();
    init_tuning2();
    init_errors2();
  },
});

// sim/world/random.ts
import seedrandom from 'seedrandom';

// sim/world/hash.ts
function mix32(value) {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  return (h ^ (h >>> 16)) >>> 0;
}
function hashText(text2, basis) {
  let h = basis | 0;
  for (let i = 0; i < text2.length; i++) h = Math.imul(h ^ text2.charCodeAt(i), 16777619);
  return mix32(h ^ text2.length);
}
function toUnit(hash2) {
  return (hash2 >>> 0) / 4294967296;
}
var NOISE_PERIOD_BYTES = 256;
function fillNoise(hash2, bytes, start = 0, end = bytes.length) {
  let state = hash2 | 1;
  const drawn = Math.min(end, start + NOISE_PERIOD_BYTES);
  for (let i = start; i < drawn; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state >>> 24;
  }
  for (let filled = drawn - start; start + filled < end; filled *= 2) {
    bytes.copyWithin(start + filled, start, Math.min(start + filled, end - filled));
  }
}
function hex32(value) {
  return (value >>> 0).toString(16).padStart(8, '0');
}
var RollingHash = class {
  #a = 2538058380 | 0;
  #b = 1013904242 | 0;
  /** Takes the low 32 bits of an integer. */
  int(value) {
    const v = value | 0;
    const a2 = Math.imul(this.#a ^ v, 2654435761);
    this.#a = a2 ^ (a2 >>> 15);
    const b2 = Math.imul(this.#b + v, 2246822519);
    this.#b = b2 ^ (b2 >>> 13);
  }
  /** Takes an integer of up to 53 bits. */
  number(value) {
    this.int(value);
    this.int(Math.floor(value / 4294967296));
  }
  text(text2) {
    let a2 = this.#a;
    let b2 = this.#b;
    for (let i = 0; i < text2.length; i++) {
      const c = text2.charCodeAt(i);
      a2 = Math.imul(a2 ^ c, 16777619);
      b2 = Math.imul(b2 + c, 2654435761);
    }
    this.#a = a2 ^ (a2 >>> 15);
    this.#b = b2 ^ (b2 >>> 13);
    this.int(text2.length);
  }
  bytes(bytes, start = 0, end = bytes.length) {
    let a2 = this.#a;
    let b2 = this.#b;
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const v = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
      a2 = Math.imul(a2 ^ v, 2654435761);
      a2 ^= a2 >>> 15;
      b2 = Math.imul(b2 + v, 2246822519);
      b2 ^= b2 >>> 13;
    }
    for (; i < end; i++) {
      a2 = Math.imul(a2 ^ bytes[i], 16777619);
      b2 = Math.imul(b2 + bytes[i], 2654435761);
    }
    this.#a = a2 ^ (a2 >>> 15);
    this.#b = b2 ^ (b2 >>> 13);
    this.int(end - start);
  }
  /** The hash so far, as 16 hexadecimal digits. Taking it changes nothing. */
  digest() {
    return hex32(mix32(this.#a)) + hex32(mix32(this.#b ^ this.#a));
  }
};

// sim/world/random.ts
var DISCARDED_DRAWS = 8;
var Stream = class {
  name;
  #draw;
  constructor(seed, name) {
    this.name = name;
    const text2 = `${seed}/${name}`;
    this.#draw = seedrandom.alea(hex32(hashText(text2, 2166136261)) + hex32(hashText(text2, 731459039)));
    for (let i = 0; i < DISCARDED_DRAWS; i++) this.#draw();
  }
  /** A number in [0, 1), with 32 bits of resolution. */
  float() {
    return this.#draw();
  }
  /** An integer in [0, below). `below` is at most 2^32. */
  int(below) {
    return Math.floor(this.#draw() * below);
  }
  /** An integer in [from, to], both included. */
  range(from, to) {
    return from + Math.floor(this.#draw() * (to - from + 1));
  }
  /** True with this probability. Draws once, whatever the probability. */
  chance(probability) {
    return this.#draw() < probability;
  }
  /** One of the items, which are not none. */
  pick(items) {
    if (items.length === 0) throw new RangeError(`stream '${this.name}' was asked to pick from nothing`);
    return items[this.int(items.length)];
  }
  /** An index, as often as its weight says. Weights are not negative and not all zero. */
  weighted(weights) {
    let total = 0;
    for (const weight of weights) total += weight;
    let rest = this.#draw() * total;
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] <= 0) continue;
      last = i;
      rest -= weights[i];
      if (rest < 0) return i;
    }
    return last;
  }
  bytes(lengthBytes2) {
    const out = new Uint8Array(lengthBytes2);
    for (let i = 0; i < lengthBytes2; i++) out[i] = this.int(256);
    return out;
  }
};
var Streams = class {
  seed;
  #streams = /* @__PURE__ */ new Map();
  constructor(seed) {
    this.seed = String(seed);
  }
  stream(name) {
    let stream = this.#streams.get(name);
    if (stream === void 0) {
      stream = new Stream(this.seed, name);
      this.#streams.set(name, stream);
    }
    return stream;
  }
};

// sim/scenario/schema.ts
var SCENARIO_VERSION = 1;
var persistences = ['none', 'rdb', 'aof', 'hybrid', 'rdb+aof', 'rdb+hybrid'];
var appendfsyncs = ['always', 'everysec', 'no'];
function logOf(persistence) {
  return {
    appendonly: persistence !== 'none' && persistence !== 'rdb',
    preamble: persistence === 'hybrid' || persistence === 'rdb+hybrid',
    rdb: persistence === 'rdb' || persistence === 'rdb+aof' || persistence === 'rdb+hybrid',
  };
}

// sim/scenario/configuration.ts
var persistenceWeights = {
  none: 2,
  rdb: 18,
  aof: 26,
  hybrid: 34,
  'rdb+aof': 10,
  'rdb+hybrid': 10,
};
var appendfsyncWeights = { always: 45, everysec: 40, no: 15 };
var profileWeights = [
  ['proc-kill', 14],
  ['posix-strict', 86],
];
var NOON_MS = 17672688e5;
var UNHURRIED_HZ = 1;
function drawConfiguration(draw, filters) {
  const profile = profileWeights[draw.weighted(profileWeights.map(([, weight]) => weight))][0];
  const persistence = persistences[draw.weighted(persistences.map((name) => persistenceWeights[name]))];
  const appendfsync = appendfsyncs[draw.weighted(appendfsyncs.map((name) => appendfsyncWeights[name]))];
  const among = draw.float();
  const pinnedPersistence = pin(filters.persistences, among) ?? persistence;
  const pinnedProfile = pin(filters.profiles, among) ?? profile;
  return {
    profile: pinnedProfile,
    persistence: pinnedPersistence,
    appendfsync: pin(filters.appendfsyncs, among) ?? appendfsync,
    settings: drawSettings(draw, pinnedPersistence, pinnedProfile),
    tuning: drawTuning(draw),
    latency: draw.pick(['usual', 'passing', 'passing', 'fast', 'slow', 'stuttering']),
    witness: draw.chance(0.25),
    clients: draw.pick([1, 2, 3, 3, 4]),
    startWallMs: NOON_MS,
  };
}
function pin(choices, among) {
  return choices === void 0 || choices.length === 0 ? void 0 : choices[Math.floor(among * choices.length)];
}
function drawSettings(draw, persistence, profile) {
  const savePoints = draw.pick([
    [{ seconds: 1, changes: 1 }],
    [{ seconds: 2, changes: 10 }],
    [
      { seconds: 5, changes: 1 },
      { seconds: 1, changes: 20 },
    ],
    [],
  ]);
  const hz2 = draw.pick([10, 10, 10, 10, 10, 10, 10, 2, 50, UNHURRIED_HZ]);
  const stretch = hz2 === UNHURRIED_HZ ? 30 : 1;
  const save3 = savePoints.map(({ seconds: seconds3, changes }) => ({
    seconds: seconds3 * stretch,
    changes,
  }));
  return {
    save: logOf(persistence).rdb ? save3 : [],
    autoAofRewritePercentage: draw.pick([0, 0, 20, 100]),
    autoAofRewriteMinSizeBytes: draw.pick([256, 1024, 4096]),
    rdbcompression: draw.chance(0.7),
    activeExpire: draw.chance(0.7),
    hz: hz2,
    databases: 4,
    // Without hashes a page lost from the middle of an unsynced tail cannot be told from data: kills only, and there a
    // torn MULTI reaches the replay.
    aofChecksum: profile !== 'proc-kill' || draw.chance(0.4),
  };
}
function drawTuning(draw) {
  const extreme = draw.chance(0.5);
  const tuning = {
    pageBytes: draw.pick([64, 128, 256, 1024, 4096]),
    firstChunkBytes: draw.pick([1024, 4096, 16384]),
    segmentEntries: draw.pick([1, 4, 64, 1024]),
    saveSliceBytes: draw.pick([1, 100, 100, 1e3, 1e3, 1e3, 8192, 8192]),
    loadSliceBytes: draw.pick([16, 100, 1e3, 1e3, 4096, 4096, 8192, 8192]),
    writeBytes: draw.pick([64, 512, 512, 4096, 4096, 1e6]),
    switchBufferBytes: draw.pick([1e5, 1e6]),
    expirePages: draw.pick([1, 10, 200]),
  };
  return extreme ? tuning : { saveSliceBytes: 16384, loadSliceBytes: 16384 };
}

// sim/scenario/workload.ts
function drawStyle(draw) {
  const masked = (weight) => (draw.chance(0.15) ? 0 : weight);
  return {
    weights: {
      strings: 10,
      lists: masked(8),
      sets: masked(5),
      hashes: masked(6),
      keys: masked(5),
      expiry: masked(4),
      reads: 5,
      pairs: masked(4),
    },
    keysEach: draw.pick([1, 2, 3, 3, 6]),
    longShare: draw.pick([0, 0.01, 0.03, 0.08]),
    maxLongBytes: draw.pick([5e3, 8e3, 2e4]),
  };
}
var families = ['strings', 'lists', 'sets', 'hashes', 'keys', 'expiry', 'reads', 'pairs'];
var Workload = class {
  #draw;
  #style;
  #weights;
  #stamp = 0;
  constructor(draw, style) {
    this.#draw = draw;
    this.#style = style;
    this.#weights = families.map((family) => style.weights[family]);
  }
  /** One command; a pair comes as a unit of its own, so several are possible. */
  next() {
    const family = families[this.#draw.weighted(this.#weights)];
    return family === 'pairs' ? this.#pair() : [this.#one(family)];
  }
  /** The commands of a MULTI, at most `most`. */
  unit(most) {
    const commands = [];
    const wanted = this.#draw.range(2, Math.max(2, Math.min(6, most)));
    while (commands.length < wanted) commands.push(...this.next());
    return commands.slice(0, most);
  }
  read() {
    return this.#one('reads');
  }
  #one(family) {
    switch (family) {
      case 'strings':
        return this.#string();
      case 'lists':
        return this.#list();
      case 'sets':
        return this.#set();
      case 'hashes':
        return this.#hash();
      case 'keys':
        return this.#keyCommand();
      case 'expiry':
        return this.#expiry();
      case 'reads':
        return this.#readCommand();
    }
  }
  /** Two keys that always change together, in one unit: a half unit shows as a sum that is not zero. */
  #pair() {
    const amount = String(this.#draw.range(1, 9));
    if (this.#draw.chance(0.5)) {
      return [
        ['DECRBY', 'pair:a', amount],
        ['INCRBY', 'pair:b', amount],
      ];
    }
    const value = this.#value();
    return [
      ['SET', 'twin:a', value],
      ['RPUSH', 'twin:list', value],
      ['SET', 'twin:b', value],
    ];
  }
  #string() {
    const draw = this.#draw;
    const [counter, text2] = [this.#key('n'), this.#key('s')];
    switch (draw.weighted([8, 2, 2, 6, 4, 1, 1, 1, 1, 1, 1])) {
      case 0:
        return ['INCR', counter];
      case 1:
        return ['INCRBY', counter, String(draw.range(-50, 5e3))];
      case 2:
        return ['DECR', counter];
      case 3:
        return ['APPEND', text2, this.#value()];
      case 4:
        return ['SET', text2, this.#value()];
      case 5:
        return ['SETRANGE', text2, String(draw.range(0, 40)), this.#word()];
      case 6:
        return ['GETSET', text2, this.#word()];
      case 7:
        return ['SETNX', text2, this.#word()];
      case 8:
        return ['MSET', text2, this.#word(), counter, String(draw.range(0, 99))];
      case 9:
        return ['GETDEL', text2];
      default:
        return ['SET', text2, this.#word(), draw.pick(['NX', 'XX', 'GET', 'KEEPTTL'])];
    }
  }
  #list() {
    const draw = this.#draw;
    const key = this.#key('l');
    switch (draw.weighted([8, 4, 3, 3, 1, 1, 1, 1, 1, 1])) {
      case 0:
        return ['RPUSH', key, this.#value()];
      case 1:
        return ['LPUSH', key, this.#word(), this.#word()];
      case 2:
        return ['LPOP', key];
      case 3:
        return ['RPOP', key];
      case 4:
        return ['LSET', key, String(draw.range(-3, 3)), this.#word()];
      case 5:
        return ['LTRIM', key, String(draw.range(0, 1)), String(draw.range(-3, 8))];
      case 6:
        return ['RPOPLPUSH', key, this.#key('l')];
      case 7:
        return ['LINSERT', key, draw.pick(['BEFORE', 'AFTER']), this.#member(), this.#member()];
      case 8:
        return ['LREM', key, String(draw.range(-1, 1)), this.#member()];
      default:
        return ['RPUSH', key, this.#member(), this.#member(), String(draw.range(-200, 7e4))];
    }
  }
  #set() {
    const draw = this.#draw;
    const key = this.#key('t');
    switch (draw.weighted([8, 4, 1, 1, 1, 1])) {
      case 0:
        return ['SADD', key, this.#member(), this.#member()];
      case 1:
        return ['SREM', key, this.#member()];
      case 2:
        return ['SMOVE', key, this.#key('t'), this.#member()];
      case 3:
        return ['SPOP', key, '1000'];
      case 4:
        return ['SUNIONSTORE', key, this.#key('t'), this.#key('t')];
      default:
        return ['SADD', this.#key('i'), String(draw.range(-4e4, 4e4)), String(draw.range(0, 30))];
    }
  }
  #hash() {
    const draw = this.#draw;
    const key = this.#key('h');
    switch (draw.weighted([6, 5, 3, 1, 1])) {
      case 0:
        return ['HINCRBY', key, this.#member(), String(draw.range(-5, 9))];
      case 1:
        return ['HSET', key, this.#member(), String(draw.range(0, 9))];
      case 2:
        return ['HDEL', key, this.#member()];
      case 3:
        return ['HSET', key, `text:${draw.int(3)}`, this.#value()];
      default:
        return ['HSETNX', key, this.#member(), '1'];
    }
  }
  #keyCommand() {
    const draw = this.#draw;
    switch (draw.weighted([6, 2, 2, 1, 1, 2, 0.4, 0.1, 0.3])) {
      case 0:
        return ['DEL', this.#anyKey()];
      case 1:
        return ['UNLINK', this.#anyKey(), this.#anyKey()];
      case 2:
        return ['RENAME', this.#anyKey(), this.#anyKey()];
      case 3:
        return ['RENAMENX', this.#anyKey(), this.#anyKey()];
      case 4:
        return ['COPY', this.#anyKey(), this.#anyKey(), 'REPLACE'];
      case 5:
        return ['MOVE', this.#anyKey(), String(draw.int(3))];
      case 6:
        return ['FLUSHDB'];
      case 7:
        return ['FLUSHALL'];
      default:
        return ['SWAPDB', '0', '1'];
    }
  }
  #expiry() {
    const draw = this.#draw;
    const key = this.#anyKey();
    const ms = String(draw.pick([draw.range(5, 60), draw.range(100, 3e3), draw.range(3e3, 1e5)]));
    switch (draw.weighted([5, 2, 2, 1, 1, 1])) {
      case 0:
        return ['PEXPIRE', key, ms];
      case 1:
        return ['SET', this.#key('s'), this.#word(), 'PX', ms];
      case 2:
        return ['PERSIST', key];
      case 3:
        return ['EXPIRE', key, String(draw.range(1, 20))];
      case 4:
        return ['PEXPIRE', key, ms, draw.pick(['NX', 'XX', 'GT', 'LT'])];
      default:
        return ['EXPIRE', key, '-1'];
    }
  }
  #readCommand() {
    const draw = this.#draw;
    switch (draw.weighted([4, 2, 2, 2, 1, 1, 1, 1, 1])) {
      case 0:
        return ['GET', draw.chance(0.5) ? this.#key('n') : this.#key('s')];
      case 1:
        return ['LRANGE', this.#key('l'), '0', '-1'];
      case 2:
        return ['SMEMBERS', this.#key('t')];
      case 3:
        return ['HGETALL', this.#key('h')];
      case 4:
        return ['MGET', 'pair:a', 'pair:b', 'twin:a', 'twin:b'];
      case 5:
        return ['PTTL', this.#anyKey()];
      case 6:
        return ['EXISTS', this.#anyKey(), this.#anyKey()];
      case 7:
        return ['TYPE', this.#anyKey()];
      default:
        return ['STRLEN', this.#key('s')];
    }
  }
  #key(family) {
    return `${family}:${this.#draw.int(this.#style.keysEach)}`;
  }
  #anyKey() {
    return this.#key(this.#draw.pick(['n', 's', 's', 'l', 't', 'i', 'h']));
  }
  #member() {
    return `m${this.#draw.int(6)}`;
  }
  /** A short text that no other command sends. */
  #word() {
    return `w${++this.#stamp}`;
  }
  /** A word, or a long value. */
  #value() {
    const draw = this.#draw;
    if (!draw.chance(this.#style.longShare)) return this.#word();
    return { lengthBytes: draw.range(5e3, this.#style.maxLongBytes), salt: ++this.#stamp };
  }
};

// sim/scenario/generate.ts
var STANDARD_COMMANDS = 200;
var STANDARD_GENERATIONS = 3;
var CONFIGURATION_STREAM = 'configuration/668';
var UNHURRIED_PACE_MS = 5e3;
function generateScenario(seed, filters = {}) {
  const streams = new Streams(seed);
  const configuration = drawConfiguration(streams.stream(CONFIGURATION_STREAM), filters);
  const count2 = filters.generations ?? STANDARD_GENERATIONS;
  const commands = filters.commands ?? Math.round((STANDARD_COMMANDS * count2) / STANDARD_GENERATIONS);
  const writer = new Writer(streams, configuration);
  const generations = shares(streams.stream('workload'), commands, count2).map((share, index2) =>
    writer.generation(share, index2),
  );
  return {
    version: SCENARIO_VERSION,
    seed: String(seed),
    ...configuration,
    generations,
    crashStates: 2,
    choices: {},
  };
}
function shares(draw, total, count2) {
  const even = Math.floor(total / count2);
  const out = [];
  let left = total;
  for (let i = count2; i > 0; i--) {
    const share =
      i === 1
        ? left
        : Math.max(
            1,
            Math.min(left - (i - 1), even + draw.range(-Math.floor(even / 4), Math.floor(even / 4))),
          );
    out.push(share);
    left -= share;
  }
  return out;
}
var Writer = class {
  #draw;
  #time;
  #admin;
  #crash;
  #configuration;
  #workload;
  #units;
  #paceMs;
  #adminShare;
  #idleShare;
  /** The client that only reads; -1 for none. */
  #reader;
  constructor(streams, configuration) {
    this.#draw = streams.stream('workload');
    this.#time = streams.stream('time');
    this.#admin = streams.stream('admin');
    this.#crash = streams.stream('crash');
    this.#configuration = configuration;
    this.#workload = new Workload(this.#draw, drawStyle(this.#draw));
    this.#units = this.#draw.pick([0.05, 0.15, 0.3]);
    this.#reader = configuration.clients > 1 && this.#draw.chance(0.7) ? configuration.clients - 1 : -1;
    const paceMs = this.#time.pick([0.2, 2, 2, 10, 60, 300]);
    this.#paceMs = configuration.settings.hz === UNHURRIED_HZ ? UNHURRIED_PACE_MS : paceMs;
    this.#idleShare = this.#time.pick([0, 0.01, 0.03, 0.05]);
    this.#adminShare = this.#admin.pick([0, 0.02, 0.04, 0.08]);
  }
  generation(commands, index2) {
    const steps2 = this.#steps(commands);
    return {
      crashesInRecovery: this.#crashesInRecovery(index2),
      steps: steps2,
      crash: this.#crashPlan(steps2.length),
    };
  }
  #steps(commands) {
    const steps2 = [];
    const databases = Array.from({ length: this.#configuration.clients }, () => 0);
    let left = commands;
    while (left > 0) {
      if (this.#time.chance(this.#idleShare))
        steps2.push({ kind: 'idle', ms: this.#time.pick([50, 500, 2500, 2500, 7e3]) });
      if (left > 1 && this.#admin.chance(this.#adminShare)) left -= this.#administer(steps2, left);
      const client = this.#draw.int(this.#configuration.clients);
      const afterMs = this.#thinkMs();
      const timing = { client, afterMs, ...this.#delivery() };
      if (client === this.#reader) {
        steps2.push({ kind: 'command', ...timing, command: this.#workload.read() });
        left--;
      } else if (this.#draw.chance(0.04)) {
        databases[client] = this.#draw.pick([0, 0, 1, 2]);
        steps2.push({ kind: 'command', ...timing, command: ['SELECT', String(databases[client])] });
        left--;
      } else {
        const commandsOfStep = (
          left > 2 && this.#draw.chance(this.#units) ? this.#workload.unit(left) : this.#workload.next()
        ).slice(0, left);
        left -= commandsOfStep.length;
        if (commandsOfStep.length === 1)
          steps2.push({ kind: 'command', ...timing, command: commandsOfStep[0] });
        else steps2.push({ kind: 'unit', ...timing, commands: commandsOfStep });
      }
    }
    return steps2;
  }
  /** Whole numbers of tenths of a millisecond; often none, so that commands meet in one turn. */
  #thinkMs() {
    if (this.#time.chance(0.35)) return 0;
    return Math.round(this.#time.float() * this.#paceMs * 20) / 10;
  }
  #delivery() {
    const draw = this.#time;
    const kind = draw.weighted([85, 7, 8]);
    const atPermille = draw.range(1, 999);
    const restAfterMs = draw.pick([0, 0.1, 1, 5]);
    if (kind === 0) return {};
    return { delivery: kind === 1 ? { how: 'split', atPermille, restAfterMs } : { how: 'joined' } };
  }
  /** A command of the administrator, and often the question what became of it. Returns how many commands that were. */
  #administer(steps2, most) {
    const draw = this.#admin;
    const { rdb, appendonly } = logOf(this.#configuration.persistence);
    if (!rdb && !appendonly) return 0;
    const what = draw.weighted([rdb ? 6 : 1, rdb ? 3 : 0.5, appendonly ? 7 : 0, 0.5, 0.5]);
    const afterMs = this.#thinkMs();
    let command;
    if (what === 0) command = ['BGSAVE'];
    else if (what === 1) command = ['SAVE'];
    else if (what === 2) command = ['BGREWRITEAOF'];
    else if (what === 3) command = ['LASTSAVE'];
    else
      command = draw.pick([
        ['CONFIG', 'SET', 'rdbcompression', draw.pick(['yes', 'no'])],
        ['CONFIG', 'GET', 'appendonly'],
      ]);
    steps2.push({ kind: 'admin', afterMs, command });
    if (what > 2 || most < 3 || !draw.chance(0.7)) return 1;
    steps2.push({ kind: 'admin', afterMs: draw.pick([0.5, 5, 50]), command: ['INFO', 'persistence'] });
    return 2;
  }
  #kind() {
    const power = this.#crash.chance(0.7);
    return power && this.#configuration.profile !== 'proc-kill' ? 'power' : 'kill';
  }
  #crashPlan(steps2) {
    const draw = this.#crash;
    const kind = this.#kind();
    const late = Math.max(draw.float(), draw.float(), draw.float());
    const armedAfterSteps = Math.floor(late * (steps2 + 1));
    return { kind, armedAfterSteps, when: this.#moment() };
  }
  #moment() {
    const draw = this.#crash;
    const { rdb, appendonly } = logOf(this.#configuration.persistence);
    const killsOnly = this.#configuration.profile === 'proc-kill';
    const writing = appendonly ? (killsOnly ? 70 : 14) : 0;
    const which = draw.weighted([
      10,
      8,
      18,
      appendonly ? 14 : 6,
      22,
      12,
      rdb || appendonly ? 12 : 1,
      rdb ? 8 : 3,
      writing,
    ]);
    const ordinal = draw.pick([1, 1, 1, 2, 3, 5]);
    const afterMs = draw.pick([0, 0, 1, 20, 400, 1500, 4e3]);
    const permille = draw.range(0, 1e3);
    const operations = draw.range(1, 8);
    switch (which) {
      case 0:
        return { at: 'end', afterMs };
      case 1:
        return { at: 'time', afterMs };
      case 2:
        return { at: 'reply', ordinal };
      case 3:
        return { at: 'write', ordinal };
      case 4:
        return { at: 'sync', ordinal, permille };
      case 5:
        return { at: 'rename', ordinal };
      case 6:
        return { at: 'child', operations };
      case 7:
        return { at: 'saved', ordinal: 1 };
      default:
        return { at: 'writing', ordinal };
    }
  }
  #crashesInRecovery(index2) {
    const draw = this.#crash;
    const crashes = [];
    let probability = index2 === 0 ? 0.06 : 0.2;
    while (crashes.length < 3 && draw.chance(probability)) {
      crashes.push({ kind: this.#kind(), operation: draw.range(1, 30) });
      probability = 0.3;
    }
    return crashes;
  }
};

// sim/oracle/bounds.ts
var LogTimes = class {
  #syncs = [];
  #writes = [];
  /** An operation starts; call the result when it ends. */
  begin(kind, atMs) {
    const span = { fromMs: atMs, toMs: Infinity };
    (kind === 'sync' ? this.#syncs : this.#writes).push(span);
    return (endMs) => {
      span.toMs = endMs;
    };
  }
  /** The process is gone, and its operations with it. */
  clear() {
    this.#syncs = [];
    this.#writes = [];
  }
  /** B: how old an unsynced unit may be at that time. */
  windowMs(nowMs, cronPeriodMs) {
    let window = 1e3 + cronPeriodMs;
    for (;;) {
      const from = nowMs - window;
      const wider =
        1e3 + cronPeriodMs + 2 * longest(this.#syncs, from, nowMs) + longest(this.#writes, from, nowMs);
      if (wider <= window) return window;
      window = wider;
    }
  }
};
function longest(spans, fromMs, nowMs) {
  let most = 0;
  for (let i = spans.length - 1; i >= 0; i--) {
    const span = spans[i];
    const end = span.toMs < nowMs ? span.toMs : nowMs;
    if (end < fromMs) continue;
    if (end - span.fromMs > most) most = end - span.fromMs;
  }
  return most;
}
function boundsNow(history, times, promises, kind, nowMs) {
  const { base: base2, executed } = history;
  if (promises.persistence === 'none') return { lower: 0, upper: 0, only: [0], because: 'nothing is kept' };
  if (promises.persistence === 'rdb') {
    const only = [.../* @__PURE__ */ new Set([base2, ...history.savesIssued])]
      .filter((index2) => index2 >= history.savedReported)
      .toSorted((a2, b2) => a2 - b2);
    return {
      lower: history.savedReported,
      upper: only.at(-1) ?? base2,
      only,
      because: 'the last save reported as successful',
    };
  }
  const at = (lower2, because) => ({
    lower: lower2,
    upper: executed,
    only: void 0,
    because,
  });
  if (promises.appendfsync === 'always')
    return at(history.observed, 'the last unit whose effect a client has seen (always)');
  if (kind === 'kill')
    return at(history.observed, 'the last unit whose effect a client has seen (written before its reply)');
  if (promises.appendfsync === 'no')
    return at(history.durable, 'the last unit written before a successful sync');
  const windowMs = times.windowMs(nowMs, promises.cronPeriodMs);
  const temporal = lastExecutedBefore(history, nowMs - windowMs);
  return temporal > history.durable
    ? at(temporal, `the last unit older than ${Math.round(windowMs)} ms (everysec)`)
    : at(history.durable, 'the last unit written before a successful sync (everysec)');
}
function lastExecutedBefore(history, atMs) {
  const units = history.units;
  let index2 = history.base;
  for (const unit of units) {
    if (unit.executedAtMs > atMs) break;
    index2 = unit.index;
  }
  return index2;
}
function weaker(a2, b2) {
  return a2.lower <= b2.lower ? a2 : b2;
}

// sim/oracle/record.ts
var NO_EXPIRY_MS = -1;
function isExpired(record, wallMs) {
  return record.expireAtMs !== NO_EXPIRY_MS && wallMs > record.expireAtMs;
}
function sameRecord(a2, b2) {
  if (a2 === b2) return true;
  if (a2 === void 0 || b2 === void 0) return false;
  return a2.expireAtMs === b2.expireAtMs && sameValue(a2, b2);
}
function sameValue(a2, b2) {
  if (a2.type === 'string') return b2.type === 'string' && a2.value === b2.value;
  if (a2.type === 'list') {
    return (
      b2.type === 'list' &&
      a2.value.length === b2.value.length &&
      a2.value.every((item, i) => item === b2.value[i])
    );
  }
  if (a2.type === 'set') {
    if (b2.type !== 'set' || a2.value.size !== b2.value.size) return false;
    for (const member of a2.value) if (!b2.value.has(member)) return false;
    return true;
  }
  if (b2.type !== 'hash' || a2.value.size !== b2.value.size) return false;
  for (const [field, value] of a2.value) if (b2.value.get(field) !== value) return false;
  return true;
}
function describeRecord(record) {
  if (record === void 0) return 'no such key';
  const expiry2 = record.expireAtMs === NO_EXPIRY_MS ? '' : `, expires at ${record.expireAtMs}`;
  switch (record.type) {
    case 'string':
      return `string ${clip(record.value)}${expiry2}`;
    case 'list':
      return `list of ${record.value.length}: ${record.value.slice(-4).map(clip).join(' ')}${expiry2}`;
    case 'set':
      return `set of ${record.value.size}: ${[...record.value].toSorted().slice(0, 6).map(clip).join(' ')}${expiry2}`;
    case 'hash': {
      const pairs = [...record.value].toSorted(([a2], [b2]) => (a2 < b2 ? -1 : 1)).slice(0, 4);
      return `hash of ${record.value.size}: ${pairs.map(([field, value]) => `${clip(field)}=${clip(value)}`).join(' ')}${expiry2}`;
    }
  }
}
function clip(text2) {
  const shown2 = text2.length > 24 ? `${text2.slice(0, 10)}\u2026${text2.slice(-8)}` : text2;
  return text2.length > 24 ? `${JSON.stringify(shown2)} (${text2.length} bytes)` : JSON.stringify(shown2);
}

// sim/oracle/fingerprint.ts
var LOW = 4294967296;
var MODULUS = LOW * 1048576;
var LONG_TEXT = 200;
var EMPTY_FINGERPRINT = 0;
function addFingerprint(state, part) {
  const sum = state + part;
  return sum >= MODULUS ? sum - MODULUS : sum;
}
function subtractFingerprint(state, part) {
  return state >= part ? state - part : state - part + MODULUS;
}
var Fingerprints = class {
  #long = /* @__PURE__ */ new Map();
  /** The fingerprint of one key: database, name, type, value and expiry. */
  of(database, key, record) {
    let body = 0;
    switch (record.type) {
      case 'string':
        body = this.#text(record.value, 1);
        break;
      case 'list':
        body = 2;
        for (const item of record.value) body = this.#text(item, body);
        break;
      case 'set':
        for (const member of record.value) body = addFingerprint(body, this.#text(member, 3));
        break;
      case 'hash':
        for (const [field, value] of record.value)
          body = addFingerprint(body, this.#text(value, this.#text(field, 4)));
        break;
    }
    return textHash(`${database} ${record.type} ${record.expireAtMs} ${body} ${key}`, 5);
  }
  #text(text2, start) {
    if (text2.length < LONG_TEXT) return textHash(text2, start);
    let hash2 = this.#long.get(text2);
    if (hash2 === void 0) {
      hash2 = textHash(text2, 6);
      this.#long.set(text2, hash2);
    }
    return textHash(String(hash2), start);
  }
};
function textHash(text2, start) {
  let a2 = (start >>> 0) ^ 2166136261;
  let b2 = Math.floor(start / LOW) ^ 2654435769;
  for (let i = 0; i < text2.length; i++) {
    const code = text2.charCodeAt(i);
    a2 = Math.imul(a2 ^ code, 16777619);
    b2 = Math.imul(b2 ^ code, 2246822507);
  }
  a2 = Math.imul(a2 ^ (a2 >>> 15) ^ text2.length, 739982445);
  b2 = Math.imul(b2 ^ (b2 >>> 13) ^ (a2 >>> 3), 695872825);
  a2 ^= b2 >>> 16;
  return (a2 >>> 0) + (b2 >>> 12) * LOW;
}

// sim/oracle/model/state.ts
var ModelState = class {
  #databases;
  #fingerprints = new Fingerprints();
  #changes = [];
  constructor(databases) {
    this.#databases = Array.from({ length: databases }, () => /* @__PURE__ */ new Map());
  }
  get databases() {
    return this.#databases.length;
  }
  /** The record as it stands, expired or not. */
  raw(database, key) {
    return this.#databases[database].get(key)?.record;
  }
  /** The record unless it has expired. */
  get(database, key, nowMs) {
    const record = this.raw(database, key);
    return record === void 0 || isExpired(record, nowMs) ? void 0 : record;
  }
  /** The keys of one database that have not expired. */
  keys(database, nowMs) {
    const names = [];
    for (const [key, held] of this.#databases[database]) if (!isExpired(held.record, nowMs)) names.push(key);
    return names;
  }
  /** The names of one database, expired ones included. */
  rawKeys(database) {
    return [...this.#databases[database].keys()];
  }
  /** Stores or (undefined) removes a key. */
  put(database, key, record) {
    const before2 = this.#databases[database].get(key);
    if (sameRecord(before2?.record, record)) return;
    const after =
      record === void 0 ? void 0 : { record, fingerprint: this.fingerprint(database, key, record) };
    this.#changes.push({ database, key, before: before2, after });
    this.#set(database, key, after);
  }
  /** The changes since this was last called: one unit's. */
  takeChanges() {
    const changes = this.#changes;
    if (changes.length > 0) this.#changes = [];
    return changes;
  }
  /** Takes the changes of a unit back. Units are undone in reverse order. */
  undo(changes) {
    for (let i = changes.length - 1; i >= 0; i--) {
      const { database, key, before: before2 } = changes[i];
      this.#set(database, key, before2);
    }
  }
  /** Makes the changes of a unit again, as `undo` took them back. */
  redo(changes) {
    for (const { database, key, after } of changes) this.#set(database, key, after);
  }
  /** Empties everything, without noting it. */
  reset() {
    for (const database of this.#databases) database.clear();
  }
  fingerprint(database, key, record) {
    return this.#fingerprints.of(database, key, record);
  }
  /** Everything that is held, one database after the other. */
  *held() {
    for (const [database, map2] of this.#databases.entries()) {
      for (const [key, held] of map2) yield { database, key, held };
    }
  }
  /** The state as it is now; later commands do not reach into it. */
  snapshot() {
    return this.#databases.map((database) => new Map([...database].map(([key, held]) => [key, held.record])));
  }
  #set(database, key, held) {
    const map2 = this.#databases[database];
    if (held === void 0) map2.delete(key);
    else map2.set(key, held);
  }
};

// sim/oracle/history.ts
var History = class {
  state;
  #units = [];
  #base = 0;
  #observed = 0;
  #durable = 0;
  #savedReported = 0;
  #savesIssued = /* @__PURE__ */ new Set();
  constructor(databases) {
    this.state = new ModelState(databases);
  }
  /** Index of the state that this life began with. */
  get base() {
    return this.#base;
  }
  get executed() {
    return this.#base + this.#units.length;
  }
  get observed() {
    return this.#observed;
  }
  get durable() {
    return this.#durable;
  }
  get savedReported() {
    return this.#savedReported;
  }
  /** Indices of the snapshots of this life that were given their final name, or may have been; `base` is not among them. */
  get savesIssued() {
    return this.#savesIssued;
  }
  /** The units of this life. */
  get units() {
    return this.#units;
  }
  unit(index2) {
    return this.#units[index2 - this.#base - 1];
  }
  /** Takes what the last command changed as a unit; undefined when it changed nothing. */
  commit(about) {
    const changes = this.state.takeChanges();
    if (changes.length === 0) return void 0;
    const { atMs: executedAtMs, client, command, commands } = about;
    const unit = {
      index: this.executed + 1,
      executedAtMs,
      client,
      command,
      commands,
      changes,
      alternatives: [],
      observedAtMs: void 0,
    };
    this.#units.push(unit);
    return unit;
  }
  /** A reply that depends on S_index has left. */
  observe(index2, atMs) {
    for (let i = this.#observed + 1; i <= index2; i++) {
      const unit = this.unit(i);
      if (unit !== void 0) unit.observedAtMs = atMs;
    }
    if (index2 > this.#observed) this.#observed = index2;
  }
  /** Everything up to `index` was written before the start of a sync that has succeeded. */
  markDurable(index2) {
    if (index2 > this.#durable) this.#durable = index2;
  }
  /** A snapshot of S_index is about to get its final name. */
  saveIssued(index2) {
    this.#savesIssued.add(index2);
  }
  /** A save of S_index was reported as successful. */
  saveReported(index2) {
    if (index2 > this.#savedReported) this.#savedReported = index2;
  }
  /** The state S_index of this life as plain Maps. */
  snapshotAt(index2) {
    const later = this.#units.slice(index2 - this.#base);
    for (let i = later.length - 1; i >= 0; i--) this.state.undo(later[i].changes);
    const snapshot = this.state.snapshot();
    for (const unit of later) this.state.redo(unit.changes);
    return snapshot;
  }
  /**
   * Fingerprints of S_base … S_executed without the keys that have expired at that wall time; element i is that of
   * S_{base+i}.
   */
  fingerprints(wallMs) {
    const weight = (held) => (held === void 0 || isExpired(held.record, wallMs) ? 0 : held.fingerprint);
    let print = EMPTY_FINGERPRINT;
    for (const { held } of this.state.held()) print = addFingerprint(print, weight(held));
    const prints = new Array(this.#units.length + 1);
    prints[this.#units.length] = print;
    for (let i = this.#units.length - 1; i >= 0; i--) {
      for (const { before: before2, after } of this.#units[i].changes) {
        print = addFingerprint(subtractFingerprint(print, weight(after)), weight(before2));
      }
      prints[i] = print;
    }
    return prints;
  }
  /** True when some key of the newest state expires between the two wall times. */
  expiredBetween(fromMs, toMs) {
    for (const { held } of this.state.held())
      if (!isExpired(held.record, fromMs) && isExpired(held.record, toMs)) return true;
    return false;
  }
  /** Fingerprint of S_{executed} under one of the last unit's other outcomes. */
  alternativeFingerprint(changes, wallMs) {
    const weight = (held) => (held === void 0 || isExpired(held.record, wallMs) ? 0 : held.fingerprint);
    let print = this.fingerprints(wallMs)[this.#units.length - 1];
    for (const { before: before2, after } of changes)
      print = addFingerprint(subtractFingerprint(print, weight(before2)), weight(after));
    return print;
  }
  /** Decides for one of the last unit's outcomes. */
  settle(unit, changes) {
    if (changes !== unit.changes) {
      this.state.undo(unit.changes);
      this.state.redo(changes);
      unit.changes = changes;
    }
    unit.alternatives = [];
  }
  /** A recovery gave S_index, and a client has seen it: a new life begins there. */
  recoveredAt(index2) {
    const forgotten = this.#units.splice(index2 - this.#base);
    for (let i = forgotten.length - 1; i >= 0; i--) this.state.undo(forgotten[i].changes);
    this.#begin(index2);
  }
  /** A recovery gave the empty state where nothing was promised. */
  recoveredEmpty() {
    this.state.reset();
    this.#begin(0);
  }
  #begin(index2) {
    this.#units = [];
    this.#base = index2;
    this.#observed = index2;
    this.#durable = index2;
    this.#savedReported = index2;
    this.#savesIssued = /* @__PURE__ */ new Set();
  }
};

// sim/oracle/prefix.ts
function checkPrefix(history, recovered, wallMs, bounds) {
  const print = fingerprintOf(history, recovered, wallMs);
  const prints = history.fingerprints(wallMs);
  const allK = [];
  for (let i = 0; i < prints.length; i++) if (prints[i] === print) allK.push(history.base + i);
  const last = history.unit(history.executed);
  let outcome;
  for (const changes of last?.alternatives ?? []) {
    if (history.alternativeFingerprint(changes, wallMs) !== print) continue;
    outcome = changes;
    allK.push(history.executed);
  }
  const { lower: lower2, upper, only } = bounds;
  const legal = allK.filter((k2) => k2 >= lower2 && k2 <= upper && (only === void 0 || only.includes(k2)));
  const k = legal.at(-1);
  if (k !== void 0) return { ok: true, k, allK, outcome };
  const broken = allK.length === 0 ? 'prefix' : 'promise';
  const candidates = broken === 'promise' ? [lower2] : (only ?? countFrom(lower2, upper));
  return { ok: false, broken, allK, ...nearestState(history, recovered, wallMs, candidates) };
}
function checkEmpty(recovered) {
  for (const [database, keys3] of recovered.entries()) {
    for (const [key, record] of keys3) {
      const difference = {
        database,
        key,
        expected: describeRecord(void 0),
        recovered: describeRecord(record),
      };
      return { ok: false, broken: 'prefix', allK: [], nearest: 0, difference, differences: keys3.size };
    }
  }
  return { ok: true, k: 0, allK: [0], outcome: void 0 };
}
function fingerprintOf(history, snapshot, wallMs) {
  let print = EMPTY_FINGERPRINT;
  for (const [database, keys3] of snapshot.entries()) {
    for (const [key, record] of keys3) {
      if (!isExpired(record, wallMs))
        print = addFingerprint(print, history.state.fingerprint(database, key, record));
    }
  }
  return print;
}
function nearestState(history, recovered, wallMs, candidates) {
  let nearest = candidates[0] ?? history.base;
  let best;
  for (const k of candidates) {
    if (k < history.base || k > history.executed) continue;
    const found = differences(history.snapshotAt(k), recovered, wallMs);
    if (best === void 0 || found.length <= best.length) {
      best = found;
      nearest = k;
    }
  }
  return { nearest, difference: best?.[0], differences: best?.length ?? 0 };
}
function differences(expected, got, wallMs) {
  const found = [];
  for (let database = 0; database < Math.max(expected.length, got.length); database++) {
    const names = /* @__PURE__ */ new Set([
      ...(expected[database]?.keys() ?? []),
      ...(got[database]?.keys() ?? []),
    ]);
    for (const key of [...names].toSorted()) {
      const a2 = alive(expected[database]?.get(key), wallMs);
      const b2 = alive(got[database]?.get(key), wallMs);
      if (!sameRecord(a2, b2))
        found.push({ database, key, expected: describeRecord(a2), recovered: describeRecord(b2) });
    }
  }
  return found;
}
function alive(record, wallMs) {
  return record === void 0 || isExpired(record, wallMs) ? void 0 : record;
}
function countFrom(first, last) {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}

// sim/disk/arena.ts
var FIRST_CHUNK_BYTES = 16 * 1024;
var LARGEST_CHUNK_BYTES = 1024 * 1024;
var Arena = class {
  /** The run that holds the bytes kept last. */
  chunk = new Uint8Array(0);
  #used = 0;
  #nextBytes = FIRST_CHUNK_BYTES;
  /** Copies bytes[start, end) and returns their offset in `chunk`. */
  keep(bytes, start, end) {
    const count2 = end - start;
    if (this.#used + count2 > this.chunk.length) {
      this.chunk = new Uint8Array(Math.max(this.#nextBytes, count2));
      this.#used = 0;
      if (this.#nextBytes < LARGEST_CHUNK_BYTES) this.#nextBytes *= 2;
    }
    const at = this.#used;
    copyBytes(bytes, start, end, this.chunk, at);
    this.#used = at + count2;
    return at;
  }
};
function copyBytes(from, start, end, into, at) {
  const count2 = end - start;
  if (count2 < 48) {
    for (let i = 0; i < count2; i++) into[at + i] = from[start + i];
  } else if (count2 === from.length) {
    into.set(from, at);
  } else {
    into.set(from.subarray(start, end), at);
  }
}

// sim/disk/inode.ts
var PAGE_BYTES = 4096;
var NO_BYTES = new Uint8Array(0);
var FileInode = class _FileInode {
  kind = 'file';
  id;
  /** Names the file in the keys of choices: generation, role, ordinal. */
  key;
  /** How many names it has now, in the cache's view. */
  links = 0;
  /** How many open file descriptions it has. */
  opens = 0;
  /** Writes called so far: the ordinal in the keys of choices. */
  writes = 0;
  /** Syncs called so far. */
  syncs = 0;
  /** When the last sync in flight ends, in microseconds of virtual time: writes wait for it. */
  busyUntilUs = 0;
  floor = 0;
  /** Durable content; zero beyond `durableSizeBytes`. */
  base = NO_BYTES;
  /** True when a clone may have the same base: copy before writing. */
  shared = false;
  durableSizeBytes = 0;
  /** Changes after the floor, oldest first. */
  log = [];
  sizeBytes = 0;
  /** Pages whose cached bytes are clean but not on the disk. */
  lost;
  /** True when the cached size is not on the disk and no pending change carries it. */
  sizeLost = false;
  /** Holds the hash of the durable content, when it is known. Shared with the content. */
  digest = { text: void 0 };
  #cache;
  constructor(id2, key) {
    this.id = id2;
    this.key = key;
  }
  /** Writes bytes[start, end) at `at`. */
  write(seq, at, bytes, start, end, arena) {
    let to = at + end - start;
    const grows = to > this.sizeBytes;
    if (grows) this.sizeBytes = to;
    if (this.#cache !== void 0) {
      this.#cache = withRoom(this.#cache, this.sizeBytes);
      copyBytes(bytes, start, end, this.#cache, at);
    }
    if (this.lost !== void 0) {
      const first = Math.floor(at / PAGE_BYTES);
      const last = Math.floor((to - 1) / PAGE_BYTES);
      if (this.lost.has(first)) at = first * PAGE_BYTES;
      if (this.lost.has(last)) to = Math.min(this.sizeBytes, (last + 1) * PAGE_BYTES);
      for (let page = first; page <= last; page++) this.lost.delete(page);
      if (this.lost.size === 0) this.lost = void 0;
      bytes = this.#cache;
      start = at;
      end = to;
    }
    const offset = arena.keep(bytes, start, end);
    const resizes = grows || this.sizeLost;
    this.sizeLost = false;
    this.log.push({
      kind: 'write',
      seq,
      at,
      end: to,
      chunk: arena.chunk,
      offset,
      sizeBytes: this.sizeBytes,
      resizes,
    });
  }
  truncate(seq, sizeBytes) {
    if (sizeBytes === this.sizeBytes && !this.sizeLost) return;
    if (this.#cache !== void 0) {
      if (sizeBytes < this.sizeBytes) this.#cache.fill(0, sizeBytes, this.sizeBytes);
      else this.#cache = withRoom(this.#cache, sizeBytes);
    }
    if (this.lost !== void 0) {
      for (const page of this.lost) if (page * PAGE_BYTES >= sizeBytes) this.lost.delete(page);
      if (this.lost.size === 0) this.lost = void 0;
    }
    this.sizeBytes = sizeBytes;
    this.sizeLost = false;
    this.log.push({
      kind: 'truncate',
      seq,
      at: sizeBytes,
      end: sizeBytes,
      chunk: NO_BYTES,
      offset: 0,
      sizeBytes,
      resizes: true,
    });
  }
  /** The newest content; only [0, sizeBytes) of it counts. To be read, not kept. */
  image() {
    if (this.#cache !== void 0) return this.#cache;
    if (this.log.length === 0 && this.base.length >= this.sizeBytes) return this.base;
    const cache = new Uint8Array(Math.max(64, this.sizeBytes));
    copyBytes(this.base, 0, Math.min(this.durableSizeBytes, cache.length), cache, 0);
    for (const change of this.log) applyTo(change, cache);
    this.#cache = cache;
    return cache;
  }
  /** A sync has succeeded: everything up to `seq` is durable. */
  raiseFloor(seq) {
    if (seq <= this.floor) return;
    this.floor = seq;
    const { log } = this;
    let count2 = 0;
    let reach = this.durableSizeBytes;
    while (count2 < log.length && log[count2].seq <= seq) {
      const { end } = log[count2++];
      if (end > reach) reach = end;
    }
    if (count2 === 0) return;
    this.#ownBase(reach);
    const { base: base2 } = this;
    let size = this.durableSizeBytes;
    for (let i = 0; i < count2; i++) {
      const change = log[i];
      if (change.kind === 'write') {
        copyBytes(change.chunk, change.offset, change.offset + change.end - change.at, base2, change.at);
      } else if (change.sizeBytes < base2.length) {
        base2.fill(0, change.sizeBytes, Math.min(base2.length, Math.max(reach, size)));
      }
      if (change.resizes) size = change.sizeBytes;
    }
    this.durableSizeBytes = size;
    this.digest = { text: void 0 };
    if (count2 === log.length) {
      log.length = 0;
      if (this.lost === void 0 && !this.sizeLost) this.#cache = void 0;
    } else {
      log.splice(0, count2);
    }
  }
  /** A write-back has failed: everything up to `seq` counts as clean, the cache keeps it, the disk never gets it. */
  loseUpTo(seq) {
    this.image();
    this.#cache ??= this.base.slice(0, Math.max(this.sizeBytes, 1));
    const { log } = this;
    let count2 = 0;
    for (; count2 < log.length && log[count2].seq <= seq; count2++) {
      const change = log[count2];
      if (change.resizes) this.sizeLost = true;
      if (change.kind !== 'write') continue;
      this.lost ??= /* @__PURE__ */ new Set();
      for (let page = Math.floor(change.at / PAGE_BYTES); page * PAGE_BYTES < change.end; page++)
        this.lost.add(page);
    }
    log.splice(0, count2);
    for (const change of log) if (change.resizes) this.sizeLost = false;
  }
  /** A twin in the same state; content is shared until one of the two writes. */
  clone() {
    const twin = new _FileInode(this.id, this.key);
    twin.links = this.links;
    twin.writes = this.writes;
    twin.syncs = this.syncs;
    twin.floor = this.floor;
    twin.shareBaseOf(this);
    twin.log = this.log.slice();
    twin.sizeBytes = this.sizeBytes;
    twin.sizeLost = this.sizeLost;
    if (this.lost !== void 0) twin.lost = new Set(this.lost);
    if (this.lost !== void 0 || this.sizeLost) twin.#cache = this.#cache?.slice();
    return twin;
  }
  /** Takes over another inode's durable content, by reference. */
  shareBaseOf(other) {
    other.shared = true;
    this.shared = true;
    this.base = other.base;
    this.durableSizeBytes = other.durableSizeBytes;
    this.digest = other.digest;
  }
  /** Makes `bytes` the durable content; they belong to the inode from now on. */
  adopt(bytes) {
    this.base = bytes;
    this.shared = false;
    this.durableSizeBytes = bytes.length;
    this.sizeBytes = bytes.length;
    this.digest = { text: void 0 };
  }
  #ownBase(reachBytes) {
    if (!this.shared && this.base.length >= reachBytes) return;
    let capacity = Math.max(256, this.base.length);
    while (capacity < reachBytes) capacity *= 2;
    const own = new Uint8Array(capacity);
    copyBytes(this.base, 0, Math.min(this.durableSizeBytes, this.base.length), own, 0);
    this.base = own;
    this.shared = false;
  }
};
function applyTo(change, content) {
  const { at, offset } = change;
  if (change.kind === 'truncate') {
    if (at < content.length) content.fill(0, at);
    return;
  }
  const count2 = Math.min(change.end, content.length) - at;
  if (count2 > 0) copyBytes(change.chunk, offset, offset + count2, content, at);
}
function withRoom(bytes, sizeBytes) {
  if (bytes.length >= sizeBytes) return bytes;
  const grown = new Uint8Array(Math.max(sizeBytes, bytes.length * 2));
  grown.set(bytes);
  return grown;
}
var DirInode = class {
  kind = 'directory';
  id;
  key;
  floor = 0;
  syncs = 0;
  slots = /* @__PURE__ */ new Map();
  constructor(id2, key) {
    this.id = id2;
    this.key = key;
  }
  lookup(name) {
    const versions = this.slots.get(name)?.versions;
    return versions === void 0 ? void 0 : versions[versions.length - 1].inode;
  }
  /** How many names there are. */
  count() {
    let count2 = 0;
    for (const slot of this.slots.values()) if (newest(slot).inode !== void 0) count2++;
    return count2;
  }
  /** A sync has succeeded: of each slot the newest version up to `seq` is durable, older ones are gone. */
  raiseFloor(seq) {
    if (seq <= this.floor) return;
    this.floor = seq;
    for (const slot of this.slots.values()) {
      const { versions } = slot;
      let durable = 0;
      while (durable + 1 < versions.length && versions[durable + 1].seq <= seq) durable++;
      if (durable > 0) slot.versions = versions.slice(durable);
      if (slot.versions.length === 1 && slot.versions[0].inode === void 0) this.slots.delete(slot.name);
    }
  }
};
function newest(slot) {
  return slot.versions[slot.versions.length - 1];
}

// sim/disk/error.ts
var SimDiskError = class extends Error {
  code;
  applied;
  operation;
  path;
  constructor(code, operation, path, applied = 'no') {
    super(`${code}: ${operation} '${path}'`);
    this.name = 'SimDiskError';
    this.code = code;
    this.operation = operation;
    this.path = path;
    this.applied = applied;
  }
};

// sim/disk/sim-disk.ts
var SimDisk = class {
  root;
  arena;
  /** Operations called and not applied, oldest first. Kept by the doors. */
  inflight = /* @__PURE__ */ new Set();
  /** The life that new files belong to: part of their keys. */
  generation = 1;
  /** How many syncs are in flight. Kept by the doors. */
  syncing = 0;
  capacityBytes;
  usedBytes = 0;
  seq = 0;
  #nextId = 1;
  #ordinals = /* @__PURE__ */ new Map();
  #locks = /* @__PURE__ */ new Map();
  constructor(options = {}) {
    this.capacityBytes = options.capacityBytes ?? Infinity;
    this.arena = options.arena ?? new Arena();
    this.root = new DirInode(0, '');
  }
  // Files ------------------------------------------------------------------------------------------------------------
  /** @throws SimDiskError ENOENT ENOTDIR EISDIR EEXIST ENOSPC */
  open(path, flags3) {
    const { dir, name } = this.#locate(path, 'open');
    let inode = dir.lookup(name);
    if (inode === void 0) {
      if (flags3.create !== true) throw new SimDiskError('ENOENT', 'open', path);
      if (this.freeBytes <= 0) throw new SimDiskError('ENOSPC', 'open', path);
      const slot = this.slotOf(dir, name);
      inode = new FileInode(this.nextId(), this.nameKey('', name));
      inode.links = 1;
      slot.versions.push({ seq: ++this.seq, inode, rename: void 0 });
    } else {
      if (flags3.create === true && flags3.exclusive === true) throw new SimDiskError('EEXIST', 'open', path);
      if (inode.kind === 'directory') throw new SimDiskError('EISDIR', 'open', path);
      if (flags3.truncate === true && flags3.write === true) this.#resize(inode, 0);
    }
    inode.opens++;
    return { inode, path, flags: flags3, positionBytes: 0, open: true };
  }
  /**
   * Writes bytes[start, end) at the end (`append`) or at the description's position; fewer when the disk is full.
   *
   * @throws SimDiskError ENOSPC when not one byte fits, EBADF
   */
  write(file, bytes, start = 0, end = bytes.length) {
    this.#check(file, 'write', file.flags.write);
    const at = file.flags.append === true ? file.inode.sizeBytes : file.positionBytes;
    const count2 = this.writeAt(file.inode, at, bytes, start, end);
    if (count2 === 0 && end > start) throw new SimDiskError('ENOSPC', 'write', file.path);
    file.positionBytes = at + count2;
    return count2;
  }
  /** Writes as much of bytes[start, end) at `at` as fits, and says how much that was. */
  writeAt(inode, at, bytes, start, end) {
    let count2 = end - start;
    const growth = at + count2 - inode.sizeBytes;
    if (growth > 0 && growth > this.freeBytes) count2 = Math.max(0, count2 - (growth - this.freeBytes));
    if (count2 === 0) return 0;
    const before2 = inode.sizeBytes;
    inode.write(++this.seq, at, bytes, start, start + count2, this.arena);
    this.usedBytes += inode.sizeBytes - before2;
    return count2;
  }
  /** Reads into `into` from `position`; returns how many bytes there were. */
  read(file, into, position2) {
    this.#check(file, 'read', file.flags.read);
    const { inode } = file;
    const end = Math.min(inode.sizeBytes, position2 + into.length);
    if (end <= position2) return 0;
    copyBytes(inode.image(), position2, end, into, 0);
    return end - position2;
  }
  truncate(file, sizeBytes) {
    this.#check(file, 'truncate', file.flags.write);
    this.#resize(file.inode, sizeBytes);
  }
  /** Sets an inode's size: `truncate` for in-flight operations. */
  truncateInode(inode, sizeBytes) {
    this.#resize(inode, sizeBytes);
  }
  /** Begins a sync: what it will make durable is everything up to the sequence number returned. */
  syncBegin(file) {
    this.#check(file, 'sync', true);
    return this.seq;
  }
  /** Ends a sync with success. */
  syncEnd(inode, covered) {
    inode.raiseFloor(covered);
  }
  /** Ends a sync with a write-back failure: what it should have covered is clean in the cache and not on the disk. */
  syncFail(inode, covered) {
    inode.loseUpTo(covered);
  }
  close(file) {
    this.#check(file, 'close', true);
    file.open = false;
    file.inode.opens--;
    this.#maybeFree(file.inode);
  }
  // Names ------------------------------------------------------------------------------------------------------------
  /** @throws SimDiskError ENOENT ENOTDIR EISDIR EINVAL ENOTEMPTY ENOSPC */
  rename(from, to) {
    const source = this.#locate(from, 'rename');
    const target = this.#locate(to, 'rename');
    const inode = source.dir.lookup(source.name);
    if (inode === void 0) throw new SimDiskError('ENOENT', 'rename', from);
    const replaced = target.dir.lookup(target.name);
    if (replaced === inode) return;
    if (replaced !== void 0) {
      if (replaced.kind === 'directory') {
        if (inode.kind === 'file') throw new SimDiskError('EISDIR', 'rename', to);
        if (replaced.count() > 0) throw new SimDiskError('ENOTEMPTY', 'rename', to);
      } else if (inode.kind === 'directory') {
        throw new SimDiskError('ENOTDIR', 'rename', to);
      }
    }
    if (inode.kind === 'directory' && (to + '/').startsWith(from + '/'))
      throw new SimDiskError('EINVAL', 'rename', to);
    const fromSlot = this.slotOf(source.dir, source.name);
    const toSlot = this.slotOf(target.dir, target.name);
    const seq = ++this.seq;
    const rename3 = {
      seq,
      key: `${toSlot.key}/rename:${this.ordinal(`${toSlot.key}/rename`)}`,
      fromDir: source.dir,
      from: fromSlot,
      toDir: target.dir,
      to: toSlot,
    };
    fromSlot.versions.push({ seq, inode: void 0, rename: rename3 });
    toSlot.versions.push({ seq, inode, rename: rename3 });
    if (replaced?.kind === 'file') {
      replaced.links--;
      this.#maybeFree(replaced);
    }
  }
  /** @throws SimDiskError ENOENT EISDIR */
  unlink(path) {
    const { dir, name } = this.#locate(path, 'unlink');
    const inode = dir.lookup(name);
    if (inode === void 0) throw new SimDiskError('ENOENT', 'unlink', path);
    if (inode.kind === 'directory') throw new SimDiskError('EISDIR', 'unlink', path);
    this.slotOf(dir, name).versions.push({ seq: ++this.seq, inode: void 0, rename: void 0 });
    inode.links--;
    this.#maybeFree(inode);
  }
  /** @throws SimDiskError EEXIST ENOENT ENOTDIR ENOSPC */
  mkdir(path) {
    const { dir, name } = this.#locate(path, 'mkdir');
    if (dir.lookup(name) !== void 0) throw new SimDiskError('EEXIST', 'mkdir', path);
    if (this.freeBytes <= 0) throw new SimDiskError('ENOSPC', 'mkdir', path);
    const slot = this.slotOf(dir, name);
    const inode = new DirInode(this.nextId(), slot.key);
    slot.versions.push({ seq: ++this.seq, inode, rename: void 0 });
  }
  /** The names in a directory, sorted. @throws SimDiskError ENOENT ENOTDIR */
  readdir(path) {
    const dir = this.directory(path, 'readdir');
    const names = [];
    for (const slot of dir.slots.values()) if (newest(slot).inode !== void 0) names.push(slot.name);
    return names.sort();
  }
  /** @throws SimDiskError ENOENT ENOTDIR */
  stat(path) {
    const inode = this.find(path);
    if (inode === void 0) throw new SimDiskError('ENOENT', 'stat', path);
    return { kind: inode.kind, sizeBytes: inode.kind === 'file' ? inode.sizeBytes : 0 };
  }
  /** Begins a sync of a directory; `syncEnd` ends it. */
  dirSyncBegin(_dir) {
    return this.seq;
  }
  // Locks ------------------------------------------------------------------------------------------------------------
  /** Takes the exclusive lock of a directory; false when it is taken (also by the same process). */
  lock(path, pid) {
    const dir = this.directory(path, 'lock');
    if (this.#locks.has(dir.id)) return false;
    this.#locks.set(dir.id, pid);
    return true;
  }
  unlock(path, pid) {
    const inode = this.find(path);
    if (inode !== void 0 && this.#locks.get(inode.id) === pid) this.#locks.delete(inode.id);
  }
  /** A process has ended: its locks are gone. */
  unlockAll(pid) {
    for (const [id2, owner] of this.#locks) if (owner === pid) this.#locks.delete(id2);
  }
  // For the makers of disks and ports ----------------------------------------------------------------------------------
  get freeBytes() {
    return this.capacityBytes - this.usedBytes;
  }
  /** What a path leads to in the cache's view. */
  find(path) {
    let inode = this.root;
    for (const name of split(path)) {
      if (inode.kind !== 'directory') return void 0;
      const next = inode.lookup(name);
      if (next === void 0) return void 0;
      inode = next;
    }
    return inode;
  }
  /** @throws SimDiskError ENOENT ENOTDIR */
  directory(path, operation) {
    const inode = this.find(path);
    if (inode === void 0) throw new SimDiskError('ENOENT', operation, path);
    if (inode.kind !== 'directory') throw new SimDiskError('ENOTDIR', operation, path);
    return inode;
  }
  /** The slot of a name, made where there is none. */
  slotOf(dir, name) {
    let slot = dir.slots.get(name);
    if (slot === void 0) {
      slot = {
        name,
        key: this.nameKey(dir.key, name),
        versions: [{ seq: 0, inode: void 0, rename: void 0 }],
      };
      dir.slots.set(name, slot);
    }
    return slot;
  }
  nextId() {
    return this.#nextId++;
  }
  /** The next ordinal under a key, from 1. */
  ordinal(key) {
    const ordinal = (this.#ordinals.get(key) ?? 0) + 1;
    this.#ordinals.set(key, ordinal);
    return ordinal;
  }
  /** A key for a new name: generation, role, ordinal among those of its role. */
  nameKey(parentKey, name) {
    const key = `${parentKey === '' ? '' : `${parentKey}/`}g${this.generation}.${roleOf(name)}`;
    return `${key}:${this.ordinal(key)}`;
  }
  /** Makes ids and ordinals go on where another disk's stand. */
  continueFrom(other) {
    this.generation = other.generation;
    this.seq = other.seq;
    this.#nextId = other.#nextId;
    for (const [key, ordinal] of other.#ordinals) this.#ordinals.set(key, ordinal);
  }
  #check(file, operation, allowed) {
    if (!file.open || allowed !== true) throw new SimDiskError('EBADF', operation, file.path);
  }
  #resize(inode, sizeBytes) {
    this.usedBytes += sizeBytes - inode.sizeBytes;
    inode.truncate(++this.seq, sizeBytes);
  }
  #maybeFree(inode) {
    if (inode.links === 0 && inode.opens === 0) this.usedBytes -= inode.sizeBytes;
  }
  #locate(path, operation) {
    const names = split(path);
    const name = names.pop();
    if (name === void 0) throw new SimDiskError(operation === 'mkdir' ? 'EEXIST' : 'EISDIR', operation, path);
    let dir = this.root;
    for (const step of names) {
      const next = dir.lookup(step);
      if (next === void 0) throw new SimDiskError('ENOENT', operation, path);
      if (next.kind !== 'directory') throw new SimDiskError('ENOTDIR', operation, path);
      dir = next;
    }
    return { dir, name };
  }
};
function split(path) {
  const names = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(name);
  }
  return names;
}
function roleOf(name) {
  return name.replace(/[0-9a-f]{8,}|[0-9]+/g, '#');
}

// sim/disk/clone.ts
function cloneDisk(disk) {
  const copy3 = new SimDisk({ capacityBytes: disk.capacityBytes, arena: disk.arena });
  copy3.continueFrom(disk);
  const twins = /* @__PURE__ */ new Map([[disk.root, copy3.root]]);
  const slots = /* @__PURE__ */ new Map();
  const renames = /* @__PURE__ */ new Map();
  const twinOf = (inode) => {
    let twin = twins.get(inode);
    if (twin === void 0) {
      if (inode.kind === 'file') {
        twin = inode.clone();
        if (inode.links > 0) copy3.usedBytes += inode.sizeBytes;
        twins.set(inode, twin);
      } else {
        twin = new DirInode(inode.id, inode.key);
        twins.set(inode, twin);
        copySlots(inode, twin);
      }
    }
    return twin;
  };
  const slotTwin = (slot) => {
    let twin = slots.get(slot);
    if (twin === void 0) {
      twin = { name: slot.name, key: slot.key, versions: [] };
      slots.set(slot, twin);
    }
    return twin;
  };
  const renameTwin = (rename3) => {
    let twin = renames.get(rename3);
    if (twin === void 0) {
      twin = {
        seq: rename3.seq,
        key: rename3.key,
        fromDir: twinOf(rename3.fromDir),
        from: slotTwin(rename3.from),
        toDir: twinOf(rename3.toDir),
        to: slotTwin(rename3.to),
      };
      renames.set(rename3, twin);
    }
    return twin;
  };
  const copySlots = (from, to) => {
    to.floor = from.floor;
    to.syncs = from.syncs;
    for (const slot of from.slots.values()) {
      const twin = slotTwin(slot);
      to.slots.set(slot.name, twin);
      for (const version of slot.versions) {
        twin.versions.push({
          seq: version.seq,
          inode: version.inode === void 0 ? void 0 : twinOf(version.inode),
          rename: version.rename === void 0 ? void 0 : renameTwin(version.rename),
        });
      }
    }
  };
  copySlots(disk.root, copy3.root);
  return {
    disk: copy3,
    twin: (inode) => twins.get(inode),
  };
}

// sim/disk/tear.ts
function countTears(underneath) {
  let count2 = 1;
  for (const mask of underneath) count2 += tearsOf(mask);
  return count2;
}
function decodeTear(underneath, way) {
  let rest = way - 1;
  for (let index2 = 0; index2 < underneath.length; index2++) {
    const mask = underneath[index2];
    const ways = tearsOf(mask);
    if (rest < ways) return { index: index2, sectors: spread(rest + 1, mask) };
    rest -= ways;
  }
  return { index: 0, sectors: 0 };
}
function encodeTear(underneath, index2, sectors) {
  let way = 0;
  for (let i = 0; i < index2; i++) way += tearsOf(underneath[i]);
  const bits = gather(sectors, underneath[index2]);
  return bits === 0 || bits > tearsOf(underneath[index2]) ? 0 : way + bits;
}
function bitCount(mask) {
  let count2 = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count2++;
  return count2;
}
function tearsOf(mask) {
  return Math.max(0, (1 << bitCount(mask)) - 2);
}
function spread(bits, mask) {
  let out = 0;
  let rest = bits;
  for (let left = mask; left !== 0; left &= left - 1) {
    if ((rest & 1) !== 0) out |= left & -left;
    rest >>= 1;
  }
  return out;
}
function gather(sectors, mask) {
  let out = 0;
  let bit = 1;
  for (let left = mask; left !== 0; left &= left - 1) {
    if ((sectors & left & -left) !== 0) out |= bit;
    bit <<= 1;
  }
  return out;
}

// sim/disk/crash-file.ts
var scratch = new Uint8Array(PAGE_BYTES);
function crashFile(file, twin, chooser, choices, tally) {
  const { log } = file;
  if (log.length === 0) {
    twin.shareBaseOf(file);
    twin.sizeBytes = file.durableSizeBytes;
    return;
  }
  tally.pendingData += log.length;
  const sizes = [];
  const truncations = [];
  const pages = /* @__PURE__ */ new Map();
  for (const change of log) {
    if (change.resizes) sizes.unshift(change);
    if (change.kind === 'truncate') truncations.push(change);
    else group(change, pages);
  }
  const pick = sizes.length === 0 ? 0 : chooser.size(file, sizes);
  const sizeChange = sizes[pick];
  const sizeBytes = sizeChange?.sizeBytes ?? file.durableSizeBytes;
  const sizeSeq = sizeChange?.seq ?? 0;
  noteSize(file, sizes, pick, sizeBytes, tally);
  const out = new Uint8Array(sizeBytes);
  copyBytes(file.base, 0, Math.min(sizeBytes, file.durableSizeBytes, file.base.length), out, 0);
  for (const truncation of truncations) {
    if (truncation.seq <= sizeSeq && truncation.sizeBytes < sizeBytes) out.fill(0, truncation.sizeBytes);
  }
  let lostBefore = false;
  let intactLast = false;
  for (const [page, versions] of pages) {
    const start = page * PAGE_BYTES;
    if (!versions.some((version) => version.at < sizeBytes) || start >= sizeBytes) continue;
    const lost = chooser.page(file, page, versions.toReversed());
    const chosen = versions.length - lost;
    if (lost > 0) tally.count('page-lost');
    if (lost === 0 && lostBefore) tally.count('later-page-without-earlier');
    if (lost > 0) {
      tally.lost++;
      lostBefore = true;
    }
    intactLast = lost === 0;
    const stop = Math.min(sizeBytes, start + PAGE_BYTES);
    replay(file, versions, chosen, truncations, sizeSeq, start, out, start, stop);
    let holes = holesAfter(file, versions, chosen, versions.length, start, stop, 65535, chooser.sectorBytes);
    let torn = false;
    if (chosen > 0) {
      const underneath = differences2(versions, chosen, start, chooser.sectorBytes);
      const ways = countTears(underneath);
      const way = ways === 1 ? 0 : chooser.torn(file, page, underneath, ways);
      if (way > 0) {
        torn = true;
        const { index: index2, sectors } = decodeTear(underneath, way);
        const under = chosen - 1 - index2;
        replay(file, versions, under, truncations, sizeSeq, start, scratch, 0, start + PAGE_BYTES);
        copySectors(scratch, sectors, chooser.sectorBytes, out, start, stop);
        holes = holes.concat(
          holesAfter(file, versions, under, chosen, start, stop, sectors, chooser.sectorBytes),
        );
        tally.count('torn-page');
        if (lost === 0) tally.lost++;
      }
    }
    if (holes.length > 0) {
      tally.count('size-without-data');
      if (chooser.hole(file, page) === 'noise') {
        tally.count('size-without-data-noise');
        const key = chooser.noiseKey(file, page);
        for (const hole of holes) choices.noise(key, out, hole.from, hole.to);
      }
    }
    tally.rows?.push({
      object: file.key,
      what: 'page',
      detail: `page ${page}: ${chosen} of ${versions.length} versions${torn ? ', torn' : ''}${holes.length > 0 ? ', with a hole' : ''}`,
      fate: lost === 0 && !torn ? 'kept' : chosen === 0 ? 'dropped' : 'partly',
    });
  }
  if (pick > 0 && intactLast) tally.count('data-without-size');
  twin.adopt(out);
}
function group(change, pages) {
  const last = Math.floor((change.end - 1) / PAGE_BYTES);
  for (let page = Math.floor(change.at / PAGE_BYTES); page <= last; page++) {
    const versions = pages.get(page);
    if (versions === void 0) pages.set(page, [change]);
    else versions.push(change);
  }
}
function replay(file, versions, chosen, truncations, sizeSeq, start, out, at, stop) {
  const length = stop - start;
  const known = Math.max(0, Math.min(stop, file.durableSizeBytes, file.base.length) - start);
  if (known > 0) copyBytes(file.base, start, start + known, out, at);
  if (known < length) out.fill(0, at + known, at + length);
  const upTo = Math.max(chosen === 0 ? 0 : versions[chosen - 1].seq, sizeSeq);
  let cut = 0;
  for (let i = 0; i < chosen; i++) {
    const change = versions[i];
    for (; cut < truncations.length && truncations[cut].seq < change.seq; cut++) {
      zeroFrom(truncations[cut].sizeBytes - start, length, out, at);
    }
    const from = Math.max(change.at, start);
    const to = Math.min(change.end, stop);
    const offset = change.offset + from - change.at;
    if (to > from) copyBytes(change.chunk, offset, offset + to - from, out, at + from - start);
  }
  for (; cut < truncations.length && truncations[cut].seq <= upTo; cut++) {
    zeroFrom(truncations[cut].sizeBytes - start, length, out, at);
  }
}
function zeroFrom(from, length, out, at) {
  if (from < length) out.fill(0, at + Math.max(0, from), at + length);
}
function differences2(versions, chosen, start, sectorBytes) {
  const out = [];
  let mask = 0;
  for (let i = chosen - 1; i >= 0; i--) {
    mask |= sectorsOf(versions[i], start, sectorBytes);
    out.push(mask);
  }
  return out;
}
function sectorsOf(change, start, sectorBytes) {
  const first = Math.floor(Math.max(0, change.at - start) / sectorBytes);
  const last = Math.floor((Math.min(PAGE_BYTES, change.end - start) - 1) / sectorBytes);
  return ((2 << last) - 1) & ~((1 << first) - 1);
}
function copySectors(from, sectors, sectorBytes, out, start, stop) {
  for (let sector = 0; sector * sectorBytes < stop - start; sector++) {
    if ((sectors & (1 << sector)) === 0) continue;
    const at = sector * sectorBytes;
    copyBytes(from, at, Math.min(at + sectorBytes, stop - start), out, start + at);
  }
}
function holesAfter(file, versions, chosen, until, start, stop, sectors, sectorBytes) {
  let covered = Math.max(start, Math.min(file.durableSizeBytes, stop));
  for (let i = 0; i < chosen; i++) covered = Math.max(covered, Math.min(versions[i].end, stop));
  const holes = [];
  for (let i = chosen; i < until; i++) {
    const from = Math.max(covered, versions[i].at);
    const to = Math.min(versions[i].end, stop);
    for (let at = from; at < to;) {
      const sector = Math.floor((at - start) / sectorBytes);
      const end = Math.min(to, start + (sector + 1) * sectorBytes);
      if ((sectors & (1 << sector)) !== 0) {
        const last = holes.at(-1);
        if (last?.to === at) holes[holes.length - 1] = { from: last.from, to: end };
        else holes.push({ from: at, to: end });
      }
      at = end;
    }
    covered = Math.max(covered, to);
  }
  return holes;
}
function noteSize(file, sizes, pick, sizeBytes, tally) {
  if (pick > 0) {
    tally.lost++;
    tally.count('size-lost');
    if (sizes.some((size, i) => i < pick && size.kind === 'truncate')) tally.count('truncation-lost');
  }
  if (sizeBytes === 0 && file.sizeBytes > 0) tally.count('zero-length-file');
  if (sizes.length > 0) {
    tally.rows?.push({
      object: file.key,
      what: 'size',
      detail: `${file.sizeBytes} in the cache, ${file.durableSizeBytes} durable, ${sizeBytes} left`,
      fate: pick === 0 ? 'kept' : 'dropped',
    });
  }
}

// sim/disk/crash-names.ts
function chooseRenames(root, chooser, tally) {
  const renames = pendingRenames(root);
  const kept2 = /* @__PURE__ */ new Set();
  for (let i = renames.length - 1; i >= 0; i--) {
    const rename3 = renames[i];
    const durable = rename3.seq <= rename3.fromDir.floor || rename3.seq <= rename3.toDir.floor;
    if (!durable) tally.count('crash-with-pending-rename');
    const keep = durable || kept2.has(rename3) || chooser.keepsRename(rename3);
    if (keep) {
      kept2.add(rename3);
      for (let j = 0; j < i; j++) if (sharesSlot(rename3, renames[j])) kept2.add(renames[j]);
    }
    if (!durable) tally.count(keep ? 'rename-kept' : 'rename-lost');
    tally.rows?.push({
      object: rename3.key,
      what: 'rename',
      detail: `${rename3.from.name} -> ${rename3.to.name}${durable ? ' (synced)' : ''}`,
      fate: keep ? 'kept' : 'dropped',
    });
  }
  return kept2;
}
function chooseVersion(dir, slot, kept2, chooser, tally) {
  const { versions } = slot;
  if (versions.length === 1) return versions[0];
  tally.pendingNames += versions.length - 1;
  const legal = legalVersions(versions, kept2);
  const chosen = legal.length === 1 ? legal[0] : legal[chooser.slot(dir, slot, legal)];
  noteFate(dir, slot, chosen, kept2, tally);
  return chosen;
}
function legalVersions(versions, kept2) {
  let from = 0;
  let to = versions.length;
  for (let i = 1; i < versions.length; i++) {
    const { rename: rename3 } = versions[i];
    if (rename3 === void 0) continue;
    if (kept2.has(rename3)) {
      from = i;
    } else {
      to = i;
      break;
    }
  }
  return versions.slice(from, to).reverse();
}
function pendingRenames(root) {
  const found = /* @__PURE__ */ new Set();
  const seen = /* @__PURE__ */ new Set();
  const visit2 = (dir) => {
    if (seen.has(dir)) return;
    seen.add(dir);
    for (const slot of dir.slots.values()) {
      const { versions } = slot;
      for (let i = 0; i < versions.length; i++) {
        const { inode, rename: rename3 } = versions[i];
        if (i > 0 && rename3 !== void 0) found.add(rename3);
        if (inode?.kind === 'directory') visit2(inode);
      }
    }
  };
  visit2(root);
  return found.size < 2 ? [...found] : [...found].sort((a2, b2) => a2.seq - b2.seq);
}
function sharesSlot(a2, b2) {
  return a2.from === b2.from || a2.from === b2.to || a2.to === b2.from || a2.to === b2.to;
}
function noteFate(dir, slot, chosen, kept2, tally) {
  const last = newest(slot);
  if (chosen !== last) {
    tally.lost++;
    if (last.inode === void 0 && last.rename === void 0 && chosen.inode !== void 0)
      tally.count('unlink-lost');
    if (last.inode !== void 0 && last.rename === void 0 && chosen.inode === void 0) {
      tally.count(last.inode.kind === 'directory' ? 'directory-lost' : 'name-lost');
    }
    if (last.inode?.kind === 'file' && last.inode.floor > 0 && chosen.inode !== last.inode) {
      tally.count('synced-file-without-name');
    }
  } else if (last.inode === void 0 && last.rename === void 0) {
    for (const other of dir.slots.values()) {
      for (const version of other.versions) {
        if (
          version.rename !== void 0 &&
          version.seq < last.seq &&
          version.seq > dir.floor &&
          !kept2.has(version.rename)
        ) {
          tally.count('unlink-before-rename');
          return;
        }
      }
    }
  }
  tally.rows?.push({
    object: slot.key,
    what: 'name',
    detail: `${slot.name}: ${slot.versions.map((v) => (v === chosen ? '[' : '') + (v.inode?.key ?? 'nothing') + (v === chosen ? ']' : '')).join(', ')}`,
    fate: chosen === last ? 'kept' : 'dropped',
  });
}

// sim/disk/crash-report.ts
var CrashTally = class {
  situations = /* @__PURE__ */ new Map();
  rows;
  pendingData = 0;
  pendingNames = 0;
  lost = 0;
  constructor(withRows) {
    this.rows = withRows ? [] : void 0;
  }
  count(situation) {
    this.situations.set(situation, (this.situations.get(situation) ?? 0) + 1);
  }
};

// sim/disk/crash.ts
function crash(disk, kind, profile, choices, options = {}) {
  const tally = new CrashTally(false);
  const left = decide(disk, kind, profile, choices, options, tally);
  return {
    disk: left,
    report: {
      kind,
      profile: profile.name,
      pendingData: tally.pendingData,
      pendingNames: tally.pendingNames,
      lost: tally.lost,
      situations: tally.situations,
      table: () => {
        const again = new CrashTally(true);
        decide(disk, kind, profile, choices, options, again);
        return again.rows;
      },
    },
  };
}
function decide(disk, kind, profile, choices, options, tally) {
  const prefix = options.prefix ?? 'crash';
  let before2 = disk;
  if (disk.syncing > 0) tally.count('crash-inside-sync');
  if (disk.inflight.size > 0 || kind === 'kill' || !profile.losesPower) {
    const clone = cloneDisk(disk);
    for (const operation of disk.inflight) {
      const portion = choosePortion(operation, choices, prefix, tally);
      performPortion(operation, portion, clone.disk, (inode) => clone.twin(inode));
    }
    before2 = clone.disk;
  }
  if (kind === 'kill' || !profile.losesPower) {
    countPending(before2, tally);
    before2.generation = disk.generation + 1;
    return before2;
  }
  return losePower(before2, profile.chooser(before2, choices, prefix, options), choices, tally);
}
function choosePortion(operation, choices, prefix, tally) {
  const { parts } = operation;
  const key = `${prefix}/in flight ${operation.key}`;
  const u2 = choices.uniform(key);
  const lean = u2 < 0.35 ? 0 : u2 < 0.65 ? parts : Math.floor(((u2 - 0.65) / 0.35) * (parts + 1));
  const dropped = choices.choose(key, parts + 1, lean);
  tally.count('crash-with-operation-in-flight');
  if (operation.operation === 'write') tally.count('crash-with-write-in-flight');
  tally.count(
    dropped === 0 ? 'in-flight-applied' : dropped === parts ? 'in-flight-dropped' : 'in-flight-partial',
  );
  tally.rows?.push({
    object: operation.key,
    what: 'in flight',
    detail: `${operation.operation}: ${parts - dropped} of ${parts} parts`,
    fate: dropped === 0 ? 'kept' : dropped === parts ? 'dropped' : 'partly',
  });
  return parts - dropped;
}
function performPortion(operation, portion, disk, twin) {
  if (portion === 0) return;
  try {
    operation.perform(disk, twin, portion);
  } catch (error) {
    if (!(error instanceof SimDiskError)) throw error;
  }
}
function losePower(disk, chooser, choices, tally) {
  const left = new SimDisk({ capacityBytes: disk.capacityBytes, arena: disk.arena });
  left.continueFrom(disk);
  left.generation = disk.generation + 1;
  const kept2 = chooseRenames(disk.root, chooser, tally);
  walk(disk.root, left.root, disk, left, kept2, chooser, choices, tally);
  summarize(tally);
  return left;
}
function walk(from, to, disk, left, kept2, chooser, choices, tally) {
  to.floor = disk.seq;
  for (const slot of from.slots.values()) {
    const version = chooseVersion(from, slot, kept2, chooser, tally);
    const { inode } = version;
    if (inode === void 0) continue;
    let twin;
    if (inode.kind === 'directory') {
      twin = new DirInode(inode.id, inode.key);
      walk(inode, twin, disk, left, kept2, chooser, choices, tally);
    } else {
      twin = new FileInode(inode.id, inode.key);
      twin.links = 1;
      twin.writes = inode.writes;
      twin.syncs = inode.syncs;
      twin.floor = disk.seq;
      const lostBefore = tally.lost;
      crashFile(inode, twin, chooser, choices, tally);
      if (version.rename !== void 0 && tally.lost > lostBefore) tally.count('renamed-file-incomplete');
      left.usedBytes += twin.sizeBytes;
    }
    to.slots.set(slot.name, {
      name: slot.name,
      key: slot.key,
      versions: [{ seq: disk.seq, inode: twin, rename: void 0 }],
    });
  }
}
function summarize(tally) {
  if (tally.pendingData > 0) tally.count('crash-with-pending-data');
  if (tally.pendingNames > 0) tally.count('crash-with-pending-name');
  if (tally.pendingData + tally.pendingNames > 0) {
    if (tally.lost === 0) tally.count('all-pending-kept');
  }
}
function countPending(disk, tally) {
  const visit2 = (dir) => {
    for (const slot of dir.slots.values()) {
      tally.pendingNames += slot.versions.length - 1;
      const { inode } = newest(slot);
      if (inode?.kind === 'file') tally.pendingData += inode.log.length;
      else if (inode !== void 0) visit2(inode);
    }
  };
  visit2(disk.root);
  summarize(tally);
}

// sim/disk/never.ts
function never() {
  return new Promise(() => {});
}

// sim/disk/sim-dir.ts
var SimDir = class {
  #door;
  #context;
  #dir;
  #path;
  #open = true;
  constructor(door, context, dir, path) {
    this.#door = door;
    this.#context = context;
    this.#dir = dir;
    this.#path = path;
  }
  sync() {
    const { tenant, scheduler, trace, draws, latency, faults, disk } = this.#context;
    if (!tenant.alive) return never();
    const dir = this.#dir;
    trace.text('dirsync', this.#path, tenant.pid);
    if (!this.#open) return Promise.reject(new SimDiskError('EBADF', 'dirsync', this.#path));
    const ordinal = ++dir.syncs;
    const covered = disk.dirSyncBegin(dir);
    const atUs = latency.syncEndUs(draws.float() / tenant.slowness, scheduler.nowUs, 0);
    const fails2 = faults?.failsDirSync(`${dir.key}/${ordinal}`) === true;
    this.#door.syncBegins();
    return new Promise((resolve, reject) => {
      scheduler.atUs(
        atUs,
        'dirsynced',
        () => {
          this.#door.syncEnds();
          if (fails2) {
            reject(new SimDiskError('EIO', 'dirsync', this.#path, 'unknown'));
          } else {
            disk.syncEnd(dir, covered);
            resolve();
          }
        },
        tenant,
      );
    });
  }
  close() {
    return this.#door.call('closeDir', this.#path, () => {
      if (!this.#open) throw new SimDiskError('EBADF', 'close', this.#path);
      this.#open = false;
    });
  }
};

// sim/disk/pending-write.ts
var PendingWrite = class {
  operation = 'write';
  /** How many bytes will be accepted, unless the disk is full. */
  parts;
  #context;
  #door;
  #file;
  #ordinal;
  #bytes;
  #done;
  #failure;
  #applied = false;
  #inFlight = false;
  #written = 0;
  constructor(context, door, file, ordinal, bytes, done) {
    this.#context = context;
    this.#door = door;
    this.#file = file;
    this.#ordinal = ordinal;
    this.#bytes = bytes;
    this.#done = done;
    this.parts = bytes.length;
  }
  get key() {
    return `${this.#file.inode.key}/write:${this.#ordinal}`;
  }
  get pid() {
    return this.#context.tenant.pid;
  }
  /** Decides what goes wrong. */
  suffer(faults) {
    const { inode, path } = this.#file;
    const key = `${inode.key}/${this.#ordinal}`;
    if (faults.failsWrite(key)) this.#failure = new SimDiskError('EIO', 'write', path);
    else this.parts = faults.acceptedBytes(key, this.#bytes.length);
  }
  /** Leaves the write in flight until it completes: a crash may find any part of it. */
  stayInFlight() {
    if (this.#failure !== void 0 || !this.#file.open) return;
    this.#inFlight = true;
    this.#door.begin(this);
  }
  /** The page cache gets the bytes. */
  apply() {
    this.#applied = true;
    if (this.#failure !== void 0) return;
    try {
      this.#written = this.#context.disk.write(this.#file, this.#bytes, 0, this.parts);
    } catch (error) {
      if (!(error instanceof SimDiskError)) throw error;
      this.#failure = error;
    }
  }
  /** Tells the caller, inside its own call. What it throws is the caller's. */
  report() {
    this.#context.trace.event('written at once', this.#written);
    this.#done(this.#failure, this.#written);
  }
  /** The event: applies what is not applied, and tells the caller. */
  complete() {
    if (this.#inFlight) this.#door.end(this);
    if (!this.#applied) this.apply();
    this.#context.trace.event('written bytes', this.#written);
    this.#context.tenant.enter(() => this.#done(this.#failure, this.#written));
  }
  perform(disk, twin, portion) {
    const inode = twin(this.#file.inode);
    if (inode === void 0) return;
    const at = this.#file.flags.append === true ? inode.sizeBytes : this.#file.positionBytes;
    disk.writeAt(inode, at, this.#bytes, 0, portion);
  }
};

// sim/disk/sim-file.ts
var SimFile = class {
  #door;
  #context;
  #file;
  constructor(door, context, file) {
    this.#door = door;
    this.#context = context;
    this.#file = file;
  }
  write(bytes, done) {
    const { tenant, scheduler, trace, draws, latency, faults, immediateWriteChance } = this.#context;
    if (!tenant.alive) return;
    const file = this.#file;
    const { inode } = file;
    const ordinal = ++inode.writes;
    trace.bytes('write', bytes, inode.id);
    const write = new PendingWrite(this.#context, this.#door, file, ordinal, bytes, done);
    if (faults !== void 0) write.suffer(faults);
    const waits = !latency.writesPassSyncs && inode.busyUntilUs > scheduler.nowUs;
    const fromUs = waits ? inode.busyUntilUs : scheduler.nowUs;
    const atUs = fromUs + Math.ceil(latency.writeUs(draws.float()) * tenant.slowness);
    const how = draws.float();
    if (waits || how >= 0.5) {
      write.stayInFlight();
    } else {
      write.apply();
      if (how < immediateWriteChance) {
        write.report();
        return;
      }
    }
    scheduler.atUs(atUs, 'written', () => write.complete(), tenant);
  }
  read(into, position2) {
    const { disk, trace } = this.#context;
    const file = this.#file;
    return this.#door.call('read', file.path, () => {
      const count2 = disk.read(file, into, position2);
      trace.event('read bytes', count2, position2);
      return count2;
    });
  }
  truncate(sizeBytes) {
    const { disk } = this.#context;
    const file = this.#file;
    return this.#door.call(
      'truncate',
      file.path,
      () => disk.truncate(file, sizeBytes),
      (other, twin) => {
        const inode = twin(file.inode);
        if (inode !== void 0) other.truncateInode(inode, sizeBytes);
      },
    );
  }
  sync(done) {
    const { tenant, scheduler, trace, draws, latency, faults, disk } = this.#context;
    if (!tenant.alive) return;
    const file = this.#file;
    const { inode } = file;
    const ordinal = ++inode.syncs;
    trace.event('sync', inode.id);
    if (!file.open) {
      const error = new SimDiskError('EBADF', 'sync', file.path);
      scheduler.atUs(scheduler.nowUs + 1, 'synced', () => tenant.enter(() => done(error)), tenant);
      return;
    }
    const covered = disk.syncBegin(file);
    const unsyncedBytes = Math.max(0, inode.sizeBytes - inode.durableSizeBytes);
    let atUs = latency.syncEndUs(draws.float() / tenant.slowness, scheduler.nowUs, unsyncedBytes);
    let fails2 = false;
    if (faults !== void 0) {
      const key = `${inode.key}/${ordinal}`;
      atUs += faults.syncDelayUs(key);
      fails2 = faults.failsSync(key);
    }
    if (atUs > inode.busyUntilUs) inode.busyUntilUs = atUs;
    this.#door.syncBegins();
    scheduler.atUs(
      atUs,
      'synced',
      () => {
        this.#door.syncEnds();
        let error;
        if (fails2) {
          disk.syncFail(inode, covered);
          error = new SimDiskError('EIO', 'sync', file.path, 'unknown');
        } else {
          disk.syncEnd(inode, covered);
        }
        trace.event(fails2 ? 'sync failed' : 'sync done', inode.id, covered);
        tenant.enter(() => done(error));
      },
      tenant,
    );
  }
  datasync(done) {
    this.sync(done);
  }
  close() {
    const { disk } = this.#context;
    const file = this.#file;
    return this.#door.call('close', file.path, () => {
      disk.close(file);
      this.#door.forget(file);
    });
  }
};

// sim/disk/door.ts
var DiskDoor = class {
  #context;
  #open = /* @__PURE__ */ new Set();
  #inflight = /* @__PURE__ */ new Set();
  #syncs = 0;
  constructor(context) {
    this.#context = context;
  }
  open(path, flags3) {
    const { faults, disk } = this.#context;
    return this.#call(
      'open',
      path,
      () => {
        if (faults?.failsOpen(disk.nameKey('open', path)) === true)
          throw new SimDiskError('EMFILE', 'open', path);
        const file = disk.open(path, flags3);
        this.#open.add(file);
        return new SimFile(this, this.#context, file);
      },
      flags3.create === true || flags3.truncate === true
        ? (other) => other.close(other.open(path, flags3))
        : void 0,
    );
  }
  openDir(path) {
    const { disk } = this.#context;
    return this.#call(
      'openDir',
      path,
      () => new SimDir(this, this.#context, disk.directory(path, 'openDir'), path),
    );
  }
  rename(from, to) {
    const { disk, faults } = this.#context;
    const key = faults === void 0 ? '' : disk.nameKey('rename', to);
    return this.#call(
      'rename',
      `${from} -> ${to}`,
      () => {
        disk.rename(from, to);
        if (faults?.failsRename(key) === true) throw new SimDiskError('EIO', 'rename', to, 'unknown');
      },
      (other) => other.rename(from, to),
    );
  }
  unlink(path) {
    const { disk } = this.#context;
    return this.#call(
      'unlink',
      path,
      () => disk.unlink(path),
      (other) => other.unlink(path),
    );
  }
  mkdir(path) {
    const { disk } = this.#context;
    return this.#call(
      'mkdir',
      path,
      () => disk.mkdir(path),
      (other) => other.mkdir(path),
    );
  }
  readdir(path) {
    const { disk, draws, trace } = this.#context;
    return this.#call('readdir', path, () => {
      const names = disk.readdir(path);
      for (let i = names.length - 1; i > 0; i--) {
        const j = draws.int(i + 1);
        [names[i], names[j]] = [names[j], names[i]];
      }
      trace.text('names', names.join(' '));
      return names;
    });
  }
  stat(path) {
    const { disk, trace } = this.#context;
    return this.#call('stat', path, () => {
      const stat = disk.stat(path);
      trace.event(stat.kind, stat.sizeBytes);
      return stat;
    });
  }
  lock(directory) {
    const { disk, tenant } = this.#context;
    return this.#call('lock', directory, () => {
      if (!disk.lock(directory, tenant.pid)) return void 0;
      return { release: () => this.#call('unlock', directory, () => disk.unlock(directory, tenant.pid)) };
    });
  }
  /**
   * Ends all that the process had of the disk. `settle` decides operations in flight; without it they stay for a crash
   * of the whole disk to decide.
   */
  shut(settle2) {
    const { disk, tenant } = this.#context;
    if (settle2 !== void 0) {
      for (const operation of this.#inflight) {
        disk.inflight.delete(operation);
        settle2(operation);
      }
    }
    this.#inflight.clear();
    for (const file of this.#open) disk.close(file);
    this.#open.clear();
    disk.unlockAll(tenant.pid);
    disk.syncing -= this.#syncs;
    this.#syncs = 0;
  }
  // For the files and directories of this door -----------------------------------------------------------------------
  /** An operation that completes by a promise: applied at its call or at its completion. */
  call(operation, path, perform, redo) {
    return this.#call(operation, path, perform, redo);
  }
  begin(operation) {
    this.#inflight.add(operation);
    this.#context.disk.inflight.add(operation);
  }
  end(operation) {
    this.#inflight.delete(operation);
    this.#context.disk.inflight.delete(operation);
  }
  syncBegins() {
    this.#syncs++;
    this.#context.disk.syncing++;
  }
  syncEnds() {
    this.#syncs--;
    this.#context.disk.syncing--;
  }
  forget(file) {
    this.#open.delete(file);
  }
  #call(operation, path, perform, redo) {
    const { tenant, scheduler, trace, draws, latency, disk } = this.#context;
    if (!tenant.alive) return never();
    trace.text(operation, path, tenant.pid);
    const delayUs = Math.ceil(latency.metaUs(draws.float()) * tenant.slowness);
    let outcome;
    let inflight;
    if (draws.float() < 0.5) {
      outcome = attempt(perform);
    } else if (redo !== void 0) {
      inflight = {
        key: disk.nameKey(operation, roleOf(path)),
        operation,
        pid: tenant.pid,
        parts: 1,
        perform: redo,
      };
      this.begin(inflight);
    }
    return new Promise((resolve, reject) => {
      scheduler.atUs(
        scheduler.nowUs + delayUs,
        operation,
        () => {
          if (inflight !== void 0) this.end(inflight);
          outcome ??= attempt(perform);
          if (outcome.error === void 0) {
            resolve(outcome.value);
          } else {
            trace.text('failed', outcome.error.message);
            reject(outcome.error);
          }
        },
        tenant,
      );
    });
  }
};
function attempt(perform) {
  try {
    return { value: perform(), error: void 0 };
  } catch (error) {
    if (!(error instanceof SimDiskError)) throw error;
    return { value: void 0, error };
  }
}

// sim/disk/faults.ts
var Faults = class {
  #plan;
  #choices;
  constructor(plan, choices) {
    this.#plan = plan;
    this.#choices = choices;
  }
  /** How many of `lengthBytes` bytes a write accepts: at least one. */
  acceptedBytes(key, lengthBytes2) {
    if (lengthBytes2 < 2) return lengthBytes2;
    const full = `fault/short ${key}`;
    const chance = this.#plan.shortWriteChance ?? 0;
    const u2 = this.#choices.uniform(full);
    const lean = u2 < chance ? 1 + Math.floor((u2 / chance) * (lengthBytes2 - 1)) : 0;
    return lengthBytes2 - this.#choices.choose(full, lengthBytes2, lean);
  }
  failsWrite(key) {
    return this.#occurs(`fault/write ${key}`, this.#plan.writeErrorChance);
  }
  failsSync(key) {
    return this.#occurs(`fault/sync ${key}`, this.#plan.syncErrorChance);
  }
  failsDirSync(key) {
    return this.#occurs(`fault/dirsync ${key}`, this.#plan.dirSyncErrorChance);
  }
  failsRename(key) {
    return this.#occurs(`fault/rename ${key}`, this.#plan.renameErrorChance);
  }
  failsOpen(key) {
    return this.#occurs(`fault/open ${key}`, this.#plan.openErrorChance);
  }
  /** By how much a sync is delayed, in microseconds. */
  syncDelayUs(key) {
    const slow = this.#occurs(`fault/slow ${key}`, this.#plan.slowSyncChance);
    return slow ? (this.#plan.slowSyncMs ?? 3e3) * 1e3 : 0;
  }
  #occurs(key, chance = 0) {
    return this.#choices.choose(key, 2, this.#choices.uniform(key) < chance ? 1 : 0) === 1;
  }
};

// sim/disk/files.ts
function syncEverything(disk) {
  const visit2 = (dir) => {
    for (const slot of dir.slots.values()) {
      const { inode } = newest(slot);
      if (inode?.kind === 'directory') visit2(inode);
      else inode?.raiseFloor(disk.seq);
    }
    dir.raiseFloor(disk.seq);
  };
  visit2(disk.root);
}

// sim/disk/fingerprint.ts
function fingerprint(disk) {
  const hash2 = new RollingHash();
  visit(disk.root, hash2);
  return hash2.digest();
}
function visit(dir, hash2) {
  const names = [];
  for (const slot of dir.slots.values()) if (newest(slot).inode !== void 0) names.push(slot.name);
  names.sort();
  hash2.int(names.length);
  for (const name of names) {
    const inode = dir.lookup(name);
    hash2.text(name);
    if (inode.kind === 'directory') visit(inode, hash2);
    else hash2.text(digestOf(inode));
  }
}
function digestOf(file) {
  const clean = file.log.length === 0 && file.lost === void 0 && !file.sizeLost;
  if (clean && file.digest.text !== void 0) return file.digest.text;
  const hash2 = new RollingHash();
  const image = file.image();
  hash2.bytes(image, 0, Math.min(image.length, file.sizeBytes));
  hash2.number(file.sizeBytes);
  const digest = hash2.digest();
  if (clean) file.digest.text = digest;
  return digest;
}

// sim/disk/latency.ts
var Latency = class {
  #scale;
  #syncScale;
  #bytesPerUs;
  writesPassSyncs;
  /** The device does one sync at a time: when it is free again, in microseconds. A child's large writes slow its parent. */
  busyUntilUs = 0;
  constructor(options = {}) {
    this.#scale = options.scale ?? 1;
    this.#syncScale = this.#scale * (options.syncScale ?? 1);
    this.#bytesPerUs = options.bytesPerUs ?? 500;
    this.writesPassSyncs = options.writesPassSyncs ?? false;
  }
  /** A write into the page cache: 2 to 40 us. */
  writeUs(u2) {
    return Math.ceil((this.#scale * 2) / (u2 + 0.05));
  }
  /** Everything that touches names, and reads: 4 to 200 us. */
  metaUs(u2) {
    return Math.ceil((this.#scale * 4) / (u2 + 0.02));
  }
  /** When a sync ends that begins now, behind those that the device has already. */
  syncEndUs(u2, nowUs, unsyncedBytes) {
    const startUs = Math.max(nowUs, this.busyUntilUs);
    const endUs =
      startUs + Math.ceil((this.#syncScale * 120) / (u2 + 6e-3) + unsyncedBytes / this.#bytesPerUs);
    this.busyUntilUs = endUs;
    return endUs;
  }
};

// sim/disk/posix-strict.ts
var posixStrict = {
  name: 'posix-strict',
  about: 'Everything that POSIX does not forbid: only what was synced is sure, all else is independent.',
  losesPower: true,
  chooser: (_disk, choices, prefix, settings) => new StrictChooser(choices, prefix, settings),
};
var StrictChooser = class {
  sectorBytes;
  #choices;
  #prefix;
  #weather;
  #mooded;
  #mood = 'scattered';
  #cutSeq = 0;
  constructor(choices, prefix, settings) {
    this.sectorBytes = settings.sectorBytes ?? 512;
    this.#choices = choices;
    this.#prefix = prefix;
    const u2 = choices.uniform(`${prefix}/weather`);
    this.#weather = u2 < 0.1 ? 'everything' : u2 < 0.2 ? 'nothing' : 'mixed';
  }
  keepsRename(rename3) {
    const key = `${this.#prefix}/rename ${rename3.key}`;
    return this.#choices.choose(key, 2, this.#lean(key, 2)) === 0;
  }
  slot(_dir, slot, versions) {
    const key = `${this.#prefix}/name ${slot.key}`;
    return this.#choices.choose(key, versions.length, this.#lean(key, versions.length));
  }
  size(file, sizes) {
    const key = `${this.#prefix}/size ${file.key}`;
    return this.#choices.choose(key, sizes.length + 1, this.#leanVersion(file, key, sizes, 'data only'));
  }
  page(file, page, versions) {
    const key = `${this.#prefix}/page ${file.key}/${page}`;
    return this.#choices.choose(
      key,
      versions.length + 1,
      this.#leanVersion(file, key, versions, 'size only'),
    );
  }
  torn(file, page, underneath, count2) {
    const key = `${this.#prefix}/torn ${file.key}/${page}`;
    return this.#choices.choose(key, count2, this.#leanTorn(key, underneath));
  }
  hole(file, page) {
    const key = `${this.#prefix}/hole ${file.key}/${page}`;
    return this.#choices.choose(key, 2) === 0 ? 'zeros' : 'noise';
  }
  noiseKey(file, page) {
    return `${this.#prefix}/noise ${file.key}/${page}`;
  }
  #lean(key, count2) {
    if (this.#weather === 'everything') return 0;
    if (this.#weather === 'nothing') return count2 - 1;
    return Math.floor(this.#choices.uniform(key) * count2);
  }
  /** The option to lean to among changes (newest first) and the durable state behind them. */
  #leanVersion(file, key, changes, losing) {
    if (this.#weather === 'everything') return 0;
    if (this.#weather === 'nothing') return changes.length;
    if (this.#mooded !== file) this.#takeMood(file);
    const mood = this.#mood;
    if (mood === 'kept') return 0;
    if (mood === 'lost') return changes.length;
    if (mood === 'size only' || mood === 'data only') return mood === losing ? changes.length : 0;
    if (mood === 'scattered') return Math.floor(this.#choices.uniform(key) * (changes.length + 1));
    let later = 0;
    while (later < changes.length && changes[later].seq > this.#cutSeq) later++;
    return later;
  }
  /** A file's mood, and for 'cut' the moment up to which everything was written back. */
  #takeMood(file) {
    const key = `${this.#prefix}/mood ${file.key}`;
    const u2 = this.#choices.uniform(key);
    this.#mooded = file;
    this.#mood =
      u2 < 0.2
        ? 'kept'
        : u2 < 0.35
          ? 'lost'
          : u2 < 0.65
            ? 'cut'
            : u2 < 0.75
              ? 'size only'
              : u2 < 0.85
                ? 'data only'
                : 'scattered';
    const { log } = file;
    const at = Math.floor(this.#choices.uniform(`${key}/cut`) * (log.length + 1));
    this.#cutSeq = at === 0 ? 0 : log[at - 1].seq;
  }
  /** Three pages in ten are torn: most linearly (a prefix or a suffix was written), some in any sectors. */
  #leanTorn(key, underneath) {
    if (this.#weather !== 'mixed') return 0;
    const u2 = this.#choices.uniform(key);
    if (u2 >= 0.3) return 0;
    const index2 = u2 < 0.06 ? Math.floor(this.#choices.uniform(`${key}/under`) * underneath.length) : 0;
    const how = this.#choices.uniform(`${key}/how`);
    const where = this.#choices.uniform(`${key}/where`);
    const written = (1 << (1 + Math.floor(where * 7))) - 1;
    const sectors = how < 0.4 ? ~written : how < 0.7 ? written : Math.floor(where * 256);
    return encodeTear(underneath, index2, sectors & underneath[index2]);
  }
};

// sim/disk/profiles.ts
var everythingKept = {
  sectorBytes: 4096,
  keepsRename: () => true,
  slot: () => 0,
  size: () => 0,
  page: () => 0,
  torn: () => 0,
  hole: () => 'zeros',
  noiseKey: () => '',
};
var procKill = {
  name: 'proc-kill',
  about: 'Processes are killed; the power never fails, so that the page cache survives.',
  losesPower: false,
  chooser: () => everythingKept,
};
var lossless = {
  name: 'lossless',
  about: 'Nothing is ever lost, synced or not: the null disk on which durability mutants must survive.',
  losesPower: true,
  chooser: () => everythingKept,
};
var profiles = new Map([posixStrict, procKill, lossless].map((profile) => [profile.name, profile]));

// sim/world/choices.ts
var SeededChoices = class {
  #basis;
  #given;
  #unrecorded;
  #made = /* @__PURE__ */ new Map();
  constructor(seed, given = {}, unrecorded = 'draw') {
    this.#basis = hashText(String(seed), 1374496523);
    this.#given = given;
    this.#unrecorded = unrecorded;
  }
  choose(key, count2, lean) {
    const made = this.#made.get(key);
    if (made !== void 0) return clamp(made, count2);
    let value;
    const given = this.#given[key];
    if (given !== void 0) value = clamp(given, count2);
    else if (this.#unrecorded === 'kindest') value = 0;
    else if (lean !== void 0) value = clamp(lean, count2);
    else value = Math.floor(this.uniform(key) * count2);
    this.#made.set(key, value);
    return value;
  }
  uniform(key) {
    return toUnit(hashText(key, this.#basis));
  }
  noise(key, bytes, start, end) {
    fillNoise(hashText(key, ~this.#basis), bytes, start, end);
  }
  /** Everything chosen so far: given to a new `SeededChoices`, it takes the same course. */
  record() {
    return Object.fromEntries(this.#made);
  }
  /** How many choices were made. */
  get size() {
    return this.#made.size;
  }
};
function clamp(value, count2) {
  return value < count2 ? (value < 0 ? 0 : value) : count2 - 1;
}

// sim/world/clock.ts
var SimClock = class {
  #context;
  /** By due time, then by making. */
  #timers = [];
  #wake;
  #turn = [];
  #nextTurn = [];
  constructor(context) {
    this.#context = context;
  }
  wallMs() {
    return Math.floor(this.#context.wall.offsetMs + this.#context.scheduler.nowMs);
  }
  monoMs() {
    return this.#context.scheduler.nowMs;
  }
  after(delayMs, run) {
    const { scheduler, tenant } = this.#context;
    if (!tenant.alive) return { cancel: () => {} };
    let dueUs = scheduler.nowUs + Math.max(0, Math.ceil(delayMs * 1e3));
    while (dueUs / 1e3 - scheduler.nowMs < delayMs) dueUs++;
    const timer = { dueUs, run };
    let at = this.#timers.length;
    while (at > 0 && this.#timers[at - 1].dueUs > dueUs) at--;
    this.#timers.splice(at, 0, timer);
    if (at === 0) this.#schedule();
    return {
      cancel: () => {
        timer.run = void 0;
      },
    };
  }
  endOfTurn(run) {
    const { scheduler, tenant, draws } = this.#context;
    if (!tenant.alive) return;
    this.#nextTurn.push(run);
    if (this.#nextTurn.length > 1 || this.#turn.length > 0) return;
    scheduler.atUs(scheduler.nowUs + this.#turnUs(draws), 'end of turn', this.#endTurn, tenant);
  }
  /** Runs the first of this turn's callbacks; the others follow at the same instant, each after its microtasks. */
  #endTurn = () => {
    const { scheduler, tenant, draws } = this.#context;
    if (this.#turn.length === 0) {
      this.#turn = this.#nextTurn;
      this.#nextTurn = [];
    }
    const run = this.#turn.shift();
    if (run !== void 0) tenant.enter(run);
    if (this.#turn.length > 0) scheduler.atUs(scheduler.nowUs, 'end of turn', this.#endTurn, tenant);
    else if (this.#nextTurn.length > 0) {
      scheduler.atUs(scheduler.nowUs + this.#turnUs(draws), 'end of turn', this.#endTurn, tenant);
    }
  };
  #turnUs(draws) {
    return 1 + Math.floor(draws.float() * 20 * this.#context.tenant.slowness);
  }
  #schedule() {
    const { scheduler, tenant } = this.#context;
    const first = this.#timers[0];
    if (this.#wake !== void 0) scheduler.cancel(this.#wake);
    this.#wake = void 0;
    if (first === void 0) return;
    const wakeUs = Math.max(scheduler.nowUs, first.dueUs) + this.#latenessUs();
    this.#wake = scheduler.atUs(wakeUs, 'timer', this.#ring, tenant);
  }
  /** Runs the first due timer; while more are due they follow at the same instant. */
  #ring = () => {
    const { scheduler, tenant } = this.#context;
    this.#wake = void 0;
    let timer = this.#timers.shift();
    while (timer !== void 0 && timer.run === void 0 && this.#timers.length > 0) timer = this.#timers.shift();
    if (timer?.run !== void 0) {
      if (timer.dueUs > scheduler.nowUs) {
        this.#timers.unshift(timer);
      } else {
        const { run } = timer;
        timer.run = void 0;
        tenant.enter(run);
      }
    }
    const next = this.#timers[0];
    if (next === void 0) return;
    if (next.dueUs <= scheduler.nowUs)
      this.#wake = scheduler.atUs(scheduler.nowUs, 'timer', this.#ring, tenant);
    else if (this.#wake === void 0) this.#schedule();
  };
  /** Up to a millisecond as a rule, up to 50 at times. */
  #latenessUs() {
    const { draws, lateness, tenant } = this.#context;
    if (lateness === 0) return 0;
    const u2 = draws.float();
    const most = u2 < 0.9 ? 1e3 : u2 < 0.99 ? 5e3 : 5e4;
    return Math.floor(draws.float() * most * lateness * Math.min(4, tenant.slowness));
  }
};

// sim/world/fork-error.ts
var SimForkError = class extends Error {
  code;
  constructor(code) {
    super(`${code}: fork`);
    this.name = 'SimForkError';
    this.code = code;
  }
};

// sim/world/process.ts
var SimProcess = class {
  pid;
  slowness;
  name;
  host;
  door;
  /** True for a process that was forked, also when its parent is gone. */
  forked;
  /** The process that forked this one, while it lives. */
  parent;
  children = /* @__PURE__ */ new Set();
  /** How it ended; undefined while it lives. */
  status;
  /** Called once when the process has ended, by whoever started it in the scenario. Runs inside the event that ended it. */
  onEnd;
  #machine;
  #onSignal;
  constructor(machine, pid, name, slowness, parent) {
    this.#machine = machine;
    this.pid = pid;
    this.name = name;
    this.slowness = slowness;
    this.forked = parent !== void 0;
    this.parent = parent;
    this.door = machine.door(this);
    this.host = { clock: new SimClock(machine.clockContext(this)), disk: this.door, process: this };
  }
  get alive() {
    return this.status === void 0;
  }
  /** Runs code of this process now: nothing when it is dead; what escapes ends it and is a violation. */
  enter(run) {
    if (this.status !== void 0) return;
    try {
      run();
    } catch (error) {
      this.#machine.escaped(this, error);
    }
  }
  /** Schedules code of this process, such as input that arrives. Nothing happens when it is dead by then. */
  after(delayMs, label, run) {
    this.#machine.scheduler.after(delayMs, label, () => this.enter(run), this);
  }
  // The Process port ---------------------------------------------------------------------------------------------------
  entropy(lengthBytes2) {
    return this.#machine.entropy(lengthBytes2);
  }
  fork(image, mainName, args) {
    if (!this.alive) return { pid: 0, onExit: () => {}, kill: () => {} };
    const process2 = this.#machine.fork(this, image.share(), mainName, args);
    return new SimChild(this.#machine, this, process2);
  }
  exit(code) {
    this.#machine.end(this, { code, signal: null });
    return never();
  }
  onSignal(handler) {
    this.#onSignal = handler;
  }
  /** A signal arrives: the handler gets SIGTERM and SIGINT, everything else ends the process. */
  deliver(signal) {
    if (!this.alive) return;
    const handler = this.#onSignal;
    if (handler !== void 0 && (signal === 'SIGTERM' || signal === 'SIGINT'))
      this.enter(() => handler(signal));
    else this.#machine.end(this, { code: null, signal });
  }
};
var SimChild = class {
  pid;
  #machine;
  #parent;
  #process;
  #handler;
  #known;
  constructor(machine, parent, process2) {
    this.#machine = machine;
    this.#parent = parent;
    this.#process = process2;
    this.pid = process2.pid;
    process2.onEnd = (status2) => {
      const { scheduler } = machine;
      scheduler.after(machine.noticeDelayMs(), 'child exit', () => this.#notice(status2), parent);
    };
  }
  onExit(handler) {
    this.#handler = handler;
    const known = this.#known;
    if (known !== void 0)
      this.#machine.scheduler.after(0, 'child exit', () => this.#notice(known), this.#parent);
  }
  kill(signal) {
    if (!this.#parent.alive) return;
    const { scheduler } = this.#machine;
    scheduler.after(
      this.#machine.noticeDelayMs(),
      'signal',
      () => this.#process.deliver(signal),
      this.#process,
    );
  }
  #notice(status2) {
    this.#known = status2;
    const handler = this.#handler;
    if (handler === void 0) return;
    this.#known = void 0;
    this.#handler = () => {};
    this.#parent.enter(() => handler(status2));
  }
};

// sim/world/machine.ts
var Machine = class {
  scheduler;
  violations = [];
  /** Every crash so far, oldest first. */
  crashes = [];
  /** The disk as it is now: another one after each loss of power. */
  disk;
  #options;
  #processes = /* @__PURE__ */ new Map();
  #generation = 0;
  #forks = 0;
  #ends = 0;
  constructor(options) {
    this.#options = options;
    this.scheduler = options.scheduler;
    this.disk = options.disk;
  }
  /** The living processes, by pid. */
  get processes() {
    return this.#processes;
  }
  /** How many times `spawn` has begun a new life on this machine. */
  get generation() {
    return this.#generation;
  }
  /** Starts a process. Its main runs in an event of its own, at this virtual time. */
  spawn(main, name = 'main') {
    this.#generation++;
    if (this.disk.generation < this.#generation) this.disk.generation = this.#generation;
    const process2 = new SimProcess(this, this.#freePid(), name, 1, void 0);
    this.#start(process2, 0, () => main(process2.host));
    return process2;
  }
  /**
   * Ends a process as SIGKILL does, now. The page cache survives. Returns what became of its operations in flight.
   * Its children live on as orphans.
   */
  kill(pid) {
    const process2 = this.#processes.get(pid);
    if (process2 === void 0) throw new Error(`no living process has the pid ${pid}`);
    return this.end(process2, { code: null, signal: 'SIGKILL' });
  }
  /** Ends all processes as `kill` does. */
  killAll() {
    for (const pid of [...this.#processes.keys()].sort((a2, b2) => a2 - b2)) this.kill(pid);
  }
  /**
   * The power fails: all processes end, and the disk becomes what it may be after that. Under a profile that never loses
   * power it is a kill of everything.
   */
  powerOff() {
    const { trace, profile, choices, latency } = this.#options;
    const prefix = `crash ${this.crashes.length + 1}`;
    const result = crash(this.disk, 'power', profile, choices, { ...this.#options.crash, prefix });
    for (const process2 of this.#processes.values()) {
      process2.status = { code: null, signal: 'SIGKILL' };
      process2.door.shut();
    }
    this.#processes.clear();
    this.disk = result.disk;
    latency.busyUntilUs = 0;
    trace.event('power off', result.report.pendingData, result.report.pendingNames, result.report.lost);
    trace.text('image', fingerprint(this.disk));
    this.crashes.push(result.report);
    return result.report;
  }
  // For processes ------------------------------------------------------------------------------------------------------
  /** Ends a process: what `kill`, `exit`, signals and escaped exceptions have in common. */
  end(process2, status2) {
    const { choices, trace, profile } = this.#options;
    const tally = new CrashTally(true);
    const { disk } = this;
    if (process2.alive) {
      const prefix = `end ${++this.#ends}`;
      process2.status = status2;
      this.#processes.delete(process2.pid);
      if (disk.syncing > 0) tally.count('crash-inside-sync');
      process2.door.shut((operation) => {
        const portion = choosePortion(operation, choices, prefix, tally);
        trace.text('in flight', operation.key, portion);
        performPortion(operation, portion, disk, (inode) => inode);
      });
      trace.text('end', status2.signal ?? 'exit', status2.code ?? process2.pid);
      for (const child of process2.children) this.#orphan(child);
      process2.parent?.children.delete(process2);
      const { onEnd } = process2;
      if (onEnd !== void 0 && (process2.parent === void 0 || process2.parent.alive)) onEnd(status2);
    }
    countPending(disk, tally);
    const report = {
      kind: 'kill',
      profile: profile.name,
      pendingData: tally.pendingData,
      pendingNames: tally.pendingNames,
      lost: 0,
      situations: tally.situations,
      table: () => tally.rows ?? [],
    };
    if (status2.signal === 'SIGKILL' && !process2.forked) this.crashes.push(report);
    return report;
  }
  fork(parent, image, mainName, args) {
    const { childMains: childMains2, streams, choices, processFaults } = this.#options;
    const main = childMains2.get(mainName);
    if (main === void 0) throw new Error(`no child main is registered under '${mainName}'`);
    const key = `fault/fork ${mainName}:${++this.#forks}`;
    const chance = processFaults.forkErrorChance ?? 0;
    if (choices.choose(key, 2, choices.uniform(key) < chance ? 1 : 0) === 1) throw new SimForkError('ENOMEM');
    const draws = streams.stream('process');
    const slowness = draws.pick(SLOWNESS);
    const child = new SimProcess(this, this.#freePid(), mainName, slowness, parent);
    parent.children.add(child);
    const copy3 = JSON.parse(JSON.stringify(args));
    this.#start(child, draws.float() * slowness, () => main(child.host, image, copy3));
    return child;
  }
  door(process2) {
    const { scheduler, trace, streams, latency, faults, immediateWriteChance } = this.#options;
    return new DiskDoor({
      disk: this.disk,
      tenant: process2,
      scheduler,
      trace,
      draws: streams.stream('disk'),
      latency,
      faults,
      immediateWriteChance,
    });
  }
  clockContext(process2) {
    const { scheduler, wall, streams, timerLateness } = this.#options;
    return { scheduler, tenant: process2, wall, draws: streams.stream('clock'), lateness: timerLateness };
  }
  entropy(lengthBytes2) {
    return this.#options.streams.stream('entropy').bytes(lengthBytes2);
  }
  /** How long the news of a child's end, or a signal, is under way. */
  noticeDelayMs() {
    const u2 = this.#options.streams.stream('process').float();
    return u2 < 0.8 ? u2 : u2 * 20;
  }
  /** Something escaped from a process's code: it ends, as it would under Node, and that is a violation. */
  escaped(process2, error) {
    if (!process2.alive) return;
    const { trace } = this.#options;
    trace.text('escaped', String(error), process2.pid);
    this.violations.push({ kind: 'exception', error, pid: process2.pid, atMs: this.scheduler.nowMs });
    this.end(process2, { code: 1, signal: null });
  }
  #start(process2, delayMs, main) {
    this.#processes.set(process2.pid, process2);
    this.#options.trace.text('start', process2.name, process2.pid);
    process2.after(delayMs, 'main', () => {
      main().then(
        (code) => {
          if (process2.alive) this.end(process2, { code, signal: null });
        },
        (error) => {
          if (process2.forked) this.#childFailed(process2, error);
          else this.escaped(process2, error);
        },
      );
    });
  }
  /** A child's rejection ends it with code 1: that is its contract, not a violation. */
  #childFailed(process2, error) {
    if (!process2.alive) return;
    this.#options.trace.text('child failed', String(error), process2.pid);
    this.end(process2, { code: 1, signal: null });
  }
  /** A child without its parent goes on: to its end, or for a while. */
  #orphan(child) {
    child.parent = void 0;
    child.onEnd = void 0;
    const draws = this.#options.streams.stream('process');
    const runsOn = draws.chance(0.4);
    const delayMs = draws.float() * this.#options.orphanMs;
    if (runsOn) return;
    this.scheduler.after(delayMs, 'orphan ends', () => child.deliver('SIGKILL'), child);
  }
  /** The lowest pid that no living process has: reused at once, as in a container. */
  #freePid() {
    let pid = 1;
    while (this.#processes.has(pid)) pid++;
    return pid;
  }
};
var SLOWNESS = [0.1, 0.5, 1, 1, 1, 4, 20];

// sim/world/event-heap.ts
var EventHeap = class {
  #items = [];
  get size() {
    return this.#items.length;
  }
  peek() {
    return this.#items[0];
  }
  push(event) {
    const items = this.#items;
    let i = items.length;
    items.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const other = items[parent];
      if (!before(event, other)) break;
      items[i] = other;
      i = parent;
    }
    items[i] = event;
  }
  pop() {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    const count2 = items.length;
    if (last === void 0 || count2 === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= count2) break;
      if (child + 1 < count2 && before(items[child + 1], items[child])) child++;
      const other = items[child];
      if (!before(other, last)) break;
      items[i] = other;
      i = child;
    }
    items[i] = last;
    return first;
  }
};
function before(a2, b2) {
  return a2.atUs < b2.atUs || (a2.atUs === b2.atUs && a2.sequence < b2.sequence);
}

// sim/world/scheduler.ts
var EVENTS_BETWEEN_MACROTASKS = 1e4;
var resolved = Promise.resolve();
var BudgetError = class extends Error {
  budgetEvents;
  constructor(budgetEvents, lastLabel) {
    super(
      `The world did not come to rest within its budget of ${budgetEvents} events; the last was '${lastLabel}'. Something schedules itself for ever, or the scenario needs a larger budget.`,
    );
    this.name = 'BudgetError';
    this.budgetEvents = budgetEvents;
  }
};
var Scheduler = class {
  #heap = new EventHeap();
  #trace;
  #budgetEvents;
  #onUnhandledRejection;
  #nowUs = 0;
  #sequence = 0;
  #events = 0;
  #limits = {};
  #limitUs = Infinity;
  #stopping = false;
  #finish;
  #fail;
  #unhandled;
  constructor(trace, options = {}) {
    this.#trace = trace;
    this.#budgetEvents = options.budgetEvents ?? 1e7;
    this.#onUnhandledRejection = options.onUnhandledRejection;
  }
  /** Virtual time in milliseconds since the world began, in steps of a microsecond. */
  get nowMs() {
    return this.#nowUs / 1e3;
  }
  /** The same in whole microseconds. */
  get nowUs() {
    return this.#nowUs;
  }
  /** How many events have happened. */
  get events() {
    return this.#events;
  }
  /** Schedules an event at a virtual time (or now, where that is past). It does not happen when its owner is dead by then. */
  at(timeMs, label, run, owner) {
    return this.atUs(Math.ceil(timeMs * 1e3), label, run, owner);
  }
  /** Schedules an event `delayMs` from now, behind everything that is scheduled for the same instant already. */
  after(delayMs, label, run, owner) {
    return this.atUs(this.#nowUs + Math.ceil(delayMs * 1e3), label, run, owner);
  }
  /** `at` in whole microseconds: the hot path. */
  atUs(timeUs, label, run, owner) {
    const atUs = timeUs > this.#nowUs ? timeUs : this.#nowUs;
    const event = { atUs, sequence: ++this.#sequence, label, owner, run };
    this.#heap.push(event);
    return event;
  }
  /** Takes an event back. After it has happened this does nothing. */
  cancel(event) {
    event.run = void 0;
  }
  /** True when an event is left that can happen. */
  get pending() {
    return this.#next() !== void 0;
  }
  /** Ends the run after the present event. */
  stop() {
    this.#stopping = true;
  }
  /**
   * Lets events happen until a limit is reached.
   *
   * @throws BudgetError when the budget of events is used up; and whatever escapes from an event that has no owner,
   * which is a fault of the simulator.
   */
  async run(limits = {}) {
    if (this.#finish !== void 0) throw new Error('the scheduler is running already');
    this.#limits = limits;
    this.#limitUs = limits.untilMs === void 0 ? Infinity : Math.floor(limits.untilMs * 1e3);
    this.#stopping = false;
    const release = this.#watchRejections();
    try {
      const end = await new Promise((resolve, reject) => {
        this.#finish = resolve;
        this.#fail = reject;
        void resolved.then(this.#arm);
      });
      await macrotask();
      const unhandled = this.#takeUnhandled();
      if (unhandled !== void 0) throw unhandled.reason;
      return end;
    } finally {
      this.#finish = void 0;
      this.#fail = void 0;
      release();
    }
  }
  #arm = () => {
    process.nextTick(this.#step);
  };
  #step = () => {
    const { until } = this.#limits;
    try {
      if (this.#stopping) return this.#finish('stopped');
      if (until !== void 0 && until()) return this.#finish('until');
      const event = this.#next();
      if (event === void 0) {
        if (this.#limitUs !== Infinity && this.#limitUs > this.#nowUs) this.#nowUs = this.#limitUs;
        return this.#finish('idle');
      }
      if (event.atUs > this.#limitUs) {
        if (this.#limitUs > this.#nowUs) this.#nowUs = this.#limitUs;
        return this.#finish('time');
      }
      if (this.#events >= this.#budgetEvents) throw new BudgetError(this.#budgetEvents, event.label);
      this.#heap.pop();
      this.#nowUs = event.atUs;
      this.#events++;
      this.#trace.event(event.label, event.atUs);
      const { run } = event;
      event.run = void 0;
      run();
    } catch (error) {
      return this.#fail(error);
    }
    if (this.#events % EVENTS_BETWEEN_MACROTASKS === 0) setImmediate(this.#step);
    else void resolved.then(this.#arm);
  };
  /** The next event that can happen; dead ones are thrown away, time does not pass for them. */
  #next() {
    for (;;) {
      const event = this.#heap.peek();
      if (event === void 0) return void 0;
      if (event.run !== void 0 && (event.owner === void 0 || event.owner.alive)) return event;
      this.#heap.pop();
    }
  }
  #takeUnhandled() {
    const unhandled = this.#unhandled;
    this.#unhandled = void 0;
    return unhandled;
  }
  /**
   * While a world runs, rejections that nobody handles are its business: other listeners (a test runner's, which would
   * blame the test, or none, which would end the host) are put aside until it rests.
   */
  #watchRejections() {
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const listen = (reason) => {
      this.#trace.text('unhandled rejection', String(reason));
      if (this.#onUnhandledRejection !== void 0) this.#onUnhandledRejection(reason);
      else this.#unhandled ??= { reason };
    };
    process.on('unhandledRejection', listen);
    return () => {
      process.off('unhandledRejection', listen);
      for (const other of others) process.on('unhandledRejection', other);
    };
  }
};
function macrotask() {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

// sim/world/trace.ts
var TEXT = 32391;
var BYTES = 45438;
var Trace = class {
  #hash = new RollingHash();
  #lines;
  #now;
  #items = 0;
  /** `now` gives the virtual time in milliseconds, for the recorded lines. */
  constructor(options = {}) {
    this.#lines = options.record === true ? [] : void 0;
    this.#now = options.now ?? (() => 0);
  }
  /** True when the events are kept as text: only then is it worth making a text. */
  get recording() {
    return this.#lines !== void 0;
  }
  /** Takes an event: a label that comes from a fixed set, and up to three integers. */
  event(label, a2 = 0, b2 = 0, c = 0) {
    this.#items++;
    const hash2 = this.#hash;
    hash2.text(label);
    hash2.number(a2);
    hash2.int(b2);
    hash2.int(c);
    if (this.#lines !== void 0) this.#lines.push(`${this.#now()} ${label} ${a2} ${b2} ${c}`);
  }
  /** Takes an event about a text: a path, a reply, an error. */
  text(label, text2, a2 = 0) {
    this.#items++;
    const hash2 = this.#hash;
    hash2.text(label);
    hash2.int(TEXT);
    hash2.text(text2);
    hash2.number(a2);
    if (this.#lines !== void 0) this.#lines.push(`${this.#now()} ${label} ${JSON.stringify(text2)} ${a2}`);
  }
  /** Takes an event about bytes: what was written, read, sent. */
  bytes(label, bytes, a2 = 0) {
    this.#items++;
    const hash2 = this.#hash;
    hash2.text(label);
    hash2.int(BYTES);
    hash2.bytes(bytes);
    hash2.number(a2);
    if (this.#lines !== void 0) this.#lines.push(`${this.#now()} ${label} ${excerpt(bytes)} ${a2}`);
  }
  /** How many events went in. */
  get length() {
    return this.#items;
  }
  /** 16 hexadecimal digits. */
  digest() {
    return this.#hash.digest();
  }
  /** The recorded events, one a line; empty when not recording. */
  lines() {
    return this.#lines ?? [];
  }
};
function excerpt(bytes) {
  let text2 = '';
  for (let i = 0; i < bytes.length && i < 64; i++) text2 += String.fromCharCode(bytes[i]);
  return `${JSON.stringify(text2)}${bytes.length > 64 ? '\u2026' : ''} (${bytes.length} B)`;
}

// sim/world/world.ts
var START_WALL_MS = 17040672e5;
function createWorld(options) {
  const trace = new Trace({ record: options.recordTrace === true, now: () => scheduler.nowMs });
  const streams = new Streams(options.seed);
  const choices = new SeededChoices(options.seed, options.record, options.unrecorded);
  const wall = { offsetMs: options.startWallMs ?? START_WALL_MS };
  const scheduler = new Scheduler(trace, {
    ...(options.budgetEvents === void 0 ? {} : { budgetEvents: options.budgetEvents }),
    onUnhandledRejection: (error) => {
      machine.violations.push({ kind: 'rejection', error, pid: void 0, atMs: scheduler.nowMs });
    },
  });
  const machine = new Machine({
    disk: options.disk ?? new SimDisk(),
    scheduler,
    trace,
    streams,
    choices,
    profile: options.profile ?? posixStrict,
    crash: options.crash ?? {},
    latency: new Latency(options.latency),
    faults: options.faults === void 0 ? void 0 : new Faults(options.faults, choices),
    processFaults: options.processFaults ?? {},
    childMains: options.childMains ?? /* @__PURE__ */ new Map(),
    wall,
    timerLateness: options.timerLateness ?? 1,
    immediateWriteChance: options.immediateWriteChance ?? 0.05,
    orphanMs: options.orphanMs ?? 5e3,
  });
  return {
    seed: String(options.seed),
    streams,
    choices,
    trace,
    scheduler,
    machine,
    wall,
    run: (limits) => scheduler.run(limits),
  };
}

// sim/oracle/reply.ts
var OK = { status: 'OK' };
var QUEUED = { status: 'QUEUED' };
function isError(reply) {
  return typeof reply === 'object' && reply !== null && 'error' in reply;
}
function replyMatches(expected, got) {
  if (typeof expected !== 'object' || expected === null) return expected === got;
  if (isList(expected)) {
    return (
      Array.isArray(got) &&
      got.length === expected.length &&
      expected.every((item, i) => replyMatches(item, got[i]))
    );
  }
  if ('status' in expected) return isPlain(got) && 'status' in got && got.status === expected.status;
  if ('error' in expected) return isPlain(got) && 'error' in got && got.error === expected.error;
  if ('unordered' in expected) {
    const texts = textsOf(got);
    if (texts === void 0 || texts.length !== expected.unordered.length) return false;
    texts.sort();
    return expected.unordered.toSorted().every((text2, i) => text2 === texts[i]);
  }
  if ('pairs' in expected) {
    if (!Array.isArray(got) || got.length !== expected.pairs.length * 2) return false;
    const found = /* @__PURE__ */ new Map();
    for (let i = 0; i < got.length; i += 2) found.set(got[i], got[i + 1]);
    return (
      found.size === expected.pairs.length &&
      expected.pairs.every(([field, value]) => found.get(field) === value)
    );
  }
  if ('oneOf' in expected) return typeof got === 'string' && expected.oneOf.includes(got);
  if ('statuses' in expected) {
    if (!isPlain(got)) return false;
    return 'status' in got
      ? expected.statuses.includes(got.status)
      : expected.errors.some((start) => got.error.startsWith(start));
  }
  return !isError(got);
}
function describeReply(reply) {
  if (reply === void 0) return 'no reply';
  if (reply === null) return '(nil)';
  if (typeof reply === 'number') return `(integer) ${reply}`;
  if (typeof reply === 'string')
    return reply.length > 40
      ? `"${reply.slice(0, 24)}\u2026" (${reply.length} bytes)`
      : JSON.stringify(reply);
  if (isList(reply))
    return `[${reply.slice(0, 6).map(describeReply).join(', ')}${reply.length > 6 ? ', \u2026' : ''}]`;
  if ('status' in reply) return reply.status;
  if ('error' in reply) return `(error) ${reply.error}`;
  if ('unordered' in reply) return `in any order ${describeReply(reply.unordered)}`;
  if ('pairs' in reply) return `pairs ${describeReply(reply.pairs.flat())}`;
  if ('oneOf' in reply) return `one of ${describeReply(reply.oneOf)}`;
  if ('statuses' in reply) return `one of ${[...reply.statuses, ...reply.errors].join(' | ')}`;
  return `anything (${reply.anything})`;
}
function textsOf(reply) {
  if (typeof reply !== 'object' || reply === null || 'status' in reply || 'error' in reply) return void 0;
  const texts = reply.filter((item) => typeof item === 'string');
  return texts.length === reply.length ? texts : void 0;
}
function isList(value) {
  return Array.isArray(value);
}
function isPlain(reply) {
  return typeof reply === 'object' && reply !== null && !Array.isArray(reply);
}

// sim/oracle/text.ts
var PIECE = 4096;
function textOf(bytes, start = 0, end = bytes.length) {
  if (end - start <= PIECE) return String.fromCharCode.apply(null, bytes.subarray(start, end));
  let text2 = '';
  for (let at = start; at < end; at += PIECE) {
    text2 += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(end, at + PIECE)));
  }
  return text2;
}
function putText(text2, into, at) {
  for (let i = 0; i < text2.length; i++) into[at + i] = text2.charCodeAt(i);
  return at + text2.length;
}

// sim/scenario/resp.ts
function encodeCommand(command) {
  let text2 = `*${command.length}\r
`;
  let length = text2.length;
  for (const part of command) length += 5 + String(part.length).length + part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of command) {
    text2 += `$${part.length}\r
`;
    at = putText(text2, bytes, at);
    at = putText(part, bytes, at);
    text2 = '\r\n';
  }
  putText(text2, bytes, at);
  return bytes;
}
var ReplyError = class extends Error {
  constructor(what) {
    super(`the engine sent what is no reply: ${what}`);
    this.name = 'ReplyError';
  }
};
var CR = 13;
var LF = 10;
var incomplete = /* @__PURE__ */ Symbol('incomplete');
var ReplyParser = class {
  #bytes = new Uint8Array(0);
  #at = 0;
  /** True when nothing of a reply has arrived. */
  get idle() {
    return this.#at === this.#bytes.length;
  }
  /** @throws ReplyError */
  feed(bytes, take) {
    if (this.idle) {
      this.#bytes = bytes;
    } else {
      const joined = new Uint8Array(this.#bytes.length - this.#at + bytes.length);
      joined.set(this.#bytes.subarray(this.#at));
      joined.set(bytes, this.#bytes.length - this.#at);
      this.#bytes = joined;
    }
    this.#at = 0;
    for (;;) {
      const start = this.#at;
      const reply = this.#reply();
      if (reply === incomplete) {
        this.#at = start;
        return;
      }
      take(reply);
    }
  }
  #reply() {
    if (this.#at >= this.#bytes.length) return incomplete;
    const mark = this.#bytes[this.#at];
    const line = this.#line();
    if (line === void 0) return incomplete;
    switch (mark) {
      case 43:
        return { status: line };
      case 45:
        return { error: line };
      case 58:
        return this.#number(line);
      case 36:
        return this.#bulk(this.#number(line));
      case 42:
        return this.#array(this.#number(line));
      default:
        throw new ReplyError(JSON.stringify(`${String.fromCharCode(mark)}${line}`.slice(0, 60)));
    }
  }
  #bulk(length) {
    if (length === -1) return null;
    const end = this.#at + length;
    if (end + 2 > this.#bytes.length) return incomplete;
    if (this.#bytes[end] !== CR || this.#bytes[end + 1] !== LF)
      throw new ReplyError(`a string of ${length} bytes without its end`);
    const text2 = textOf(this.#bytes, this.#at, end);
    this.#at = end + 2;
    return text2;
  }
  #array(count2) {
    if (count2 === -1) return null;
    const items = [];
    for (let i = 0; i < count2; i++) {
      const item = this.#reply();
      if (item === incomplete) return incomplete;
      items.push(item);
    }
    return items;
  }
  #number(line) {
    const value = Number(line);
    if (line === '' || !Number.isSafeInteger(value))
      throw new ReplyError(`the number ${JSON.stringify(line)}`);
    return value;
  }
  /** The rest of the line after its mark. */
  #line() {
    const bytes = this.#bytes;
    const end = bytes.indexOf(LF, this.#at + 1);
    if (end === -1) return void 0;
    if (bytes[end - 1] !== CR) throw new ReplyError('a line that ends without CR');
    const line = textOf(bytes, this.#at + 1, end - 1);
    this.#at = end + 1;
    return line;
  }
};

// sim/scenario/reading.ts
var PATIENCE_MS = 2e4;
var ReadingError = class extends Error {
  constructor(what) {
    super(what);
    this.name = 'ReadingError';
  }
};
var Conversation = class {
  #world;
  #server;
  #parser = new ReplyParser();
  #session;
  #replies = [];
  #asked = [];
  #answer;
  constructor(world, server) {
    this.#world = world;
    this.#server = server;
    server.process.enter(() => {
      this.#session = server.engine.connect({ send: (bytes) => this.#take(bytes), close: () => {} });
    });
  }
  /** Settles when every command is answered, which may be never. */
  ask(commands) {
    if (commands.length === 0) return Promise.resolve([]);
    this.#replies = [];
    this.#asked = commands;
    this.#server.process.after(0, 'judge', () => this.#session?.feed(concat(commands.map(encodeCommand))));
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }
  /** The command that waits for its answer, in words. */
  get waitingFor() {
    return this.#asked[this.#replies.length]?.slice(0, 3).join(' ');
  }
  end() {
    this.#server.process.enter(() => this.#session?.end());
    this.#session = void 0;
  }
  #take(bytes) {
    this.#world.trace.bytes('judged', bytes);
    this.#parser.feed(bytes, (reply) => this.#replies.push(reply));
    if (this.#replies.length < this.#asked.length) return;
    const answer2 = this.#answer;
    this.#answer = void 0;
    answer2?.(this.#replies);
  }
};
async function converse(world, talk) {
  let conversation;
  let outcome;
  const connect = (server) => (conversation = new Conversation(world, server));
  talk(connect).then(
    (value) => {
      outcome = { value };
      world.scheduler.stop();
    },
    (error) => {
      outcome = { error };
      world.scheduler.stop();
    },
  );
  await world.run({ untilMs: world.scheduler.nowMs + PATIENCE_MS, until: () => outcome !== void 0 });
  conversation?.end();
  if (outcome === void 0)
    throw new ReadingError(
      `${conversation?.waitingFor ?? 'the recovery'}: no answer within ${PATIENCE_MS / 1e3} s of virtual time`,
    );
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
async function readEverything(conversation, server, databases) {
  const indices = Array.from({ length: databases }, (_, index2) => index2);
  const listed = await conversation.ask(
    indices.flatMap((index2) => [
      ['SELECT', String(index2)],
      ['KEYS', '*'],
    ]),
  );
  const keys3 = indices.map((index2) => textsOf2(listed[index2 * 2 + 1], 'KEYS *'));
  const about = await conversation.ask(
    indices.flatMap((index2) =>
      keys3[index2].length === 0
        ? []
        : [
            ['SELECT', String(index2)],
            ...keys3[index2].flatMap((key) => [
              ['TYPE', key],
              ['PEXPIRETIME', key],
            ]),
          ],
    ),
  );
  const found = [];
  let at = 0;
  for (const index2 of indices) {
    if (keys3[index2].length > 0) at++;
    for (const key of keys3[index2]) {
      const type2 = about[at++];
      const time2 = about[at++];
      if (typeof type2 !== 'object' || type2 === null || !('status' in type2) || typeof time2 !== 'number')
        throw new ReadingError(
          `TYPE or PEXPIRETIME of ${key}: ${describeReply(type2)}, ${describeReply(time2)}`,
        );
      if (type2.status !== 'none')
        found.push({ index: index2, key, type: type2.status, expireAtMs: time2 < 0 ? NO_EXPIRY_MS : time2 });
    }
  }
  const commands = [];
  let selected = -1;
  for (const { index: index2, key, type: type2 } of found) {
    if (index2 !== selected) commands.push(['SELECT', String(index2)]);
    selected = index2;
    commands.push(valueCommand(key, type2));
  }
  const values = (await conversation.ask(commands)).filter((_, i) => commands[i][0] !== 'SELECT');
  const snapshot = indices.map(() => /* @__PURE__ */ new Map());
  for (const [i, { index: index2, key, type: type2, expireAtMs }] of found.entries()) {
    const value = valueOf(type2, values[i], key);
    if (value !== void 0) snapshot[index2].set(key, { ...value, expireAtMs });
  }
  return { snapshot, wallMs: server.wallMs };
}
function valueCommand(key, type2) {
  if (type2 === 'string') return ['GET', key];
  if (type2 === 'list') return ['LRANGE', key, '0', '-1'];
  if (type2 === 'set') return ['SMEMBERS', key];
  if (type2 === 'hash') return ['HGETALL', key];
  throw new ReadingError(`key ${JSON.stringify(key)} has the type ${type2}`);
}
function valueOf(type2, reply, key) {
  if (type2 === 'string') {
    if (reply === null) return void 0;
    if (typeof reply !== 'string') throw new ReadingError(`GET ${key}: ${describeReply(reply)}`);
    return { type: type2, value: reply };
  }
  const texts = textsOf2(reply, key);
  if (texts.length === 0) return void 0;
  if (type2 === 'list') return { type: type2, value: texts };
  if (type2 === 'set') return { type: type2, value: new Set(texts) };
  const fields2 = /* @__PURE__ */ new Map();
  for (let i = 0; i + 1 < texts.length; i += 2) fields2.set(texts[i], texts[i + 1]);
  return { type: 'hash', value: fields2 };
}
function textsOf2(reply, what) {
  if (!Array.isArray(reply) || !reply.every((item) => typeof item === 'string')) {
    throw new ReadingError(`${what}: ${isError(reply) ? reply.error : describeReply(reply)}`);
  }
  return reply;
}
function concat(parts) {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

// sim/scenario/observer.ts
function watchHost(host, watcher) {
  const { pid } = host.process;
  return {
    clock: host.clock,
    disk: new WatchedDisk(host.disk, watcher, pid),
    process: watchProcess(host.process, watcher),
  };
}
function watchChildren(mains, watcher) {
  return new Map(
    [...mains].map(([name, main]) => [
      name,
      (host, image, args) => main(watchHost(host, watcher), image, args),
    ]),
  );
}
function watchProcess(process2, watcher) {
  return {
    get pid() {
      return process2.pid;
    },
    entropy: (lengthBytes2) => process2.entropy(lengthBytes2),
    fork: (image, mainName, args) => {
      const child = process2.fork(image, mainName, args);
      watcher.forked(process2.pid, child.pid, mainName);
      return child;
    },
    exit: (code) => process2.exit(code),
    onSignal: (handler) => process2.onSignal(handler),
  };
}
var WatchedDisk = class {
  #disk;
  #watcher;
  #pid;
  constructor(disk, watcher, pid) {
    this.#disk = disk;
    this.#watcher = watcher;
    this.#pid = pid;
  }
  async open(path, flags3) {
    this.#watcher.operation(this.#pid);
    if (flags3.create === true) this.#watcher.created(this.#pid, path);
    return new WatchedFile(await this.#disk.open(path, flags3), this.#watcher, this.#pid, path);
  }
  async openDir(path) {
    this.#watcher.operation(this.#pid);
    return new WatchedDir(await this.#disk.openDir(path), this.#watcher, this.#pid, path);
  }
  async rename(from, to) {
    this.#watcher.operation(this.#pid);
    this.#watcher.renameBegan(this.#pid, from, to);
    await this.#disk.rename(from, to);
    this.#watcher.renamed(this.#pid, from, to);
  }
  unlink(path) {
    this.#watcher.operation(this.#pid);
    return this.#disk.unlink(path);
  }
  mkdir(path) {
    this.#watcher.operation(this.#pid);
    return this.#disk.mkdir(path);
  }
  readdir(path) {
    this.#watcher.operation(this.#pid);
    return this.#disk.readdir(path);
  }
  stat(path) {
    this.#watcher.operation(this.#pid);
    return this.#disk.stat(path);
  }
  lock(directory) {
    this.#watcher.operation(this.#pid);
    return this.#disk.lock(directory);
  }
};
var WatchedFile = class {
  #file;
  #watcher;
  #pid;
  #path;
  constructor(file, watcher, pid, path) {
    this.#file = file;
    this.#watcher = watcher;
    this.#pid = pid;
    this.#path = path;
  }
  write(bytes, done) {
    this.#watcher.operation(this.#pid);
    const ended = this.#watcher.writeBegan(this.#pid, this.#path);
    this.#file.write(bytes, (error, written) => {
      ended(written);
      done(error, written);
    });
  }
  read(into, position2) {
    this.#watcher.operation(this.#pid);
    return this.#file.read(into, position2);
  }
  truncate(sizeBytes) {
    this.#watcher.operation(this.#pid);
    return this.#file.truncate(sizeBytes);
  }
  sync(done) {
    this.#sync(done, (then) => this.#file.sync(then));
  }
  datasync(done) {
    this.#sync(done, (then) => this.#file.datasync(then));
  }
  close() {
    return this.#file.close();
  }
  #sync(done, start) {
    this.#watcher.operation(this.#pid);
    const ended = this.#watcher.syncBegan(this.#pid, this.#path);
    start((error) => {
      ended(error === void 0);
      done(error);
    });
  }
};
var WatchedDir = class {
  #dir;
  #watcher;
  #pid;
  #path;
  constructor(dir, watcher, pid, path) {
    this.#dir = dir;
    this.#watcher = watcher;
    this.#pid = pid;
    this.#path = path;
  }
  async sync() {
    this.#watcher.operation(this.#pid);
    this.#watcher.directorySyncBegan(this.#pid, this.#path);
    await this.#dir.sync();
    this.#watcher.directorySynced(this.#pid, this.#path);
  }
  close() {
    return this.#dir.close();
  }
};

// sim/scenario/server.ts
var DATA_DIRECTORY = '/data';
var Server = class {
  process;
  engine;
  /** Why it does not serve, when it refused. */
  refusal;
  /** What it said, newest last. */
  log = [];
  /** Settles when it serves or has refused; never when it dies before. */
  settled;
  constructor(world, module, scenario, watcher) {
    let settle2 = () => {};
    this.settled = new Promise((resolve) => {
      settle2 = resolve;
    });
    this.process = world.machine.spawn(async (host) => {
      try {
        const seen = watcher === void 0 ? host : watchHost(host, watcher);
        this.engine = await this.#open(module, scenario, seen);
      } catch (error) {
        this.refusal = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        settle2();
        return 1;
      }
      settle2();
      return new Promise(() => {});
    }, 'engine');
  }
  get alive() {
    return this.process.alive;
  }
  get wallMs() {
    return this.process.host.clock.wallMs();
  }
  #open(module, scenario, host) {
    return module.openEngine(host, settingsOf(module, scenario), {
      tuning: scenario.tuning,
      log: (level, text2) => this.log.push(`${level}: ${text2}`),
    });
  }
};
function settingsOf(module, scenario) {
  const { appendonly, preamble } = logOf(scenario.persistence);
  const {
    save: save3,
    autoAofRewritePercentage,
    autoAofRewriteMinSizeBytes,
    rdbcompression,
    activeExpire,
    hz: hz2,
    databases,
    aofChecksum,
  } = scenario.settings;
  return {
    ...module.defaultSettings(),
    dir: DATA_DIRECTORY,
    save: save3,
    rdbcompression,
    appendonly,
    appendfsync: scenario.appendfsync,
    autoAofRewritePercentage,
    autoAofRewriteMinSizeBytes,
    aofUseRdbPreamble: preamble,
    aofChecksum,
    databases,
    hz: hz2,
    activeExpire,
  };
}

// sim/scenario/latencies.ts
var latencyModels = /* @__PURE__ */ new Map([
  ['usual', { about: 'a sync takes 0.1 to 20 ms', latency: {}, timerLateness: 1 }],
  [
    'passing',
    {
      about: 'as usual, and writes do not wait for a sync of their file',
      latency: { writesPassSyncs: true },
      timerLateness: 1,
    },
  ],
  ['fast', { about: 'ten times as fast', latency: { scale: 0.1 }, timerLateness: 0 }],
  [
    'slow',
    {
      about: 'syncs twenty times as slow',
      latency: { syncScale: 20, writesPassSyncs: true },
      timerLateness: 1,
    },
  ],
  [
    'stuttering',
    {
      about: 'some syncs take three seconds, some writes are short, timers are late',
      latency: {},
      faults: { slowSyncChance: 0.04, slowSyncMs: 3e3, shortWriteChance: 0.05 },
      timerLateness: 4,
    },
  ],
]);

// sim/scenario/world-of.ts
var BUDGET_EVENTS = 4e5;
function profileOf(scenario) {
  const profile = profiles.get(scenario.profile);
  if (profile === void 0)
    throw new RangeError(
      `unknown profile '${scenario.profile}', expected one of ${[...profiles.keys()].join(', ')}`,
    );
  return profile;
}
function worldOptions(scenario, module, watcher) {
  const model = latencyModels.get(scenario.latency);
  if (model === void 0)
    throw new RangeError(
      `unknown latency '${scenario.latency}', expected one of ${[...latencyModels.keys()].join(', ')}`,
    );
  return {
    seed: scenario.seed,
    record: scenario.choices,
    profile: profileOf(scenario),
    latency: model.latency,
    timerLateness: model.timerLateness,
    ...(model.faults === void 0 ? {} : { faults: model.faults }),
    childMains: watcher === void 0 ? module.childMains : watchChildren(module.childMains, watcher),
    startWallMs: scenario.startWallMs,
    budgetEvents: BUDGET_EVENTS,
  };
}
function emptyDisk() {
  const disk = new SimDisk();
  disk.mkdir(DATA_DIRECTORY);
  syncEverything(disk);
  return disk;
}

// sim/scenario/elsewhere.ts
var PROBE_KEY = 'probe';
async function recoverElsewhere(options) {
  const { scenario, module, disk, seed, startWallMs, again } = options;
  const world = createWorld({
    ...worldOptions(scenario, module, void 0),
    record: {},
    seed,
    startWallMs,
    disk,
  });
  const first = await recoverIn(world, options);
  let second;
  let probeLost = false;
  if (first.ok && again) {
    world.machine.powerOff();
    const probed = await recoverIn(world, options);
    if (probed.ok) {
      const promised =
        scenario.appendfsync === 'always' &&
        scenario.persistence !== 'rdb' &&
        scenario.persistence !== 'none';
      probeLost = promised && !probed.snapshot[0].has(PROBE_KEY);
      second = { ...probed, snapshot: withoutProbe(probed.snapshot) };
    } else {
      second = probed;
    }
  }
  return { first, second, probeLost, events: world.scheduler.events, digest: world.trace.digest() };
}
async function recoverIn(world, { scenario, module }) {
  const server = new Server(world, module, scenario, void 0);
  try {
    return await converse(world, async (connect) => {
      await server.settled;
      const failure = startFailure(world, server);
      if (failure !== void 0) return { ok: false, property: 'P12', why: failure };
      const conversation = connect(server);
      const reading = await readEverything(conversation, server, scenario.settings.databases);
      const [, probed] = await conversation.ask([
        ['SELECT', '0'],
        ['SET', PROBE_KEY, 'alive'],
      ]);
      if (typeof probed === 'object' && probed !== null && 'status' in probed)
        return { ok: true, ...reading };
      return {
        ok: false,
        property: 'P12',
        why: `after the recovery a write got ${describeReply(probed)}, expected OK`,
      };
    });
  } catch (error) {
    if (!(error instanceof ReadingError)) throw error;
    return {
      ok: false,
      property: 'P12',
      why: startFailure(world, server) ?? escapedOr(world, `after the recovery ${error.message}`),
    };
  }
}
function startFailure(world, server) {
  if (server.engine !== void 0 && server.alive) return void 0;
  if (server.refusal !== void 0) return `the engine refused to start: ${server.refusal}`;
  return escapedOr(
    world,
    server.alive
      ? `the recovery did not end within ${PATIENCE_MS / 1e3} s of virtual time`
      : 'the engine ended while it recovered',
  );
}
function escapedOr(world, what) {
  const escaped = world.machine.violations.at(-1);
  return escaped === void 0 ? what : `an exception escaped: ${describeError(escaped.error)}`;
}
function describeError(error) {
  if (!(error instanceof Error)) return String(error);
  const where = error.stack
    ?.split('\n')
    .find((line) => /^\s+at /.test(line))
    ?.trim();
  return where === void 0 ? `${error.name}: ${error.message}` : `${error.name}: ${error.message} (${where})`;
}
function withoutProbe(snapshot) {
  return snapshot.map((database, index2) => {
    if (index2 !== 0 || !database.has(PROBE_KEY)) return database;
    const copy3 = new Map(database);
    copy3.delete(PROBE_KEY);
    return copy3;
  });
}

// sim/oracle/model/call.ts
var ModelError = class extends Error {
  reply;
  constructor(reply) {
    super(reply);
    this.reply = reply;
  }
};
var WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';
var NOT_INTEGER = 'ERR value is not an integer or out of range';
var SYNTAX = 'ERR syntax error';
var NO_SUCH_KEY = 'ERR no such key';
var OUT_OF_RANGE = 'ERR index out of range';
function fail(reply) {
  throw new ModelError(reply);
}
function arg(call, index2) {
  return call.args[index2] ?? fail(SYNTAX);
}
function read(call, key, type2) {
  const record = call.state.get(call.database, key, call.nowMs);
  if (record === void 0) return void 0;
  if (record.type !== type2) fail(WRONG_TYPE);
  return record;
}
function expiryOf(record) {
  return record?.expireAtMs ?? NO_EXPIRY_MS;
}
function putString(call, key, value, expireAtMs) {
  call.state.put(call.database, key, { type: 'string', value, expireAtMs });
}
function putList(call, key, value, expireAtMs, database = call.database) {
  call.state.put(database, key, value.length === 0 ? void 0 : { type: 'list', value, expireAtMs });
}
function putSet(call, key, value, expireAtMs) {
  call.state.put(call.database, key, value.size === 0 ? void 0 : { type: 'set', value, expireAtMs });
}
function putHash(call, key, value, expireAtMs) {
  call.state.put(call.database, key, value.size === 0 ? void 0 : { type: 'hash', value, expireAtMs });
}
var canonicalInteger = /^(?:0|-?[1-9][0-9]{0,18})$/;
function integer(text2, error = NOT_INTEGER) {
  if (!canonicalInteger.test(text2)) fail(error);
  const value = Number(text2);
  if (!Number.isSafeInteger(value)) fail(error);
  return value;
}
function range(startText, endText, length) {
  const from = integer(startText);
  const to = integer(endText);
  const start = from < 0 ? Math.max(0, length + from) : from;
  const last = to < 0 ? length + to : Math.min(to, length - 1);
  return start > last || start >= length ? { start: 0, end: 0 } : { start, end: last + 1 };
}

// sim/oracle/model/hashes.ts
var none = /* @__PURE__ */ new Map();
function fields(call) {
  return read(call, arg(call, 0), 'hash')?.value ?? none;
}
function set(name) {
  return (call) => {
    if (call.args.length < 3 || call.args.length % 2 !== 1)
      fail(`ERR wrong number of arguments for '${name}' command`);
    const record = read(call, arg(call, 0), 'hash');
    const value = new Map(record?.value ?? none);
    for (let i = 1; i < call.args.length; i += 2) value.set(call.args[i], call.args[i + 1]);
    putHash(call, arg(call, 0), value, expiryOf(record));
    return name === 'hmset' ? OK : value.size - (record?.value.size ?? 0);
  };
}
function remove(call) {
  const record = read(call, arg(call, 0), 'hash');
  if (record === void 0) return 0;
  const value = new Map(record.value);
  for (const field of call.args.slice(1)) value.delete(field);
  putHash(call, arg(call, 0), value, record.expireAtMs);
  return record.value.size - value.size;
}
function increment(call) {
  const by = integer(arg(call, 2));
  const record = read(call, arg(call, 0), 'hash');
  const sum = integer(record?.value.get(arg(call, 1)) ?? '0', 'ERR hash value is not an integer') + by;
  putHash(
    call,
    arg(call, 0),
    new Map(record?.value ?? none).set(arg(call, 1), String(sum)),
    expiryOf(record),
  );
  return sum;
}
function setIfAbsent(call) {
  const record = read(call, arg(call, 0), 'hash');
  if (record?.value.has(arg(call, 1)) === true) return 0;
  putHash(
    call,
    arg(call, 0),
    new Map(record?.value ?? none).set(arg(call, 1), arg(call, 2)),
    expiryOf(record),
  );
  return 1;
}
var hashes = {
  HSET: set('hset'),
  HMSET: set('hmset'),
  HSETNX: setIfAbsent,
  HDEL: remove,
  HINCRBY: increment,
  HGET: (call) => fields(call).get(arg(call, 1)) ?? null,
  HMGET: (call) => {
    const values = fields(call);
    return call.args.slice(1).map((field) => values.get(field) ?? null);
  },
  HGETALL: (call) => ({ pairs: [...fields(call)] }),
  HKEYS: (call) => ({ unordered: [...fields(call).keys()] }),
  HVALS: (call) => ({ unordered: [...fields(call).values()] }),
  HLEN: (call) => fields(call).size,
  HEXISTS: (call) => (fields(call).has(arg(call, 1)) ? 1 : 0),
  HSTRLEN: (call) => fields(call).get(arg(call, 1))?.length ?? 0,
};

// sim/oracle/model/keys.ts
function live(call, key, database = call.database) {
  return call.state.get(database, key, call.nowMs);
}
function remove2(call) {
  let count2 = 0;
  for (const key of call.args) {
    if (live(call, key) !== void 0) count2++;
    call.state.put(call.database, key, void 0);
  }
  return count2;
}
function expire(scaleMs, relative) {
  return (call) => {
    const number = integer(arg(call, 1));
    const atMs = number * scaleMs + (relative ? call.nowMs : 0);
    const record = live(call, arg(call, 0));
    if (record === void 0) return 0;
    const condition = call.args[2]?.toUpperCase();
    if (condition !== void 0 && !conditionHolds(condition, record.expireAtMs, atMs)) return 0;
    call.state.put(
      call.database,
      arg(call, 0),
      atMs <= call.nowMs ? void 0 : { ...record, expireAtMs: atMs },
    );
    return 1;
  };
}
function conditionHolds(condition, oldMs, newMs) {
  const none3 = oldMs === NO_EXPIRY_MS;
  if (condition === 'NX') return none3;
  if (condition === 'XX') return !none3;
  if (condition === 'GT') return !none3 && newMs > oldMs;
  return condition === 'LT' ? none3 || newMs < oldMs : fail(`ERR Unsupported option ${condition}`);
}
function persist(call) {
  const record = live(call, arg(call, 0));
  if (record === void 0 || record.expireAtMs === NO_EXPIRY_MS) return 0;
  call.state.put(call.database, arg(call, 0), { ...record, expireAtMs: NO_EXPIRY_MS });
  return 1;
}
function timeOf(form) {
  return (call) => {
    const record = live(call, arg(call, 0));
    if (record === void 0) return -2;
    return record.expireAtMs === NO_EXPIRY_MS ? -1 : form(record.expireAtMs, call.nowMs);
  };
}
function rename(call) {
  const [from, to] = [arg(call, 0), arg(call, 1)];
  const record = live(call, from) ?? fail(NO_SUCH_KEY);
  if (from === to) return OK;
  call.state.put(call.database, to, void 0);
  call.state.put(call.database, from, void 0);
  call.state.put(call.database, to, record);
  return OK;
}
function renameIfAbsent(call) {
  const [from, to] = [arg(call, 0), arg(call, 1)];
  if (live(call, from) === void 0) fail(NO_SUCH_KEY);
  if (live(call, to) !== void 0) return 0;
  rename(call);
  return 1;
}
function copy(call) {
  const [from, to] = [arg(call, 0), arg(call, 1)];
  const replace = call.args.slice(2).some((option) => option.toUpperCase() === 'REPLACE');
  if (from === to) fail('ERR source and destination objects are the same');
  const record = live(call, from);
  if (record === void 0 || (live(call, to) !== void 0 && !replace)) return 0;
  call.state.put(call.database, to, record);
  return 1;
}
function move(call) {
  const target = integer(arg(call, 1));
  if (target < 0 || target >= call.state.databases) fail('ERR DB index is out of range');
  if (target === call.database) fail('ERR source and destination objects are the same');
  const record = live(call, arg(call, 0));
  if (record === void 0 || live(call, arg(call, 0), target) !== void 0) return 0;
  call.state.put(call.database, arg(call, 0), void 0);
  call.state.put(target, arg(call, 0), record);
  return 1;
}
function flush(call, database) {
  for (const key of call.state.rawKeys(database)) call.state.put(database, key, void 0);
}
function swap(call) {
  const [a2, b2] = [
    integer(arg(call, 0), 'ERR invalid first DB index'),
    integer(arg(call, 1), 'ERR invalid second DB index'),
  ];
  if (a2 < 0 || b2 < 0 || a2 >= call.state.databases || b2 >= call.state.databases)
    fail('ERR DB index is out of range');
  const inA = call.state.rawKeys(a2).map((key) => [key, call.state.raw(a2, key)]);
  const inB = call.state.rawKeys(b2).map((key) => [key, call.state.raw(b2, key)]);
  flush(call, a2);
  if (a2 !== b2) flush(call, b2);
  for (const [key, record] of inA) call.state.put(b2, key, record);
  if (a2 !== b2) for (const [key, record] of inB) call.state.put(a2, key, record);
  return OK;
}
var keys = {
  DEL: remove2,
  UNLINK: remove2,
  EXISTS: (call) => call.args.filter((key) => live(call, key) !== void 0).length,
  TYPE: (call) => ({ status: live(call, arg(call, 0))?.type ?? 'none' }),
  KEYS: (call) => {
    if (arg(call, 0) !== '*') throw new Error('the model lists all keys or none');
    return { unordered: call.state.keys(call.database, call.nowMs) };
  },
  EXPIRE: expire(1e3, true),
  PEXPIRE: expire(1, true),
  EXPIREAT: expire(1e3, false),
  PEXPIREAT: expire(1, false),
  PERSIST: persist,
  TTL: timeOf((expireAtMs, nowMs) => Math.floor((expireAtMs - nowMs + 500) / 1e3)),
  PTTL: timeOf((expireAtMs, nowMs) => expireAtMs - nowMs),
  PEXPIRETIME: timeOf((expireAtMs) => expireAtMs),
  RENAME: rename,
  RENAMENX: renameIfAbsent,
  COPY: copy,
  MOVE: move,
  FLUSHDB: (call) => {
    flush(call, call.database);
    return OK;
  },
  FLUSHALL: (call) => {
    for (let database = 0; database < call.state.databases; database++) flush(call, database);
    return OK;
  },
  SWAPDB: swap,
  PING: (call) => call.args[0] ?? { status: 'PONG' },
  ECHO: (call) => arg(call, 0),
};

// sim/oracle/model/lists.ts
function push(side2, onlyIfPresent = false) {
  return (call) => {
    const key = arg(call, 0);
    const record = read(call, key, 'list');
    if (record === void 0 && onlyIfPresent) return 0;
    const items = [...(record?.value ?? [])];
    for (const item of call.args.slice(1)) {
      if (side2 === 'LEFT') items.unshift(item);
      else items.push(item);
    }
    putList(call, key, items, expiryOf(record));
    return items.length;
  };
}
function pop(side2) {
  return (call) => {
    const key = arg(call, 0);
    const record = read(call, key, 'list');
    const count2 = call.args.length > 1 ? integer(arg(call, 1)) : void 0;
    if (count2 !== void 0 && count2 < 0) fail('ERR value is out of range, must be positive');
    if (record === void 0) return null;
    const items = record.value;
    const taken = count2 ?? 1;
    const out =
      side2 === 'LEFT' ? items.slice(0, taken) : items.slice(Math.max(0, items.length - taken)).toReversed();
    const rest = side2 === 'LEFT' ? items.slice(taken) : items.slice(0, Math.max(0, items.length - taken));
    if (out.length > 0) putList(call, key, rest, record.expireAtMs);
    return count2 === void 0 ? out[0] : out;
  };
}
function move2(call, source, target, from, to) {
  const record = read(call, source, 'list');
  if (record === void 0) return null;
  read(call, target, 'list');
  const item = from === 'LEFT' ? record.value[0] : record.value.at(-1);
  const rest = from === 'LEFT' ? record.value.slice(1) : record.value.slice(0, -1);
  if (source === target) {
    putList(call, source, to === 'LEFT' ? [item, ...rest] : [...rest, item], record.expireAtMs);
    return item;
  }
  const other = read(call, target, 'list');
  const items = other?.value ?? [];
  putList(call, target, to === 'LEFT' ? [item, ...items] : [...items, item], expiryOf(other));
  putList(call, source, rest, record.expireAtMs);
  return item;
}
function side(text2) {
  const upper = text2.toUpperCase();
  return upper === 'LEFT' || upper === 'RIGHT' ? upper : fail(SYNTAX);
}
function setAt(call) {
  const record = read(call, arg(call, 0), 'list') ?? fail(NO_SUCH_KEY);
  const index2 = integer(arg(call, 1));
  const at = index2 < 0 ? record.value.length + index2 : index2;
  if (at < 0 || at >= record.value.length) fail(OUT_OF_RANGE);
  putList(call, arg(call, 0), record.value.with(at, arg(call, 2)), record.expireAtMs);
  return OK;
}
function insert(call) {
  const where = arg(call, 1).toUpperCase();
  if (where !== 'BEFORE' && where !== 'AFTER') fail(SYNTAX);
  const record = read(call, arg(call, 0), 'list');
  if (record === void 0) return 0;
  const pivot = record.value.indexOf(arg(call, 2));
  if (pivot < 0) return -1;
  const items = record.value.toSpliced(where === 'BEFORE' ? pivot : pivot + 1, 0, arg(call, 3));
  putList(call, arg(call, 0), items, record.expireAtMs);
  return items.length;
}
function removeItems(call) {
  const count2 = integer(arg(call, 1));
  const record = read(call, arg(call, 0), 'list');
  if (record === void 0) return 0;
  let left = count2 === 0 ? record.value.length : Math.abs(count2);
  const wanted = arg(call, 2);
  const keep = (item) => item !== wanted || left-- <= 0;
  const items = count2 < 0 ? record.value.toReversed().filter(keep).toReversed() : record.value.filter(keep);
  putList(call, arg(call, 0), items, record.expireAtMs);
  return record.value.length - items.length;
}
var lists = {
  LPUSH: push('LEFT'),
  RPUSH: push('RIGHT'),
  LPUSHX: push('LEFT', true),
  RPUSHX: push('RIGHT', true),
  LPOP: pop('LEFT'),
  RPOP: pop('RIGHT'),
  LLEN: (call) => read(call, arg(call, 0), 'list')?.value.length ?? 0,
  LINDEX: (call) => read(call, arg(call, 0), 'list')?.value.at(integer(arg(call, 1))) ?? null,
  LRANGE: (call) => {
    const items = read(call, arg(call, 0), 'list')?.value ?? [];
    const { start, end } = range(arg(call, 1), arg(call, 2), items.length);
    return items.slice(start, end);
  },
  LSET: setAt,
  LINSERT: insert,
  LREM: removeItems,
  LTRIM: (call) => {
    const { start, end } = range(
      arg(call, 1),
      arg(call, 2),
      read(call, arg(call, 0), 'list')?.value.length ?? 0,
    );
    const record = read(call, arg(call, 0), 'list');
    if (record !== void 0) putList(call, arg(call, 0), record.value.slice(start, end), record.expireAtMs);
    return OK;
  },
  RPOPLPUSH: (call) => move2(call, arg(call, 0), arg(call, 1), 'RIGHT', 'LEFT'),
  LMOVE: (call) => move2(call, arg(call, 0), arg(call, 1), side(arg(call, 2)), side(arg(call, 3))),
};

// sim/oracle/model/sets.ts
var none2 = /* @__PURE__ */ new Set();
function members(call, key) {
  return read(call, key, 'set')?.value ?? none2;
}
function add(call) {
  const record = read(call, arg(call, 0), 'set');
  const value = /* @__PURE__ */ new Set([...(record?.value ?? none2), ...call.args.slice(1)]);
  putSet(call, arg(call, 0), value, expiryOf(record));
  return value.size - (record?.value.size ?? 0);
}
function remove3(call) {
  const record = read(call, arg(call, 0), 'set');
  if (record === void 0) return 0;
  const value = new Set(record.value);
  for (const member of call.args.slice(1)) value.delete(member);
  putSet(call, arg(call, 0), value, record.expireAtMs);
  return record.value.size - value.size;
}
function move3(call) {
  const [source, target, member] = [arg(call, 0), arg(call, 1), arg(call, 2)];
  const from = read(call, source, 'set');
  const to = from === void 0 ? void 0 : read(call, target, 'set');
  if (from === void 0) return 0;
  if (!from.value.has(member)) return 0;
  if (source === target) return 1;
  putSet(call, source, new Set([...from.value].filter((other) => other !== member)), from.expireAtMs);
  putSet(call, target, /* @__PURE__ */ new Set([...(to?.value ?? none2), member]), expiryOf(to));
  return 1;
}
function pop2(call) {
  const record = read(call, arg(call, 0), 'set');
  if (call.args.length === 1) {
    if (record === void 0) return null;
    if (record.value.size > 1) return { oneOf: [...record.value] };
    putSet(call, arg(call, 0), none2, NO_EXPIRY_MS);
    return [...record.value][0];
  }
  const count2 = integer(arg(call, 1));
  if (count2 < 0) fail('ERR value is out of range, must be positive');
  if (record === void 0 || count2 === 0) return [];
  if (count2 < record.value.size) throw new Error('the model pops either one member or all');
  putSet(call, arg(call, 0), none2, NO_EXPIRY_MS);
  return { unordered: [...record.value] };
}
function combine(call, keys3, how) {
  const sets2 = keys3.map((key) => members(call, key));
  if (how === 'union') return new Set(sets2.flatMap((set5) => [...set5]));
  const [first = none2, ...others] = sets2;
  const wanted = how === 'inter';
  return new Set([...first].filter((member) => others.every((set5) => set5.has(member) === wanted)));
}
function store(how) {
  return (call) => {
    const result = combine(call, call.args.slice(1), how);
    putSet(call, arg(call, 0), result, NO_EXPIRY_MS);
    return result.size;
  };
}
var sets = {
  SADD: add,
  SREM: remove3,
  SMOVE: move3,
  SPOP: pop2,
  SCARD: (call) => members(call, arg(call, 0)).size,
  SISMEMBER: (call) => (members(call, arg(call, 0)).has(arg(call, 1)) ? 1 : 0),
  SMEMBERS: (call) => ({ unordered: [...members(call, arg(call, 0))] }),
  SRANDMEMBER: (call) => {
    const all2 = members(call, arg(call, 0));
    return all2.size === 0 ? null : { oneOf: [...all2] };
  },
  SUNION: (call) => ({ unordered: [...combine(call, call.args, 'union')] }),
  SINTER: (call) => ({ unordered: [...combine(call, call.args, 'inter')] }),
  SDIFF: (call) => ({ unordered: [...combine(call, call.args, 'diff')] }),
  SUNIONSTORE: store('union'),
  SINTERSTORE: store('inter'),
  SDIFFSTORE: store('diff'),
};

// sim/oracle/model/strings.ts
function set2(call) {
  const key = arg(call, 0);
  const value = arg(call, 1);
  let expireAtMs;
  let onlyIf;
  let get3 = false;
  let keep = false;
  for (let i = 2; i < call.args.length; i++) {
    const option = call.args[i].toUpperCase();
    if (option === 'NX') onlyIf = 'absent';
    else if (option === 'XX') onlyIf = 'present';
    else if (option === 'GET') get3 = true;
    else if (option === 'KEEPTTL') keep = true;
    else expireAtMs = expiryArgument(call, option, arg(call, ++i), 'set');
  }
  const present = call.state.get(call.database, key, call.nowMs);
  const old = get3 ? (read(call, key, 'string')?.value ?? null) : void 0;
  if ((onlyIf === 'absent' && present !== void 0) || (onlyIf === 'present' && present === void 0)) {
    return old === void 0 ? null : old;
  }
  putString(call, key, value, keep ? expiryOf(present) : (expireAtMs ?? NO_EXPIRY_MS));
  return old === void 0 ? OK : old;
}
function expiryArgument(call, option, text2, command) {
  const number = integer(text2);
  if (!['EX', 'PX', 'EXAT', 'PXAT'].includes(option)) fail(SYNTAX);
  if (number <= 0) fail(`ERR invalid expire time in '${command}' command`);
  const ms = option === 'EX' || option === 'EXAT' ? number * 1e3 : number;
  return option === 'EX' || option === 'PX' ? call.nowMs + ms : ms;
}
function setWithExpiry(unit, command) {
  return (call) => {
    putString(call, arg(call, 0), arg(call, 2), expiryArgument(call, unit, arg(call, 1), command));
    return OK;
  };
}
function increment2(call, by) {
  const key = arg(call, 0);
  const old = read(call, key, 'string');
  const value = integer(old?.value ?? '0') + by;
  putString(call, key, String(value), expiryOf(old));
  return value;
}
function append(call) {
  const key = arg(call, 0);
  const old = read(call, key, 'string');
  const value = (old?.value ?? '') + arg(call, 1);
  putString(call, key, value, expiryOf(old));
  return value.length;
}
function setRange(call) {
  const key = arg(call, 0);
  const offset = integer(arg(call, 1));
  const patch = arg(call, 2);
  if (offset < 0) fail('ERR offset is out of range');
  const record = read(call, key, 'string');
  const old = record?.value ?? '';
  if (patch === '') return old.length;
  const head = old.slice(0, offset).padEnd(offset, '\0');
  const value = head + patch + old.slice(offset + patch.length);
  putString(call, key, value, expiryOf(record));
  return value.length;
}
function getDelete(call) {
  const key = arg(call, 0);
  const record = read(call, key, 'string');
  if (record === void 0) return null;
  call.state.put(call.database, key, void 0);
  return record.value;
}
function setMany(call) {
  if (call.args.length === 0 || call.args.length % 2 !== 0)
    fail("ERR wrong number of arguments for 'mset' command");
  for (let i = 0; i < call.args.length; i += 2) putString(call, call.args[i], call.args[i + 1], NO_EXPIRY_MS);
  return OK;
}
function getMany(call) {
  return call.args.map((key) => {
    const record = call.state.get(call.database, key, call.nowMs);
    return record?.type === 'string' ? record.value : null;
  });
}
var strings = {
  SET: set2,
  SETNX: (call) =>
    call.state.get(call.database, arg(call, 0), call.nowMs) === void 0 ? (setMany(call), 1) : 0,
  SETEX: setWithExpiry('EX', 'setex'),
  PSETEX: setWithExpiry('PX', 'psetex'),
  GET: (call) => read(call, arg(call, 0), 'string')?.value ?? null,
  GETSET: (call) => {
    const old = read(call, arg(call, 0), 'string')?.value ?? null;
    putString(call, arg(call, 0), arg(call, 1), NO_EXPIRY_MS);
    return old;
  },
  GETDEL: getDelete,
  STRLEN: (call) => read(call, arg(call, 0), 'string')?.value.length ?? 0,
  APPEND: append,
  SETRANGE: setRange,
  GETRANGE: (call) => {
    const value = read(call, arg(call, 0), 'string')?.value ?? '';
    const from = integer(arg(call, 1));
    const to = integer(arg(call, 2));
    const start = from < 0 ? Math.max(0, value.length + from) : from;
    const last = to < 0 ? Math.max(0, value.length + to) : to;
    return value.slice(start, last + 1);
  },
  INCR: (call) => increment2(call, 1),
  DECR: (call) => increment2(call, -1),
  INCRBY: (call) => increment2(call, integer(arg(call, 1))),
  DECRBY: (call) => increment2(call, -integer(arg(call, 1))),
  MSET: setMany,
  MGET: getMany,
};

// sim/oracle/model/table.ts
var modelCommands = new Map([
  ...Object.entries(strings),
  ...Object.entries(lists),
  ...Object.entries(sets),
  ...Object.entries(hashes),
  ...Object.entries(keys),
]);
var dataless = /* @__PURE__ */ new Set(['PING', 'ECHO', 'SELECT', 'MULTI', 'DISCARD', 'WATCH', 'UNWATCH']);

// sim/oracle/model/client.ts
var ModelClient = class {
  #state;
  #database = 0;
  #queue;
  constructor(state) {
    this.#state = state;
  }
  get database() {
    return this.#database;
  }
  /** Executes one command at a wall time, as the engine shall. */
  execute(command, nowMs) {
    const name = command[0].toUpperCase();
    if (name === 'MULTI') {
      if (this.#queue !== void 0)
        return { expected: { error: 'ERR MULTI calls can not be nested' }, observes: false };
      this.#queue = [];
      return { expected: OK, observes: false };
    }
    if (name === 'EXEC') return this.#exec(nowMs);
    if (name === 'DISCARD') {
      if (this.#queue === void 0)
        return { expected: { error: 'ERR DISCARD without MULTI' }, observes: false };
      this.#queue = void 0;
      return { expected: OK, observes: false };
    }
    if (this.#queue !== void 0) {
      this.#queue.push(command);
      return { expected: QUEUED, observes: false };
    }
    return this.#run(command, nowMs);
  }
  #exec(nowMs) {
    const queue = this.#queue;
    if (queue === void 0) return { expected: { error: 'ERR EXEC without MULTI' }, observes: false };
    this.#queue = void 0;
    return { expected: queue.map((command) => this.#run(command, nowMs).expected), observes: true };
  }
  #run(command, nowMs) {
    const name = command[0].toUpperCase();
    if (name === 'SELECT') return { expected: this.#select(Number(command[1])), observes: false };
    const run = modelCommands.get(name);
    if (run === void 0)
      throw new Error(`the model knows no command '${name}'; give it one in sim/oracle/model`);
    try {
      const expected = run({ state: this.#state, database: this.#database, args: command.slice(1), nowMs });
      return { expected, observes: !dataless.has(name) };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return { expected: { error: error.reply }, observes: false };
    }
  }
  #select(database) {
    if (!Number.isInteger(database) || database < 0 || database >= this.#state.databases)
      return { error: 'ERR DB index is out of range' };
    this.#database = database;
    return OK;
  }
};

// sim/oracle/aof-decoder.ts
var CR2 = 13;
var LF2 = 10;
var AofDecodeError = class extends Error {
  offset;
  constructor(what, offset) {
    super(`${what} at offset ${offset}`);
    this.name = 'AofDecodeError';
    this.offset = offset;
  }
};
function* decodeCommands(bytes) {
  let at = 0;
  const line = () => {
    const start = at;
    while (at < bytes.length && bytes[at] !== LF2) at++;
    if (at >= bytes.length || bytes[at - 1] !== CR2) throw new AofDecodeError('a line without an end', start);
    at++;
    return textOf(bytes, start, at - 2);
  };
  const count2 = (mark) => {
    const start = at;
    const text2 = line();
    const value = Number(text2.slice(1));
    if (text2[0] !== mark || !Number.isInteger(value) || value < 0)
      throw new AofDecodeError(`${JSON.stringify(text2)}, expected ${mark}number`, start);
    return value;
  };
  while (at < bytes.length) {
    if (bytes[at] === 35) {
      line();
      continue;
    }
    const offset = at;
    const command = [];
    for (let left = count2('*'); left > 0; left--) {
      const length = count2('$');
      if (at + length + 2 > bytes.length || bytes[at + length] !== CR2)
        throw new AofDecodeError('a string without an end', at);
      command.push(textOf(bytes, at, at + length));
      at += length + 2;
    }
    yield { offset, command };
  }
}
function decodeAof(bytes, databases) {
  const state = new ModelState(databases);
  const client = new ModelClient(state);
  for (const { offset, command } of decodeCommands(bytes)) {
    const { expected } = client.execute(command, 0);
    if (fails(expected)) throw new AofDecodeError(`${command[0]} fails`, offset);
  }
  return state.snapshot();
}
function fails(expected) {
  if (typeof expected !== 'object' || expected === null) return false;
  if ('error' in expected) return true;
  return Symbol.iterator in expected && [...expected].some(fails);
}

// sim/oracle/crc64.ts
var POLYNOMIAL_LOW = 2890647989;
var POLYNOMIAL_HIGH = 2511115049;
var table = makeTable();
function makeTable() {
  const words = new Uint32Array(512);
  for (let byte = 0; byte < 256; byte++) {
    let low2 = byte;
    let high2 = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = low2 & 1;
      low2 = (low2 >>> 1) | ((high2 & 1) << 31);
      high2 >>>= 1;
      if (odd === 1) {
        low2 ^= POLYNOMIAL_LOW;
        high2 ^= POLYNOMIAL_HIGH;
      }
    }
    words[byte * 2] = low2;
    words[byte * 2 + 1] = high2;
  }
  return words;
}
function crc64(bytes, start, end) {
  let low2 = 0;
  let high2 = 0;
  for (let i = start; i < end; i++) {
    const index2 = ((low2 ^ bytes[i]) & 255) * 2;
    low2 = ((low2 >>> 8) | (high2 << 24)) ^ table[index2];
    high2 = (high2 >>> 8) ^ table[index2 + 1];
  }
  return { low: low2 >>> 0, high: high2 >>> 0 };
}

// sim/oracle/rdb-decoder.ts
var RdbDecodeError = class extends Error {
  offset;
  constructor(what, offset) {
    super(`${what} at offset ${offset}`);
    this.name = 'RdbDecodeError';
    this.offset = offset;
  }
};
function decodeRdb(bytes) {
  return new Decoder(bytes).file();
}
var Decoder = class {
  #bytes;
  #view;
  #at = 0;
  constructor(bytes) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  file() {
    if (this.#take(5) !== 'REDIS') this.#fail('no REDIS magic');
    const version = Number(this.#take(4));
    if (!(version >= 1 && version <= 10)) this.#fail(`version ${version}, expected 1 to 10`);
    const aux = /* @__PURE__ */ new Map();
    const databases = /* @__PURE__ */ new Map();
    let database = 0;
    let expireAtMs = NO_EXPIRY_MS;
    for (;;) {
      const opcode2 = this.#byte();
      if (opcode2 === 255) break;
      if (opcode2 === 250) {
        const name = this.#string();
        aux.set(name, this.#string());
      } else if (opcode2 === 254) {
        database = this.#length();
      } else if (opcode2 === 251) {
        this.#length();
        this.#length();
      } else if (opcode2 === 252) {
        expireAtMs = this.#int64();
      } else if (opcode2 === 253) {
        expireAtMs = this.#int32() * 1e3;
      } else {
        const key = this.#string();
        const record = { ...this.#value(opcode2), expireAtMs };
        expireAtMs = NO_EXPIRY_MS;
        const keys3 = databases.get(database) ?? /* @__PURE__ */ new Map();
        if (keys3.has(key)) this.#fail(`key ${JSON.stringify(key)} for the second time`);
        databases.set(database, keys3.set(key, record));
      }
    }
    if (version >= 5) this.#checksum();
    if (this.#at !== this.#bytes.length) this.#fail(`${this.#bytes.length - this.#at} bytes after the end`);
    return { version, aux, databases };
  }
  #checksum() {
    const end = this.#at;
    if (end + 8 > this.#bytes.length) this.#fail('end of file, expected a checksum');
    const low2 = this.#view.getUint32(end, true);
    const high2 = this.#view.getUint32(end + 4, true);
    this.#at += 8;
    if (low2 === 0 && high2 === 0) return;
    const sum = crc64(this.#bytes, 0, end);
    if (sum.low !== low2 || sum.high !== high2) this.#fail('checksum differs');
  }
  #value(type2) {
    switch (type2) {
      case 0:
        return { type: 'string', value: this.#string() };
      case 1:
        return { type: 'list', value: this.#some(this.#strings(this.#length())) };
      case 18:
        return { type: 'list', value: this.#some(this.#quicklist()) };
      case 2:
        return { type: 'set', value: this.#unique(this.#strings(this.#length())) };
      case 11:
        return { type: 'set', value: this.#unique(this.#intset()) };
      case 4:
        return { type: 'hash', value: this.#pairs(this.#strings(this.#length() * 2)) };
      case 16:
        return { type: 'hash', value: this.#pairs(this.#listpack()) };
      default:
        return this.#fail(`type ${type2}`);
    }
  }
  #quicklist() {
    const items = [];
    for (let nodes = this.#length(); nodes > 0; nodes--) {
      const container2 = this.#length();
      if (container2 === 1) items.push(this.#string());
      else if (container2 === 2) items.push(...this.#some(this.#listpack()));
      else this.#fail(`quicklist container ${container2}`);
    }
    return items;
  }
  #intset() {
    const blob = bytesOf(this.#string());
    const view = new DataView(blob.buffer);
    if (blob.length < 8) this.#fail('intset without a header');
    const width = view.getUint32(0, true);
    const count2 = view.getUint32(4, true);
    if (![2, 4, 8].includes(width) || blob.length !== 8 + width * count2)
      this.#fail('intset of a wrong size');
    const items = [];
    for (let at = 8; at < blob.length; at += width) {
      if (width === 2) items.push(String(view.getInt16(at, true)));
      else if (width === 4) items.push(String(view.getInt32(at, true)));
      else items.push(String(view.getBigInt64(at, true)));
    }
    return items;
  }
  #listpack() {
    const blob = bytesOf(this.#string());
    const view = new DataView(blob.buffer);
    if (blob.length < 7 || view.getUint32(0, true) !== blob.length) this.#fail('listpack of a wrong size');
    const items = [];
    let at = 6;
    while (blob[at] !== 255) {
      if (at >= blob.length - 1) this.#fail('listpack without an end');
      const start = at;
      const head = blob[at];
      let text2 = 0;
      if (head < 128) {
        items.push(String(head));
        at += 1;
      } else if (head < 192) {
        text2 = head & 63;
        at += 1;
      } else if (head < 224) {
        const raw = ((head & 31) << 8) | blob[at + 1];
        items.push(String(raw >= 4096 ? raw - 8192 : raw));
        at += 2;
      } else if (head < 240) {
        text2 = ((head & 15) << 8) | blob[at + 1];
        at += 2;
      } else if (head === 240) {
        text2 = view.getUint32(at + 1, true);
        at += 5;
      } else if (head === 241) {
        items.push(String(view.getInt16(at + 1, true)));
        at += 3;
      } else if (head === 242) {
        items.push(String((view.getInt8(at + 3) << 16) | view.getUint16(at + 1, true)));
        at += 4;
      } else if (head === 243) {
        items.push(String(view.getInt32(at + 1, true)));
        at += 5;
      } else if (head === 244) {
        items.push(String(view.getBigInt64(at + 1, true)));
        at += 9;
      } else {
        this.#fail(`listpack entry ${head}`);
      }
      if ((head >= 128 && head < 192) || (head >= 224 && head <= 240)) {
        if (at + text2 > blob.length) this.#fail('listpack string beyond its end');
        items.push(textOf(blob, at, at + text2));
        at += text2;
      }
      at += backLengthBytes(at - start);
    }
    if (at !== blob.length - 1) this.#fail('bytes after the end of a listpack');
    const count2 = view.getUint16(4, true);
    if (count2 !== 65535 && count2 !== items.length)
      this.#fail(`listpack of ${items.length} entries that claims ${count2}`);
    return items;
  }
  #strings(count2) {
    const items = [];
    for (let i = 0; i < count2; i++) items.push(this.#string());
    return items;
  }
  #some(items) {
    return items.length === 0 ? this.#fail('an empty collection') : items;
  }
  #unique(items) {
    const set5 = new Set(this.#some(items));
    return set5.size === items.length ? set5 : this.#fail('a set with the same member twice');
  }
  #pairs(items) {
    const map2 = /* @__PURE__ */ new Map();
    for (let i = 0; i + 1 < items.length; i += 2) map2.set(items[i], items[i + 1]);
    return items.length > 0 && map2.size * 2 === items.length
      ? map2
      : this.#fail('an odd, empty or repeating hash');
  }
  #string() {
    const head = this.#bytes[this.#at] ?? this.#fail('end of file');
    if (head >> 6 !== 3) return this.#take(this.#length());
    this.#at++;
    switch (head & 63) {
      case 0:
        return String((this.#byte() << 24) >> 24);
      case 1:
        this.#need(2);
        this.#at += 2;
        return String(this.#view.getInt16(this.#at - 2, true));
      case 2:
        return String(this.#int32());
      case 3:
        return this.#compressed();
      default:
        return this.#fail(`string encoding ${head & 63}`);
    }
  }
  #compressed() {
    const from = this.#length();
    const to = this.#length();
    const end = this.#at + from;
    this.#need(from);
    const out = new Uint8Array(to);
    let length = 0;
    while (this.#at < end) {
      const control = this.#byte();
      if (control < 32) {
        for (let i = 0; i <= control; i++) out[length++] = this.#byte();
        continue;
      }
      const copy3 = (control >> 5 === 7 ? 7 + this.#byte() : control >> 5) + 2;
      let source = length - (((control & 31) << 8) | this.#byte()) - 1;
      if (source < 0) this.#fail('compressed string that refers to before its beginning');
      for (let i = 0; i < copy3; i++) out[length++] = out[source++];
    }
    if (length !== to || this.#at !== end) this.#fail('compressed string of a wrong length');
    return textOf(out, 0, to);
  }
  #length() {
    const head = this.#byte();
    if (head < 64) return head;
    if (head < 128) return ((head & 63) << 8) | this.#byte();
    if (head === 128) {
      this.#need(4);
      this.#at += 4;
      return this.#view.getUint32(this.#at - 4, false);
    }
    if (head === 129) {
      this.#need(8);
      this.#at += 8;
      return Number(this.#view.getBigUint64(this.#at - 8, false));
    }
    return this.#fail(`length byte ${head}`);
  }
  #int32() {
    this.#need(4);
    this.#at += 4;
    return this.#view.getInt32(this.#at - 4, true);
  }
  #int64() {
    this.#need(8);
    this.#at += 8;
    return Number(this.#view.getBigInt64(this.#at - 8, true));
  }
  #byte() {
    this.#need(1);
    return this.#bytes[this.#at++];
  }
  #take(length) {
    this.#need(length);
    this.#at += length;
    return textOf(this.#bytes, this.#at - length, this.#at);
  }
  #need(length) {
    if (this.#at + length > this.#bytes.length) this.#fail(`end of file, expected ${length} more bytes`);
  }
  #fail(what) {
    throw new RdbDecodeError(what, this.#at);
  }
};
function bytesOf(text2) {
  const bytes = new Uint8Array(text2.length);
  for (let i = 0; i < text2.length; i++) bytes[i] = text2.charCodeAt(i);
  return bytes;
}
function backLengthBytes(size) {
  if (size <= 127) return 1;
  if (size < 16383) return 2;
  if (size < 2097151) return 3;
  return size < 268435455 ? 4 : 5;
}

// sim/oracle/snapshot.ts
function checkSnapshot(file, format2, expected, forkedAtWallMs) {
  let got;
  try {
    got = format2 === 'rdb' ? fromRdb(file, expected.length) : decodeAof(file, expected.length);
  } catch (error) {
    if (error instanceof RdbDecodeError || error instanceof AofDecodeError)
      return { ok: false, why: error.message, difference: void 0 };
    throw error;
  }
  for (let database = 0; database < expected.length; database++) {
    const wanted = expected[database];
    const found = got[database];
    for (const [key, record] of wanted) {
      const other = found.get(key);
      if (sameRecord(record, other)) continue;
      const isGone = other === void 0 || isExpired(other, forkedAtWallMs);
      if (isGone && isExpired(record, forkedAtWallMs)) continue;
      return differs(database, key, describeRecord(record), describeRecord(other));
    }
    for (const [key, record] of found) {
      if (!wanted.has(key) && !isExpired(record, forkedAtWallMs))
        return differs(database, key, describeRecord(void 0), describeRecord(record));
    }
  }
  return { ok: true };
}
function fromRdb(file, databases) {
  const decoded = decodeRdb(file);
  for (const index2 of decoded.databases.keys())
    if (index2 >= databases) throw new RdbDecodeError(`database ${index2}`, 0);
  return Array.from(
    { length: databases },
    (_, index2) => decoded.databases.get(index2) ?? /* @__PURE__ */ new Map(),
  );
}
function differs(database, key, expected, recovered) {
  return {
    ok: false,
    why: 'it does not hold the state at the fork',
    difference: { database, key, expected, recovered },
  };
}

// sim/scenario/log-watch.ts
var increment3 = /\.incr\.aof$/;
var base = /\.base\.(rdb|aof)$/;
var dumpTemporary = /temp-[^/]*\.rdb$/;
var dump = /(^|\/)dump\.rdb$/;
var LogWatch = class {
  /** The process whose life this is. */
  serverPid = 0;
  /** Disk operations of the server since it started. */
  operations = 0;
  trigger;
  /** Called at every operation of the server while it recovers. */
  onOperation;
  /** True once it serves: before, its files are recovery's own. */
  serving = false;
  /** While bytes are fed: the index before the first command in them. The model has executed them all by then. */
  deliveryFrom;
  saves = [];
  rewrites = 0;
  lastWriteAtMs = 0;
  /** Rewrites that a child has begun. */
  #rewrites = 0;
  #current;
  #forks = /* @__PURE__ */ new Map();
  #origins = /* @__PURE__ */ new Map();
  #renamePending = false;
  /** The pending rename gave a snapshot or a base its name. */
  #namesLive = false;
  #o;
  constructor(options) {
    this.#o = options;
  }
  /** A new life begins. */
  begin(serverPid) {
    this.serverPid = serverPid;
    this.operations = 0;
    this.serving = false;
    this.saves = [];
    this.rewrites = 0;
    this.#rewrites = 0;
    this.#current = void 0;
    this.#forks.clear();
    this.#origins.clear();
    this.#renamePending = false;
    this.#namesLive = false;
    this.#o.times.clear();
  }
  /** A name was changed since the last directory sync ended. */
  get renamePending() {
    return this.#renamePending;
  }
  /** A child was forked and what it makes has no name yet. */
  get rewriteUnderway() {
    return this.#rewrites > this.rewrites;
  }
  operation(pid) {
    if (pid !== this.serverPid) {
      this.trigger?.childOperated();
      return;
    }
    this.operations++;
    this.onOperation?.(this.operations);
  }
  created(pid, path) {
    const fork = this.#forks.get(pid);
    if (fork !== void 0) {
      this.#origins.set(path, fork);
      if (!dumpTemporary.test(path)) this.#rewrites++;
    } else if (pid === this.serverPid && this.serving) {
      this.#origins.set(path, this.#origin(false));
    }
  }
  writeBegan(pid, path) {
    if (pid !== this.serverPid || !increment3.test(path)) return () => {};
    const { times, world } = this.#o;
    const ended = times.begin('write', world.scheduler.nowMs);
    this.trigger?.writing();
    return (lengthBytes2) => {
      ended(world.scheduler.nowMs);
      if (lengthBytes2 === 0) return;
      this.#current = path;
      this.lastWriteAtMs = world.scheduler.nowMs;
      this.trigger?.wrote();
    };
  }
  syncBegan(pid, path) {
    if (pid !== this.serverPid) return () => {};
    this.trigger?.syncBegan();
    if (!increment3.test(path)) return () => this.trigger?.syncEnded();
    const { times, world, history, situations } = this.#o;
    const ended = times.begin('sync', world.scheduler.nowMs);
    const covered = this.#current === path ? history.observed : 0;
    return (ok) => {
      ended(world.scheduler.nowMs);
      this.trigger?.syncEnded();
      if (!ok || covered === 0) return;
      if (covered > history.durable) situations.count('everysec-sync-done');
      history.markDurable(covered);
    };
  }
  renameBegan(pid, from, to) {
    const isDump = dump.test(to);
    if (pid !== this.serverPid || !(isDump || base.test(to))) return;
    const origin = this.#origins.get(from);
    if (origin === void 0) return;
    const index2 = this.#judge(from, to, origin);
    if (!isDump) return;
    this.#o.history.saveIssued(index2);
    this.saves.push(index2);
  }
  renamed(pid, _from, to) {
    if (pid !== this.serverPid) return;
    this.#renamePending = true;
    if (!this.serving) return;
    this.#namesLive = dump.test(to) || base.test(to);
    this.trigger?.renamed();
  }
  directorySyncBegan() {}
  directorySynced(pid) {
    if (pid !== this.serverPid || !this.#renamePending) return;
    this.#renamePending = false;
    if (this.#namesLive) this.trigger?.saved();
    this.#namesLive = false;
  }
  forked(pid, childPid, _mainName) {
    if (pid !== this.serverPid) return;
    this.#forks.set(childPid, this.#origin(true));
  }
  /** Where an image that is taken now comes from. */
  #origin(forked) {
    const { history } = this.#o;
    const newest2 = history.unit(history.executed);
    return {
      first: this.deliveryFrom ?? history.executed,
      last: history.executed,
      wallMs: this.#o.wallMs(),
      certain: newest2 === void 0 || newest2.alternatives.length === 0,
      forked,
    };
  }
  /** Judges a snapshot file (P10), and returns the index of the state that it holds. */
  #judge(from, to, origin) {
    const { world, history, situations } = this.#o;
    if (origin.forked && origin.last < history.executed) situations.count('mutations-during-child');
    const inode = world.machine.disk.find(from);
    if (!origin.certain || !(inode instanceof FileInode)) return origin.last;
    const file = inode.image().subarray(0, inode.sizeBytes);
    const format2 = to.endsWith('.aof') ? 'aof' : 'rdb';
    situations.count(dump.test(to) ? 'snapshot-compared' : 'base-compared');
    if (base.test(to)) {
      this.rewrites++;
      situations.count('rewrite-done');
    }
    let verdict = { ok: true };
    for (let index2 = origin.last; index2 >= origin.first; index2--) {
      const judged = checkSnapshot(file, format2, history.snapshotAt(index2), origin.wallMs);
      if (judged.ok) return index2;
      if (index2 === origin.last) verdict = judged;
    }
    if (verdict.ok) return origin.last;
    this.#o.report({
      property: 'P10',
      message: `${to}, made from ${origin.forked ? 'the fork' : 'SAVE'} at unit ${origin.last}: ${verdict.why}`,
      ...(verdict.difference === void 0 ? {} : { difference: verdict.difference }),
    });
    return origin.last;
  }
};

// sim/scenario/administrator.ts
function administratorExpects(command) {
  switch (command[0].toUpperCase()) {
    case 'SAVE':
      return { statuses: ['OK'], errors: ['ERR Background save already in progress'] };
    case 'BGSAVE':
      return {
        statuses: ['Background saving started', 'Background saving scheduled'],
        errors: ['ERR Background save already in progress', 'ERR Another child process is active'],
      };
    case 'BGREWRITEAOF':
      return {
        statuses: [
          'Background append only file rewriting started',
          'Background append only file rewriting scheduled',
        ],
        errors: ['ERR Background append only file rewriting already in progress'],
      };
    case 'CONFIG':
      return command[1].toUpperCase() === 'SET' ? { status: 'OK' } : { anything: 'a list of settings' };
    case 'INFO':
      return { anything: 'text' };
    case 'LASTSAVE':
      return { anything: 'a time' };
    default:
      throw new Error(
        `the administrator knows no command '${command[0]}'; give it one in sim/scenario/administrator.ts`,
      );
  }
}

// sim/scenario/argument.ts
var NOISE_BYTES = 64 * 1024;
var noise = makeNoise();
function makeNoise() {
  const bytes = new Uint8Array(NOISE_BYTES);
  fillNoise(291983367, bytes);
  return textOf(bytes);
}
function argumentText(argument) {
  if (typeof argument === 'string') return argument;
  const { lengthBytes: lengthBytes2, salt } = argument;
  const stamp = `<${salt}:${lengthBytes2}>`;
  if (salt % 2 === 0) {
    const pattern = `${stamp}the lights go out `;
    return pattern.repeat(Math.ceil(lengthBytes2 / pattern.length)).slice(0, lengthBytes2);
  }
  const from = (salt * 977) % (NOISE_BYTES / 2);
  return (stamp + noise.slice(from, from + Math.min(lengthBytes2, NOISE_BYTES / 2))).slice(0, lengthBytes2);
}
function commandText(command) {
  return command.map(argumentText);
}
function describeCommand(command) {
  const shown2 = command
    .slice(0, 6)
    .map((text2) =>
      text2.length > 20 ? `${printable(text2.slice(0, 12))}\u2026(${text2.length} bytes)` : printable(text2),
    );
  return shown2.join(' ') + (command.length > 6 ? ' \u2026' : '');
}
function printable(text2) {
  return /^[!-~]+$/.test(text2) ? text2 : JSON.stringify(text2);
}

// sim/scenario/client.ts
var SimClient = class {
  name;
  #around;
  #parser = new ReplyParser();
  #outstanding = [];
  #session;
  #held = [];
  #splitting = false;
  #closed = false;
  constructor(name, around) {
    this.name = name;
    this.#around = around;
  }
  /** The engine's end of the connection. */
  transport = {
    send: (bytes) => this.#receive(bytes),
    close: () => {
      this.#closed = true;
      if (this.#outstanding.length > 0)
        this.#around.wrong(
          this,
          `the engine closed the connection with ${this.#outstanding.length} commands unanswered`,
        );
    },
  };
  attach(session) {
    this.#session = session;
  }
  /** Nothing of this client happens any more: its server is dead. */
  detach() {
    this.#session = void 0;
    this.#closed = true;
  }
  get waiting() {
    return this.#outstanding;
  }
  get idle() {
    return this.#outstanding.length === 0 && this.#held.length === 0 && !this.#splitting;
  }
  /** Sends commands back to back. */
  send(commands, delivery = { how: 'whole' }, onReply) {
    const message = join(
      commands.map((command) => ({
        bytes: encodeCommand(command),
        commands: [{ command, endBytes: 0, onReply }],
      })),
    );
    if (delivery.how === 'joined' || this.#splitting) {
      this.#held.push(message);
      return;
    }
    const all2 = this.#takeHeld(message);
    if (delivery.how === 'whole') {
      this.#deliver(all2, 0, all2.bytes.length);
      return;
    }
    const at = Math.max(1, Math.floor((all2.bytes.length * delivery.atPermille) / 1e3));
    this.#splitting = true;
    this.#deliver(all2, 0, at);
    this.#around.after(delivery.restAfterMs, () => {
      this.#splitting = false;
      this.#deliver(all2, at, all2.bytes.length);
      this.flush();
    });
  }
  /** Sends what was held back. */
  flush() {
    if (this.#held.length === 0 || this.#splitting) return;
    const all2 = this.#takeHeld(void 0);
    this.#deliver(all2, 0, all2.bytes.length);
  }
  #takeHeld(last) {
    if (this.#held.length === 0 && last !== void 0) return last;
    const messages = last === void 0 ? this.#held : [...this.#held, last];
    this.#held = [];
    return join(messages);
  }
  #deliver(message, from, to) {
    const session = this.#session;
    if (session === void 0 || this.#closed) return;
    const sentAtMs = this.#around.nowMs();
    this.#around.delivering();
    try {
      for (const { command, endBytes, onReply } of message.commands) {
        if (endBytes <= from || endBytes > to) continue;
        const outstanding = this.#around.execute(this, command);
        this.#outstanding.push({
          ...outstanding,
          command,
          sentAtMs,
          onReply: onReply ?? outstanding.onReply,
        });
      }
      const whole = from === 0 && to === message.bytes.length;
      session.feed(whole ? message.bytes : message.bytes.slice(from, to));
    } finally {
      this.#around.delivered();
    }
  }
  #receive(bytes) {
    if (this.#session === void 0 && this.#closed) return;
    this.#parser.feed(bytes, (reply) => {
      const outstanding = this.#outstanding.shift();
      if (outstanding === void 0) {
        this.#around.wrong(this, `a reply that nothing was sent for: ${describeReply(reply)}`);
        return;
      }
      if (!replyMatches(outstanding.expected, reply)) {
        const { command, expected } = outstanding;
        this.#around.wrong(
          this,
          `${describeCommand(command)}: got ${describeReply(reply)}, expected ${describeReply(expected)}`,
        );
      }
      this.#around.replied(this, outstanding, reply);
      outstanding.onReply?.(reply);
    });
  }
};
function join(messages) {
  let length = 0;
  for (const { bytes: bytes2 } of messages) length += bytes2.length;
  const bytes = messages.length === 1 ? messages[0].bytes : new Uint8Array(length);
  const commands = [];
  let at = 0;
  for (const message of messages) {
    if (messages.length > 1) bytes.set(message.bytes, at);
    for (const entry of message.commands) {
      commands.push({
        ...entry,
        endBytes: at + (entry.endBytes === 0 ? message.bytes.length : entry.endBytes),
      });
    }
    at += message.bytes.length;
  }
  return { bytes, commands };
}

// sim/scenario/trigger.ts
function describeMoment(moment) {
  switch (moment.at) {
    case 'end':
      return moment.afterMs > 1e3 ? 'after a while of idling' : 'after the last command';
    case 'time':
      return 'at some moment';
    case 'reply':
      return 'right after a reply left';
    case 'writing':
      return 'inside a write of the log';
    case 'write':
      return 'with writes of the log pending';
    case 'sync':
      return 'inside a sync';
    case 'rename':
      return 'between a rename and the sync of its directory';
    case 'child':
      return 'while a child was running';
    case 'saved':
      return 'right after a save was done';
  }
}
var Trigger = class {
  #moment;
  #around;
  #left;
  #armed = false;
  #fired = false;
  /** The sync that is waited in. */
  #insideSync = false;
  constructor(moment, around) {
    this.#moment = moment;
    this.#around = around;
    this.#left = 'ordinal' in moment ? moment.ordinal : moment.at === 'child' ? moment.operations : 1;
  }
  get fired() {
    return this.#fired;
  }
  /** From now on the moment is looked for. */
  arm() {
    if (this.#armed) return;
    this.#armed = true;
    if (this.#moment.at === 'time') this.#around.after(this.#moment.afterMs, () => this.#fire());
  }
  replied() {
    this.#count('reply');
  }
  writing() {
    this.#count('writing');
  }
  wrote() {
    this.#count('write');
  }
  renamed() {
    this.#count('rename');
  }
  childOperated() {
    this.#count('child');
  }
  saved() {
    this.#count('saved');
  }
  syncBegan() {
    if (this.#moment.at !== 'sync' || !this.#armed || this.#fired || this.#insideSync) return;
    if (--this.#left > 0) return;
    this.#insideSync = true;
    this.#around.after((this.#moment.permille * 0.5) / 1e3, () => this.#fire());
  }
  /** The sync ended before its share of the time was over: this is as late inside it as can be. */
  syncEnded() {
    if (this.#insideSync) this.#fire();
  }
  #count(what) {
    if (this.#moment.at !== what || !this.#armed || this.#fired) return;
    if (--this.#left <= 0) this.#fire();
  }
  #fire() {
    if (this.#fired) return;
    this.#fired = true;
    this.#around.fire();
  }
};

// sim/scenario/service.ts
var GRACE_MS = 3e3;
var ANSWERS_MS = 3e4;
var WITNESS_KEY = 'witness';
var Service = class {
  /** Commands that were executed. */
  commands = 0;
  /** Something in the simulator itself went wrong. */
  fault;
  #o;
  #trigger;
  #clients = [];
  #models = /* @__PURE__ */ new Map();
  #numbers = /* @__PURE__ */ new Map();
  #administrator;
  #orders = [];
  #startedAtMs;
  #open = /* @__PURE__ */ new Map();
  #savesSeen = 0;
  #lastStepAtMs = 0;
  #firedEarly = false;
  constructor(options) {
    this.#o = options;
    this.#startedAtMs = options.world.scheduler.nowMs;
    this.#lastStepAtMs = this.#startedAtMs;
    for (let number = 0; number < options.scenario.clients; number++)
      this.#clients.push(this.#connect(`client ${number + 1}`, number));
    this.#administrator = this.#connect('administrator', options.scenario.clients);
    const stop = () => {
      this.#firedEarly = true;
      options.world.scheduler.stop();
    };
    this.#trigger = new Trigger(options.generation.crash.when, {
      after: (delayMs, run) => this.after(delayMs, run),
      fire: stop,
    });
    options.watch.trigger = this.#trigger;
  }
  /** More virtual time than this generation can take. */
  get longestMs() {
    let total = GRACE_MS + ANSWERS_MS + 6e4;
    for (const step of this.#o.generation.steps) total += step.kind === 'idle' ? step.ms : step.afterMs;
    return total;
  }
  get moment() {
    return this.#o.generation.crash.when.at;
  }
  /** True when the moment of the plan came about, false when the steps were over first. */
  get firedEarly() {
    return this.#firedEarly;
  }
  get idledMs() {
    return this.#o.world.scheduler.nowMs - this.#lastStepAtMs;
  }
  start() {
    if (this.#o.generation.crash.armedAfterSteps === 0) this.#trigger.arm();
    this.#schedule(0);
  }
  end() {
    this.#o.watch.trigger = void 0;
    for (const client of [...this.#clients, this.#administrator]) client.detach();
  }
  /** Commands that have waited for longer than that, in words. */
  unanswered(patienceMs) {
    const late = [];
    const now = this.nowMs();
    for (const client of [...this.#clients, this.#administrator]) {
      const first = client.waiting[0];
      if (first === void 0 || now - first.sentAtMs < patienceMs) continue;
      late.push(
        `${client.name}: ${describeCommand(first.command)} was not answered for ${Math.round(now - first.sentAtMs)} ms`,
      );
    }
    return late;
  }
  // Steps ------------------------------------------------------------------------------------------------------------
  #schedule(index2) {
    const { steps: steps2, crash: crash2 } = this.#o.generation;
    const step = steps2[index2];
    if (step === void 0) {
      this.#stepsTaken();
      return;
    }
    this.after(step.kind === 'idle' ? step.ms : step.afterMs, () => {
      this.#lastStepAtMs = this.nowMs();
      this.#take(step);
      if (index2 + 1 >= crash2.armedAfterSteps) this.#trigger.arm();
      this.#schedule(index2 + 1);
    });
  }
  #take(step) {
    if (step.kind === 'idle') return;
    if (step.kind === 'admin') {
      this.#orders.push(step.command);
      this.#nextOrder();
      return;
    }
    const client = this.#clients[step.client % this.#clients.length];
    client.send(this.#commandsOf(step), step.delivery);
  }
  #commandsOf(step) {
    const commands = step.kind === 'command' ? [commandText(step.command)] : step.commands.map(commandText);
    const single = step.kind === 'command';
    const witnessed =
      this.#o.scenario.witness &&
      !(single && /^(SELECT|GET|LRANGE|SMEMBERS|HGETALL|MGET|PTTL|EXISTS|TYPE|STRLEN)$/.test(commands[0][0]));
    if (single && !witnessed) return commands;
    return [['MULTI'], ...commands, ...(witnessed ? [['INCR', WITNESS_KEY]] : []), ['EXEC']];
  }
  /** All steps were taken: the moment is waited for a little longer, and the answers, then it ends anyway. */
  #stepsTaken() {
    for (const client of this.#clients) client.flush();
    this.#trigger.arm();
    const { when } = this.#o.generation.crash;
    const deadlineMs = this.nowMs() + ANSWERS_MS;
    const stop = () => {
      const waiting = [...this.#clients, this.#administrator].some((client) => client.waiting.length > 0);
      if (waiting && this.nowMs() < deadlineMs) this.after(20, stop);
      else this.#o.world.scheduler.stop();
    };
    this.after(when.at === 'end' ? when.afterMs : GRACE_MS, stop);
  }
  #nextOrder() {
    if (this.#administrator.waiting.length > 0) return;
    const order = this.#orders.shift();
    if (order !== void 0) this.#administrator.send([order]);
  }
  // What clients ask of the run ----------------------------------------------------------------------------------------
  execute(client, command) {
    try {
      if (command[0] !== 'MULTI' && command[0] !== 'EXEC' && command[1] !== WITNESS_KEY) this.commands++;
      return client === this.#administrator ? this.#administer(command) : this.#executeModel(client, command);
    } catch (error) {
      this.fault ??= error;
      this.#o.world.scheduler.stop();
      throw error;
    }
  }
  delivering() {
    this.#o.watch.deliveryFrom = this.#o.history.executed;
  }
  delivered() {
    this.#o.watch.deliveryFrom = void 0;
  }
  nowMs() {
    return this.#o.world.scheduler.nowMs;
  }
  after(delayMs, run) {
    this.#o.server.process.after(delayMs, 'client', run);
  }
  replied(client, outstanding, reply) {
    this.#o.history.observe(outstanding.dependsOn, this.nowMs());
    if (client === this.#administrator) {
      this.#heard(outstanding.command, reply);
      this.after(0, () => this.#nextOrder());
    }
    this.#trigger.replied();
  }
  wrong(client, message) {
    this.#o.report('P21', `${client.name}: ${message}`);
  }
  #executeModel(client, command) {
    const { history, server } = this.#o;
    const { expected, observes } = this.#models.get(client).execute(command, server.wallMs);
    const name = command[0];
    if (name === 'MULTI') this.#open.set(client, 0);
    else if (this.#open.has(client)) this.#open.set(client, this.#open.get(client) + 1);
    const commands = name === 'EXEC' ? (this.#open.get(client) ?? 1) - 1 : 1;
    if (name === 'EXEC' || name === 'DISCARD') this.#open.delete(client);
    history.commit({ atMs: this.nowMs(), client: this.#numbers.get(client), command, commands });
    return { expected, dependsOn: observes ? history.executed : 0, onReply: void 0 };
  }
  #administer(command) {
    const index2 = this.#o.history.executed;
    const onReply = (reply) => {
      if (command[0] !== 'SAVE' || typeof reply !== 'object' || reply === null || !('status' in reply))
        return;
      this.#o.history.saveReported(index2);
      this.#o.situations.count('save-reported');
      this.#trigger.saved();
    };
    return { expected: administratorExpects(command), dependsOn: 0, onReply };
  }
  /** The administrator was told how saves stand. */
  #heard(command, reply) {
    if (command[0] !== 'INFO' || typeof reply !== 'string') return;
    const saves = Number(/^rdb_saves:(\d+)/m.exec(reply)?.[1] ?? 0);
    const begun = this.#o.watch.saves;
    if (saves <= this.#savesSeen || saves > begun.length) return;
    this.#savesSeen = saves;
    this.#o.history.saveReported(begun[saves - 1]);
    this.#o.situations.count('save-reported');
    this.#trigger.saved();
  }
  #connect(name, number) {
    const client = new SimClient(name, this);
    const { trace } = this.#o.world;
    const { send, close: close2 } = client.transport;
    this.#models.set(client, new ModelClient(this.#o.history.state));
    this.#numbers.set(client, number);
    this.#o.server.process.enter(() => {
      client.attach(
        this.#o.server.engine.connect({
          send: (bytes) => {
            trace.bytes('reply', bytes, number);
            send(bytes);
          },
          close: close2,
        }),
      );
    });
    return client;
  }
};

// sim/scenario/situations.ts
var SituationCounter = class {
  #counts = /* @__PURE__ */ new Map();
  count(situation, times = 1) {
    this.#counts.set(situation, (this.#counts.get(situation) ?? 0) + times);
  }
  addAll(counts) {
    for (const [situation, times] of counts) this.count(situation, times);
  }
  record() {
    return Object.fromEntries([...this.#counts].toSorted(([a2], [b2]) => (a2 < b2 ? -1 : 1)));
  }
};

// sim/scenario/course.ts
var Ended = class extends Error {};
var Course = class {
  #scenario;
  #module;
  #narrate;
  #world;
  #history;
  #times = new LogTimes();
  #situations = new SituationCounter();
  #watch;
  #violations = [];
  #story = [];
  #slack = [];
  #images = /* @__PURE__ */ new Map();
  #side = new RollingHash();
  #generation = 1;
  #server;
  #service;
  #fall;
  #commands = 0;
  #crashes = 0;
  #unsynced = 0;
  #states = 0;
  #sideEvents = 0;
  constructor(scenario, module, narrate) {
    this.#narrate = narrate;
    this.#scenario = scenario;
    this.#module = module;
    this.#history = new History(scenario.settings.databases);
    const watch2 = { current: void 0 };
    this.#world = createWorld({
      ...worldOptions(scenario, module, void 0),
      disk: emptyDisk(),
      childMains: lateChildren(module, watch2),
    });
    this.#watch = new LogWatch({
      world: this.#world,
      history: this.#history,
      times: this.#times,
      situations: this.#situations,
      wallMs: () => this.#server.wallMs,
      report: (violation) => this.#report(violation),
    });
    watch2.current = this.#watch;
  }
  async run() {
    try {
      for (const [index2, generation] of this.#scenario.generations.entries()) {
        this.#generation = index2 + 1;
        await this.#live(generation);
      }
      this.#generation = this.#scenario.generations.length + 1;
      await this.#last();
    } catch (error) {
      if (error instanceof BudgetError)
        this.#report({ property: this.#watch.serving ? 'P21' : 'P12', message: error.message });
      else if (!(error instanceof Ended)) throw error;
    }
    return this.#result();
  }
  // One generation ---------------------------------------------------------------------------------------------------
  async #live(generation) {
    await this.#recover(generation);
    const story = this.#story.at(-1);
    const service = this.#serve(generation);
    this.#service = service;
    await this.#world.run({ untilMs: this.#world.scheduler.nowMs + service.longestMs });
    story.commands = service.commands;
    story.units = this.#history.executed - this.#history.base;
    story.saves = this.#watch.saves.length;
    story.rewrites = this.#watch.rewrites;
    this.#commands += service.commands;
    this.#checkAlive();
    for (const late of service.unanswered(PATIENCE_MS)) this.#report({ property: 'P21', message: late });
    await this.#crash(generation, service);
  }
  #serve(generation) {
    const service = new Service({
      world: this.#world,
      server: this.#server,
      history: this.#history,
      watch: this.#watch,
      scenario: this.#scenario,
      generation,
      situations: this.#situations,
      report: (property, message) => this.#report({ property, message }),
    });
    service.start();
    return service;
  }
  // Recovery ---------------------------------------------------------------------------------------------------------
  /** Starts the engine, through the crashes that are planned inside that, and judges what it holds. */
  async #recover(generation) {
    const { scheduler } = this.#world;
    const startedAtMs = scheduler.nowMs;
    if (this.#world.machine.processes.size > 0) this.#situations.count('orphan-alive-at-restart');
    const crashes = [];
    const planned = generation?.crashesInRecovery ?? [];
    const isFirstStart = this.#fall === void 0;
    if (planned.length > 0 && this.#fall !== void 0) await this.#tryUndisturbed(this.#fall);
    for (const plan of planned) {
      const crashed = await this.#crashInside(plan.kind, plan.operation);
      if (crashed === void 0) break;
      crashes.push(crashed);
    }
    if (crashes.length > 0)
      this.#situations.count(isFirstStart ? 'crash-inside-first-start' : 'crash-inside-recovery');
    if (crashes.length > 1) this.#situations.count('two-crashes-inside-recovery');
    const server =
      this.#server?.alive === true && this.#server.engine !== void 0
        ? this.#server
        : await this.#start(void 0);
    const failure = startFailure(this.#world, server);
    if (failure !== void 0) this.#end('P12', failure);
    const read2 = await this.#read(server);
    const k = this.#judgeMain(read2.snapshot, read2.wallMs, server);
    this.#watch.serving = true;
    this.#story.push({
      generation: this.#generation,
      startedAtMs,
      crashesInRecovery: crashes,
      servedAtMs: scheduler.nowMs,
      base: k,
      commands: 0,
      clients: this.#scenario.clients,
      units: 0,
      saves: 0,
      rewrites: 0,
      crash: void 0,
      recovered: void 0,
      recoveredAtMs: void 0,
      lostSinceMs: void 0,
      remarks: [],
    });
  }
  /** Starts the engine until it serves, or to the n-th operation. */
  async #start(atOperation) {
    const { machine, scheduler } = this.#world;
    this.#watch.begin(0);
    this.#watch.trigger = void 0;
    const server = new Server(this.#world, this.#module, this.#scenario, this.#watch);
    void server.settled.then(() => scheduler.stop());
    this.#watch.begin(server.process.pid);
    this.#watch.onOperation = (count2) => {
      if (count2 === atOperation) scheduler.stop();
    };
    this.#server = server;
    await this.#world.run({ untilMs: scheduler.nowMs + PATIENCE_MS });
    this.#watch.onOperation = void 0;
    if (machine.violations.length > 0 && atOperation !== void 0) this.#checkAlive();
    return server;
  }
  /** A crash inside recovery; undefined when the recovery was over before. */
  async #crashInside(kind, operation) {
    const server = await this.#start(operation);
    if (server.refusal !== void 0) this.#end('P12', startFailure(this.#world, server));
    if (server.engine !== void 0) return void 0;
    const atMs = this.#world.scheduler.nowMs;
    const report =
      kind === 'power' ? this.#world.machine.powerOff() : this.#world.machine.kill(server.process.pid);
    this.#noteCrash(report);
    if (this.#fall === void 0) {
      const bounds = this.#bounds(kind);
      this.#fall = {
        kill: bounds,
        power: bounds,
        first: kind,
        atWallMs: this.#wallMs,
        lostPower: kind === 'power',
        undisturbed: 0,
        report,
      };
    } else {
      this.#fall.lostPower ||= kind === 'power';
      this.#fall.report = report;
    }
    this.#server = void 0;
    return { kind, atMs, operation };
  }
  async #read(server) {
    return this.#talk('after the recovery', (connect) =>
      readEverything(connect(server), server, this.#scenario.settings.databases),
    );
  }
  /** A talk with the engine that must not fail. */
  async #talk(when, talk) {
    try {
      return await converse(this.#world, talk);
    } catch (error) {
      if (!(error instanceof ReadingError)) throw error;
      this.#checkAlive('P12');
      this.#end('P12', `${when} ${error.message}`);
    }
  }
  /** Judges the main line's recovery and begins a new life there. Returns its k. */
  #judgeMain(snapshot, wallMs, server) {
    const fall = this.#fall;
    const where = this.#generation === 1 ? 'first start' : `recovery ${this.#generation - 1}`;
    const bounds =
      fall === void 0
        ? { lower: 0, upper: 0, only: [0], because: 'nothing was ever written' }
        : fall.lostPower
          ? weaker(fall.power, fall.kill)
          : fall.kill;
    const kind = fall?.lostPower === true ? 'power' : 'kill';
    const verdict = this.#check(snapshot, wallMs, bounds);
    const story = this.#story.at(-1);
    if (story !== void 0) story.recoveredAtMs = this.#world.scheduler.nowMs;
    if (!verdict.ok) {
      this.#reportPrefix(verdict, bounds, kind, where, fall?.report);
      throw new Ended();
    }
    if (story !== void 0) {
      story.recovered = verdict.k;
      story.lostSinceMs = this.#history.unit(verdict.k + 1)?.executedAtMs;
      story.remarks = server.log
        .filter((line) => /trunc|cut|discard|repair|quarantine/i.test(line))
        .slice(-3);
    }
    if (fall !== void 0) {
      this.#weigh(verdict, bounds, kind);
      if (this.#history.expiredBetween(fall.atWallMs, wallMs))
        this.#situations.count('key-expired-between-crash-and-recovery');
    }
    const settled = fall?.undisturbed;
    if (
      settled !== void 0 &&
      this.#scenario.persistence !== 'none' &&
      (fall.first === 'power' || !fall.lostPower) &&
      !verdict.allK.includes(settled)
    ) {
      this.#report({
        property: 'P11',
        message: `a recovery that was cut short changed what recovery gives: S_${verdict.k}, without the cut S_${settled}`,
        where,
      });
    }
    this.#beginLife(verdict);
    this.#fall = void 0;
    return this.#history.base;
  }
  #beginLife(verdict) {
    if (this.#scenario.persistence === 'none') {
      this.#history.recoveredEmpty();
      return;
    }
    const last = this.#history.unit(this.#history.executed);
    if (last !== void 0 && last.alternatives.length > 0)
      this.#history.settle(last, verdict.outcome ?? last.changes);
    this.#history.recoveredAt(verdict.k);
  }
  #check(snapshot, wallMs, bounds) {
    return this.#scenario.persistence === 'none'
      ? checkEmpty(snapshot)
      : checkPrefix(this.#history, snapshot, wallMs, bounds);
  }
  /** Notes how a verdict lies between its bounds. */
  #weigh(verdict, bounds, kind) {
    this.#slack.push(bounds.upper - bounds.lower);
    if (bounds.upper === bounds.lower) return;
    if (verdict.allK.includes(bounds.lower)) this.#situations.count('k-is-lower-bound');
    else if (verdict.allK.includes(bounds.upper)) this.#situations.count('k-is-upper-bound');
    else this.#situations.count('k-inside-bounds');
    if (kind === 'power' && this.#scenario.appendfsync === 'everysec' && verdict.k < this.#history.observed)
      this.#situations.count('everysec-loss-within-window');
    if (verdict.k > this.#history.durable && verdict.k > bounds.lower)
      this.#situations.count('unsynced-survived');
  }
  // Crash ------------------------------------------------------------------------------------------------------------
  async #crash(generation, service) {
    const { machine, scheduler } = this.#world;
    const { kind } = generation.crash;
    const story = this.#story.at(-1);
    const bounds = this.#bounds(kind);
    this.#countMoment(kind, service);
    const others = this.#otherStates();
    const children = machine.processes.size - 1;
    if (children > 0) this.#situations.count('crash-while-child-runs');
    const atMs = scheduler.nowMs;
    const report = kind === 'power' ? machine.powerOff() : machine.kill(this.#server.process.pid);
    service.end();
    this.#server = void 0;
    this.#noteCrash(report);
    this.#fall = {
      kill: this.#bounds('kill'),
      power: this.#bounds('power'),
      first: kind,
      atWallMs: this.#wallMs,
      lostPower: kind === 'power',
      undisturbed: void 0,
      report,
    };
    const judged = await this.#judgeOthers(others, report);
    story.crash = {
      kind,
      atMs,
      moment: service.firedEarly
        ? describeMoment(generation.crash.when)
        : describeMoment({ at: 'end', afterMs: service.idledMs }),
      pending: tallyOf(report, this.#narrate),
      bounds,
      otherStates: others.length,
      distinctStates: judged.distinct,
      worstK: judged.worstK,
    };
  }
  get #wallMs() {
    return this.#scenario.startWallMs + Math.floor(this.#world.scheduler.nowMs);
  }
  #bounds(kind) {
    const { persistence, appendfsync, settings } = this.#scenario;
    const promises = { persistence, appendfsync, cronPeriodMs: 1e3 / settings.hz };
    return boundsNow(this.#history, this.#times, promises, kind, this.#world.scheduler.nowMs);
  }
  #countMoment(kind, service) {
    const situations = this.#situations;
    situations.count(kind === 'power' ? 'power-loss' : 'kill');
    if (service.firedEarly && service.moment === 'reply') situations.count('crash-right-after-reply');
    if (service.firedEarly && service.moment === 'saved') situations.count('crash-right-after-save');
    if (this.#watch.renamePending) situations.count('crash-between-rename-and-directory-sync');
    if (this.#world.scheduler.nowMs - this.#watch.lastWriteAtMs > 2e3 && this.#watch.lastWriteAtMs > 0)
      situations.count('idle-before-crash');
    const log = this.#world.machine.disk.find(`${DATA_DIRECTORY}/appendonlydir`);
    if (log?.kind === 'directory') {
      const names = this.#world.machine.disk.readdir(`${DATA_DIRECTORY}/appendonlydir`);
      if (names.filter((name) => name.endsWith('.incr.aof')).length > 1)
        situations.count('several-increments-at-crash');
      if (this.#watch.rewriteUnderway) situations.count('crash-while-rewriting');
    }
  }
  /**
   * More of the states that this instant could leave: of a loss of power, and of a kill. What a recovery accepts of the
   * latter is in the page cache only, and the power that fails next must not take it back (P11).
   */
  #otherStates() {
    const profile = profileOf(this.#scenario);
    const { machine, choices } = this.#world;
    const { crashStates } = this.#scenario;
    const make = (kind, i) => {
      const prefix = `${kind === 'kill' ? 'killed' : 'state'} ${this.#generation}.${i + 1}`;
      const { disk, report } = crash(machine.disk, kind, profile, choices, { prefix });
      this.#situations.addAll(report.situations);
      return { kind, disk };
    };
    const losses = profile.losesPower ? crashStates : 0;
    const kills = profile.losesPower ? Math.min(1, crashStates) : crashStates;
    return [
      ...Array.from({ length: losses }, (_, i) => make('power', i)),
      ...Array.from({ length: kills }, (_, i) => make('kill', i)),
    ];
  }
  async #judgeOthers(states2, report) {
    const seen = /* @__PURE__ */ new Set();
    let worstK = Infinity;
    for (const [i, { kind, disk }] of states2.entries()) {
      this.#states++;
      const bounds = this.#fall[kind];
      const image =
        kind === 'kill' ? `killed ${this.#generation}.${i} ${fingerprint(disk)}` : fingerprint(disk);
      seen.add(image);
      const where = `crash state ${i + 1} beside ${report.kind === 'power' ? 'power loss' : 'kill'} ${this.#generation}`;
      const recovered = await this.#recoverImage(disk, image, where, i === 0 || kind === 'kill');
      if (!recovered.ok) {
        this.#report({
          property: recovered.property,
          message: recovered.why,
          where,
          ...this.#pending(report),
        });
        continue;
      }
      const wallMs = Math.max(recovered.wallMs, this.#wallMs);
      const verdict = this.#check(recovered.snapshot, wallMs, bounds);
      if (!verdict.ok) {
        this.#reportPrefix(verdict, bounds, kind, where, report);
        continue;
      }
      this.#weigh(verdict, bounds, kind);
      if (verdict.k < worstK) worstK = verdict.k;
    }
    return { distinct: seen.size, worstK: worstK === Infinity ? this.#fall.power.lower : worstK };
  }
  /** Recovers an image in a world of its own, once: an equal image gives the same again. */
  async #recoverImage(disk, image, where, again) {
    const known = this.#images.get(image);
    if (known !== void 0) return known;
    const elsewhere = await recoverElsewhere({
      scenario: this.#scenario,
      module: this.#module,
      disk,
      seed: `${this.#scenario.seed}/${where}`,
      startWallMs: this.#wallMs,
      again,
    });
    this.#sideEvents += elsewhere.events;
    this.#side.text(elsewhere.digest);
    this.#images.set(image, elsewhere.first);
    const { first, second } = elsewhere;
    if (first.ok && second !== void 0) this.#judgeAgain(first, second, elsewhere.probeLost, where);
    return first;
  }
  /** P11: a second recovery gives what the first one gave. */
  #judgeAgain(first, second, probeLost, where) {
    this.#situations.count('recovered-again');
    if (!second.ok) {
      this.#report({
        property: 'P11',
        message: `the first recovery served, the second did not: ${second.why}`,
        where,
      });
      return;
    }
    if (probeLost)
      this.#report({
        property: 'P11',
        message: 'a write that was acknowledged after the recovery is gone after the next one',
        where,
      });
    const before2 = fingerprintOf(this.#history, first.snapshot, second.wallMs);
    const after = fingerprintOf(this.#history, second.snapshot, second.wallMs);
    if (before2 !== after)
      this.#report({
        property: 'P11',
        message: 'the second recovery gave something else than the first',
        where,
      });
  }
  /** What a recovery gives when nothing disturbs it: P11 holds it against one that was cut short. */
  async #tryUndisturbed(fall) {
    const disk = cloneDisk(this.#world.machine.disk).disk;
    const image = fingerprint(disk);
    this.#states++;
    const recovered = await this.#recoverImage(disk, image, `undisturbed ${this.#generation}`, false);
    if (!recovered.ok) return;
    const verdict = this.#check(
      recovered.snapshot,
      recovered.wallMs,
      fall.lostPower ? fall.power : fall.kill,
    );
    if (verdict.ok) fall.undisturbed = verdict.k;
  }
  // The end ----------------------------------------------------------------------------------------------------------
  async #last() {
    const server = await this.#start(void 0);
    const failure = startFailure(this.#world, server);
    if (failure !== void 0) this.#end('P12', failure);
    const read2 = await this.#read(server);
    this.#judgeMain(read2.snapshot, read2.wallMs, server);
    this.#watch.serverPid = 0;
    const replies = await this.#talk('after the last recovery', (connect) =>
      connect(server).ask([
        ['SET', PROBE_KEY, 'alive'],
        ['GET', PROBE_KEY],
      ]),
    );
    if (replies[1] !== 'alive')
      this.#report({ property: 'P12', message: 'the engine does not take writes after its last recovery' });
    this.#world.machine.killAll();
  }
  // Reports ----------------------------------------------------------------------------------------------------------
  #noteCrash(report) {
    this.#crashes++;
    this.#states++;
    if (report.pendingData + report.pendingNames > 0) this.#unsynced++;
    this.#situations.addAll(report.situations);
  }
  #reportPrefix(verdict, bounds, kind, where, report) {
    const property = this.#propertyOf(verdict, kind);
    const k = verdict.allK.length === 0 ? 'no prefix of the history' : `S_${verdict.allK.join(', S_')}`;
    const reach =
      bounds.only === void 0
        ? `S_${bounds.lower} to S_${bounds.upper}`
        : `one of S_${bounds.only.join(', S_')}`;
    this.#report({
      property,
      message: `recovered ${k}, expected ${reach}: ${bounds.because}`,
      bounds,
      allK: verdict.allK,
      ...(verdict.difference === void 0 ? {} : { difference: verdict.difference }),
      ...(report === void 0 ? {} : this.#pending(report)),
      where,
    });
  }
  #propertyOf(verdict, kind) {
    const { persistence, appendfsync } = this.#scenario;
    if (persistence === 'none') return 'P7';
    if (persistence === 'rdb') return 'P5';
    if (verdict.broken === 'prefix') return 'P1';
    if (appendfsync === 'always') return 'P2';
    return kind === 'kill' ? 'P4' : 'P3';
  }
  #pending(report) {
    return {
      pending: report
        .table()
        .slice(0, 40)
        .map(({ object: object2, what, detail, fate }) => ({
          operation: `${object2} ${what} ${detail}`,
          fate,
        })),
    };
  }
  #report(violation) {
    if (this.#violations.length >= 20) return;
    this.#violations.push({ ...violation, generation: this.#generation, simMs: this.#world.scheduler.nowMs });
  }
  /** An exception that escaped the engine, or its unexpected end. */
  #checkAlive(property = 'P21') {
    const fault = this.#service?.fault;
    if (fault !== void 0) throw new Error('the simulator failed inside an event', { cause: fault });
    for (const { error } of this.#world.machine.violations)
      this.#report({ property, message: `an exception escaped the engine: ${describeError(error)}` });
    if (this.#world.machine.violations.length > 0) throw new Ended();
    if (this.#server !== void 0 && !this.#server.alive)
      this.#end(
        property,
        `the engine ended by itself: ${JSON.stringify(this.#server.process.status)}; its last words: ${this.#server.log.at(-1) ?? 'none'}`,
      );
  }
  #end(property, message) {
    this.#report({
      property,
      message,
      ...(this.#fall === void 0 ? {} : this.#pending(this.#fall.report)),
    });
    throw new Ended();
  }
  #result() {
    const scenario = this.#scenario;
    const { trace } = this.#world;
    for (const violation of this.#violations)
      trace.text('violation', `${violation.property} ${violation.message}`);
    trace.text('beside', this.#side.digest());
    const failed2 = this.#violations.length > 0;
    return {
      seed: scenario.seed,
      verdict: failed2 ? 'fail' : 'pass',
      trace: trace.digest(),
      profile: scenario.profile,
      persistence: scenario.persistence,
      appendfsync: scenario.appendfsync,
      commands: this.#commands,
      crashes: this.#crashes,
      crashesWithUnsyncedData: this.#unsynced,
      crashStates: this.#states,
      distinctCrashStates: this.#images.size,
      events: this.#world.scheduler.events + this.#sideEvents,
      simMs: Math.round(this.#world.scheduler.nowMs),
      violations: this.#violations,
      situations: this.#situations.record(),
      slack: this.#slack,
      story: this.#story,
      startWallMs: scenario.startWallMs,
      choices: failed2 ? this.#world.choices.record() : void 0,
      fault: void 0,
    };
  }
};
function lateChildren(module, watch2) {
  return new Map(
    [...module.childMains].map(([name, main]) => [
      name,
      (host, image, args) =>
        main(watch2.current === void 0 ? host : watchHost(host, watch2.current), image, args),
    ]),
  );
}
function tallyOf(report, withFates) {
  const total = report.pendingData + report.pendingNames;
  if (report.kind === 'kill') return { total, kept: total, lost: 0, torn: 0 };
  if (!withFates) return { total, kept: total - report.lost, lost: report.lost, torn: 0 };
  let kept2 = 0;
  let lost = 0;
  let torn = 0;
  const rows = report.table();
  for (const { fate } of rows) {
    if (fate === 'kept') kept2++;
    else if (fate === 'dropped') lost++;
    else torn++;
  }
  return { total: rows.length, kept: kept2, lost, torn };
}

// sim/scenario/tripwire.ts
var TripwireError = class extends Error {
  constructor(name) {
    super(`${name} was used inside a simulated run: time and chance come through the ports only.`);
    this.name = 'TripwireError';
  }
};
var timers = ['setTimeout', 'setInterval'];
function setTripwire() {
  const restores = [];
  const trap = (owner, key, name) => {
    const original = Object.getOwnPropertyDescriptor(owner, key);
    if (original === void 0 || original.configurable !== true) return;
    Object.defineProperty(owner, key, {
      configurable: true,
      enumerable: original.enumerable === true,
      writable: true,
      value: () => {
        throw new TripwireError(name);
      },
    });
    restores.push(() => Object.defineProperty(owner, key, original));
  };
  trap(Math, 'random', 'Math.random');
  for (const name of timers) trap(globalThis, name, name);
  if (typeof performance === 'object') trap(Object.getPrototypeOf(performance), 'now', 'performance.now');
  if (typeof process === 'object') trap(process, 'hrtime', 'process.hrtime');
  if (typeof crypto === 'object') {
    const prototype = Object.getPrototypeOf(crypto);
    trap(prototype, 'getRandomValues', 'crypto.getRandomValues');
    trap(prototype, 'randomUUID', 'crypto.randomUUID');
  }
  restores.push(trapDate());
  return () => {
    for (const restore of restores.reverse()) restore();
  };
}
function trapDate() {
  const Original = globalThis.Date;
  const trapped = new Proxy(Original, {
    construct(target, args, newTarget) {
      if (args.length === 0) throw new TripwireError('new Date()');
      return Reflect.construct(target, args, newTarget);
    },
    apply() {
      throw new TripwireError('Date()');
    },
    get(target, key, receiver) {
      if (key === 'now') {
        return () => {
          throw new TripwireError('Date.now');
        };
      }
      return Reflect.get(target, key, receiver);
    },
  });
  globalThis.Date = trapped;
  return () => {
    globalThis.Date = Original;
  };
}

// sim/scenario/run.ts
var loaded = {};
async function theEngine() {
  return (loaded.engine ??= await Promise.resolve().then(() => (init_src(), src_exports)));
}
async function runScenario(scenario, options = {}) {
  const module = options.engineModule ?? (await theEngine());
  const restore = options.tripwire === false ? () => {} : setTripwire();
  try {
    return await new Course(scenario, module, options.narrate === true).run();
  } catch (error) {
    return faulty(scenario, error);
  } finally {
    restore();
  }
}
function faulty(scenario, error) {
  return {
    seed: scenario.seed,
    verdict: 'fail',
    trace: '',
    profile: scenario.profile,
    persistence: scenario.persistence,
    appendfsync: scenario.appendfsync,
    commands: 0,
    crashes: 0,
    crashesWithUnsyncedData: 0,
    crashStates: 0,
    distinctCrashStates: 0,
    events: 0,
    simMs: 0,
    violations: [],
    situations: {},
    slack: [],
    story: [],
    startWallMs: scenario.startWallMs,
    choices: void 0,
    fault: describeFault(error),
  };
}
function describeFault(error) {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === void 0
    ? own
    : `${own}
caused by ${describeFault(error.cause)}`;
}

// ../../tmp/rs2.ts
var [a, b] = [Number(process.argv[2]), Number(process.argv[3])];
var states = process.argv[4] === void 0 ? void 0 : Number(process.argv[4]);
var u = process.cpuUsage();
var events = 0;
for (let s = a; s < b; s++) {
  const sc = generateScenario(String(s), {});
  const r = await runScenario(states === void 0 ? sc : { ...sc, crashStates: states });
  events += r.events;
  if (r.verdict !== 'pass')
    console.log(
      s,
      r.fault ?? '',
      JSON.stringify(r.violations?.map((v) => [v.property, v.generation, v.message, v.where])).slice(0, 600),
    );
}
var d = process.cpuUsage(u);
console.log('cpu ms/seed', (d.user + d.system) / 1e3 / (b - a), 'events/seed', events / (b - a));
