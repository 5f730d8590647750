#!/usr/bin/env bash
# Makes the pictures of README.md anew; scripts/docs-composition.sh makes the figure of image-to-image beside depth-to-image.
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
