#!/usr/bin/env bash
# Makes the tables of docs/depth-models.md anew, in a minute: the depth networks that come with the program against the
# truth of rendered pictures, and against each other on photographs; and the pictures of docs/depth-tools.md (node draws one).
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build -c Release src/Depth2Img.Cli -v quiet
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

agreement() { # IMAGE MODEL MAP: "correlation, of ranks"
  dotnet run --no-build -c Release --project src/Depth2Img.Cli -- depth "$1" --depth-model "$2" --compare "$3" -o "$temporary/map.npy" --force 2>&1 |
    sed -n 's/^agrees with .*: correlation \(.*\), of ranks \(.*\)$/\1, \2/p'
}

{
  sed '/^<!-- table/,$d' docs/depth-models.md
  echo '<!-- table: made by scripts/docs-depth.sh -->'
  echo "| picture | Tiefenrausch | the demo's own |"
  echo '|---|---:|---:|'
  for name in houses meadow room square; do
    image=samples/rendered/$name.png truth=samples/rendered/$name-depth16.png
    echo "| $name.png | $(agreement "$image" tiefenrausch "$truth") | $(agreement "$image" checkpoint "$truth") |"
  done
  echo
  echo "The demo's own network was trained on rendered scenes like these, and knows no others; on photographs it agrees with"
  echo 'Tiefenrausch, which was trained on photographs, so far:'
  echo
  echo '| picture | correlation, of ranks |'
  echo '|---|---:|'
  for image in samples/photos/*.jpg samples/sd2-depth2img/old_man.png; do
    dotnet run --no-build -c Release --project src/Depth2Img.Cli -- depth "$image" -o "$temporary/photo.npy" --force > /dev/null 2>&1
    echo "| $(basename "$image") | $(agreement "$image" checkpoint "$temporary/photo.npy") |"
  done
} > docs/depth-models.new
mv docs/depth-models.new docs/depth-models.md

# The pictures of docs/depth-tools.md, each below 300 kB.
depth2img() { dotnet run --no-build -c Release --project src/Depth2Img.Cli -- "$@" --force > /dev/null; }
photo=samples/photos/pumpkin.jpg out=docs/images
room=(samples/rendered/room.png --depth samples/rendered/room-depth16.png)
depth2img depth $photo --precision float32 -o "$temporary/photo.npy" -o $out/depth-map.png --bits 8
depth2img depth $photo -d "$temporary/photo.npy" -o $out/depth-color.png --colormap turbo
depth2img depth edit "$temporary/photo.npy" -o $out/depth-edited.png --bits 8 --region ellipse:30%,25%,40%,50% --feather 8 --nearer 0.5
depth2img depth $photo -d "$temporary/photo.npy" -o $out/depth-parallax.png:parallax --animation-size 140 --frames 10 --frame-time 120
depth2img depth $photo -d "$temporary/photo.npy" -o "$temporary/photo.ply"
node scripts/render-points.mjs "$temporary/photo.ply" $out/depth-mesh.png 14 400
depth2img depth "${room[@]}" -o $out/depth-stereo.jpg:stereo -o $out/depth-anaglyph.jpg:anaglyph
