#!/usr/bin/env bash
# Makes the figures and the tables of docs/composition.md anew: every number and picture there. A quarter of an hour on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build -c Release src/Depth2Img.Cli -v quiet
# In single precision, so that every machine makes the same pictures and numbers.
depth2img() { dotnet run --no-build -c Release --project src/Depth2Img.Cli -- "$@" --precision float32; }
pictures=(samples/rendered/{houses,meadow,room,square}.png samples/photos/*.jpg samples/sd2-depth2img/old_man.png)
prompt="a photo of a marble statue on sand under a blue sky"

depth2img compare samples/photos/pumpkin.jpg -p "$prompt" --depth-model checkpoint --seed 5 -o docs/images/compare-pumpkin.png --force

{
  sed '/^<!-- tables/,$d' docs/composition.md
  echo '<!-- tables: made by scripts/docs-composition.sh -->'
  depth2img composition "${pictures[@]}" -p "$prompt" --depth-model checkpoint
} > docs/composition.new
mv docs/composition.new docs/composition.md
