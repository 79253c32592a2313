/**
 * The house rules that oxlint has no rule of its own for, as a plugin that oxlint loads (see .oxlintrc.json).
 *
 * Plain JavaScript, since Node 20 has to load it without a compiler. test/unit/lint.test.ts plants a violation
 * of each rule and sees it refused.
 */

import { dirname, relative, resolve, sep } from 'node:path';

/**
 * Who may import whom. The option is one table: for each folder (or file) what it may import. A file belongs to
 * the longest entry that holds it, and imports freely what belongs to the same entry; a file that no entry holds
 * may import anything. A permission is one of
 *
 * - `src/data`: that folder, or `src/index.ts`: that file alone
 * - `type src/resp`: the same, types only
 * - `node:*`, `npm:*`, `npm:seedrandom`: Node's modules, all packages, one package
 *
 * Static imports, re-exports, `import()` and `import('…')` types are all seen.
 */
const layers = {
  meta: { type: 'problem', schema: [{ type: 'object' }] },
  create(context) {
    const table = context.options[0];
    const file = toPosix(relative(context.cwd, context.filename));
    const entries = Object.keys(table);
    const home = longestHolder(entries, file);
    if (home === undefined) return {};
    const allowed = table[home];

    function check(node, source, typeOnly) {
      if (typeof source?.value !== 'string') {
        if (source)
          context.report({
            node,
            message: `${home}: an import() whose target is computed cannot be checked.`,
          });
        return;
      }
      const target = nameTarget(source.value, context.filename, context.cwd);
      if (longestHolder(entries, target) === home) return;
      const granted = allowed.some((entry) => {
        const [permission, needsTypeOnly] = entry.startsWith('type ')
          ? [entry.slice(5), true]
          : [entry, false];
        return (typeOnly || !needsTypeOnly) && permits(permission, target);
      });
      if (granted) return;
      const list = allowed.length === 0 ? 'nothing' : allowed.join(', ');
      context.report({ node, message: `${home} must not import ${target}. It may import: ${list}.` });
    }

    return {
      ImportDeclaration: (node) =>
        check(node, node.source, isTypeOnly(node.importKind, node.specifiers, 'importKind')),
      ExportNamedDeclaration: (node) =>
        check(node, node.source, isTypeOnly(node.exportKind, node.specifiers, 'exportKind')),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal, true),
    };
  },
};

/** `enum` makes code where a type is meant; a union of string literals does the same and erases. */
const noEnum = {
  meta: { type: 'problem' },
  create: (context) => ({
    TSEnumDeclaration: (node) =>
      context.report({ node, message: 'No enum: use a union of string literals.' }),
  }),
};

/**
 * `**` on floating numbers differs in the last bit between versions of V8, and with it a trace. Powers of two
 * integer literals and of bigint literals are exact.
 */
const noFloatPower = {
  meta: { type: 'problem' },
  create(context) {
    const message = 'No ** on what may be a fraction: multiply or shift, or use integer or bigint literals.';
    const isBigint = (node) => node.type === 'Literal' && typeof node.bigint === 'string';
    const isInteger = (node) => node.type === 'Literal' && Number.isSafeInteger(node.value);
    return {
      BinaryExpression(node) {
        if (node.operator !== '**' || isBigint(node.left) || isBigint(node.right)) return;
        if (isInteger(node.left) && isInteger(node.right)) return;
        context.report({ node, message });
      },
      AssignmentExpression(node) {
        if (node.operator === '**=' && !isBigint(node.right)) context.report({ node, message });
      },
    };
  },
};

/** What outlives an incarnation in a module would be seen by the next one, as no real process's memory is. */
const noModuleState = {
  meta: { type: 'problem' },
  create: (context) => ({
    VariableDeclaration(node) {
      const holder = node.parent.type === 'ExportNamedDeclaration' ? node.parent.parent : node.parent;
      if (node.kind === 'const' || node.declare || holder.type !== 'Program') return;
      context.report({ node, message: `No module-level ${node.kind}: state belongs to an incarnation.` });
    },
  }),
};

/** `import { type A }` alone is as much a type import as `import type { A }`; a bare import is not. */
function isTypeOnly(kind, specifiers, key) {
  return (
    kind === 'type' || (specifiers.length > 0 && specifiers.every((specifier) => specifier[key] === 'type'))
  );
}

/** The name by which the table knows what a specifier points at. */
function nameTarget(specifier, filename, cwd) {
  if (specifier.startsWith('.') || specifier.startsWith('/')) {
    return toPosix(relative(cwd, resolve(dirname(filename), specifier)));
  }
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return `npm:${specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]}`;
}

function permits(permission, target) {
  return permission.endsWith(':*') ? target.startsWith(permission.slice(0, -1)) : holds(permission, target);
}

function holds(entry, path) {
  return path === entry || path.startsWith(`${entry}/`);
}

function longestHolder(entries, path) {
  return entries.filter((entry) => holds(entry, path)).toSorted((a, b) => b.length - a.length)[0];
}

function toPosix(path) {
  return sep === '/' ? path : path.split(sep).join('/');
}

export default {
  meta: { name: 'house' },
  rules: {
    layers,
    'no-enum': noEnum,
    'no-float-power': noFloatPower,
    'no-module-state': noModuleState,
  },
};
