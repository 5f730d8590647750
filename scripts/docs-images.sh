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
# What is not kept is made in a folder that goes.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
depth2img batch $photos/pumpkin.jpg -o "$work/sweep" --seed 5 --x strength=0.6:1:0.2 \
  --y prompt="a golden statue on grass at sunset|a photo of a wooden house on snow" --grid $out/pumpkin-sweep.jpg --force

depth2img stylize $photos/pumpkin.jpg -p "a marble statue on grass" --style cartoon --style neon --style pencil-sketch --style sunset --style watercolor \
  --strength 1 --seed 5 -o "$work/pumpkin.png" --figure $out/pumpkin-styles.png --force
rendered=samples/rendered masks=samples/masks
depth2img inpaint $rendered/room.png -p "a golden ball on a tiled floor in front of a cyan wall" --mask $masks/room-ball.png \
  -d $rendered/room-depth16.png --only-masked --strength 1 --seed 1 -o $out/inpaint-repaint.png --force
depth2img inpaint $rendered/meadow.png -p "a photo of grass under a cloudy sky" --mask $masks/meadow-car.png --feather 8 --fill fill \
  -d $rendered/meadow-depth16.png --depth-inside fill --only-masked --strength 1 --seed 3 -o $out/inpaint-removal.png --force
depth2img inpaint $rendered/meadow.png -p "a photo of a red cone on grass under a cloudy sky" --mask $masks/meadow-cone.png --fill fill \
  -d $rendered/meadow-depth16.png --depth-inside $masks/meadow-cone-depth.png --only-masked --strength 1 --seed 4 -o $out/inpaint-shape.png --force
depth2img layers $photos/pumpkin.jpg --cut 0.45 --seed 5 --strength 0.9 --layer keep --layer "snow with mountains in the background at night" \
  --save-layers "$work/layers-cut.png" -o $out/layers-kept.jpg --force
depth2img layers $photos/pumpkin.jpg --seed 5 --strength 0.9 --layer "a golden statue" --layer "snow at night" -o $out/layers-gold.jpg --force
cp "$work/layers-cut-1.png" $out/

