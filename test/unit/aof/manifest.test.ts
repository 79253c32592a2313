import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLightsoutError } from '../../../src/errors.ts';
import {
  aofNames,
  emptyManifest,
  formatManifest,
  type Manifest,
  parseManifest,
} from '../../../src/aof/index.ts';

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe('manifest', () => {
  test('reads what Redis writes, and later servers', () => {
    const manifest = parseManifest(
      latin1(
        '# kept\nfile a.2.base.rdb seq 2 type b\nfile a.1.incr.aof seq 1 type h\nfile a.2.incr.aof seq 2 type i\n' +
          'FILE "a b.aof" SEQ 3 Type i startoffset 5 endoffset 9\r\n  type increment seq 7 file \'x\'  \n',
      ),
    );
    expect(manifest).toEqual({
      base: { name: 'a.2.base.rdb', seq: 2 },
      history: [{ name: 'a.1.incr.aof', seq: 1 }],
      increments: [
        { name: 'a.2.incr.aof', seq: 2 },
        { name: 'a b.aof', seq: 3 },
        { name: 'x', seq: 7 },
      ],
      comments: ['# kept'],
      annotation: undefined,
      isSealed: false,
      damage: undefined,
    });
  });

  test('writes base, history, increments, with names quoted where needed', () => {
    const written = formatManifest(
      {
        ...emptyManifest,
        base: { name: 'base', seq: 1 },
        history: [{ name: 'h\n"\xff', seq: 2 }],
        increments: [{ name: 'two words', seq: 3 }],
        comments: ['#x'],
      },
      false,
    );
    expect(text(written)).toBe(
      '#x\nfile base seq 1 type b\nfile "h\\n\\"\\xff" seq 2 type h\nfile "two words" seq 3 type i\n',
    );
  });

  const file = fc.record({
    name: fc
      .string({ unit: 'binary-ascii', minLength: 1, maxLength: 12 })
      .filter((name) => !/[/\\]/.test(name)),
    seq: fc.integer({ min: 1, max: 2 ** 48 }),
    type: fc.constantFrom('base', 'history', 'increment'),
  });
  // Any files of which no two share a name, nor two increments a sequence: the first base is it, later ones are history.
  const manifests = fc
    .record({
      files: fc.uniqueArray(file, {
        maxLength: 7,
        comparator: (a, b) =>
          a.name === b.name || (a.seq === b.seq && a.type === b.type && a.type === 'increment'),
      }),
      comments: fc.constantFrom([], ['# one', '#two']),
    })
    .filter(({ files, comments }) => files.length + comments.length > 0)
    .map(({ files, comments }): Manifest => {
      const base = files.find(({ type }) => type === 'base');
      const ofKind = (isOfKind: (one: (typeof files)[number]) => boolean) =>
        files.filter(isOfKind).map(({ name, seq }) => ({ name, seq }));
      return {
        base: base && { name: base.name, seq: base.seq },
        history: ofKind((one) => one !== base && one.type !== 'increment'),
        increments: ofKind(({ type }) => type === 'increment').sort((a, b) => a.seq - b.seq),
        comments,
        annotation: undefined,
      };
    });
  test('round trip', () => {
    fc.assert(
      fc.property(manifests, (manifest) => {
        expect(parseManifest(formatManifest(manifest, false))).toEqual({
          ...manifest,
          isSealed: false,
          damage: undefined,
        });
      }),
    );
  });

  test('that names a file twice is refused, whatever the two lines call it', () => {
    fc.assert(
      fc.property(manifests, fc.nat(), fc.constantFrom('h', 'i'), (manifest, pick, type) => {
        const { base, history, increments } = manifest;
        const files = [...(base ? [base] : []), ...history, ...increments];
        fc.pre(files.length > 0);
        const again = { ...files[pick % files.length]!, seq: 2 ** 49 };
        const twice =
          type === 'h'
            ? { ...manifest, history: [...history, again] }
            : { ...manifest, increments: [...increments, again] };
        expect(() => parseManifest(formatManifest(twice, false))).toThrow(
          'Found a file that another line names already',
        );
      }),
    );
  });

  test('any bytes are a manifest or a CORRUPT error', () => {
    const lines = fc
      .array(fc.constantFrom('file', 'seq', 'type', ' ', '\n', 'a', '1', 'b', 'i', '"', '#', '\0'), {
        maxLength: 30,
      })
      .map((parts) => latin1(parts.join('')));
    fc.assert(
      fc.property(fc.oneof(lines, fc.uint8Array()), (bytes) => {
        try {
          const manifest = parseManifest(bytes);
          expect(
            parseManifest(
              formatManifest({ ...manifest, comments: ['#', ...manifest.comments] }, true),
            ).increments.map(({ name }) => name),
          ).toEqual(manifest.increments.map(({ name }) => name));
        } catch (error) {
          expect(isLightsoutError(error) && error.code).toBe('CORRUPT');
        }
      }),
    );
  });

  const good = 'file a seq 1 type b\n';
  test.each([
    ['', 0, 'Found an empty AOF manifest'],
    ['file a seq 1 type b', 1, 'The AOF manifest file contains too long line'],
    [`${good}${'x'.repeat(1024)}\n`, 2, 'The AOF manifest file contains too long line'],
    [`#${'x'.repeat(1024)}\n`, 1, 'The AOF manifest file contains too long line'],
    [`${good}\n`, 2, 'Invalid AOF manifest file format'],
    ['file a seq 1\n', 1, 'Invalid AOF manifest file format'],
    ['file a seq 1 type b odd\n', 1, 'Invalid AOF manifest file format'],
    ['file "a seq 1 type b\n', 1, 'Invalid AOF manifest file format'],
    ['file a seq 0 type b\n', 1, 'Invalid AOF manifest file format'],
    ['file a seq x type b\n', 1, 'Invalid AOF manifest file format'],
    ['file a x 1 type b\n', 1, 'Invalid AOF manifest file format'],
    ['file a/b seq 1 type b\n', 1, "File can't be a path, just a filename"],
    [`${good}file b seq 2 type b\n`, 2, 'Found duplicate base file information'],
    ['file a seq 1 type b\nfile a seq 2 type i\n', 2, 'Found a file that another line names already'],
    ['file a seq 2 type i\nfile b seq 2 type i\n', 2, 'Found a non-monotonic sequence number'],
    ['file a seq 1 type q\n', 1, 'Unknown AOF file type'],
  ])('refuses %.30j at line %i: %s', (manifest, line, why) => {
    let message = '';
    try {
      parseManifest(latin1(manifest));
    } catch (error) {
      if (!isLightsoutError(error)) throw error;
      message = error.message;
    }
    const lines = message.split('\n');
    expect(lines.at(-1)).toBe(why);
    if (line > 0) {
      expect(lines[0]).toBe(`Reading the manifest file, at line ${line}`);
      expect(lines[1]).toBe(`>>> '${manifest.split('\n')[line - 1]!.slice(0, 1024)}'`);
    }
  });

  test('names', () => {
    expect([
      aofNames.base('appendonly.aof', 3, 'rdb'),
      aofNames.base('appendonly.aof', 3, 'aof'),
      aofNames.increment('appendonly.aof', 4),
      aofNames.manifest('appendonly.aof'),
      aofNames.temporaryManifest('appendonly.aof'),
      aofNames.temporaryIncrement('appendonly.aof'),
      aofNames.temporaryRewrite(12),
      aofNames.finishedRewrite(12),
    ]).toEqual([
      'appendonly.aof.3.base.rdb',
      'appendonly.aof.3.base.aof',
      'appendonly.aof.4.incr.aof',
      'appendonly.aof.manifest',
      'temp-appendonly.aof.manifest',
      'temp-appendonly.aof.incr',
      'temp-rewriteaof-12.aof',
      'temp-rewriteaof-bg-12.aof',
    ]);
  });
});

