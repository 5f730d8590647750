#!/usr/bin/env bash
# Makes the part of three.js that the page's 3-D view uses anew: one minified ES module, with its licence beside it. Both packages are
# pinned, three.js by its hash too; esbuild only bundles. The result is committed, so that neither a build nor a server needs this.
# usage: scripts/vendor-three.sh
set -euo pipefail
cd "$(dirname "$0")/.."

three=0.187.0
sha256=ff540832ded0cfe919764d24a3d88f3e2a05f23303f876423e4f893841e90728
esbuild=0.28.2
target=src/Depth2Img.Server/Web/assets/js/vendor

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --ignore-scripts --silent "three@$three" > /dev/null)
if command -v sha256sum > /dev/null; then hash=(sha256sum); else hash=(shasum -a 256); fi
echo "$sha256  $work/three-$three.tgz" | "${hash[@]}" --check --quiet || { echo "error: the package is not the one that was expected" >&2; exit 1; }
npm install --prefix "$work" --ignore-scripts --no-save --no-package-lock --silent "$work/three-$three.tgz" "esbuild@$esbuild" > /dev/null

# What relief-view.js imports, and no more.
names=$(sed -n 's#^import { \(.*\) } from "../vendor/three.js";#\1#p' src/Depth2Img.Server/Web/assets/js/panels/relief-view.js)
[ -n "$names" ] || { echo "error: relief-view.js imports nothing of three.js" >&2; exit 1; }
echo "export { $names } from 'three';" > "$work/entry.js"
mkdir -p "$target"
"$work/node_modules/.bin/esbuild" "$work/entry.js" --bundle --minify --format=esm --target=es2022 --legal-comments=none \
  --banner:js="/* Parts of three.js $three, MIT licence: LICENSE.three. Made by scripts/vendor-three.sh. */" --log-level=warning --outfile="$target/three.js"
cp "$work/node_modules/three/LICENSE" "$target/LICENSE.three"
wc -c "$target/three.js"
