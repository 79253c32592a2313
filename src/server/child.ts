/** What a thread loads that is to become a forked child. */
import { childMains } from '../engine/saving/save-file.ts';
import { serveChildren } from '../node/child.ts';

serveChildren(childMains);
