#!/usr/bin/env bash
# Makes every picture of README.md and docs/ anew, and the table of docs/composition.md.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build -c Release src/Depth2Img.Cli -v quiet
# In single precision, so that every machine makes the same pictures and numbers.
depth2img() { dotnet run --no-build -c Release --project src/Depth2Img.Cli -- "$@" --precision float32; }
photos=samples/photos out=docs/images

depth2img depth $photos/pumpkin.jpg -o $out/pumpkin-depth.png --bits 8 --force
depth2img generate $photos/pumpkin.jpg -p "a golden statue on grass at sunset" --seed 5 --strength 0.9 -o $out/pumpkin-gold.jpg --force
depth2img generate $photos/pumpkin.jpg -p "a photo of a wooden house on snow under a blue sky" --seed 5 --strength 0.9 -o $out/pumpkin-snow.jpg --force
depth2img generate $photos/pumpkin.jpg -p "a photo of a marble statue on sand under a blue sky" --seed 5 --strength 1 -o $out/pumpkin-marble.jpg --force
depth2img generate samples/sd2-depth2img/old_man.png -p "a photo of a marble statue on sand under a blue sky" --seed 5 --strength 0.9 -o $out/old-man-marble.jpg --force

layers=$(mktemp -d)
trap 'rm -r "$layers"' EXIT
depth2img layers $photos/pumpkin.jpg --cut 0.45 --seed 5 --strength 0.9 --layer keep --layer "snow with mountains in the background at night" \
  --save-layers "$layers/layers-cut.png" -o $out/layers-kept.jpg --force
depth2img layers $photos/pumpkin.jpg --seed 5 --strength 0.9 --layer "a golden statue" --layer "snow at night" -o $out/layers-gold.jpg --force
cp "$layers/layers-cut-1.png" $out/

{
  sed '/^<!-- table/,$d' docs/composition.md
  echo '<!-- table: made by scripts/docs-images.sh -->'
  depth2img composition samples/rendered/{houses,meadow,room,square}.png $photos/*.jpg samples/sd2-depth2img/old_man.png \
    -p "a photo of a marble statue on sand under a blue sky" | sed 's/ *$//' | sed '/^$/d'
} > docs/composition.new
mv docs/composition.new docs/composition.md
