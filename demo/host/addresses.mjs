// The addresses under which other devices may find this machine, the likeliest first.
import { networkInterfaces } from 'node:os';

// Bridges of containers and virtual machines are addresses too, but no phone is on them.
const UNLIKELY = /^(docker|br-|veth|virbr|vmnet|vboxnet|tun|tap|utun)/;

export function networkAddresses(interfaces = networkInterfaces()) {
  const found = Object.entries(interfaces).flatMap(([name, list]) =>
    list.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => ({ name, address })));
  const rank = ({ name, address }) => (UNLIKELY.test(name) ? 2 : 0) + (address.startsWith('169.254.') ? 1 : 0);
  return found.sort((a, b) => rank(a) - rank(b)).map(({ address }) => address);
}
