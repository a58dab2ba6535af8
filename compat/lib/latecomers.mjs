// A process of clients that come late to a channel with many objects: what it costs them to read the
// state must not be taken for a slow channel by whoever measures that.
// Argument: JSON { port, binary, name, clients }. Tells the size of the root that each of them sees.
import { Clients } from './clients.mjs';
import { range } from './inbox.mjs';
import { joined } from './objects.mjs';

const { port, binary, name, clients: count } = JSON.parse(process.argv[2]);
const clients = new Clients({ port }, { useBinaryProtocol: binary });
const began = performance.now();
const sizes = await Promise.all(range(count).map(async () => (await joined(clients, name)).root.size()));
console.log(JSON.stringify({ sizes, ms: Math.round(performance.now() - began) }));
await clients.close();
process.exit(0);
