#!/usr/bin/env bash
# Measures everything that docs/performance.md tells, in about twelve minutes: kernels, the demo's networks, and the
# full-size networks of Stable Diffusion 2's depth model against ONNX Runtime. Run it on a machine that does nothing
# else. The full-size networks take 3.5 GB of temporary files (TMPDIR) and 14 GB of memory.
# usage: scripts/bench-all.sh [NAME]    writes docs/performance/NAME-{kernels,demo,sd2-depth}.json and the tables of each
set -euo pipefail
cd "$(dirname "$0")/.."

name=${1:-$(date -u +%Y-%m-%d)}
library=artifacts/onnxruntime
[ -d "$library" ] || scripts/get-onnxruntime.sh "$library"
dotnet build -c Release src/Depth2Img.Cli > /dev/null
depth2img=(dotnet src/Depth2Img.Cli/bin/Release/net10.0/Depth2Img.Cli.dll)
mkdir -p docs/performance

measure() { # PART SECONDS ARGUMENTS...: one report and its tables
  local report=docs/performance/$name-$1.json seconds=$2; shift 2
  timeout "$seconds" "${depth2img[@]}" bench "$@" --json > "$report.part"
  mv "$report.part" "$report"
  "${depth2img[@]}" bench --markdown "$report" > "${report%.json}.md"
}

trap 'rm -f docs/performance/*.part' EXIT
measure kernels 300 --model none --kernels --limit 6
measure demo 60 --model demo --limit 10
# A round of the UNet or the decoder takes about half a minute: as many as fit, and the report says how many.
measure sd2-depth 600 --model sd2-depth --rounds 3 --limit 90 --onnxruntime "$library"
