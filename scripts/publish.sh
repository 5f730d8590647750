#!/usr/bin/env bash
# Makes the command line as one file that needs no .NET on the machine: runtime and models are inside.
# usage: scripts/publish.sh [FOLDER [RUNTIME]], by default artifacts/publish and linux-x64.
# At its first run the program unpacks itself into ~/.net, or into the folder that DOTNET_BUNDLE_EXTRACT_BASE_DIR names.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-artifacts/publish} runtime=${2:-linux-x64}
# Built in a place of its own: other properties than a usual build's would take that one's files away while others use them.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet publish src/Depth2Img.Cli -c Release -r "$runtime" --self-contained --artifacts-path "$work" -o "$folder/.parts" -v quiet \
  -p:PublishSingleFile=true -p:IncludeAllContentForSelfExtract=true -p:PackAsTool=false -p:DebugType=none -p:GenerateDocumentationFile=false -p:RunAnalyzers=false
case $runtime in win-*) ending=.exe ;; *) ending= ;; esac
mv -f "$folder/.parts/Depth2Img.Cli$ending" "$folder/depth2img$ending"
rm -rf "$folder/.parts"
ls -l "$folder/depth2img$ending"
