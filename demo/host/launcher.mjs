// What starts the programs in Java: the launcher, which knows what they need.
import { fileURLToPath } from 'node:url';

export const LAUNCHER = process.env.HOLDFAST_LAUNCHER ?? fileURLToPath(new URL('../../holdfast', import.meta.url));
