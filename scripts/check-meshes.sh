#!/usr/bin/env bash
# Makes meshes of the sample pictures and lets Khronos' glTF validator judge them: no error and no warning. The validator is
# npm's package gltf-validator, pinned by its hash; it is plain JavaScript, and nothing else of npm's is run.
# usage: scripts/check-meshes.sh
set -euo pipefail
cd "$(dirname "$0")/.."

version=2.0.0-dev.3.10
sha256=4e03dbdc3bc0d1342afd5d2d7ae341a7e3474502ccb872b02dbbaddaee0fdec6

if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
  # A bare Debian machine that may install packages gets them; everyone else is told.
  if command -v apt-get > /dev/null && [ "$(id -u)" -eq 0 ]; then
    { apt-get update && apt-get install -y --no-install-recommends nodejs npm; } > /dev/null
  else
    echo "error: node and npm are needed to validate meshes" >&2
    exit 1
  fi
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --ignore-scripts --silent "gltf-validator@$version" > /dev/null)
package=$work/gltf-validator-$version.tgz
if command -v sha256sum > /dev/null; then hash=(sha256sum); else hash=(shasum -a 256); fi
echo "$sha256  $package" | "${hash[@]}" --check --quiet || { echo "error: the package is not the one that was expected" >&2; exit 1; }
tar -xzf "$package" -C "$work"

dotnet build -c Release src/Depth2Img.Cli -v quiet > /dev/null
mesh() { # NAME ARGUMENTS...: a mesh in the work folder
  dotnet run --no-build -c Release --project src/Depth2Img.Cli -- depth "${@:2}" -o "$work/$1.glb" > /dev/null
}
mesh photograph samples/photos/pumpkin.jpg
mesh rendered samples/rendered/square.png --depth samples/rendered/square-depth16.png
mesh flat samples/rendered/room.png --depth samples/rendered/room-depth16.png --depth-far 0.99 --detail 2
mesh coarse samples/photos/columns.jpg --detail 50 --fov 120 --near 0.1 --far 1000 --edge-cut 0.5

node - "$work" << 'JS'
const fs = require('fs');
const path = require('path');
const folder = process.argv[2];
const validator = require(path.join(folder, 'package'));
(async () => {
  let failed = false;
  for (const name of fs.readdirSync(folder).filter(file => file.endsWith('.glb')).sort()) {
    const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(path.join(folder, name))));
    const { numErrors, numWarnings, messages } = report.issues;
    console.log(`${name}: ${numErrors} errors, ${numWarnings} warnings, ${report.info.totalVertexCount} vertices, ${report.info.totalTriangleCount} triangles`);
    if (numErrors + numWarnings > 0) {
      failed = true;
      for (const message of messages.filter(m => m.severity < 2)) console.log(`  ${message.code} ${message.pointer}: ${message.message}`);
    }
  }
  process.exitCode = failed ? 1 : 0;
})().catch(error => { console.error(error); process.exitCode = 1; });
JS
