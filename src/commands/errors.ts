/**
 * Redis's error replies, in one table: the exact texts of 7.0.15, without the leading '-' and the line end.
 *
 * Clients match on the first word (`WRONGTYPE`, `ERR`), people on the rest, and test suites on every character.
 */
export const errors = {
  wrongType: 'WRONGTYPE Operation against a key holding the wrong kind of value',
  syntax: 'ERR syntax error',
  loading: 'LOADING Redis is loading the dataset in memory',
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
  zaddNxXx: 'ERR XX and NX options at the same time are not compatible',
  zaddGtLtNx: 'ERR GT, LT, and/or NX options at the same time are not compatible',
  zaddIncrOfOne: 'ERR INCR option supports a single increment-element pair',
  scoreNan: 'ERR resulting score is not a number (NaN)',
  rangeNotFloat: 'ERR min or max is not a float',
  rangeNotString: 'ERR min or max not valid string range item',
  limitNeedsBy: 'ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX',
  byLexWithScores: 'ERR syntax error, WITHSCORES not supported in combination with BYLEX',
  weightNotFloat: 'ERR weight value is not a float',
  geoUnit: 'ERR unsupported unit provided. please use M, KM, FT, MI',
  geoCount: 'ERR COUNT must be > 0',
  geoAny: 'ERR the ANY argument requires COUNT argument',
  geoNoMember: 'ERR could not decode requested zset member',
  geoRadius: 'ERR need numeric radius',
  geoRadiusNegative: 'ERR radius cannot be negative',
  geoWidth: 'ERR need numeric width',
  geoHeight: 'ERR need numeric height',
  geoBoxNegative: 'ERR height or width cannot be negative',
  invalidStreamId: 'ERR Invalid stream ID specified as stream command argument',
  invalidStartId: 'ERR invalid start ID for the interval',
  invalidEndId: 'ERR invalid end ID for the interval',
  trimTwice: 'ERR syntax error, MAXLEN and MINID options at the same time are not compatible',
  streamMaxlenNegative: 'ERR The MAXLEN argument must be >= 0.',
  streamLimitNegative: 'ERR The LIMIT argument must be >= 0.',
  limitWithoutTrim: 'ERR syntax error, LIMIT cannot be used without specifying a trimming strategy',
  limitWithoutApproximation: 'ERR syntax error, LIMIT cannot be used without the special ~ option',
  trimWithoutStrategy: 'ERR syntax error, XTRIM must be called with a trimming strategy',
  streamExhausted: 'ERR The stream has exhausted the last possible ID, unable to add more items',
  streamIdTooSmall: 'ERR The ID specified in XADD is equal or smaller than the target stream top item',
  streamIdZero: 'ERR The ID specified in XADD must be greater than 0-0',
  elementsTooLarge: 'ERR Elements are too large to be stored',
  entriesAddedNegative: 'ERR entries_added must be positive',
  entriesAddedBelowLength:
    'ERR The entries_added specified in XSETID is smaller than the target stream length',
  setidBelowGivenDeleted: 'ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id',
  setidBelowTop: 'ERR The ID specified in XSETID is smaller than the target stream top item',
  unbalancedStreams:
    "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.",
  groupInXread: 'ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.',
  noackInXread: 'ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.',
  missingGroup: 'ERR Missing GROUP option for XREADGROUP',
  dollarInGroup:
    'ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.',
  newOutsideGroup:
    'ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
  blockedGroupGone: 'NOGROUP the consumer group this client was blocked on no longer exists',
  busyGroup: 'BUSYGROUP Consumer Group name already exists',
  xgroupNoKey:
    'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.',
  entriesReadNegative: 'ERR value for ENTRIESREAD must be positive or -1',
  claimCount: 'ERR COUNT must be > 0',
  claimMinIdle: (command: string) => `ERR Invalid min-idle-time argument for ${command}`,
  claimOption: (option: string) => `ERR Invalid ${option} option argument for XCLAIM`,
  unblockedByRemoval: 'UNBLOCKED the stream key no longer exists',
  unblockedByClient: 'UNBLOCKED client unblocked via CLIENT UNBLOCK',
  timeoutNotInteger: 'ERR timeout is not an integer or out of range',
  timeoutNotFloat: 'ERR timeout is not a float or out of range',
  timeoutNegative: 'ERR timeout is negative',
  bitOffset: 'ERR bit offset is not an integer or out of range',
  bitValue: 'ERR bit is not an integer or out of range',
  bitArgument: 'ERR The bit argument must be 1 or 0.',
  bitNot: 'ERR BITOP NOT must be called with a single source key.',
  bitOverflow: 'ERR Invalid OVERFLOW type specified',
  bitfieldType:
    'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.',
  bitfieldReadOnly: 'ERR BITFIELD_RO only supports the GET subcommand',
  hllNotValid: 'WRONGTYPE Key is not a valid HyperLogLog string value.',
  hllDamaged: 'INVALIDOBJ Corrupted HLL object detected',
  hllNotSparse: 'ERR HLL encoding is not sparse',
  noSuchSpecifiedKey: 'ERR The specified key does not exist',
  busyKey: 'BUSYKEY Target key name already exists.',
  restoreTtl: 'ERR Invalid TTL value, must be >= 0',
  restoreIdle: 'ERR Invalid IDLETIME value, must be >= 0',
  restoreFrequency: 'ERR Invalid FREQ value, must be >= 0 and <= 255',
  dumpFooter: 'ERR DUMP payload version or checksum are wrong',
  dumpContent: 'ERR Bad data format',
  sortNotNumber: "ERR One or more scores can't be converted into double",
  fieldsMissing: 'ERR Mandatory argument FIELDS is missing or not at the right position',
  fieldsMiscounted: 'ERR The `numfields` parameter must match the number of arguments',
  numFieldsNotPositive: 'ERR Parameter `numFields` should be greater than 0',
  fieldCountNotPositive: 'ERR Number of fields must be a positive integer',
  fieldTimeNegative: 'ERR invalid expire time, must be >= 0',
  lcsTableTooLarge: 'ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len',
} as const;

/** `command` in lower case, a subcommand as `object|encoding`. */
export function wrongArity(command: string): string {
  return `ERR wrong number of arguments for '${command}' command`;
}

export function invalidExpireTime(command: string): string {
  return `ERR invalid expire time in '${command}' command`;
}

/** `option` as the client wrote it. */
export function unsupportedOption(option: string): string {
  return `ERR Unsupported option ${option}`;
}

/** `subcommand` as the client wrote it, `command` in upper case. */
export function unknownSubcommand(subcommand: string, command: string): string {
  return `ERR unknown subcommand '${subcommand.slice(0, 128)}'. Try ${command} HELP.`;
}

/** `command` in lower case. */
export function inputKeyNeeded(command: string): string {
  return `ERR at least 1 input key is needed for '${command}' command`;
}

/** `command` as the client wrote it. */
export function blockInScript(command: string): string {
  return `ERR ${command} command is not allowed with BLOCK option from scripts`;
}

/** `command` as the client wrote it. */
export function geoChoiceMissing(choice: string, command: string): string {
  return `ERR exactly one of ${choice} can be specified for ${command}`;
}

export function geoStoreConflict(what: string): string {
  return `ERR ${what} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`;
}

/** A subcommand that is there, with words that it does not take. `subcommand` as the client wrote it. */
export function wrongSubcommandWords(subcommand: string, command: string): string {
  return `ERR unknown subcommand or wrong number of arguments for '${subcommand.slice(0, 128)}'. Try ${command} HELP.`;
}
