#!/usr/bin/env bash
# Measures what docs/performance.md tells, with seven rounds a figure, and writes that file's summary anew. Run it on a
# machine that does nothing else; on two cores each part takes less than ten minutes, but those of sizes up to forty: seven
# rounds of large pictures take so long. The full-size networks take 3.5 GB of temporary files (TMPDIR) and 14 GB of memory.
# usage: scripts/bench-all.sh NAME [PART...]    writes docs/performance/NAME-PART.json and the tables of each
# parts (all without any, in this order): those of the best tier: kernels demo sd2-depth threads sizes-unet
#        sizes-unet-1024 sizes-vae sizes-vae-1024 options; of narrower tiers: avx512-kernels avx512-unet
#        avx512-vae-decode avx2-kernels avx2-unet avx2-vae-decode; last: summary, from all reports that are there
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -ge 1 ] || { sed -n 's/^# usage: //p' "$0" >&2; exit 2; }
name=$1; shift
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(kernels demo sd2-depth threads sizes-unet sizes-unet-1024 sizes-vae sizes-vae-1024 options
  avx512-kernels avx512-unet avx512-vae-decode avx2-kernels avx2-unet avx2-vae-decode summary)
folder=docs/performance
library=artifacts/onnxruntime
depth2img=(dotnet src/Depth2Img.Cli/bin/Release/net10.0/Depth2Img.Cli.dll)
# Reports tell the commit that they measured, which builds do not look up by themselves.
revision=$(git rev-parse HEAD 2> /dev/null || true)
dotnet build -c Release ${revision:+-p:SourceRevisionId=$revision} src/Depth2Img.Cli > /dev/null
mkdir -p "$folder"
trap 'rm -f "$folder"/*.part' EXIT

report() { # PART ARGUMENTS...: one report and its tables
  local report=$folder/$name-$1.json; shift
  "${depth2img[@]}" bench "$@" --json > "$report.part"
  mv "$report.part" "$report"
  "${depth2img[@]}" bench --markdown "$report" > "${report%.json}.md"
}

networks() { # PART ARGUMENTS...: full-size networks against ONNX Runtime
  local part=$1; shift
  [ -d "$library" ] || scripts/get-onnxruntime.sh "$library"
  report "$part" --model sd2-depth --onnxruntime "$library" "$@"
}

for part in "${parts[@]}"; do
  # A part of a narrower tier is the same command with that tier's kernels.
  case $part in
    avx2-* | avx512-*) export DEPTH2IMG_CPU=${part%%-*} ;;
    *) unset DEPTH2IMG_CPU ;;
  esac
  case ${part#avx*-} in
    kernels) report "$part" --model none --kernels ;;
    demo) report "$part" --model demo ;;
    sd2-depth) networks "$part" ;;
    unet) networks "$part" --filter "UNet step" ;;
    vae-decode) networks "$part" --filter "VAE decode" ;;
    threads) report "$part" --model none --threads-scaling ;;
    sizes-unet) report "$part" --model none --sizes 512,768 --limit 2400 --filter "UNet step" ;;
    sizes-unet-1024) report "$part" --model none --sizes 1024 --limit 2400 --filter "UNet step" ;;
    sizes-vae) report "$part" --model none --sizes 512,768 --limit 2400 --filter "VAE decode" ;;
    sizes-vae-1024) report "$part" --model none --sizes 1024 --limit 2400 --filter "VAE decode" ;;
    options) dotnet run -c Release --project bench/Depth2Img.Bench -- --options ;;
    summary) "${depth2img[@]}" bench --markdown "$folder"/*.json --summary docs/performance.md ;;
    *) echo "There is no part '$part'." >&2; exit 2 ;;
  esac
done