describe('a sealed manifest', () => {
  const sealed = (manifest: Partial<Manifest> = {}): Uint8Array =>
    formatManifest(
      {
        ...emptyManifest,
        base: { name: 'a.1.base.rdb', seq: 1, bytes: 188, lastBatch: 41 },
        history: [{ name: 'a.1.incr.aof', seq: 1 }],
        increments: [
          { name: 'two words', seq: 2, bytes: 512 },
          { name: 'a.3.incr.aof', seq: 3 },
        ],
        annotation: { key: 0x0c3e10f2, isPaused: false },
        ...manifest,
      },
      true,
    );

  test('carries what is known of the files and the key', () => {
    const { base, increments, annotation, isSealed, comments } = parseManifest(sealed());
    expect(base).toEqual({ name: 'a.1.base.rdb', seq: 1, bytes: 188, lastBatch: 41 });
    expect(increments.map(({ bytes }) => bytes)).toEqual([512, 0]);
    expect({ annotation, isSealed, comments }).toEqual({
      annotation: { key: 0x0c3e10f2, isPaused: false },
      isSealed: true,
      comments: [],
    });
  });

  test('of which any line, any byte or any end is missing or another, is refused', () => {
    const whole = sealed();
    const lines = text(whole).split('\n').slice(0, -1);
    const broken: Uint8Array[] = lines.map((_, i) => latin1(`${lines.toSpliced(i, 1).join('\n')}\n`));
    for (let end = 1; end < whole.length; end++) broken.push(whole.subarray(0, end));
    for (let at = 0; at < whole.length; at++) {
      const changed = whole.slice();
      changed[at]! ^= 0x01;
      broken.push(changed);
    }
    // Without the line that promises it, it has the seal itself: that is enough.
    const accepted = broken.filter((bytes) => {
      try {
        parseManifest(bytes);
        return true;
      } catch (error) {
        expect(isLightsoutError(error) && error.code).toBe('CORRUPT');
        return false;
      }
    });
    expect(accepted.map(text)).toEqual([]);
  });

  test('that has lost its promise, its key and its seal is not taken for one of Redis', () => {
    const lines = text(sealed()).split('\n');
    const left = latin1(`${lines.slice(2, -2).join('\n')}\n`);
    expect(() => parseManifest(left)).toThrow('nothing seals it');
    expect(parseManifest(left, { accept: 'damage' }).damage).toContain('nothing seals it');
  });

  test('whose seal is broken can be read for what it still says, by who asks for that', () => {
    const lines = text(sealed()).split('\n');
    const { increments, damage } = parseManifest(latin1(`${lines.slice(0, 5).join('\n')}\n`), {
      accept: 'broken-seal',
    });
    expect(increments.map(({ name }) => name)).toEqual(['two words']);
    expect(damage).toContain('missing');
  });

  test('is one of Redis once its lines are gone', () => {
    const lines = text(sealed()).split('\n');
    const { isSealed, annotation, base } = parseManifest(
      latin1(lines.filter((line) => !line.startsWith('#')).join('\n')),
    );
    expect({ isSealed, annotation, base }).toEqual({
      isSealed: false,
      annotation: undefined,
      base: { name: 'a.1.base.rdb', seq: 1 },
    });
  });
});
