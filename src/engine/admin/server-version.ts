/** The version of Redis whose commands, formats and replies these are; clients choose their features by it. */
export const serverVersion = '7.0.15';
