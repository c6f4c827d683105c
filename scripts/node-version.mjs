const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 15)) {
  console.error(`Sluice needs Node 22.15 or newer, and this is Node ${process.versions.node}.`);
  process.exit(1);
}
