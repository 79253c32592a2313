/** What a path says of the file that it names. */
export const incrementPath = /\.incr\.aof$/;
export const basePath = /\.base\.(rdb|aof)$/;
export const manifestPath = /\.manifest$/;
export const dumpPath = /(^|\/)dump\.rdb$/;
export const dumpTemporaryPath = /temp-[^/]*\.rdb$/;
export const quarantinePath = /\.quarantine$/;
