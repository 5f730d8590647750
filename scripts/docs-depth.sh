#!/usr/bin/env bash
# Makes the tables of docs/depth-models.md anew, in a minute: the depth networks that come with the program against the
# truth of rendered pictures, and against each other on photographs.
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
