/** DEBUG PROTOCOL: a sample of each type of reply, for those who write clients. The samples are Redis's. */
import type { ReplyWriter } from '../../resp/index.ts';
import type { AdminCall } from './types.ts';

const samples: Readonly<Record<string, (reply: ReplyWriter) => void>> = {
  string: (reply) => reply.bulkText('Hello World'),
  integer: (reply) => reply.integer(12345),
  double: (reply) => reply.double(3.141),
  null: (reply) => reply.nil(),
  array: (reply) => {
    reply.array(3);
    for (let i = 0; i < 3; i++) reply.integer(i);
  },
  set: (reply) => {
    reply.set(3);
    for (let i = 0; i < 3; i++) reply.integer(i);
  },
  map: (reply) => {
    reply.map(3);
    for (let i = 0; i < 3; i++) {
      reply.integer(i);
      reply.boolean(i === 1);
    }
  },
  verbatim: (reply) => reply.verbatim('This is a verbatim\nstring'),
  true: (reply) => reply.boolean(true),
  false: (reply) => reply.boolean(false),
};

export function protocol({ argv, reply }: AdminCall): void {
  const sample = samples[argv.lowerText(2)];
  if (sample === undefined)
    return reply.error(
      `ERR Wrong protocol type name. Please use one of the following: ${Object.keys(samples).join('|')}`,
    );
  sample(reply);
}
