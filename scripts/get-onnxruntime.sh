#!/usr/bin/env bash
# Fetches ONNX Runtime's C library, which `depth2img bench --onnxruntime FOLDER` measures against. The product does not
# use it. It comes from npm's package onnxruntime-node, of which nothing is run; the package is pinned by its hash.
# usage: scripts/get-onnxruntime.sh [FOLDER]    (default: artifacts/onnxruntime)
set -euo pipefail

version=1.30.0
sha256=6e3390d6b783e7be946fad629292799da28d0b42f84856e50d2c1b0383291e75
folder=${1:-$(dirname "$0")/../artifacts/onnxruntime}

command -v npm > /dev/null || { echo "error: npm is needed to fetch ONNX Runtime" >&2; exit 1; }
case "$(uname -s)" in
  Linux) system=linux ;;
  Darwin) system=darwin ;;
  *) echo "error: this script knows Linux and macOS; elsewhere, unpack onnxruntime-node $version and name its folder" >&2; exit 1 ;;
esac
case "$(uname -m)" in
  x86_64) processor=x64 ;;
  aarch64 | arm64) processor=arm64 ;;
  *) echo "error: onnxruntime-node has no library for $(uname -m)" >&2; exit 1 ;;
esac
if command -v sha256sum > /dev/null; then hash=(sha256sum); else hash=(shasum -a 256); fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --ignore-scripts --silent "onnxruntime-node@$version" > /dev/null)
package=$work/onnxruntime-node-$version.tgz
echo "$sha256  $package" | "${hash[@]}" --check --quiet || { echo "error: the package is not the one that was expected" >&2; exit 1; }

mkdir -p "$folder"
tar -xzf "$package" -C "$work" "package/bin/napi-v6/$system/$processor"
cp "$work/package/bin/napi-v6/$system/$processor/"libonnxruntime* "$folder/"
echo "ONNX Runtime $version is in $folder"
