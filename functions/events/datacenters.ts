/**
 * Autonomous systems that rent out servers. Nobody browses from there, so a browser's agent is put
 * on. Left out are networks through which people do come: VPN exits and private relays.
 */
export const datacenterAsns: ReadonlySet<number> = new Set([
  16509, // Amazon
  14618, // Amazon
  8987, // Amazon
  396982, // Google Cloud
  8075, // Microsoft Azure
  31898, // Oracle Cloud
  36351, // IBM Cloud
  45102, // Alibaba Cloud
  37963, // Alibaba Cloud, China
  132203, // Tencent Cloud
  45090, // Tencent Cloud, China
  136907, // Huawei Cloud
  14061, // DigitalOcean
  63949, // Linode
  20473, // Vultr
  16276, // OVH
  24940, // Hetzner
  213230, // Hetzner Cloud
  12876, // Scaleway
  51167, // Contabo
  8560, // IONOS
  60781, // LeaseWeb
  28753, // LeaseWeb
  53667, // FranTech
]);
