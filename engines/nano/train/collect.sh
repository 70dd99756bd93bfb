#!/usr/bin/env bash
# Packs checkpoints, scores and logs into parts under 16 MiB:   collect.sh WORK TARGET
# To unpack (also to go on with train.py --resume elsewhere): cat TARGET/nano.tar.* | tar -x -C WORK/out
set -euo pipefail
mkdir -p "$2"
tar -C "$1/out" --exclude='state.pt*' --exclude='*.writing' -cf - . | split -b 15M - "$2/nano.tar."
ls -l "$2"
